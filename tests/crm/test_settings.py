"""The settings a branch has of its own."""

from typing import Any

import pytest

from crm import settings
from crm.branches import BranchSetting
from crm.errors import BadChoice, BadLockMinutes, BadReceiptLine, BusinessError, TooManyReceiptLines
from sync.errors import InvariantBroken, NotAllowedHere
from sync.model import natural_id

BARE = {"receipt_head": (), "receipt_foot": (), "lock_minutes": 10, "sms_language": "id"}
WIDE = "W" * 32


def entries(branch: Any) -> int:
    """How many entries the branch's log has."""
    return int(branch.count("entry"))


def stored(branch: Any, name: str, value: str | None) -> None:
    """Writes a row past the table, as another version of the program might."""
    with branch.unit() as unit:
        unit.insert(BranchSetting, {"stream": 1, "name": name, "value": value}, key=(1, name))


def test_a_branch_that_set_nothing_has_the_defaults(branch: Any) -> None:
    """Goal: a new branch works. Method: read all, and one of a branch whose settings are not held here."""
    assert BARE == settings.read_all(1)
    assert BARE == settings.read_all(2)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("receipt_head", "Jl. Gajah Mada 12", ("Jl. Gajah Mada 12",)),
        ("receipt_head", "  Jl.  Gajah Mada 12 \r\n\r\n0561-555010\r\n", ("Jl. Gajah Mada 12", "0561-555010")),
        ("receipt_foot", "\n".join([WIDE] * 3), (WIDE,) * 3),
        ("receipt_foot", "e\u0301" * 32, ("\u00e9" * 32,)),
        ("receipt_foot", " \n \n", ()),
        ("lock_minutes", "1", 1),
        ("lock_minutes", " 015 ", 15),
        ("lock_minutes", "120", 120),
        ("sms_language", " en ", "en"),
    ],
)
def test_what_may_be_set(branch: Any, name: str, typed: str, value: Any) -> None:
    """Goal: easy, typical and extreme values come back typed. Method: write, read, write what was read."""
    with branch.unit() as unit:
        settings.write(unit, {name: typed})
    assert {**BARE, name: value} == settings.read_all(1)
    with branch.unit() as unit:
        assert [] == settings.write(unit, {name: settings.as_text(value)})


@pytest.mark.parametrize(
    ("name", "typed", "error"),
    [
        ("receipt_head", "W" * 33, BadReceiptLine),
        ("receipt_head", "a\nb\x00", BadReceiptLine),
        ("receipt_foot", "a\nb\nc\nd", TooManyReceiptLines),
        *(("lock_minutes", typed, BadLockMinutes) for typed in ("", "0", "121", "-5", "1.5", "ten", "٥", "9" * 400)),
        *(("sms_language", typed, BadChoice) for typed in ("", "EN", "jv", "id\nen")),
    ],
)
def test_what_may_not_be_set(branch: Any, name: str, typed: str, error: type[BusinessError]) -> None:
    """Goal: nothing half-written. Method: a wrong value beside a right one; neither is there."""
    before = entries(branch)
    with pytest.raises(error), branch.unit() as unit:
        settings.write(unit, {"receipt_head": "Right", "receipt_foot": "Right", "lock_minutes": "20", name: typed})
    assert BARE == settings.read_all(1)
    assert before == entries(branch)


def test_a_wrong_line_is_named(branch: Any) -> None:
    """Goal: one sees which line to mend. Method: the second of three is too long."""
    with pytest.raises(BadReceiptLine) as caught:
        settings.clean("receipt_foot", f"one\n{WIDE}W\nthree")
    assert {"line": 2, "limit": 32} == caught.value.params


def test_only_what_changed_is_written(branch: Any) -> None:
    """Goal: sending a form twice adds nothing. Method: the names set, and the entries of the log."""
    values = {"receipt_head": "Jl. Merdeka 1", "receipt_foot": "", "lock_minutes": "10"}
    changed = []
    before = entries(branch)
    for _ in range(2):
        with branch.unit() as unit:
            changed.append(settings.write(unit, values))
    assert [["receipt_head"], []] == changed
    assert (1, 1) == (branch.count("branch_setting"), entries(branch) - before)


def test_a_default_can_be_chosen_again(branch: Any) -> None:
    """Goal: a setting can be taken back. Method: set, then set the default."""
    for typed in ("45", "10"):
        with branch.unit() as unit:
            settings.write(unit, {"lock_minutes": typed})
        assert int(typed) == settings.read(1, "lock_minutes")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lock_minutes", "soon"),
        ("lock_minutes", "100000"),
        ("lock_minutes", None),
        ("receipt_head", "x" * 5_000),
        ("sms_language", "jv"),
    ],
)
def test_a_stored_value_nobody_understands_is_the_default(branch: Any, name: str, value: str | None) -> None:
    """Goal: another version's values lock nobody out and break no receipt. Method: rows this program would refuse."""
    stored(branch, name, value)
    assert BARE == settings.read_all(1)
    with branch.unit() as unit:
        settings.write(unit, {"lock_minutes": "30"})
    assert 30 == settings.read(1, "lock_minutes")


def test_no_other_names(branch: Any) -> None:
    """Goal: a misspelt name is our mistake, found at once. Method: write one."""
    with pytest.raises(InvariantBroken), branch.unit() as unit:
        settings.write(unit, {"lock_minute": "5"})


def test_head_office_cannot_set_them(hub: Any) -> None:
    """Goal: only the branch itself changes them. Method: write branch 1's row at head office."""
    row = {"stream": 1, "name": "lock_minutes", "value": "1"}
    with pytest.raises(NotAllowedHere), hub.unit() as unit:
        unit.insert(BranchSetting, row, key=(1, "lock_minutes"))
    assert BranchSetting.get_or_none(BranchSetting.id == natural_id("branch_setting", 1, "lock_minutes")) is None
