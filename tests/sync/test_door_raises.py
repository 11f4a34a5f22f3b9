"""No check at the door without an attack: every ``raise`` of the pure modules is reached by one."""

import cabang_attacks
import cabang_held
from cabang_forge import Forge, in_conversation
from cabang_pair import Company
from cabang_raises import raises, traced

from sync import checks, entry, escrow, ops, policies, segment, verify, wire

MODULES = (verify, policies, escrow, segment, entry, ops, checks, wire)


JOURNAL_ONLY = {"check_values", "write"}  # what the journal asks before its log; see test_unit.py


def attack_all(company: Company) -> None:
    """Every attack and every unfit entry, one after another; those that end the stream last."""
    branch = company.branches[0]
    for attack in cabang_attacks.DOOR:
        in_conversation(company, branch)
        cabang_attacks.outcome(company, attack.make(company, Forge(company, branch)))
    for unfit in cabang_held.ALL:
        in_conversation(company, branch)
        forge = Forge(company, branch)
        cabang_attacks.outcome(company, forge.request(unfit.make(company, forge)))
    for attack in reversed(cabang_attacks.LASTING):
        in_conversation(company, branch)
        forge = Forge(company, branch)
        attack.before(company, forge)
        in_conversation(company, branch)
        cabang_attacks.outcome(company, attack.make(company, forge))


def test_every_raise_is_reached_by_an_attack(company) -> None:
    """Goal: each check has its adversary. Method: all attacks under a trace; the raises of the source, compared."""
    with traced(MODULES) as reached:
        attack_all(company)
    wanted = set().union(*(raises(module, JOURNAL_ONLY) for module in MODULES))
    assert "" == ", ".join(f"{name}:{line}" for name, line in sorted(wanted - reached))
    assert len(wanted) >= 40
