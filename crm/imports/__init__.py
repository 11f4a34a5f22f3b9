"""``cabang import``: files of other systems, CSV, TSV or JSON.  Nothing is dropped, merged or rounded unsaid."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from crm.errors import BranchNotReady
from crm.imports.errors import BranchOnly, UnknownImport
from crm.texts import choice
from sync.database import using
from sync.errors import N_
from sync.handover_lines import Progress

Command = Callable[[Any, dict[str, Any], Progress], dict[str, Any]]
KINDS = ("products", "customers", "stock", "sales")


def run(node: Any, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Imports a file: args kind (one of KINDS), file (absolute path), for sales currency?, for products preview?
    → see ``Report.result``.

    Raises UnknownImport, BranchOnly, BranchNotReady, NotAllowedHere, FileUnreadable, WrongColumns, WrongLine,
    BadChoice, UnclearMoney, InvoiceTooLarge.
    """
    kind, path = args["kind"], Path(args["file"])
    if kind not in KINDS:
        raise UnknownImport(kind=kind, kinds=", ".join(KINDS))
    if kind != "products":
        _check_ready(node, kind)
    with using(node.store):
        return _take(node, kind, path, args, progress)


def _take(node: Any, kind: str, path: Path, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    from crm.imports import (
        customers,
        money,
        products,
        sales,
        stock,
    )  # only now: a node that imports nothing stays small

    if kind == "products":
        return products.take(node, path, progress, bool(args.get("preview")))
    currency = args.get("currency")
    if kind == "sales":
        wanted = choice(currency, money.CURRENCIES, N_("Currency")) if currency else None
        return sales.take(node, node.zone, path, wanted, progress)
    takers = {"customers": customers.take, "stock": stock.take}
    return takers[kind](node, path, progress)


def _check_ready(node: Any, kind: str) -> None:
    """Customers are taken everywhere; sales and stock at a branch that knows its time zone and its shop."""
    if node.kind == "branch" and node.branch_id is None:
        raise BranchNotReady
    if node.kind != "branch" and kind != "customers":
        raise BranchOnly


COMMANDS: Mapping[str, Command] = {"import": run}
