"""Short news for the person at the screen, with a way back where the books allow one."""

from typing import Any, Literal, NamedTuple

from flask import flash, get_flashed_messages

Kind = Literal["ok", "info", "warn", "bad"]


class Notice(NamedTuple):
    """``undo``: address that takes the step back by POST; empty when there is none."""

    kind: str
    text: str
    undo: str = ""


def say(text: str, kind: Kind = "ok", undo: str = "") -> None:
    """Shows *text* (already in the person's language) on the next page.

    It waits in the browser's cookie: no names, numbers or phones of customers in it.
    """
    flash((text, undo), kind)  # type: ignore[arg-type]


def notices() -> list[Notice]:
    """What there is to say on this page; asked once."""
    said: Any = get_flashed_messages(with_categories=True)
    return [Notice(kind, text, undo) for kind, (text, undo) in said]
