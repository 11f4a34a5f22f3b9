"""The laws of merging, over every order of arrival that a hub can meet."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from sync import ids
from sync.merge import effective
from sync.model import LWW, STICKY, GroupSpec
from sync.policies import Head, settle

SAFE = False


class Op(NamedTuple):
    """An op as a stream wrote it: who, its place there, what it saw (place in the list of all ops), its value."""

    name: bytes
    stream: int
    base: int | None
    value: Any
    stamp: int


@st.composite
def histories(draw: st.DrawFn) -> list[Op]:
    """Ops of up to three streams; each saw nothing or one op that was there before it."""
    ops: list[Op] = []
    for place in range(draw(st.integers(1, 7))):
        stream = draw(st.integers(1, 3))
        base = draw(st.none() | st.integers(0, place - 1)) if place else None
        stamp = (1_767_243_600_000 + draw(st.integers(0, 3))) << 16
        ops.append(Op(ids.pack(stream, b"start1", place + 1, 0), stream, base, draw(st.booleans()), stamp))
    return ops


def orders(ops: Sequence[Op], taken: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every order in which the ops may arrive: a stream's own in order, each after what it saw."""
    if len(taken) == len(ops):
        yield taken
    for place, op in enumerate(ops):
        earlier = [p for p in range(place) if ops[p].stream == op.stream]
        if place not in taken and set(earlier) <= set(taken) and (op.base is None or op.base in taken):
            yield from orders(ops, (*taken, place))


def stamped(ops: Sequence[Op]) -> list[int]:
    """The effective stamp of each op: it follows from causes alone when arrival is late."""
    given_: list[int] = []
    for place, op in enumerate(ops):
        own = max((given_[p] for p in range(place) if ops[p].stream == op.stream), default=0)
        base = given_[op.base] if op.base is not None else 0
        given_.append(effective(own, base, op.stamp, 2**63))
    return given_


def outcome(policy: str, ops: Sequence[Op], order: Sequence[int]) -> Head:
    """What stands when the ops have arrived in this order; a group of ``lww`` keeps one head."""
    group = GroupSpec(0, "given", (), policy, False, SAFE)
    effectives = stamped(ops)
    heads: list[Head] = []
    stands = None
    for place in order:
        op = ops[place]
        base = ops[op.base].name if op.base is not None else None
        settled = settle(group, heads, Head(op.name, effectives[place], (op.value,)), base)
        stands = settled.stands
        heads = settled.heads if policy == STICKY else [stands]
    assert stands is not None
    return stands


@given(histories())
def test_lww_ends_in_one_op_whatever_the_order(ops) -> None:
    """Goal: convergence. Method: every order of arrival that a hub can meet."""
    assert 1 == len({outcome(LWW, ops, order) for order in orders(ops)})


@given(histories())
def test_sticky_ends_in_one_op_whatever_the_order(ops) -> None:
    """Goal: convergence, with heads kept. Method: every order of arrival that a hub can meet."""
    assert 1 == len({outcome(STICKY, ops, order) for order in orders(ops)})


@given(histories())
def test_a_safe_value_nobody_saw_stands(ops) -> None:
    """Goal: on concurrency the safe value wins. Method: if a safe op was overwritten by nobody, a safe value stands."""
    seen = {op.base for op in ops}
    unseen_safe = [place for place, op in enumerate(ops) if op.value == SAFE and place not in seen]
    order = next(orders(ops))
    if unseen_safe:
        assert (SAFE,) == outcome(STICKY, ops, order).values


@given(histories())
def test_the_newest_of_lww_stands(ops) -> None:
    """Goal: the law as it is told: the highest (effective, stream). Method: compared with a plain maximum."""
    effectives = stamped(ops)
    newest = max(range(len(ops)), key=lambda place: (effectives[place], ops[place].stream))
    assert ops[newest].name == outcome(LWW, ops, next(orders(ops))).op


@given(histories())
def test_a_repeat_changes_nothing(ops) -> None:
    """Goal: idempotence. Method: the op that stands arrives once more."""
    group = GroupSpec(0, "given", (), LWW, False, SAFE)
    stands = outcome(LWW, ops, next(orders(ops)))
    assert stands == settle(group, [stands], stands, None).stands
