"""Search as you type over the customers' cards: number, phone, name.

Without a text everybody is listed by name.  Results of a search come in tiers, each newest first: the very number; a
part of a phone number; the words as they stand; words that begin so.  Nobody is listed twice, everybody with an equal
name is listed.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from crm import phones as numbers
from crm import words
from crm.search import CALLED, INDEXED, PHONES
from sync.database import database

_COLUMNS = (
    "SELECT c.rowno, c.id, c.number, c.name, c.kind, c.city, c.birth_date, c.caution, b.code,"
    f" coalesce({PHONES}, '') AS phones FROM "
)
_JOINS = " LEFT JOIN branch b ON b.id = c.home_branch WHERE NOT c.archived AND c.rowno < :below AND "
_END = " ORDER BY {} DESC LIMIT :limit"
_EXACT = "c.number IN (SELECT value FROM json_each(:exact))"
_ALL = (
    "(SELECT a.rowno FROM customer a WHERE NOT a.archived"
    f" AND {CALLED.format('a.')} >= :name AND ({CALLED.format('a.')}, a.rowno) > (:name, :behind)"
    f" ORDER BY {CALLED.format('a.')}, a.rowno LIMIT :limit) p"
    " CROSS JOIN customer c ON c.rowno = p.rowno" + _JOINS + f"TRUE ORDER BY {CALLED.format('c.')}, c.rowno"
)
_NUMBER = "customer c" + _JOINS + _EXACT + _END.format("c.rowno")
_NEWEST = "customer c" + _JOINS + f"c.rowno > {INDEXED} AND NOT {_EXACT} ORDER BY c.rowno DESC"
_PHONE = (
    "customer_phone f CROSS JOIN customer c ON c.rowno = f.rowid"
    + _JOINS
    + f"f.rowid < :below AND f.value MATCH :part AND NOT {_EXACT}"
    + _END.format("f.rowid")
)
_WORDS = (
    "customer_search f CROSS JOIN customer c ON c.rowno = f.rowid"
    + _JOINS
    + "f.rowid < :below AND customer_search MATCH :words AND instr(phones, :digits) = 0"
    + f" AND NOT {_EXACT}"
    + _END.format("f.rowid")
)
EXACT, PHONE, WHOLE, BEGUN = range(4)  # the tiers
_PADDED_MAX = 6
_TOP = 2**63 - 1


class Found(NamedTuple):
    """One customer in a list; ``phones`` as they are dialled here, ``home`` the code of the home branch.

    ``cursor``, given as *after*, continues the list behind this one.  ``also``: numbers of other cards of the same
    person, once ``links.once_each`` has looked.
    """

    id: bytes
    number: str
    name: str | None
    kind: str
    city: str | None
    birth_date: str | None
    caution: str | None
    home: str | None
    phones: tuple[str, ...]
    cursor: str
    also: tuple[str, ...] = ()


class _Asked(NamedTuple):
    """A search text understood: customer numbers it can stand for, its words, its digits as part of a phone number."""

    exact: str
    query: words.Query | None
    digits: str | None


def search(text: str, limit: int = 50, after: str | None = None) -> list[Found]:
    """At most *limit* customers that fit *text*; without text all, by name.  Archived ones are left out."""
    level, below = _place(after)
    if not text.strip():
        return [_found(EXACT, row) for row in _rows(_ALL, {"below": _TOP, "limit": limit, **_named(below)})]
    asked = _understand(text.strip())
    newest = _newest(asked)
    found: list[Found] = []
    while level <= BEGUN and len(found) < limit:
        fresh = [row for place, row in newest if place == level and row[0] < below]
        found += [_found(level, row) for row in fresh[: limit - len(found)]]
        sql, params = _tier(level, asked)
        room = {"below": below, "limit": limit - len(found)}
        found += [_found(level, row) for row in (_rows(sql, {**params, **room}) if sql else [])]
        level, below = level + 1, _TOP
    return found


def _rows(source: str, params: dict[str, Any]) -> list[Sequence[Any]]:
    return database.connection().execute(_COLUMNS + source, params).fetchall()


def _place(after: str | None) -> tuple[int, int]:
    """Tier and rowno in a cursor; a cursor nobody gave out starts from the beginning."""
    level, _, rowno = (after or "").partition(".")
    return (int(level), int(rowno)) if _is_place(level) and _is_place(rowno) else (EXACT, _TOP)


def _named(rowno: int) -> dict[str, Any]:
    """Where a list by name goes on: behind the customer *rowno*; from the beginning when there is none."""
    sql = "SELECT coalesce(name, number) AS name, rowno AS behind FROM customer WHERE rowno = ?"
    name, behind = database.connection().execute(sql, (rowno,)).fetchone() or ("", 0)
    return {"name": name, "behind": behind}


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _understand(text: str) -> _Asked:
    return _Asked(json.dumps(_numbers_meant(text)), words.query(text), words.phone_part(text))


def _tier(level: int, asked: _Asked) -> tuple[str, dict[str, Any]]:
    """SQL over the index and its parameters; no SQL when the text cannot be meant so."""
    params = {"exact": asked.exact, "digits": asked.digits or "?"}
    if level == EXACT:
        return _NUMBER, params
    if level == PHONE:
        return _PHONE if asked.digits else "", {**params, "part": f'"{asked.digits}"'}
    if asked.query is None:
        return "", {}
    whole, begun = asked.query.whole, asked.query.begun
    return _WORDS, {**params, "words": whole if level == WHOLE else f"({begun}) NOT ({whole})"}


def _newest(asked: _Asked) -> list[tuple[int, Sequence[Any]]]:
    """The fitting customers the index does not hold yet, newest first, each with its tier."""
    rows = _rows(_NEWEST, {"exact": asked.exact, "below": _TOP})
    return [(level, row) for row in rows if (level := _level(asked, row)) is not None]


def _level(asked: _Asked, row: Sequence[Any]) -> int | None:
    if asked.digits and asked.digits in row[-1]:
        return PHONE
    if asked.query is None:
        return None
    whole, begun = asked.query.fits(f"{row[2]} {row[3] or ''}")
    return WHOLE if whole else BEGUN if begun else None


def _numbers_meant(text: str) -> list[str]:
    """Customer numbers *text* can stand for: itself, and ``123`` for each branch's ``PTK-000123``."""
    meant = [text.upper()]
    if text.isascii() and text.isdecimal() and len(text) <= _PADDED_MAX:
        codes = database.connection().execute("SELECT code FROM branch UNION ALL SELECT 'HO'")
        meant += [f"{code}-{text.zfill(_PADDED_MAX)}" for (code,) in codes]
    return meant


def _found(level: int, row: Sequence[Any]) -> Found:
    rowno, *card, phones = row
    dialled = tuple(numbers.national(phone) for phone in phones.split())
    return Found._make([*card, dialled, f"{level}.{rowno}", ()])
