"""What can be wrong with the daemon's file or the branch's: told apart by what a person has to do about it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sms_daemon.errors import N_, SmsError

_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY = 0xFF  # the rest of an error code only says more of the same


class LedgerUnreadable(SmsError):
    code = "sms_ledger_unreadable"
    happened = N_("The file %(file)s is no SMS ledger, or it is damaged.")
    todo = N_(
        "Put a backup of it in its place. Without one, move it away: messages on their way then count as unknown."
    )


class LedgerNewer(SmsError):
    code = "sms_ledger_newer"
    happened = N_("The file %(file)s was written by a newer Cabang.")
    todo = N_("Bring Cabang up to date on this PC, then start the SMS program again.")


class LedgerNotWritten(SmsError):
    code = "sms_ledger_not_written"
    happened = N_("The disk refuses %(file)s: it is full or faulty, or the file may not be written to.")
    todo = N_("Make room, look at the disk, or give the right to write; then start the SMS program again.")


class FileBusy(SmsError):
    code = "sms_file_busy"
    happened = N_("Another program holds the file %(file)s and does not let go.")
    todo = N_("Close that program, often a backup or a viewer of databases; then start the SMS program again.")
    retry_safe = True


class LedgerFault(SmsError):
    """A fault of ours: the file is sound, and what was asked of it is not."""

    code = "sms_ledger_fault"
    happened = N_("Cabang made a mistake with the file %(file)s: %(why)s. Nothing was changed.")
    todo = N_("Start the SMS program again; if it says so once more, bring Cabang up to date or report these words.")


@contextmanager
def explained(file: Path, otherwise: type[SmsError] = LedgerFault) -> Iterator[None]:
    """Inside, an error of SQLite about *file* becomes one with words; *otherwise*: what is not the disk's, another
    program's or a damage's."""
    try:
        yield
    except sqlite3.Error as error:
        raise _kind(error, otherwise)(file=str(file), why=str(error)) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Is it another program's doing?"""
    return _code(error) in _BUSY


def _kind(error: sqlite3.Error, otherwise: type[SmsError]) -> type[SmsError]:
    kinds = {LedgerNotWritten: _DISK, FileBusy: _BUSY, LedgerUnreadable: _DAMAGED}
    return next((kind for kind, codes in kinds.items() if _code(error) in codes), otherwise)


def _code(error: sqlite3.Error) -> int:
    """SQLite's own code; Python's refusals have none."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & _PRIMARY
