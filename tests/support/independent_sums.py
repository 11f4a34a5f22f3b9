"""What a shop's sales file adds up to, by ``csv`` and ``decimal`` alone: nothing of Cabang is imported here.

Written from the description of the file, as a second opinion on the import.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

RATE = Decimal(20_000)
NO_GOODS = {"POST", "DOT", "C2", "D", "M", "BANK CHARGES"}
Sums = dict[str, tuple[int, int, int]]  # key → (quantity, rupiah, lines)


def read(path: Path) -> list[dict[str, str]]:
    """The lines of the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rupiah(pounds: str) -> int:
    """One piece's price, rounded half up."""
    return int((Decimal(pounds) * RATE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_write_off(line: dict[str, str]) -> bool:
    """A quantity below zero at price zero, on an invoice that is no return."""
    return int(line["Quantity"]) < 0 and Decimal(line["UnitPrice"]) == 0 and not line["InvoiceNo"].startswith("C")


def product(line: dict[str, str]) -> str:
    """The product's key."""
    return line["StockCode"].strip().upper()


def customer(line: dict[str, str]) -> str:
    """The customer's number; empty without one."""
    return line["CustomerID"].strip().split(".")[0]


def day(line: dict[str, str]) -> str:
    """The local day."""
    return line["InvoiceDate"].split(" ")[0]


KEYS = {"product": product, "customer": customer, "day": day}


def sales(lines: Iterable[dict[str, str]], by: str) -> Sums:
    """Quantity, rupiah and lines sold (returns count negative), for each product, customer or day."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        if not is_write_off(line):
            entry = found[KEYS[by](line)]
            entry[0] += int(line["Quantity"])
            entry[1] += int(line["Quantity"]) * rupiah(line["UnitPrice"])
            entry[2] += 1
    return {key: (quantity, amount, count) for key, (quantity, amount, count) in found.items()}


def stock(lines: Iterable[dict[str, str]]) -> dict[str, int]:
    """What is on hand of each product of goods when nothing was there before."""
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        if is_write_off(line):
            found[product(line)] += int(line["Quantity"])
        elif product(line) not in NO_GOODS:
            found[product(line)] -= int(line["Quantity"])
    return dict(found)


def split(lines: list[dict[str, str]], share: dict[str, int], part: int) -> Iterator[dict[str, str]]:
    """The lines whose invoice *share* gives to *part*."""
    return (line for line in lines if share[line["InvoiceNo"]] == part)


def write(path: Path, lines: Iterable[dict[str, str]], columns: Iterable[str]) -> None:
    """Writes lines as a file of the same kind."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(lines)
