"""What ``cabang hub run`` and ``cabang branch run`` share: where to listen, and when to stop."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import click

from sync.folder import Folder
from ui.console.language import _
from ui.console.saying import note

HOST = "127.0.0.1"
PIECE_BYTES = 4096
Command = TypeVar("Command", bound=Callable[..., Any])


def running_options(port: int) -> Callable[[Command], Command]:
    """The options of a command that serves; *port* is the usual one."""
    options = (
        click.option("--host", default=HOST, show_default=True, help=_("Where to listen.")),
        click.option("--port", default=port, show_default=True, type=click.IntRange(0, 65535), help=_("0: any free.")),
        click.option("--plain-http", is_flag=True, help=_("Allow --host beyond this computer, unencrypted.")),
        click.option("--until-stdin-ends", is_flag=True, help=_("Stop when standard input ends (for programs).")),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def run_node(
    serve: Callable[[Folder, str, int, bool, Callable[[str], None]], None],
    folder: Folder,
    *,
    host: str,
    port: int,
    plain_http: bool,
    until_stdin_ends: bool,
) -> None:
    """Serves *folder* until SIGINT or SIGTERM; its address goes to standard output once it answers."""
    if until_stdin_ends:
        threading.Thread(target=_watch_stdin, name="stdin", daemon=True).start()

    def ready(url: str) -> None:
        click.echo(url)
        note(_("Stop with Ctrl-C."))

    serve(folder, host, port, plain_http, ready)


def _watch_stdin() -> None:
    """Ends this process tidily when whoever started it is gone, however it ended."""
    while os.read(sys.stdin.fileno(), PIECE_BYTES):  # not through sys.stdin: its lock outlives the end of Python
        pass
    signal.raise_signal(signal.SIGTERM)
