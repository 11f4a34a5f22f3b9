"""``cabang hub …``: head office's folder, its node, its branches."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync import recovery
from sync.folder import HUB, Folder
from ui.console.backups import phrase_lines
from ui.console.language import LANGUAGE, _, explained
from ui.console.lesson import lesson
from ui.console.program import FAILED
from ui.console.running import run_node, running_options
from ui.console.saying import json_option, note, say
from ui.console.work import Kind, at_hub, folder_argument, handed, reading
from ui.formats import full

if TYPE_CHECKING:
    from central_hub.streams import Stream

PORT = 8000


@contextmanager
def at_work(folder: Folder) -> Iterator[Any]:
    """The hub of *folder*, whose lock is held, open."""
    from central_hub.node import HubNode

    node = HubNode.open(folder)
    try:
        yield node
    finally:
        node.close()


def kind() -> Kind:
    """What a hub can."""
    from central_hub.commands import COMMANDS

    return Kind(at_work, COMMANDS)


@click.group("hub", help=_("Head office: the hub."))
def hub() -> None:
    """Holds the hub's commands."""


@hub.command(
    "init",
    help=lesson(_("Makes head office's folder, once. Existing data is never overwritten."), "cabang hub init hub"),
)
@folder_argument
@json_option
def init(folder: Folder) -> None:
    """Makes the folder and names the next steps."""
    from central_hub.node import HubNode

    folder.create()
    with folder.take():
        node = HubNode.create(folder)
        phrase = recovery.text_of(node.recovery_secret())
        node.close()
    name = str(folder.path)
    lines = [_("Head office is in %(folder)s.", folder=name), *phrase_lines(phrase), *_next_steps(name)]
    say({"folder": name, "kind": HUB, "recovery_phrase": phrase}, lines)


def _next_steps(name: str) -> list[str]:
    quoted = shlex.quote(name)
    return [
        _("Next:"),
        f"  cabang add-user {quoted} NAME --role admin",
        f"  cabang hub add-branch {quoted} PTK --name Pontianak",
        f"  cabang hub run {quoted}",
    ]


@hub.command(
    "run",
    help=lesson(_("Runs head office until it is stopped, and prints its address."), "cabang hub run hub --port 8000"),
)
@folder_argument
@running_options(PORT)
def run(folder: Folder, **options: Any) -> None:
    """Serves pages, and the branches."""
    from central_hub.run import run as serve

    at_hub(folder)
    run_node(serve, folder, **options)


@hub.command(
    "add-branch",
    help=lesson(
        _("Adds a branch and prints its one-time enrolment code on the last line; works while the hub runs."),
        "cabang hub add-branch hub SGW --name Singkawang --kind spa",
    ),
)
@folder_argument
@click.argument("code", metavar="CODE")
@click.option("--name", required=True, help=_("The branch's name, as people say it."))
@click.option("--kind", help=_("outlet (the usual) or spa."))
@click.option("--zone", help=_("The time there: WIB (the usual), WITA or WIT."))
@json_option
def add_branch(folder: Folder, code: str, **values: str | None) -> None:
    """Hands over to the running hub."""
    at_hub(folder)
    made = handed(folder, "add-branch", {"code": code, **values})
    note(_("Give this code to the branch; it works once:"))
    say({"code": code.strip().upper(), "enrolment": made["enrolment"]}, [made["enrolment"]])


@hub.command(
    "revoke",
    help=lesson(
        _(
            "Withdraws the key of a branch's computer that was stolen, lost or sold; works while the hub runs. If it "
            "had a mirror stick, take that in first with 'cabang hub take'. What head office has received from it by "
            "now stays valid. What it sends later is kept for people to look at and counts for nothing, and it hears "
            "nothing any more. Then 'cabang hub new-code' gives a code for another computer."
        ),
        "cabang hub revoke hub PTK",
    ),
)
@folder_argument
@click.argument("code", metavar="CODE")
@json_option
def revoke(folder: Folder, code: str) -> None:
    """Hands over to the running hub."""
    at_hub(folder)
    done = handed(folder, "revoke", {"code": code})
    upper = code.strip().upper()
    line = _("The key of branch %(code)s is withdrawn; its entries up to number %(last)s count.", code=upper, **done)
    say({"code": upper, **done}, [line])


