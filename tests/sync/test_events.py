"""The law of events, sentence by sentence: over histories of nodes that know of each other's events or do not."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import InvariantBroken
from sync.events import BEATEN, ILLEGAL, REPEATED, Event, Folded, Lifecycle, fold, order, tips

ORDER = Lifecycle(
    start="placed",
    steps={
        "placed": {"confirm": "confirmed", "cancel": "cancelled"},
        "confirmed": {"pay": "paid", "cancel": "cancelled", "remind": "confirmed"},
        "paid": {"hand over": "done", "remind": "paid"},
        "cancelled": {"confirm": "confirmed"},
        "done": {},
    },
    facts=frozenset({"pay", "hand over"}),
    intentions=frozenset({"cancel"}),
)
KINDS = ("confirm", "pay", "hand over", "cancel", "remind", "unheard of")


class History(NamedTuple):
    """All events of a thing; ``pending`` is what one node would see of them: its own newest without a stamp."""

    events: list[Event]
    pending: list[Event]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to nine events of three nodes that hear of each other now and then; stamps follow causes as the hub's do."""
    known: list[dict[bytes, Event]] = [{}, {}, {}]
    events: list[Event] = []
    for place in range(draw(st.integers(1, 9))):
        node = draw(st.integers(0, 2))
        if draw(st.booleans()):
            known[node] |= known[draw(st.integers(0, 2))]
        seen = tips(known[node].values())
        least = max((event.effective or 0 for event in events if event.id in seen), default=0)
        effective = least + draw(st.integers(1, 3))
        made = Event(bytes([node, place]), draw(st.sampled_from(KINDS)), seen, effective)
        known[node][made.id] = made
        events.append(made)
    mine = draw(st.integers(0, 2))
    held = list(known[mine].values())
    last = [event for event in held if event.id[0] == mine and event.id in tips(held)]
    return History(events, [event._replace(effective=None) if event in last else event for event in held])


def past(events: Sequence[Event], event: Event) -> set[bytes]:
    """Everything the writer of *event* can have known."""
    by_id = {one.id: one for one in events}
    return set(event.seen).union(*(past(events, by_id[one]) for one in event.seen))


def concurrent(events: Sequence[Event], one: Event, other: Event) -> bool:
    """Neither knew of the other."""
    return one.id != other.id and one.id not in past(events, other) and other.id not in past(events, one)


def counted(events: Sequence[Event], folded: Folded) -> list[Event]:
    """The events that count, in order."""
    by_id = {event.id: event for event in events}
    return [by_id[one] for one in folded.order if one not in folded.flags]


@given(histories())
def test_causes_come_first_then_the_stamp_then_the_id(history) -> None:
    """Goal: the order as it is told. Method: at each place the least of those whose causes have come, found anew."""
    left = {event.id: event for event in history.events}
    for found in order(history.events):
        free = [event for event in left.values() if not event.seen & left.keys()]
        assert min(free, key=lambda event: (event.effective, event.id)) == found
        del left[found.id]
    assert {} == left


@given(histories())
def test_stamps_of_the_hub_never_contradict_causes(history) -> None:
    """Goal: an event is never stamped before what it saw. Method: with such stamps the order is that of the stamps."""
    stamped = sorted(history.events, key=lambda event: (event.effective, event.id))
    assert [event.id for event in stamped] == [event.id for event in order(history.events)]


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_ends_in_the_same(history, chance) -> None:
    """Goal: convergence and idempotence. Method: the events shuffled, some of them twice."""
    mixed = history.events + chance.choices(history.events, k=3)
    chance.shuffle(mixed)
    assert fold(ORDER, history.events) == fold(ORDER, mixed)


@given(histories())
def test_every_event_is_kept_and_the_status_is_what_the_counted_ones_make(history) -> None:
    """Goal: nothing vanishes, nothing flagged has an effect. Method: the steps of those that count, walked again."""
    folded = fold(ORDER, history.events)
    assert {event.id for event in history.events} == set(folded.order) >= folded.flags.keys()
    status = ORDER.start
    for event in counted(history.events, folded):
        status = ORDER.steps[status][event.kind]
    assert status == folded.status


@given(histories())
def test_what_is_illegal_has_no_step_where_it_stands(history) -> None:
    """Goal: only what the table refuses is called illegal. Method: the status at each event."""
    folded, by_id = fold(ORDER, history.events), {event.id: event for event in history.events}
    status = ORDER.start
    for one in folded.order:
        kind, flag = by_id[one].kind, folded.flags.get(one)
        assert flag != ILLEGAL or ORDER.after(status, kind) is None
        status = status if flag else ORDER.steps[status][kind]


