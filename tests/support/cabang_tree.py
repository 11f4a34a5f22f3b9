"""Values of MessagePack messages changed at random, from a seed: another type, another length, swapped, spliced."""

from collections.abc import Callable
from random import Random
from typing import Any

from cabang_mutate import mutated

Tree = list[Any]
ODD: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 3, 255, 65_536, 2**31, 2**32, 2**47, 2**48, 2**62, 2**63, 2**64 - 1, -(2**63)),
    *(1.5, float("nan"), float("inf"), "", "text", "\0", "é" * 9, b"", b"\0", b"x" * 6, b"x" * 8, b"x" * 14, b"x" * 16),
    *(b"x" * 32, b"x" * 64, [], [[]], [None], [0, 0], {}, {"a": 1}, {1: 2}, [[[[]]]]),
)


def mutated_tree(tree: Tree, draw: Random, others: list[Tree]) -> Tree:
    """A copy of *tree* changed at one to three places; pieces of *others* may be put into it."""
    made: Tree = _copy(tree)
    for _ in range(draw.randint(1, 3)):
        place = draw.choice(_lists(made))
        draw.choice(_CHANGES)(place, draw, others)
    return made


def _copy(value: Any) -> Any:
    return [_copy(one) for one in value] if isinstance(value, (list, tuple)) else value


def _lists(tree: Tree) -> list[Tree]:
    """Every list in *tree*, itself included."""
    found, waiting = [], [tree]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [value for value in one if isinstance(value, list)]
    return found


def _at(place: Tree, draw: Random) -> int:
    return draw.randrange(len(place)) if place else 0


def _replace(place: Tree, draw: Random, others: list[Tree]) -> None:
    place[_at(place, draw) : _at(place, draw) + 1] = [_copy(draw.choice(ODD))]


def _swap(place: Tree, draw: Random, others: list[Tree]) -> None:
    if place:
        one, other = _at(place, draw), _at(place, draw)
        place[one], place[other] = place[other], place[one]


def _drop(place: Tree, draw: Random, others: list[Tree]) -> None:
    del place[_at(place, draw) : _at(place, draw) + 1]


def _double(place: Tree, draw: Random, others: list[Tree]) -> None:
    place.insert(_at(place, draw), _copy(draw.choice(place or [None])))


def _insert(place: Tree, draw: Random, others: list[Tree]) -> None:
    place.insert(_at(place, draw), _copy(draw.choice(ODD)))


def _splice(place: Tree, draw: Random, others: list[Tree]) -> None:
    there = draw.choice(_lists(draw.choice(others)))
    place[_at(place, draw) : _at(place, draw) + 1] = _copy(there[_at(there, draw) :][:2])


def _nudge(place: Tree, draw: Random, others: list[Tree]) -> None:
    """A number a little other, bytes and text damaged."""
    index = _at(place, draw)
    value = place[index] if place else None
    if type(value) is int:
        place[index] = max(min(value + draw.choice((-1, 1, 256, -256, value)), 2**64 - 1), -(2**63))
    elif type(value) is bytes:
        place[index] = mutated(value, draw)
    elif type(value) is str:
        place[index] = mutated(value.encode(), draw).decode(errors="replace")


_CHANGES: tuple[Callable[[Tree, Random, list[Tree]], None], ...] = (
    _replace, _swap, _drop, _double, _insert, _splice, _nudge, _nudge,
)  # fmt: skip
