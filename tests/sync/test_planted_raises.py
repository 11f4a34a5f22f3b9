"""No check that may go unnoticed: each ``raise`` of the pure modules is taken away, and an attack gets through."""

import sqlite3
import struct

import cabang_attacks
import cabang_held
import pytest
from cabang_forge import Forge, in_conversation
from cabang_pair import Company
from cabang_planted_raises import FIRST, NOTICED, Check, all_checks, without

from sync.errors import CabangError

ATTACKS = {one.name: one for one in [*cabang_attacks.DOOR, *cabang_attacks.LASTING]}
UNFIT = {one.name: one for one in cabang_held.ALL}
NOTICED_BY = (AssertionError, CabangError, sqlite3.Error, struct.error)
WITHOUT_IT = (AttributeError, IndexError, KeyError, OverflowError, TypeError, UnboundLocalError, ValueError)
CHECKS = [
    pytest.param(check, id=check.name, marks=[pytest.mark.proof] * (check.module not in FIRST))
    for check in all_checks()
]


def attempt(company: Company, name: str) -> None:
    """The attack gets its code and leaves the log as it was; an unfit entry is held for its reason."""
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    if name in UNFIT:
        made = forge.request(UNFIT[name].make(company, forge))
        assert ("held", UNFIT[name].reason) == cabang_attacks.outcome(company, made)
        return
    ATTACKS[name].before(company, forge)
    in_conversation(company, branch)
    before = company.hub.one("SELECT count(*) FROM entry")
    assert ("refused", ATTACKS[name].code) == cabang_attacks.outcome(company, ATTACKS[name].make(company, forge))
    assert before == company.hub.one("SELECT count(*) FROM entry")


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_taken_away_is_noticed(company, monkeypatch, check: Check) -> None:
    """Goal: each check is needed, and watched. Method: ``pass`` in its place; its attack does not end as it should."""
    function, code = without(check)
    monkeypatch.setattr(function, "__code__", code)
    with pytest.raises((*NOTICED_BY, *WITHOUT_IT)):
        attempt(company, NOTICED[check.name])
    monkeypatch.undo()


def test_every_check_has_its_planted_bug() -> None:
    """Goal: no new check without one. Method: the raises of the source, counted, against the list."""
    assert sorted(check.name for check in all_checks()) == sorted(NOTICED)
    assert set(NOTICED.values()) <= {*ATTACKS, *UNFIT}
    assert len(NOTICED) >= 60
