"""What can be wrong with a file, and what to do about it."""

from typing import Any

from crm.errors import BusinessError
from sync.errors import N_


class ImportRefused(BusinessError):
    """Base: the file, or a part of it, cannot be taken."""

    code = "import_refused"


class UnknownImport(ImportRefused):
    code = "unknown_import"
    happened = N_("“%(kind)s” cannot be imported.")
    todo = N_("Import one of: %(kinds)s.")


class FileUnreadable(ImportRefused):
    code = "file_unreadable"
    happened = N_("The file %(file)s cannot be read: %(why)s.")
    todo = N_("Check its name and place, and save it as a CSV file in UTF-8; nothing was taken.")


class WrongColumns(ImportRefused):
    code = "wrong_columns"
    happened = N_("The first line of %(file)s does not name the columns wanted; missing or doubled: %(missing)s.")
    todo = N_("Its first line must name %(wanted)s; nothing was taken.")


class WrongLine(ImportRefused):
    """``count`` is how many lines are wrong; ``wrong`` lists the first of them as ``told`` gives them."""

    code = "wrong_line"
    happened = N_("Line %(line)s, column %(column)s: “%(value)s” %(why)s.")
    todo = N_("Correct the file and import it again; nothing of it was taken. Wrong lines in all: %(count)s.")

    def __init__(self, line: int, column: str, value: str, why: str, **more: Any) -> None:
        super().__init__(**{"count": 1, "wrong": [], **more}, line=line, column=column, value=value, why=why)

    def told(self) -> dict[str, Any]:
        """Where it is and why: {"line", "column", "value", "why"}; *why* is a message id."""
        return {name: self.params[name] for name in ("line", "column", "value", "why")}


class UnclearMoney(ImportRefused):
    """``column``: the heading; ``value``, in ``line``: a price that may be rupiah."""

    code = "unclear_money"
    happened = N_("The prices in column %(column)s look like rupiah (line %(line)s: %(value)s), but nothing says so.")
    todo = N_("Add --currency rupiah, or --currency pounds if they are in pounds; nothing was taken.")


class InvoiceTooLarge(ImportRefused):
    code = "invoice_too_large"
    happened = N_("The invoice %(invoice)s, which begins in line %(line)s, is too large for one sale.")
    todo = N_("Split it in the file, then import again; the invoices before it are in and are not taken twice.")


class BranchOnly(ImportRefused):
    code = "branch_only"
    happened = N_("Sales and stock belong to a branch; this is head office.")
    todo = N_("Import them at the branch, with the folder of the branch.")
