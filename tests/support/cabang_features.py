"""Compares ``docs/FEATURES.md`` with what the tests really did: every claimed row needs a test that used its pages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cabang_rows import Used

ROW_ID = re.compile(r"^[A-Z]-\d+$")
PLACE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Claim:
    """One line of the map: the row, its pages ("branch /till") and commands ("cabang verify"), its tests."""

    row: str
    uses: tuple[str, ...]
    tests: tuple[str, ...]


def claims(page: str) -> list[Claim]:
    """The lines of the map's table: row | what | page or command | test."""
    cells = [_cells(line) for line in page.splitlines() if line.startswith("|")]
    return [Claim(row[0], _quoted(row[2]), _quoted(row[3])) for row in cells if len(row) == 4 and ROW_ID.match(row[0])]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _quoted(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def closed(page: str) -> set[str]:
    """The rows that the line "Closed rows: ..." names; H-10…H-12 names three."""
    line = re.search(r"^Closed rows: (.+?)$", page, re.MULTILINE)
    return {row for part in (line[1] if line else "").strip(". ").split(", ") for row in _span(part)}


def _span(part: str) -> Iterable[str]:
    first, _, last = part.partition("…")
    if not last:
        return [first]
    letter = first.partition("-")[0]
    numbers = range(int(first.partition("-")[2]), int(last.partition("-")[2]) + 1)
    return [f"{letter}-{number}" for number in numbers]


def faults(page: str, used: list[Used]) -> list[str]:
    """What is wrong between the map *page* and the tests that ran; empty when all is well."""
    listed = claims(page)
    rows = [claim.row for claim in listed]
    found = [f"{row}: listed twice" for row in sorted(set(rows)) if rows.count(row) > 1]
    found += [f"{row}: in the map, but not a closed row" for row in rows if row not in closed(page)]
    found += [f"{row}: closed, but not in the map" for row in sorted(closed(page) - set(rows))]
    marked = {row for test in used for row in test.rows}
    found += [f"{row}: a test is marked with it, but it is not in the map" for row in sorted(marked - set(rows))]
    addresses = [use for claim in listed for use in claim.uses]
    return found + [fault for claim in listed for fault in _claim_faults(claim, used, addresses)]


def _claim_faults(claim: Claim, used: list[Used], addresses: list[str]) -> list[str]:
    proving = [test for test in used if test.passed and claim.row in test.rows]
    if not claim.uses or not claim.tests:
        return [f"{claim.row}: the map names no page or command, or no test"]
    missing = [name for name in claim.tests if not any(_named(test.test, name) for test in proving)]
    unseen = [use for use in claim.uses if not any(_uses(test, use, addresses) for test in proving)]
    return [
        *(f"{claim.row}: no passed test {name} is marked with it" for name in missing),
        *(f"{claim.row}: no passed test marked with it used {use}" for use in unseen),
    ]


def _named(test: str, name: str) -> bool:
    """Is *test* (file::function[case]) the test, or in the file, that the map names?"""
    return test == name or test.startswith((f"{name}::", f"{name}["))


def _uses(test: Used, use: str, addresses: list[str]) -> bool:
    first, _, rest = use.partition(" ")
    if first == "cabang":
        return any(command == rest or command.startswith(f"{rest} ") for command in test.commands)
    return any(node == first and best(node, address, addresses) == rest for node, address in test.pages)


def best(node: str, address: str, addresses: list[str]) -> str | None:
    """The route among *addresses* ("branch /customers/<id>") that a route or a path of *node* belongs to.

    A route is itself.  A path belongs to the fitting route with the fewest places, so "/customers/new" is not taken
    for a customer's card.
    """
    routes = [route for owner, _, route in (entry.partition(" ") for entry in addresses) if owner == node]
    if address in routes:
        return address
    fitting = [route for route in routes if pattern(route).fullmatch(address)]
    return min(fitting, key=lambda route: (len(PLACE.findall(route)), route), default=None)


def pattern(route: str) -> re.Pattern[str]:
    """A pattern for the paths of a Flask *route*; ids stand in addresses as hexadecimal digits."""
    parts, at = [], 0
    for place in PLACE.finditer(route):
        parts += [re.escape(route[at : place.start()]), _place_pattern(place[1] or "", place[2])]
        at = place.end()
    return re.compile("".join([*parts, re.escape(route[at:])]))


def _place_pattern(converter: str, name: str) -> str:
    if converter == "int":
        return r"\d+"
    if converter == "path":
        return ".+"
    return "[0-9a-f]+" if converter in ("hex", "id") or name.endswith("id") else "[^/]+"
