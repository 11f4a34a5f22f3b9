"""What copies of a branch's data leave for people to do: two computers at work, two receipts with one number."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from crm.reading import dicts
from crm.selling.receipts import receipt_number
from sync import copies, put_back, taking_over
from ui import formats
from ui.clock import now_ms
from ui.formats import DAY_MS
from ui.node import Node
from ui.node import node as node_of_page
from ui.preferences import language
from ui.translate import text

COPIES_SHOWN_MS = 7 * DAY_MS
NUMBERS_SHOWN = 50
_TWICE = (
    "SELECT s.stream, s.till, s.number, b.code, coalesce(b.zone, 'WIB') AS zone FROM sale s"
    " LEFT JOIN branch b ON b.stream = s.stream"
    " WHERE s.stream IN (SELECT stream FROM epoch GROUP BY stream HAVING count(*) > 1)"
    " GROUP BY s.stream, s.till, s.number HAVING count(*) > 1 ORDER BY max(s.at) DESC LIMIT ?"
)
_BEARING = "SELECT id, at, total FROM sale WHERE stream = ? AND till = ? AND number = ? ORDER BY at, id"


class Task(NamedTuple):
    """``name`` for programs; ``at`` ms UTC; ``links``: (words, address) of what it names."""

    name: str
    branch: str | None
    at: int
    happened: str
    todo: str
    links: list[tuple[str, str]]


def tasks(node: Node) -> list[Task]:
    """Everything that nobody has ticked off, the newest first."""
    done, now = copies.ticked_off(node.store), now_ms()
    found = [*_lost(node, now), *_restored(node, now), *_two_computers(node, now), *_two_receipts()]
    return sorted((task for task in found if task.name not in done), key=lambda task: -task.at)


def told() -> dict[str, Any]:
    """``tasks``, for the page of what is to decide."""
    return {"tasks": tasks(node_of_page())}


def _lost(node: Node, now: int) -> Iterator[Task]:
    waiting = taking_over.count(node.store.connection())
    if waiting:
        happened = _("Head office was put back, and branches hand back what it had written: %(count)s.", count=waiting)
        links = [(_("What head office lost"), url_for("home.show_lost"))]
        todo = _("Look at it and take it over. Until then branches go on showing it, and head office does not.")
        yield Task(f"lost {waiting} {now // DAY_MS}", None, now, happened, todo, links)


def _restored(node: Node, now: int) -> Iterator[Task]:
    for told in put_back.told(node.store, now):
        happened, todo = (text(words, language(), **told.places) for words in (told.happened, told.todo))
        yield Task(f"restored {told.at}", None, told.at, happened, todo, [])


def _two_computers(node: Node, now: int) -> Iterator[Task]:
    codes = {row["stream"]: row["code"] for row in dicts("SELECT stream, code FROM branch")}
    for seen in copies.seen(node.store):
        if now - seen.at < COPIES_SHOWN_MS:
            happened = _("Two computers work as this branch.")
            todo = _("Stop one of them. Nothing is lost meanwhile; which one goes on does not matter.")
            name = f"copies {seen.stream} {seen.at // DAY_MS}"
            yield Task(name, codes.get(seen.stream), seen.at, happened, todo, [])


def _two_receipts() -> Iterator[Task]:
    for row in dicts(_TWICE, (NUMBERS_SHOWN,)):
        sales = dicts(_BEARING, (row["stream"], row["till"], row["number"]))
        receipt = receipt_number(row["code"] or "", row["till"], row["number"])
        happened = _("%(count)s sales bear the receipt number %(receipt)s.", count=len(sales), receipt=receipt)
        todo = _("All of them stand. Time and total tell the papers apart.")
        name = f"receipt {row['stream']} {row['till']} {row['number']} {len(sales)}"
        yield Task(name, row["code"], sales[-1]["at"], happened, todo, [_link(sale, row["zone"]) for sale in sales])


def _link(sale: dict[str, Any], zone: str) -> tuple[str, str]:
    locale = language()
    words = f"{formats.full(sale['at'], zone, locale)} · {formats.rupiah(sale['total'], locale)}"
    return words, url_for("sales.show", ident=sale["id"].hex())
