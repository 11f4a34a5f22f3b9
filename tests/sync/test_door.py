"""The hub's door: what is not in order is refused with its code, and changes nothing."""

import cabang_attacks
import pytest
from cabang_attacks import Attack
from cabang_forge import Forge, in_conversation
from cabang_pair import Company

ALL = [*cabang_attacks.DOOR, *cabang_attacks.LASTING]


def state(company: Company) -> tuple[str, int, int]:
    """What no refused input may change: the rows, the log, what is held for review."""
    hub = company.hub
    return hub.digest(), hub.one("SELECT count(*) FROM entry"), hub.one("SELECT count(*) FROM quarantine")


def attacked(company: Company, attack: Attack) -> None:
    """Sends the attack; it must be refused with its code and leave the hub as it was."""
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    attack.before(company, forge)
    in_conversation(company, branch)
    before = state(company)
    assert ("refused", attack.code) == cabang_attacks.outcome(company, attack.make(company, forge))
    assert before == state(company)


@pytest.mark.parametrize("attack", cabang_attacks.DOOR, ids=lambda attack: attack.name)
def test_an_attack_is_refused_and_changes_nothing(standing, attack) -> None:
    """Goal: hostile input changes nothing. Method: one thing broken in valid material; code, digest, log compared."""
    attacked(standing, attack)


@pytest.mark.parametrize("attack", cabang_attacks.LASTING, ids=lambda attack: attack.name)
def test_an_attack_on_a_stream_that_ended(company, attack) -> None:
    """Goal: what ended stays ended. Method: the same against a stream whose key or epoch was withdrawn before."""
    attacked(company, attack)


def test_the_unbroken_material_is_taken(company) -> None:
    """Goal: the attacks fail by what they break alone. Method: the same forge, nothing broken."""
    in_conversation(company, company.branches[0])
    forge = Forge(company, company.branches[0])
    assert ("taken",) == cabang_attacks.outcome(company, forge.request(forge.good()))
    assert 1 == company.hub.one("SELECT count(*) FROM customer WHERE number = 'GOOD'")


def test_a_branch_goes_on_after_every_attack(standing) -> None:
    """Goal: no attack locks the branch out. Method: all attacks in a row, then an ordinary exchange of both."""
    branch = standing.branches[0]
    for attack in cabang_attacks.DOOR:
        in_conversation(standing, branch)
        cabang_attacks.outcome(standing, attack.make(standing, Forge(standing, branch)))
    standing.heal()
    assert [standing.hub.digest(b.stream) for b in standing.branches] == [b.digest() for b in standing.branches]


def test_every_attack_has_a_name_of_its_own() -> None:
    """Goal: a failing attack is found by its name; there are enough. Method: count."""
    names = [attack.name for attack in ALL]
    assert (len(names), True) == (len(set(names)), len(names) >= 60)
