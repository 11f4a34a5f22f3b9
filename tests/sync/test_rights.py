"""Rights on nodes that cannot hear each other, are copied, replaced and restored: nothing is spent twice unseen."""

import tempfile
from collections import Counter
from pathlib import Path

import cabang_attacks
import cabang_voucher_stories as stories
import pytest
from cabang_deeds import Deed
from cabang_forge import Forge, in_conversation
from cabang_held_rights import BEYOND
from cabang_history_copies import CopiesHistory
from cabang_pair import Company
from cabang_vouchers import BRANCH_DEEDS, HUB_DEEDS, query

from sync import rights

TABLES = ("voucher_grant", "voucher_use", "voucher_return", "voucher_loss", "voucher_ask", "quarantine")
SEEDS = (15, 16, 18)
OFFICE: dict[str, Deed] = {name: HUB_DEEDS[name] for name in ("voucher granted", "voucher written off")}

SHOP: dict[str, Deed] = {**BRANCH_DEEDS}


class RightsHistory(CopiesHistory):
    """Copies of databases in which people do nothing but issue, grant, use, give back and write off."""

    def deed(self, side, deeds) -> None:
        super().deed(side, OFFICE if side.stream == 0 else SHOP)


@pytest.mark.parametrize("story", stories.STORIES, ids=lambda story: story.__name__)
def test_a_story_of_rights_ends_well(company, story) -> None:
    """Goal: the claim the story's first line makes. Method: two branches and head office, as told there."""
    story(company)


def test_rights_of_copies(template: Path) -> None:
    """Goal: I4 with copies, at every step. Method: histories of vouchers alone; each step and a held excess occur."""
    happened: Counter[str] = Counter()
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            company = Company.open(template, Path(folder), 2, f"rights {seed}")
            history = RightsHistory(company, seed)
            history.play()
            happened.update({table: company.hub.one(f"SELECT count(*) FROM {table}") for table in TABLES})
            for side in [company.hub, *(side for copies in history.copies.values() for side in copies)]:
                side.store.close()
    assert set() == {table for table in TABLES if not happened[table]}, happened


@pytest.mark.parametrize("name", BEYOND)
def test_only_uses_are_used_twice(company, name) -> None:
    """Goal: the number shown is of uses. Method: each step beyond the rights, held; one that takes none shows none."""
    in_conversation(company, company.branches[0])
    forge = Forge(company, company.branches[0])
    data = BEYOND[name](company, forge)
    assert ("held", "beyond_rights") == cabang_attacks.outcome(company, forge.request(data))
    shown = rights.beyond(query(company.hub), "voucher")
    uses = {"more uses than were granted": 2, "a use given back that was never granted": 0}.get(name, 1)
    assert uses == sum(count for places in shown.values() for count in places.values())
