"""Goods between branches that cannot hear each other: nothing is lost on the way, and whoever looks sees the same."""

from pathlib import Path
from random import Random

import cabang_goods_stories as stories
import pytest
from cabang_deeds import goods_in, sale
from cabang_oracle import check_everything
from cabang_pair import Company
from cabang_transfers import (
    OIL,
    TYRE,
    act,
    any_transfer,
    ask,
    check_stock,
    imported_count,
    listed,
    new_transfer,
    on_hand,
    send_new,
    shelf_counted,
    shown,
)

from crm.locations import shop_of
from crm.transfers import PUT_BACK, RECEIVE, SEND, WRITE_OFF

STEPS = 45
DEEDS = (new_transfer, any_transfer, any_transfer, any_transfer, sale, goods_in, shelf_counted, imported_count)


def play(company: Company, draw: Random) -> dict[bytes, int]:
    """Deeds at branches that now and then reach head office; the receipts."""
    sales = {}
    for _ in range(STEPS):
        branch = draw.choice(company.branches)
        branch.now += draw.choice((0, 1, 60_000, -60_000))
        deed = draw.choice(DEEDS)
        made = deed(branch, draw)
        if deed is sale and isinstance(made, tuple):
            sales[made[0]] = made[1]
        if draw.random() < 0.3:
            company.round(draw.choice(company.branches))
        if draw.random() < 0.05:
            draw.choice(company.sides).restart()
        assert company.hub.rows("SELECT 1 FROM on_hand WHERE quantity != 0 AND location NOT IN "
                                "(SELECT id FROM stock_location UNION SELECT id FROM transfer)") == []  # fmt: skip
    return sales


@pytest.mark.parametrize("seed", range(8))
def test_stock_is_conserved_over_branches_cut_off(template: Path, tmp_path: Path, seed: int) -> None:
    """Goal: I3. Method: three branches that ask, send, receive, correct, sell and count; the books summed anew."""
    company = Company.open(template, tmp_path, 3, f"goods {seed}")
    try:
        sales = play(company, Random(seed))
        company.heal()
        check_everything(company, sales)
    finally:
        company.close()


def test_a_difference_is_on_the_list_until_somebody_settles_it(three) -> None:
    """Goal: less than sent is never lost in silence. Method: 10 sent, 7 received; back into the shop, then the rest."""
    first, second, third = three.branches
    transfer = send_new(first, second, (OIL, 10), (TYRE, 2))
    three.heal()
    act(second, RECEIVE, transfer, (OIL, 7), (TYRE, 2))
    three.heal()
    for side in (first, second, three.hub):
        assert [(3, True)] == [(one.accounts[0].rest, one.differs) for one in listed(side)]
    assert [] == third.rows("SELECT 1 FROM transfer") + third.rows("SELECT 1 FROM transfer_event")
    act(first, PUT_BACK, transfer, (OIL, 1))
    act(first, WRITE_OFF, transfer, (OIL, 2))
    three.heal()
    assert [[], [], []] == [listed(side) for side in (first, second, three.hub)]
    assert [-9, 7] == [on_hand(three.hub, shop_of(side.stream), OIL) for side in (first, second)]
    check_stock(three)


def test_goods_may_come_before_the_news(three) -> None:
    """Goal: a branch that is cut off takes in what it asked for. Method: neither side heard of the other."""
    first, second, _ = three.branches
    transfer = ask(second, first, (OIL, 4))
    three.heal()
    act(first, SEND, transfer, (OIL, 4))
    act(second, RECEIVE, transfer, (OIL, 4))
    assert (-4, True) == (shown(second, transfer).accounts[0].rest, shown(second, transfer).is_open)
    three.heal()
    assert ["received"] * 3 == [shown(side, transfer).status for side in (first, second, three.hub)]
    assert [] == listed(three.hub)


STORIES = (
    stories.more_than_was_sent_is_a_difference_too,
    stories.goods_that_have_left_beat_a_cancellation,
    stories.two_equal_steps_are_kept_and_count_once,
    stories.a_step_after_the_end_is_kept_and_flagged,
    stories.the_author_hears_the_stamp_of_its_event,
    stories.own_events_lie_on_top,
    stories.a_clock_far_behind_comes_after_what_it_saw,
    stories.a_count_stays_right_while_the_shop_sells,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_story_of_goods_ends_well(company, story) -> None:
    """Goal: the claim the story's first line makes. Method: two branches and head office, as told there."""
    story(company)
