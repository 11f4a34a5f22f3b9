"""``cabang hub …``: head office's folder, its node, its branches."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from sync.folder import HUB, Folder
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.running import run_node, running_options
from ui.console.saying import json_option, note, say
from ui.console.work import Kind, at_hub, folder_argument, handed

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
        HubNode.create(folder).close()
    name = str(folder.path)
    say({"folder": name, "kind": HUB}, [_("Head office is in %(folder)s.", folder=name), *_next_steps(name)])


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
