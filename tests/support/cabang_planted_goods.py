"""Bugs planted into sets, events, transfers, counts and shifts, each with the story that must notice it."""

import dataclasses
from collections.abc import Callable
from typing import Any

import cabang_goods_stories as stories
import cabang_till
from cabang_pair import Company
from cabang_planted import Patch, Planted
from cabang_scenes import Scene, Stage, unfit

from crm.money import figures, models
from crm.stock import counting, sheets
from sync import event_stamps, events, feed, merger, policies, rows


def _told(story: Callable[[Company], None]) -> Scene:
    """The story as a scene."""

    def play(stage: Stage) -> None:
        story(stage.company)

    return play


def _author_not_told(patch: Patch) -> None:
    usual = feed.Feed.made

    def made(self: Any, connection: Any, spec: Any, row: Any, position: int, maker: int) -> None:
        plain = dataclasses.replace(spec, seen="")
        usual(self, connection, plain, row, position, maker)

    patch.setattr(feed.Feed, "made", made)


def _all_known(patch: Patch) -> None:
    patch.setattr(events, "_concurrent", lambda pasts, one, other: False)


def _every_step_exists(patch: Patch) -> None:
    patch.setattr(events.Lifecycle, "after", lambda self, status, kind: self.steps[status].get(kind, status))


def _waiting_first(patch: Patch) -> None:
    patch.setattr(events, "_rank", lambda event: (False, event.effective or 0, event.id))


def _place_forgotten(patch: Patch) -> None:
    usual = rows.derive

    def derive(spec: Any, *rest: Any) -> list[Any]:
        made = usual(spec, *rest)
        return made[:1] if spec.seen else made

    patch.setattr(rows, "derive", derive)


def _counted_at_the_end(patch: Patch) -> None:
    """The difference is taken from what the books say when the sheet is submitted."""
    usual = sheets.counted_in

    def counted_in(unit: Any, sheet: bytes) -> list[Any]:
        held = dict(unit.query("SELECT product, quantity FROM on_hand"))
        return [line._replace(expected=held.get(line.product, 0)) for line in usual(unit, sheet)]

    patch.setattr(counting, "counted_in", counted_in)


def _nothing_is_safe(patch: Patch) -> None:
    patch.setattr(policies, "STICKY", "nothing")


GOODS: dict[str, Planted] = {
    "who acted does not hear the stamp": Planted(
        _author_not_told, _told(stories.the_author_hears_the_stamp_of_its_event)
    ),
    "a stamp is not kept": Planted(
        lambda patch: patch.setattr(event_stamps, "keep", lambda *args: None),
        _told(stories.the_author_hears_the_stamp_of_its_event),
    ),
    "what was seen does not count for the stamp": Planted(
        lambda patch: patch.setattr(merger, "causes", lambda change: []),
        _told(stories.a_clock_far_behind_comes_after_what_it_saw),
    ),
    "a fact beats nothing": Planted(_all_known, _told(stories.goods_that_have_left_beat_a_cancellation)),
    "equal steps count twice": Planted(_all_known, _told(stories.two_equal_steps_are_kept_and_count_once)),
    "every step is legal": Planted(_every_step_exists, _told(stories.a_step_after_the_end_is_kept_and_flagged)),
    "what waits comes first": Planted(_waiting_first, _told(stories.own_events_lie_on_top)),
    "goods in transit are nowhere": Planted(_place_forgotten, _told(stories.more_than_was_sent_is_a_difference_too)),
    "anybody may move anybody's goods": Planted(
        lambda patch: patch.setattr(merger.Merger, "_rights", lambda *args: None),
        unfit("goods received by the branch that sends them"),
    ),
    "a count is compared with the books of the end": Planted(
        _counted_at_the_end, _told(stories.a_count_stays_right_while_the_shop_sells)
    ),
    "a drawer's rules are not asked": Planted(
        lambda patch: patch.setattr(models, "_must", lambda is_so: None), unfit("nothing put into a drawer")
    ),
    "cash taken out is not missed": Planted(
        lambda patch: patch.setattr(figures, "OUT", "away"), _told(cabang_till.a_drawer_is_what_its_log_says)
    ),
    "taking out wins": Planted(_nothing_is_safe, _told(stories.an_addition_beats_a_removal_that_did_not_see_it)),
}
