"""Values of every class, easy, typical, extreme and illegal, and the roads by which people give them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cabang_bad_input import Company

from sync.limits import QUANTITY_MAX, RUPIAH_MAX

SALES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"


class Road(NamedTuple):
    """``give`` gives a value and says whether it was taken; ``rows`` finds every such value at a node."""

    give: Callable[[Company, str], bool]
    rows: str


class Value(NamedTuple):
    """What is ``typed`` on a road, and what must be ``kept``; None when it is illegal."""

    road: str
    sort: str
    typed: str
    kept: Any

    def __str__(self) -> str:
        return f"{self.road}: {self.sort} {self.typed[:24]!r}"


def _form(node: str, path: str, field: str, **form: str) -> Callable[[Company, str], bool]:
    """A page's form whose *field* holds the value; other fields may name a new number as {n}."""

    def give(company: Company, typed: str) -> bool:
        number = company.number()
        filled = {name: value.format(n=number) for name, value in form.items()}
        answer = company.people[node].send(path, {**filled, field: typed})
        assert answer.status_code in (302, 303, 422)
        return bool(answer.status_code != 422)

    return give


def _till(company: Company, typed: str) -> bool:
    answer = company.people["branch"].send("/till", company.hand.basket(("OLI-1", typed), method="transfer"))
    assert answer.status_code in (303, 422)
    return bool(answer.status_code == 303)


def _file(kind: str, node: str, head: str, line: str) -> Callable[[Company, str], bool]:
    """A file of one *line*, in which the value stands as {typed} and a new number as {n}."""

    def give(company: Company, typed: str) -> bool:
        path = company.file(f"{head}\n{line.format(typed=typed, n=company.number())}\n")
        done = company.cabang("import", kind, node, path)
        assert done.exit_code in (0, 1)
        return done.exit_code == 0

    return give


GOODS = {"code": "NILAI-{n}", "name": "Nilai", "price": "1", "kind": "goods"}
CARD = {"name": "Nilai", "kind": "individual"}
USER = {"username": "nilai{n}", "name": "Nilai", "role": "cashier", "branch": "", "password": "kata sandi panjang"}
ROADS = {
    "price": Road(_form("hub", "/products/new", "price", **GOODS), "SELECT price FROM product"),
    "code": Road(_form("hub", "/products/new", "code", **GOODS), "SELECT code FROM product"),
    "product's name": Road(_form("hub", "/products/new", "name", **GOODS), "SELECT name FROM product"),
    "phone": Road(_form("branch", "/customers/new", "phone1", **CARD), "SELECT value FROM contact_point"),
    "customer's name": Road(_form("branch", "/customers/new", "name", **CARD), "SELECT name FROM customer"),
    "quantity": Road(_till, "SELECT quantity FROM sale_line"),
    "user's name": Road(_form("hub", "/users/new", "username", **USER), "SELECT username FROM user"),
    "price in a file": Road(
        _file("products", "@hub", "code,name,price", "BERKAS-{n},Nilai,{typed}"), "SELECT price FROM product"
    ),
    "phone in a file": Road(
        _file("customers", "@ptk", "number,name,phone", "N{n},Nilai,{typed}"), "SELECT value FROM contact_point"
    ),
    "birth date in a file": Road(
        _file("customers", "@ptk", "number,name,birth_date", "N{n},Nilai,{typed}"), "SELECT birth_date FROM customer"
    ),
    "count in a file": Road(
        _file("stock", "@ptk", "code,quantity", "HITUNG-{n},{typed}"), "SELECT quantity FROM stock_document_line"
    ),
    "pounds in a file": Road(
        _file("sales", "@ptk", SALES, "S{n},JUAL-{n},Nilai,1,2010-12-01 08:26:00,{typed},"),
        "SELECT price FROM sale_line",
    ),
}
_TABLE: dict[str, tuple[list[tuple[str, Any]], list[str]]] = {  # easy, typical, extreme; illegal
    "price": (
        [("0", 0), ("Rp 45.000", 45_000), (str(RUPIAH_MAX), RUPIAH_MAX)],
        ["-1", "12,5", "gratis", "", str(RUPIAH_MAX + 1)],
    ),
    "code": ([("a", "A"), ("07-a/b", "07-A/B"), ("X" * 64, "X" * 64)], ["", "X" * 65, "a\0b"]),
    "product's name": (
        [("E", "E"), ("Minyak telon 60 ml", "Minyak telon 60 ml"), ("ẞ" * 200, "ẞ" * 200)],
        ["", "x" * 201, "a\0b"],
    ),
    "phone": (
        [
            ("081250000001", "+6281250000001"),
            ("0812-5000-0002", "+6281250000002"),
            (" +65 (8123) 45.67 ", "+6581234567"),
        ],
        ["0812", "0561-555010", "<script>", "9" * 41],
    ),
    "customer's name": (
        [("Al", "Al"), ("Ny. Siti binti Karim, S.E.", "Ny. Siti binti Karim, S.E."), ("李" * 100, "李" * 100)],
        ["   ", "n" * 101, "Sa\0ri"],
    ),
    "quantity": ([("1", 1), ("12", 12), (str(10**9), 10**9)], ["0", "-1", "1.5", "dua", str(QUANTITY_MAX + 1)]),
    "user's name": ([("ab", "ab"), ("dewi.lestari", "dewi.lestari"), ("z" * 32, "z" * 32)], ["a", "A B", "z" * 33]),
    "price in a file": (
        [("0", 0), ("Rp 45.000", 45_000), (str(RUPIAH_MAX), RUPIAH_MAX)],
        ["-1", "45.00.0", "45.50", "", str(RUPIAH_MAX + 1)],
    ),
    "phone in a file": (
        [
            ("081260000001", "+6281260000001"),
            ("0812-6000-0002", "+6281260000002"),
            ("+65 (8123) 45.68", "+6581234568"),
        ],
        ["0812", "021-5550100", "kantor"],
    ),
    "birth date in a file": (
        [("2001-01-01", "2001-01-01"), ("31/05/1990", "1990-05-31"), ("2000-02-29", "2000-02-29")],
        ["05-31-1990", "1990-02-30", "kemarin"],
    ),
    "count in a file": (
        [("1", 1), ("12.0", 12), (str(QUANTITY_MAX), QUANTITY_MAX)],
        ["-1", "1.5", "1.000", "", str(QUANTITY_MAX + 1)],
    ),
    "pounds in a file": (
        [("0", 0), ("2.55", 51_000), ("49999999999.99", 999_999_999_999_800)],
        ["NaN", '"2,55"', "1e3", "9" * 16],
    ),
}
VALUES = [
    *(
        Value(road, sort, typed, kept)
        for road, (taken, _) in _TABLE.items()
        for sort, (typed, kept) in zip(("easy", "typical", "extreme"), taken, strict=True)
    ),
    *(Value(road, "illegal", typed, None) for road, (_, illegal) in _TABLE.items() for typed in illegal),
]