@given(histories())
def test_of_two_equal_concurrent_events_the_second_is_flagged(history) -> None:
    """Goal: two nodes' equal transitions count once. Method: every concurrent pair of one kind."""
    folded = fold(ORDER, history.events)
    standing = counted(history.events, folded)
    assert not any(
        one.kind == other.kind and concurrent(history.events, one, other) for one in standing for other in standing
    )
    for event in history.events:
        equal = [one for one in standing if one.kind == event.kind and concurrent(history.events, one, event)]
        assert folded.flags.get(event.id) != REPEATED or equal


@given(histories())
def test_facts_beat_intentions_and_a_person_hears_of_it(history) -> None:
    """Goal: what cannot be undone counts. Method: every cancellation beside a fact; every fact that bears a flag."""
    folded, events = fold(ORDER, history.events), history.events
    for event in events:
        met = [one for one in events if one.kind in ORDER.facts and concurrent(events, event, one)]
        beaten = event.kind in ORDER.intentions and bool(met)
        assert beaten == (folded.flags.get(event.id) == BEATEN)
        flagged_fact = event.kind in ORDER.facts and event.id in folded.flags
        assert (beaten or flagged_fact) == (event.id in folded.tasks)


@given(histories())
def test_own_events_the_hub_has_not_taken_come_last(history) -> None:
    """Goal: a branch sees its own acts on top. Method: one node's view, its newest events without stamps."""
    stamps = [event.effective for event in order(history.pending)]
    waiting = stamps.count(None)
    assert [None] * waiting == stamps[len(stamps) - waiting :]


@given(st.lists(st.builds(Event, st.binary(max_size=1), st.sampled_from(KINDS), st.frozensets(st.binary(max_size=1)),
                          st.none() | st.integers(0, 3)), max_size=6))  # fmt: skip
def test_events_that_no_hub_takes_harm_nothing(events) -> None:
    """Goal: the fold always ends. Method: events that name themselves, each other, and what nobody holds."""
    folded = fold(ORDER, events)
    assert sorted({event.id for event in events}) == sorted(folded.order)


def test_a_cancellation_beside_a_payment() -> None:
    """Goal: the law in one story. Method: cancelled at one branch, earlier by the clock, paid at another unseen."""
    placed = Event(b"0", "confirm", frozenset(), 1)
    cancelled = Event(b"1", "cancel", frozenset({b"0"}), 2)
    paid = Event(b"2", "pay", frozenset({b"0"}), 3)
    assert Folded("cancelled", (b"0", b"1"), {}, ()) == fold(ORDER, [placed, cancelled])
    assert Folded("paid", (b"0", b"1", b"2"), {b"1": BEATEN}, (b"1",)) == fold(ORDER, [placed, cancelled, paid])
    knowing = paid._replace(seen=frozenset({b"1"}))
    assert Folded("cancelled", (b"0", b"1", b"2"), {b"2": ILLEGAL}, (b"2",)) == fold(
        ORDER, [placed, cancelled, knowing]
    )


def test_tips_are_what_nobody_has_seen_yet() -> None:
    """Goal: an event names as little as it can. Method: two branches of a story, then one that joins them."""
    first, left, right = (
        Event(b"0", "confirm", frozenset(), 1),
        Event(b"1", "remind", frozenset({b"0"}), 2),
        Event(b"2", "remind", frozenset({b"0"}), 2),
    )
    assert frozenset() == tips([])
    assert frozenset({b"1", b"2"}) == tips([first, left, right])
    assert frozenset({b"3"}) == tips([first, left, right, Event(b"3", "pay", frozenset({b"1", b"2"}), 3)])


@pytest.mark.parametrize(
    ("steps", "facts", "intentions"),
    [
        ({"placed": {"pay": "paid"}}, set(), set()),
        ({"placed": {"pay": "placed"}, "paid": {}}, set(), set()),
        ({"placed": {"pay": "placed"}}, {"fly"}, set()),
        ({"placed": {"pay": "placed"}}, {"pay"}, {"pay"}),
    ],
)
def test_careless_steps_are_refused(steps, facts, intentions) -> None:
    """Goal: a table of steps says what it means. Method: one mistake each."""
    with pytest.raises(InvariantBroken):
        Lifecycle("placed", steps, frozenset(facts), frozenset(intentions))
