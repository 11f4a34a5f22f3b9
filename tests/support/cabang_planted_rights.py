"""Bugs planted into rights, each with the story or attack that must notice it."""

from collections.abc import Callable
from typing import Any

import cabang_voucher_stories as stories
from cabang_held_rights import BEYOND
from cabang_pair import Company
from cabang_planted import Patch, Planted
from cabang_scenes import Scene, Stage, unfit

from crm.vouchers import sharing
from sync import escrow, rights, unit


def _told(story: Callable[[Company], None]) -> Scene:
    """The story as a scene."""

    def play(stage: Stage) -> None:
        story(stage.company)

    return play


def _only_at_work(patch: Patch) -> None:
    """What a former epoch has not reported is granted once more."""
    usual = rights.accounts

    def accounts(query: Any, *thing: Any) -> Any:
        found = usual(query, *thing)
        return {place: one for place, one in found.items() if rights.working(query, place[0]) == place[1]}

    patch.setattr(rights, "accounts", accounts)


def _epochs_do_not_count(patch: Patch) -> None:
    """A branch goes on with what it was granted before."""
    patch.setattr(rights, "_SUM", rights._SUM.replace("AND epoch = ?", "AND ? IS NOT NULL"))


def _each_held_entry_counts(patch: Patch) -> None:
    """As often as it was brought along."""
    usual = rights._held_steps

    def steps(query: Any) -> Any:
        often = query("SELECT count(*) FROM quarantine", ())[0][0]
        return {(step, n): one for step, one in usual(query).items() for n in range(often)}

    patch.setattr(rights, "_held_steps", steps)


def _back_is_nowhere(patch: Patch) -> None:
    patch.setitem(escrow.STEPS, "voucher_return", escrow.Step("voucher", escrow.SPEND))


RIGHTS: dict[str, Planted] = {
    "head office takes whatever was spent": Planted(
        lambda patch: patch.setattr(escrow, "keep_within", lambda *args: None), unfit(next(iter(BEYOND)))
    ),
    "a branch spends what it likes": Planted(
        lambda patch: patch.setattr(unit.Unit, "_may_take", lambda *args: None),
        _told(stories.a_branch_cut_off_spends_what_it_was_granted),
    ),
    "there is always something left": Planted(
        lambda patch: patch.setattr(rights, "left", lambda issued, accounts: 10**6),
        _told(stories.head_office_grants_no_more_than_it_issued),
    ),
    "a former epoch holds nothing": Planted(_only_at_work, _told(stories.a_new_epoch_has_nothing)),
    "rights outlive their epoch": Planted(_epochs_do_not_count, _told(stories.a_new_epoch_has_nothing)),
    "rights are written off and granted at any time": Planted(
        lambda patch: patch.setattr(rights, "is_own_time", lambda *args: True),
        _told(stories.an_epoch_at_work_is_not_written_off),
    ),
    "an epoch that is over is granted rights": Planted(
        lambda patch: patch.setattr(rights, "is_own_time", lambda *args: True),
        _told(stories.rights_are_granted_to_who_is_at_work),
    ),
    "a restored head office grants again": Planted(
        lambda patch: patch.setattr(rights, "is_frozen", lambda *args: False),
        _told(stories.a_restored_head_office_grants_nothing_it_had_issued),
    ),
    "what is given back is gone": Planted(_back_is_nowhere, _told(stories.what_another_does_not_need_is_given_back)),
    "what was used twice is not shown": Planted(
        lambda patch: patch.setattr(rights, "_held_steps", lambda query: {}),
        _told(stories.what_two_copies_spend_twice_is_known),
    ),
    "what is held twice counts twice": Planted(
        _each_held_entry_counts, _told(stories.what_is_held_in_two_epochs_counts_once)
    ),
    "nobody is told to give back": Planted(
        lambda patch: patch.setattr(sharing, "_surplus", lambda *args: 0),
        _told(stories.what_another_does_not_need_is_given_back),
    ),
}
