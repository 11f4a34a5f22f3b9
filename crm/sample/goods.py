"""The sample company's catalogue: motorcycle parts for the outlet, treatments and goods for the spa."""

from typing import Any, NamedTuple


class Group(NamedTuple):
    """A category: its kind and unit, and (name, price in rupiah) of each of its products."""

    category: str
    prefix: str
    kind: str
    unit: str
    products: tuple[tuple[str, int], ...]


GROUPS = (
    Group("Oli", "OLI", "goods", "botol", (
        ("Oli mesin matic 0,8 L", 48_000), ("Oli mesin bebek 1 L", 52_000), ("Oli mesin sport 1 L", 78_000),
        ("Oli gardan 120 ml", 18_000), ("Minyak rem 300 ml", 27_000),
    )),
    Group("Ban", "BAN", "goods", "pcs", (
        ("Ban luar 70/90-17", 165_000), ("Ban luar 80/90-14", 178_000), ("Ban luar 90/90-14", 205_000),
        ("Ban dalam 17", 34_000), ("Ban dalam 14", 32_000),
    )),
    Group("Rem", "REM", "goods", "set", (
        ("Kampas rem depan bebek", 38_000), ("Kampas rem depan matic", 42_000), ("Kampas rem belakang tromol", 45_000),
        ("Kabel rem depan", 26_000),
    )),
    Group("Kelistrikan", "LIS", "goods", "pcs", (
        ("Aki kering 3,5 Ah", 185_000), ("Aki kering 5 Ah", 235_000), ("Busi standar", 17_500),
        ("Busi iridium", 95_000), ("Lampu depan LED", 68_000), ("Bohlam sein", 6_000),
    )),
    Group("Rantai", "RAN", "goods", "set", (
        ("Rantai dan gir bebek", 195_000), ("Rantai dan gir sport", 285_000), ("V-belt matic", 125_000),
        ("Roller matic 9 g", 58_000),
    )),
    Group("Pijat bayi", "PBY", "service", "kali", (
        ("Pijat bayi 30 menit", 90_000), ("Pijat bayi batuk pilek", 110_000), ("Pijat bayi dan berenang", 165_000),
        ("Berenang bayi 30 menit", 85_000), ("Cukur rambut bayi", 60_000),
    )),
    Group("Perawatan ibu", "IBU", "service", "kali", (
        ("Pijat ibu hamil 60 menit", 175_000), ("Pijat setelah melahirkan 90 menit", 245_000),
        ("Pijat laktasi 45 menit", 150_000), ("Totok wajah 30 menit", 80_000), ("Lulur dan mandi susu", 195_000),
    )),
    Group("Perlengkapan bayi", "BAY", "goods", "pcs", (
        ("Minyak telon 60 ml", 28_000), ("Minyak pijat bayi 100 ml", 45_000), ("Sabun bayi 200 ml", 36_000),
        ("Handuk bayi", 55_000), ("Pelampung leher bayi", 75_000), ("Bedong bayi isi 3", 89_000),
    )),
)  # fmt: skip


def products() -> list[dict[str, Any]]:
    """Every product's fields for ``catalogue.create_product``; "category" is the category's name."""
    return [
        {
            "code": f"{group.prefix}-{place:02}",
            "name": name,
            "price": price,
            "kind": group.kind,
            "unit": group.unit,
            "category": group.category,
            "barcode": barcode(number * 100 + place) if group.kind == "goods" else None,
        }
        for number, group in enumerate(GROUPS, 1)
        for place, (name, price) in enumerate(group.products, 1)
    ]


def barcode(number: int) -> str:
    """An EAN-13 code of the range that shops may use among themselves (200…)."""
    digits = f"200{number:09}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"
