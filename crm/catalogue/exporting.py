"""All products in use as rows of a file, under the headings by which an import takes them in again."""

from collections.abc import Iterator
from typing import Any

from crm.reading import dicts

COLUMNS = (
    "code", "name", "price", "barcode", "barcodes", "category", "kind", "unit", "type", "tax", "description",
    "member_price", "corporate_price",
)  # fmt: skip
BETWEEN = "|"  # stands between the further barcodes of a cell
_PRICE = "(SELECT l.price FROM product_price l WHERE l.product = p.id AND l.price_list = '{0}') AS {0}_price"
_ALL = (
    "SELECT p.code, p.name, p.price, p.barcode, c.name AS category, p.kind, p.unit, p.type, p.tax, p.description,"
    f" (SELECT group_concat(b.barcode, '{BETWEEN}') FROM further_barcode b"
    " WHERE b.product = p.id AND b.listed) AS barcodes,"
    f" {_PRICE.format('member')}, {_PRICE.format('corporate')}"
    " FROM product p LEFT JOIN category c ON c.id = p.category WHERE NOT p.archived ORDER BY p.code"
)


def rows() -> Iterator[list[Any]]:
    """The values of COLUMNS for each product, by code; None where it has none."""
    return ([row[name] for name in COLUMNS] for row in dicts(_ALL))
