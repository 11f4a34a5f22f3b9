"""What commands say: facts on standard output (JSON for programs), the rest on standard error."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from sync.errors import CabangError
from sync.handover_lines import TO_KNOW, Progress, error_fields
from ui.console.language import LANGUAGE, _
from ui.translate import translate_error

PLAIN_EVERY_S = 5.0
_JSON = "cabang.json"
Command = TypeVar("Command", bound=Callable[..., Any])


def _remember(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    context.meta[_JSON] = wanted


def json_option(command: Command) -> Command:
    """Adds ``--json`` to a command that says facts with ``say``."""
    words = _("Give the facts as JSON, for programs.")
    option = click.option("--json", is_flag=True, is_eager=True, expose_value=False, callback=_remember, help=words)
    return option(command)


def wants_json() -> bool:
    """Was ``--json`` given?"""
    return bool(click.get_current_context().meta.get(_JSON))


def say(facts: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Says *facts* as one JSON object where ``--json`` was given, else as *lines*."""
    if wants_json():
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(line)


def note(line: str) -> None:
    """Something for the person only: standard error."""
    click.echo(line, err=True)


def tell_error(error: CabangError) -> None:
    """What happened and what to do, in words on standard error; as JSON on standard output where asked for."""
    happened, todo = translate_error(error, LANGUAGE)
    if wants_json():
        said = {**error_fields(error), "happened": happened, "todo": todo}
        click.echo(json.dumps({"error": said}, ensure_ascii=False))
    note(f"{happened}\n{todo}")


@contextmanager
def telling() -> Iterator[Progress]:
    """A progress to report to: a moving bar on a terminal, else a plain line now and then.

    What comes with the total TO_KNOW is a line of its own that stays.
    """
    if not sys.stderr.isatty():
        yield _plain(time.monotonic)
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)

    def tell(text: str, done: int, total: int) -> None:
        if total == TO_KNOW:
            bar.console.print(_(text))
            return
        bar.start()  # only now: most commands are done before there is anything to show
        bar.update(task, description=_(text), completed=done, total=total or None)

    try:
        yield tell
    finally:
        bar.stop()


def _plain(clock: Callable[[], float]) -> Progress:
    last = clock()

    def tell(text: str, done: int, total: int) -> None:
        nonlocal last
        if total == TO_KNOW:
            note(_(text))
        elif clock() - last >= PLAIN_EVERY_S:
            last = clock()
            note(f"{_(text)}: {done}/{total}" if total else f"{_(text)}: {done}")

    return tell
