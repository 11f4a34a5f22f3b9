"""What the shops of the tests sell: three goods and a service, as head office makes them."""

from crm import catalogue
from sync.unit import Unit

GOODS = (("OLI-1", "Oli mesin", 45_000, "899001"), ("BAN-2", "Ban luar", 210_000, None), ("BUSI", "Busi", 15_500, None))


def create_goods(unit: Unit, **service: str | int) -> None:
    """Makes `GOODS`, the oil in a category of its own, and one *service*."""
    oils = catalogue.make_category(unit, "Oli")
    for code, name, price, barcode in GOODS:
        values = {"code": code, "name": name, "price": price, "barcode": barcode}
        catalogue.create_product(unit, {**values, "category": oils if code == "OLI-1" else None})
    catalogue.create_product(unit, {**service, "kind": "service"})
