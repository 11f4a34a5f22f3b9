"""Nobody but a branch itself speaks, changes keys, or waits in its name, and every check of that has its attack."""

import cabang_key_attacks
from cabang_pair import Company
from cabang_raises import raises, traced

from sync import certificates, doorbell, enrol, registry, reminder, rotation, talks

MODULES = (registry, certificates, rotation, reminder, enrol, doorbell, talks)
AT_THE_BRANCH = {"read_welcome", "take"}  # see test_enrol and test_rotation
BY_NUMBER = {"Doorbell"}  # its limit is counted in test_doorbell


def test_every_attack_is_refused_and_every_raise_has_one(template, tmp_path) -> None:
    """Goal: one thing broken is enough, and each check has its adversary. Method: each attack on a company of its own,
    under a trace; the error, registry and books after it; the raises of the source, compared.
    """
    failed = []
    with traced(MODULES) as reached:
        for number, attack in enumerate(cabang_key_attacks.ALL):
            (tmp_path / str(number)).mkdir()
            company = Company.open(template, tmp_path / str(number), 1)
            if cabang_key_attacks.outcome(company, attack) != (True, True):
                failed.append(attack.name)
            company.close()
    wanted = set().union(*(raises(module, AT_THE_BRANCH | BY_NUMBER) for module in MODULES))
    assert ([], "") == (failed, ", ".join(f"{name}:{line}" for name, line in sorted(wanted - reached)))
    assert len(wanted) >= 20


def test_every_attack_has_a_name_of_its_own() -> None:
    """Goal: a failing one is found by its name. Method: count."""
    names = [attack.name for attack in cabang_key_attacks.ALL]
    assert (len(names), True) == (len(set(names)), len(names) >= 45)
