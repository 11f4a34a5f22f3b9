"""``cabang branch …`` and ``cabang sync``: a branch's folder, its node, its exchange with the hub."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from sync import exchange, recovery
from sync.errors import CabangError, HubAnswerUnreadable, HubUnreachable
from sync.folder import BRANCH, Folder
from ui.console.backups import phrase_lines
from ui.console.errors import BranchHalfFilled, NoHubThere
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.running import run_node, running_options
from ui.console.saying import json_option, say
from ui.console.work import Kind, at_branch, folder_argument, handed

PORT = 8080


@contextmanager
def at_work(folder: Folder) -> Iterator[Any]:
    """The branch of *folder*, whose lock is held, open."""
    from branch_node.node import BranchNode

    node = BranchNode.open(folder)
    try:
        yield node
    finally:
        node.sync.stop()
        node.close()


def kind() -> Kind:
    """What a branch can."""
    from branch_node.commands import COMMANDS

    return Kind(at_work, COMMANDS)


def reach_hub(url: str) -> CabangError | None:
    """Why no hub answers at *url*; None when one does, if only to refuse an empty request."""
    from branch_node.line import Line

    line = Line(url)
    try:
        line.post(exchange.PATH, b"")
    except (HubUnreachable, HubAnswerUnreadable) as error:
        return error
    except CabangError:
        return None
    finally:
        line.close()
    return None


@click.group("branch", help=_("A branch: till, customers, stock."))
def branch() -> None:
    """Holds the branch's commands."""


@branch.command(
    "init",
    help=lesson(
        _(
            "Makes a branch's folder: enrols at the hub with the one-time code, then exchanges until "
            "the branch has all it needs to sell."
        ),
        "cabang branch init ptk --hub http://127.0.0.1:8000 --code ENROLMENT",
    ),
)
@folder_argument
@click.option("--hub", "url", metavar="URL", required=True, help=_("The hub's address."))
@click.option("--code", metavar="ENROLMENT", required=True, help=_("The code 'cabang hub add-branch' printed."))
@click.option("--plain-http", is_flag=True, help=_("Allow http:// beyond this computer, on a network you trust."))
@json_option
def init(folder: Folder, url: str, code: str, plain_http: bool) -> None:
    """Enrols and takes the first pages."""
    from branch_node.node import BranchNode

    folder.create()
    with folder.take():
        try:
            node = BranchNode.create(folder, url, code, plain_http)
        except HubUnreachable as error:
            raise NoHubThere(url=url) from error
        name, phrase = node.code, recovery.text_of(node.recovery_secret())
        node.sync.stop()
        node.close()
    path = str(folder.path)
    try:
        handed(folder, "sync", {})
    except HubUnreachable as error:
        raise BranchHalfFilled(code=name, folder=path) from error
    lines = [
        _("Branch %(code)s is in %(folder)s.", code=name, folder=path),
        *phrase_lines(phrase),
        _("Next:"),
        f"  cabang add-user {shlex.quote(path)} NAME --role cashier",
        f"  cabang branch run {shlex.quote(path)}",
    ]
    say({"folder": path, "kind": BRANCH, "code": name, "recovery_phrase": phrase}, lines)


@branch.command(
    "rejoin",
    help=lesson(
        _(
            "Lets this folder go on as its branch when head office does not take its key any more: its data was put "
            "back from before a change of the key, or the key was withdrawn by mistake. Head office withdraws the key "
            "if it has not, and gives a code with 'cabang hub new-code'. Works while the branch runs and sells; what "
            "was made meanwhile goes to head office, once. Cut off in between, give the command again."
        ),
        "cabang branch rejoin ptk --code ENROLMENT",
    ),
)
@folder_argument
@click.option("--code", metavar="ENROLMENT", required=True, help=_("The code 'cabang hub new-code' printed."))
@json_option
def rejoin(folder: Folder, code: str) -> None:
    """Hands over to the running branch."""
    at_branch(folder)
    done = handed(folder, "rejoin", {"code": code})
    lines = [_("Head office has confirmed key number %(serial)s of this branch; it goes on.", **done)]
    if done["waiting"]:
        lines.append(_("Records that wait here: %(waiting)s. They go by themselves when the branch runs.", **done))
    lines.append(_("Make a new backup now: earlier ones hold the old key."))
    say(done, lines)


@branch.command(
    "run",
    help=lesson(
        _("Runs the branch until it is stopped, and prints the address to open in a browser."), "cabang branch run ptk"
    ),
)
@folder_argument
@running_options(PORT)
def run(folder: Folder, **options: Any) -> None:
    """Serves pages, and exchanges with the hub in the background."""
    from branch_node.run import run as serve

    at_branch(folder)
    run_node(serve, folder, **options)


@click.command(
    "sync",
    help=lesson(
        _(
            "Exchanges with the hub until nothing is left either way; otherwise says why not, and "
            "exits 1. While the branch runs it does so by itself; this does it now."
        ),
        "cabang sync ptk",
    ),
)
@folder_argument
@json_option
def sync(folder: Folder) -> None:
    """Hands over to the running branch."""
    at_branch(folder)
    done = handed(folder, "sync", {})
    line = _("All is exchanged: %(sent)s sent, %(taken)s received.", sent=done["sent"], taken=done["taken"])
    say(done, [line])


@click.command(
    "rotate-key",
    help=lesson(
        _(
            "Changes the branch's key: head office is asked with the old one, and from its answer on only the new one "
            "counts. Works while the branch runs. Cut off in between, the branch goes on with the old key; give the "
            "command again. A backup made earlier holds the old key: make a new one."
        ),
        "cabang rotate-key ptk",
    ),
)
@folder_argument
@json_option
def rotate_key(folder: Folder) -> None:
    """Hands over to the running branch."""
    at_branch(folder)
    done = handed(folder, "rotate-key", {})
    lines = [
        _("Head office has confirmed key number %(serial)s of this branch; the key before it counts no more.", **done),
        _("Make a new backup now: earlier ones hold the old key."),
    ]
    say(done, lines)
