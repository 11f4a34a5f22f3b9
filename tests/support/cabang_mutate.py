"""Bytes damaged at random, from a seed: blindly, and inside the compressed part, where blind changes seldom reach."""

from random import Random
from typing import Any

from sync import wire

CODEC, BODY = 7, 8


def mutated(data: bytes, draw: Random) -> bytes:
    """*data* changed in one to four places: bits flipped, pieces cut, doubled, moved or drawn anew."""
    out = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        draw.choice((_flip, _cut, _double, _noise, _swap))(out, draw)
    return bytes(out)


def mutated_inside(data: bytes, draw: Random) -> bytes:
    """A segment whose inflated body, not its envelope, was changed."""
    fields: list[Any] = list(wire.decode_array(data, "segment"))
    raw = wire.decompress(fields[CODEC], fields[BODY], 1 << 24, "segment")
    fields[CODEC], fields[BODY] = wire.compress(mutated(raw, draw))
    return wire.encode(fields)


def _place(out: bytearray, draw: Random) -> int:
    return draw.randrange(len(out)) if out else 0


def _flip(out: bytearray, draw: Random) -> None:
    if out:
        out[_place(out, draw)] ^= 1 << draw.randrange(8)


def _cut(out: bytearray, draw: Random) -> None:
    start = _place(out, draw)
    del out[start : start + draw.randint(1, 9)]


def _double(out: bytearray, draw: Random) -> None:
    start = _place(out, draw)
    out[start:start] = out[start : start + draw.randint(1, 9)]


def _noise(out: bytearray, draw: Random) -> None:
    out[_place(out, draw) : _place(out, draw)] = draw.randbytes(draw.randint(1, 9))


def _swap(out: bytearray, draw: Random) -> None:
    one, other = sorted((_place(out, draw), _place(out, draw)))
    out[one:other] = out[one:other][::-1]
