"""The right to greet a number by SMS: one branch has it, and another gets it only after that one gave it up.

A right is for a number, not for a card: families share phones, and a card may move while a line is cut.  The law:

- head office gives it out, to the home branch of a card with the number whose owner agreed to greetings, and only while
  nobody has it;
- a branch that has none greets nobody there;
- it ends by the word of its branch alone (a release), written when no card of its own has the number any more; by head
  office's in its stead only if the key of the branch's computer was withdrawn;
- the next one says up to which year the number was greeted.  What head office holds of that is all there is: a release
  comes after its branch's greetings.  Where head office spoke in a branch's stead, this year counts as done;
- of a head office that was put back to an older state all rights are void, and new ones are given out once every
  branch has been heard since.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any

from peewee import BlobField, IntegerField

from crm.branches import OFFSETS_MS
from crm.periods import day_at
from crm.reading import query_of
from sync import clock, epochs, feed_epochs, rights
from sync.journal import Journal
from sync.model import IdField, Look, RefField, Synced, fact, hub_only, synced
from sync.rights import Query
from sync.unit import Unit

GREETING = "greeting"
HEAD_OFFICE = 0
AT_ONCE = 500  # rights in one unit
_FEED = f"(SELECT value FROM node WHERE name = '{feed_epochs.NAME}')"
_OPEN = f"r.feed = {_FEED} AND NOT EXISTS (SELECT 1 FROM greeting_release e WHERE e.ceded = r.id)"
_CARDS = (  # number, branch and card of everybody who wants to be greeted
    "SELECT p.value_hash AS number, b.stream AS stream, c.id AS customer FROM contact_point p"
    " JOIN customer c ON c.id = p.customer JOIN branch b ON b.id = c.home_branch"
    " WHERE p.value_hash IS NOT NULL AND NOT p.archived AND NOT c.archived AND c.birth_date IS NOT NULL"
    " AND p.id = (SELECT f.id FROM contact_point f WHERE f.customer = c.id AND f.kind = 'phone' AND NOT f.archived"
    " AND f.value IS NOT NULL ORDER BY f.id LIMIT 1)"
    " AND EXISTS (SELECT 1 FROM consent k WHERE k.customer = c.id AND k.channel = 'sms' AND k.given"
    f" AND k.purpose = '{GREETING}')"
)
_FREE = (
    f"SELECT number, stream FROM ({_CARDS}) w WHERE NOT EXISTS (SELECT 1 FROM greeting_right r"
    f" WHERE r.number = w.number AND {_OPEN}) ORDER BY number, customer"
)
_UNNEEDED = (
    f"SELECT r.id FROM greeting_right r WHERE r.stream = ?1 AND {_OPEN} AND (r.number IS NULL OR r.number NOT IN"
    f" (SELECT w.number FROM ({_CARDS}) w WHERE w.stream = ?1)) ORDER BY r.id LIMIT {AT_ONCE}"
)
_HELD = f"SELECT r.greeted FROM greeting_right r WHERE r.number = ? AND r.stream = ? AND {_OPEN}"
_OWNERS = f"SELECT DISTINCT r.stream FROM greeting_right r WHERE {_OPEN} ORDER BY r.stream"
_GREETED = "SELECT cause FROM message WHERE kind = ? AND cause >= ? AND cause < ? ORDER BY cause DESC"
_IN_STEAD = (
    "SELECT 1 FROM greeting_right r JOIN greeting_release e ON e.ceded = r.id AND e.by = ? WHERE r.number = ? LIMIT 1"
)
_WITHDRAWN = "SELECT withdrawn FROM certificate WHERE stream = ? ORDER BY serial DESC LIMIT 1"
_HEARD = "SELECT stream, coalesce(last_contact, 0) FROM stream ORDER BY stream"
_SINCE = f"SELECT value FROM node WHERE name = '{epochs.SINCE}'"
_BEGAN = (
    "SELECT e.seq, e.stamp FROM entry e JOIN epoch p ON p.id = e.epoch WHERE p.stream = ? AND p.closed = 0"
    " ORDER BY e.seq LIMIT 1"
)


def _its_branch(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["stream"],)


@synced
class GreetingRight(Synced):
    """Branch number ``stream`` greets the number with this keyed hash, until a release of it.

    ``greeted``: the last year in which somebody else may have done so.  ``feed``: the feed in which it was given out.
    """

    id = IdField(primary_key=True)
    stream = fact(IntegerField(index=True))
    feed = fact(BlobField())
    greeted = fact(IntegerField(default=0))
    number = fact(BlobField(null=True, index=True), personal=True)

    class Sync:
        code = 54
        audience = staticmethod(_its_branch)
        writers = staticmethod(hub_only)
        owner = "head office"


def _holder(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    right = look("greeting_right", row["ceded"])
    return (right["stream"],) if right else ()


def _may_cede(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """Its branch, or head office; of a right that has not come yet that is asked again when it has."""
    right = look("greeting_right", row["ceded"])
    return (row["by"],) if right is None or row["by"] in (right["stream"], HEAD_OFFICE) else ()


@synced
class GreetingRelease(Synced):
    """A right was given up, by branch number ``by``, or by head office (0) in its stead; the same at every repeat."""

    id = IdField(primary_key=True)
    ceded = fact(RefField("greeting_right", index=True))
    by = fact(IntegerField())

    class Sync:
        code = 55
        audience = staticmethod(_holder)
        writers = staticmethod(_may_cede)
        owner = "the branch that has the right"

        @staticmethod
        def natural(ceded: bytes, by: int) -> str:
            return f"{ceded.hex()}/{by}"


# --- greeting --------------------------------------------------------------------------------------------------


def cause(number: bytes, year: int) -> str:
    """What names a greeting: the number's keyed hash and the year."""
    return f"{number.hex()}/{year}"


