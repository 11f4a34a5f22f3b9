"""Marked paths: places of the heart that only rare histories reach.  Each time one is passed it is counted."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from sync import branch, epochs, hub, overlay, policies, rows, starts
from sync.branch import BranchExchange
from sync.errors import EpochClosed, Fork, Gap, RevokedSender, StaleNonce
from sync.feed import Feed, PageBuilder
from sync.hub import HubExchange
from sync.journal import Journal
from sync.merger import Merger
from sync.review import Review
from sync.starts import Starts
from sync.uplink import Uplink

Passed = Callable[[Any, tuple[Any, ...]], bool]  # result, arguments


def _always(result: Any, given: tuple[Any, ...]) -> bool:
    return True


def _true(result: Any, given: tuple[Any, ...]) -> bool:
    return bool(result)


def _none(result: Any, given: tuple[Any, ...]) -> bool:
    return result is None


def _old_stands(result: policies.Settled, given: tuple[Any, ...]) -> bool:
    return result.stands is not given[2]


def _several(result: policies.Settled, given: tuple[Any, ...]) -> bool:
    return len(result.heads) > 1


def _below_own(result: None, given: tuple[Any, ...]) -> bool:
    connection, spec, group, row = given[:4]
    sql = "SELECT 1 FROM overlay WHERE tbl = ? AND row = ? AND grp = ? AND seq > ?"
    return connection.execute(sql, (spec.code, row["id"], group.number, overlay.BASE)).fetchone() is not None


def _repeat(result: Any, given: tuple[Any, ...]) -> bool:
    return result is starts.REPEAT


def _more(result: Any, given: tuple[Any, ...]) -> bool:
    return bool(result and result.more)


def _opened(result: Any, given: tuple[Any, ...]) -> bool:
    return given[0]._open_first is not None


class Mark(NamedTuple):
    """A function of the heart (``name`` of ``owner``), and which of its calls count."""

    owner: Any
    name: str
    passed: Passed = _always


MARKS: dict[str, Mark] = {
    "a conflict is noted": Mark(Merger, "_note"),
    "two made the same thing": Mark(Merger, "_meet"),
    "what arrives does not stand": Mark(policies, "settle", _old_stands),
    "a safe value stands beside others": Mark(policies, "settle", _several),
    "other rows change hands with one": Mark(Feed, "_regrade_dependents"),
    "a row leaves a branch": Mark(rows, "erase"),
    "a row refers to one not told": Mark(PageBuilder, "_referred", _true),
    "a page leaves more to tell": Mark(HubExchange, "_page", _more),
    "news below an own change": Mark(overlay, "base_arrived", _below_own),
    "a row comes in parts": Mark(branch, "_born"),
    "a segment is known already": Mark(hub, "open_segment", _none),
    "an entry waits for what it lacks": Mark(Review, "hold"),
    "a start finds an open segment": Mark(Journal, "_replay", _opened),
    "a log goes on in a new epoch": Mark(epochs, "_go_on"),
    "a former epoch is spoken of": Mark(Uplink, "_go_down", _true),
    "a former epoch is whole at the hub": Mark(Uplink, "_pass"),
    "an epoch was replaced": Mark(Uplink, "_replaced", _true),
    "the hub lost what it signed for": Mark(BranchExchange, "_lost"),
    "a carried unit is new": Mark(Starts, "_judge_carried", _none),
    "a carried unit is known": Mark(Starts, "_judge_carried", _repeat),
}
REFUSALS = tuple(f"refused: {error.code}" for error in (StaleNonce, EpochClosed, Fork, Gap, RevokedSender))


Label = Callable[[Any, tuple[Any, ...]], str]


@contextmanager
def counting(happened: Counter[str]) -> Iterator[None]:
    """While this lasts, every marked path that is passed is counted in *happened*."""
    places = dict.fromkeys([(HubExchange, "answer"), *((mark.owner, mark.name) for mark in MARKS.values())])
    usual = [(owner, name, getattr(owner, name)) for owner, name in places]
    try:
        for label, mark in MARKS.items():
            _count(mark.owner, mark.name, _labelled(label, mark.passed), happened)
        _count(HubExchange, "answer", _refused, happened)
        yield
    finally:
        for owner, name, function in usual:
            setattr(owner, name, function)


def _labelled(label: str, passed: Passed) -> Label:
    return lambda result, given: label if passed(result, given) else ""


def _refused(result: Any, given: tuple[Any, ...]) -> str:
    return f"refused: {result.refusal.code}" if result.refusal else ""


def _count(owner: Any, name: str, label: Label, happened: Counter[str]) -> None:
    usual = getattr(owner, name)

    @wraps(usual)
    def call(*given: Any, **more: Any) -> Any:
        result = usual(*given, **more)
        if passed := label(result, given):
            happened[passed] += 1
        return result

    setattr(owner, name, call)
