"""``cabang digest`` and ``cabang verify``: do two nodes hold the same, and is what this one holds whole?"""

import click

from sync import digest as digests
from sync.errors import N_, LogDamaged, UnknownBranch
from sync.feed import Feed
from sync.folder import HUB, Folder
from sync.handover_lines import Progress
from sync.node import load_keys
from sync.reading import Reader
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.saying import json_option, say, telling, wants_json
from ui.console.work import folder_argument, reading

_COUNTED = {
    "entries": N_("Entries of the log"),
    "unsealed": N_("Entries without a seal yet"),
    "changes": N_("Changes compared with the records"),
    "segments": N_("Seals"),
    "acknowledgements": N_("Acknowledgements of the hub"),
    "guards": N_("Guards of the database"),
    "facts": N_("Sales and stock documents"),
    "movements": N_("Movements of stock"),
    "documents": N_("Documents whose postings sum to zero"),
    "shifts": N_("Shifts whose drawer is the sum of its postings"),
    "balances": N_("Balances"),
}


@click.command(
    "digest",
    help=lesson(
        _(
            "One number over all records, 64 hexadecimal digits on the last line: equal numbers, "
            "equal contents.\n\nWhen nothing waits, a branch's number is the hub's number for that "
            "branch."
        ),
        "cabang digest hub --for PTK",
        "cabang digest ptk",
    ),
)
@folder_argument
@click.option("--for", "code", metavar="CODE", help=_("At the hub: over what this branch should hold."))
@json_option
def digest(folder: Folder, code: str | None) -> None:
    """Reads, never writes."""
    with reading(folder) as store:
        number = _at_hub(store, code) if folder.kind() == HUB else _at_branch(store, code)
    say({"digest": number}, [number])


def _at_hub(store: Reader, code: str | None) -> str:
    stream = None
    if code is not None:
        found = store.connection().execute("SELECT stream FROM stream WHERE code = ?", (code.strip().upper(),))
        row = found.fetchone()
        if row is None:
            raise UnknownBranch(code=code)
        stream = row[0]
    return digests.of_hub(store, Feed(store), stream)


def _at_branch(store: Reader, code: str | None) -> str:
    if code is not None and code.strip().upper() != store.get("code"):
        raise UnknownBranch(code=code)
    return digests.of_branch(store)


@click.command(
    "verify",
    help=lesson(
        _(
            "Checks every hash, seal, acknowledgement and balance that the folder holds, and that the records "
            "say what the signed log says. The first bad entry is named on the last line, and the exit code is 1."
        ),
        "cabang verify ptk",
    ),
)
@folder_argument
@json_option
def verify(folder: Folder) -> None:
    """Reads, never writes; no lock."""
    with reading(folder) as store, telling() as progress:
        try:
            found = _audit(folder, store, progress)
        except LogDamaged as error:
            if not wants_json():
                click.echo(error.params["entry"])
            raise
    say(
        {"whole": True, **found},
        [*(f"{_(_COUNTED[name])}: {count}" for name, count in found.items()), _("All is whole.")],
    )


def _audit(folder: Folder, store: Reader, progress: Progress) -> dict[str, int]:
    """How much was looked at, by what it is."""
    from crm import balances
    from sync import audit

    own = load_keys(folder).sign_public
    hub = own if folder.kind() == HUB else store.get("hub_public")
    connection = store.connection()
    audited = audit.verify(connection, own, hub, lambda done, total: progress("verify", done, total))
    return {**audited._asdict(), **balances.verify(connection)}