def may_greet(query: Query, stream: int, number: bytes, year: int) -> bool:
    """May branch number *stream* greet this number in *year*, as far as others are concerned?"""
    return any(greeted < year for (greeted,) in query(_HELD, (number, stream)))


def began_ms(query: Query, stream: int) -> int:
    """Since when (ms UTC) this computer goes on where another, or another copy, left off; 0 when none was before it.

    What that one greeted and nobody heard of, it greeted before.
    """
    ((seq, stamp),) = query(_BEGAN, (stream,))
    return clock.ms_of(clock.from_column(stamp)) if seq > 1 else 0


# --- giving out and giving up ------------------------------------------------------------------------------------


def give_out(journal: Journal) -> None:
    """At head office: ends rights in the stead of branches that are gone, and gives out what is free."""
    query = query_of(journal.store)
    for stream in [stream for (stream,) in query(_OWNERS, ()) if _is_gone(query, stream)]:
        _end(journal, stream)
    while _all_heard(query) and next(_wanted(query), None):
        with journal.unit() as unit:
            for number, stream in islice(_wanted(unit.query), AT_ONCE):
                _give(unit, number, stream)


def give_up(journal: Journal) -> None:
    """At a branch: releases its rights to numbers that no card of its own has any more."""
    _end(journal, journal.stream)


def _end(journal: Journal, stream: int) -> None:
    """This node says that branch number *stream* has no more need of rights; nothing is written where there is none."""
    while query_of(journal.store)(_UNNEEDED, (stream,)):
        with journal.unit() as unit:
            for (right,) in unit.query(_UNNEEDED, (stream,)):
                unit.insert(GreetingRelease, {"ceded": right, "by": unit.stream}, key=(right, unit.stream))


def _wanted(query: Query) -> Iterator[tuple[bytes, int]]:
    """Numbers nobody has the right to, each with a branch at work that is to get it: of several the oldest card's."""
    for number, cards in groupby(query(_FREE, ()), key=lambda row: bytes(row[0])):
        stream = next((stream for _, stream in cards if rights.working(query, stream)), None)
        if stream is not None:
            yield number, stream


def _give(unit: Unit, number: bytes, stream: int) -> None:
    ((feed,),) = unit.query(f"SELECT {_FEED}", ())
    values = {"stream": stream, "feed": feed, "greeted": _greeted(unit, number), "number": number}
    unit.insert(GreetingRight, values)


def _greeted(unit: Unit, number: bytes) -> int:
    """The last year in which the number was greeted, or may have been; 0 for never."""
    known = unit.query(_GREETED, (GREETING, f"{number.hex()}/", f"{number.hex()}0"))
    years = [int(found.rpartition("/")[2]) for (found,) in known]
    if unit.query(_IN_STEAD, (HEAD_OFFICE, number)):
        years.append(max(day_at(unit.stamp_ms, zone) for zone in OFFSETS_MS).year)
    return max(years, default=0)


def _is_gone(query: Query, stream: int) -> bool:
    """Was the key of the branch's computer withdrawn, and no other took its place?"""
    found = query(_WITHDRAWN, (stream,))
    return bool(found) and found[0][0] is not None


def _all_heard(query: Query) -> bool:
    """Has every branch at work been heard since head office was put back to an older state, if it ever was?"""
    if feed_epochs.put_back_at(query) is None:
        return True
    ((since,),) = query(_SINCE, ())
    return all(heard > since for stream, heard in query(_HEARD, ()) if rights.working(query, stream))
