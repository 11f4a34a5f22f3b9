"""The right to greet, at random: nobody is greeted twice (I5).  Its stories are played by test_planted.py."""

from pathlib import Path
from random import Random

import cabang_messages as deeds
import pytest
from cabang_messages import DAYS, Queued, check_one_owner, check_submitted, given_out, given_up, greeted
from cabang_pair import Company

from crm import greeting_rights

STEPS, YEAR = 120, 2026
ACTS = 6 * ["round"] + 4 * ["greet"] + 3 * ["give up", "give out"] + ["change", "change", "make"]


def years_of_greetings(company: Company, seed: int) -> list[Queued]:
    """Cards come, move and change everywhere for three years, and jobs run, in any order; what was ever queued."""
    draw, queued = Random(seed), list[Queued]()
    for step in range(STEPS):
        branch = draw.choice(company.branches)
        match draw.choice(ACTS):
            case "round":
                company.until_done(branch)
            case "greet":
                queued += [one for day in DAYS for one in greeted(branch, day, YEAR + step * 3 // STEPS)]
            case "give up":
                given_up(branch)
            case "give out":
                given_out(company.hub)
            case "change":
                deeds.card_changed(draw.choice(company.sides), draw)
            case "make":
                deeds.card_made(draw.choice(company.sides), draw)
        check_one_owner(company.hub)
        check_submitted(queued)
    company.heal()
    assert [] == company.hub.rows("SELECT reason FROM quarantine")
    return queued


@pytest.mark.parametrize("seed", [0, 2])
def test_nobody_is_greeted_twice(template: Path, tmp_path: Path, seed: int) -> None:
    """Goal: I5 at every step, whoever moves where. Method: three branches and head office; people are greeted, too."""
    company = Company.open(template, tmp_path, 3, f"greetings {seed}")
    assert len({one.cause for one in years_of_greetings(company, seed)}) >= 3
    assert company.hub.one("SELECT count(*) FROM greeting_release") >= 1
    company.close()


PLANTED = {
    "home alone": ("may_greet", lambda *args: True),
    "given out again": (
        "_FREE",
        greeting_rights._FREE.replace("r.number = w.number", "r.number = w.number AND r.stream = w.stream"),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_noticed_by_chance(template: Path, tmp_path: Path, monkeypatch, name: str) -> None:
    """Goal: these years can fail. Method: the same with a bug, a few seeds."""
    monkeypatch.setattr(greeting_rights, *PLANTED[name])
    with pytest.raises(AssertionError):
        for seed in range(6):
            (folder := tmp_path / str(seed)).mkdir()
            years_of_greetings(Company.open(template, folder, 3, f"greetings {seed}"), seed)