@hub.command(
    "take",
    help=lesson(
        _(
            "Takes in the mirror stick of a branch whose computer is lost: what it had not sent arrives from the "
            "stick, and the last receipt head office holds is named. Works while the hub runs; a second time changes "
            "nothing. Do it before 'cabang hub revoke': what comes from a withdrawn key does not count. The exit code "
            "is 1 when something on the stick was not taken."
        ),
        "cabang hub take hub /media/usb",
    ),
)
@folder_argument
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def take(context: click.Context, folder: Folder, path: Path) -> None:
    """Hands over to the running hub."""
    at_hub(folder)
    taken = handed(folder, "take", {"folder": str(path.absolute())})["branches"]
    say({"branches": [_taken_facts(one) for one in taken]}, [line for one in taken for line in _taken_lines(one)])
    context.exit(FAILED if any(one["troubles"] for one in taken) else 0)


def _taken_facts(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "troubles": [{"code": code, "happened": words[0], "todo": words[1]} for code, words in _said(one)]}


def _said(one: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(code, what happened and what to do) of each trouble with a stick."""
    from sync.mirror_take import trouble

    for code, params in one["troubles"]:
        yield code, explained(trouble(code, params))


def _taken_lines(one: dict[str, Any]) -> Iterator[str]:
    yield _("%(code)s: %(new)s records taken from the stick, %(repeated)s were here already.", **one)
    for receipt, at in one["receipts"]:
        when = full(at, "WIB", LANGUAGE)
        yield _(
            "The last receipt of %(code)s here is %(receipt)s of %(when)s.",
            code=one["code"],
            receipt=receipt,
            when=when,
        )
    for _code, (happened, todo) in _said(one):
        yield f"! {happened}"
        yield f"  {todo}"


@hub.command(
    "new-code",
    help=lesson(
        _(
            "Prints a new enrolment code, on the last line, for a branch whose computer never joined or had its key "
            "withdrawn: another computer joins with 'cabang branch init', one that is to go on with 'cabang branch "
            "rejoin'. Works while the hub runs. A code given earlier that nobody used is void."
        ),
        "cabang hub new-code hub PTK",
    ),
)
@folder_argument
@click.argument("code", metavar="CODE")
@json_option
def new_code(folder: Folder, code: str) -> None:
    """Hands over to the running hub."""
    at_hub(folder)
    made = handed(folder, "new-code", {"code": code})
    note(_("Give this code to the branch; it works once:"))
    say({"code": code.strip().upper(), "enrolment": made["enrolment"]}, [made["enrolment"]])


@hub.command(
    "streams",
    help=lesson(
        _(
            "Lists every log head office holds: number, branch, last contact, and each epoch with its last entry and "
            "the place where it goes on from another one, as after a restore. It changes nothing and needs no stop."
        ),
        "cabang hub streams hub",
    ),
)
@folder_argument
@json_option
def list_streams(folder: Folder) -> None:
    """Reads, never writes."""
    from central_hub import streams

    at_hub(folder)
    with reading(folder) as store:
        found = streams.streams(store.connection())
    say(streams.facts(found), [line for one in found for line in _stream_lines(one)])


def _stream_lines(one: "Stream") -> Iterator[str]:
    yield f"{one.number} {one.code}  " + "; ".join(_stream_words(one))
    for epoch in one.epochs:
        state = _("closed") if epoch.closed else _("open")
        came = _(", from %(parent)s %(seq)s", parent=epoch.parent, seq=epoch.parent_seq) if epoch.parent else ""
        yield f"  {epoch.name} {epoch.seq} {state}{came}"


def _stream_words(one: "Stream") -> Iterator[str]:
    if one.number:
        contact = full(one.last_contact, "WIB", LANGUAGE) if one.last_contact else _("never")
        yield _("last contact: %(when)s", when=contact)
    if one.revoked_after is not None:
        yield _("key withdrawn; what counts ends with %(seq)s", seq=one.revoked_after)
    if one.copies:
        yield _("two computers seen at work")
