"""Sales drawn from a real shop's file: its codes, quantities, prices and customers, three lines a sale.

The file lies outside the project: CABANG_TEST_DATA names its folder, else ``../shared/data`` beside the project.
"""

import csv
import os
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

NAME = "online_retail_8000.csv"
RUPIAH_A_POUND = 20_000
WITH_CUSTOMER = 0.7
ABSENT = f"{NAME} is not here; set CABANG_TEST_DATA to its folder"


class FileLine(NamedTuple):
    """One line of the file; ``price`` in rupiah."""

    code: str
    name: str
    quantity: int
    price: int


class FileSale(NamedTuple):
    """Three lines of one invoice; ``customer`` a number or ""."""

    lines: list[FileLine]
    customer: str


def find() -> Path | None:
    """The real file, or None where it is absent."""
    folder = os.environ.get("CABANG_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data"
    path = Path(folder) / NAME
    return path if path.is_file() else None


def draw(path: Path, count: int, seed: int = 1) -> list[FileSale]:
    """*count* sales, the same for the same seed; WITH_CUSTOMER of them by a customer the file knows."""
    known, nobody = _invoices(path)
    rng = Random(seed)
    with_customer = round(count * WITH_CUSTOMER)
    chosen = [rng.choice(known) for _ in range(with_customer)]
    chosen += [rng.choice(nobody) for _ in range(count - with_customer)]
    rng.shuffle(chosen)
    return [FileSale(rng.sample(sale.lines, 3), sale.customer) for sale in chosen]


def _invoices(path: Path) -> tuple[list[FileSale], list[FileSale]]:
    """Invoices of at least three sold lines: (with a customer, without)."""
    invoices: dict[tuple[str, str], list[FileLine]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = _line(row)
            if line.quantity > 0 and line.price > 0 and not row["InvoiceNo"].startswith("C"):
                invoices[row["InvoiceNo"], row["CustomerID"].partition(".")[0]].append(line)
    whole = [FileSale(lines, customer) for (_, customer), lines in invoices.items() if len(lines) >= 3]
    return [sale for sale in whole if sale.customer], [sale for sale in whole if not sale.customer]


def _line(row: dict[str, str]) -> FileLine:
    rupiah = (Decimal(row["UnitPrice"]) * RUPIAH_A_POUND).quantize(Decimal(1), ROUND_HALF_UP)
    name = row["Description"].strip() or row["StockCode"]
    return FileLine(row["StockCode"].strip().upper(), name, int(row["Quantity"]), int(rupiah))
