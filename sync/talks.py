"""What the hub remembers of its conversations with branches, in memory alone: the nonce of each and what it has told.

A conversation is one branch's computer: stream number and certificate, so that one whose key was withdrawn cannot
disturb the one that follows it.
"""

from collections.abc import Callable
from typing import NamedTuple

from sync.errors import StaleNonce

Talk = tuple[int, int]  # stream, serial of the certificate


class _Said(NamedTuple):
    """``nonce``: the last one given; ``told``: the feed position told up to; ``calls``: the last count of a call."""

    nonce: bytes
    told: int = 0
    calls: int = 0


class Talks:
    """*chance(n)* gives n random bytes."""

    def __init__(self, chance: Callable[[int], bytes], nonce_bytes: int) -> None:
        self._chance, self._bytes = chance, nonce_bytes
        self._said: dict[Talk, _Said] = {}

    def turn(self, talk: Talk, nonce: bytes) -> tuple[bytes, bool]:
        """The next nonce, and whether *nonce* is the last one given: each is good for one request."""
        before = self._said.get(talk)
        fresh = self._chance(self._bytes)
        self._said[talk] = _Said(fresh)
        return fresh, self.is_last(before.nonce if before else None, nonce)

    @staticmethod
    def is_last(given: bytes | None, nonce: bytes) -> bool:
        """Whether a request continues the conversation."""
        return given == nonce

    def told(self, talk: Talk, nonce: bytes, until: int) -> None:
        """The answer that gives *nonce* tells all up to feed position *until*."""
        said = self._said[talk]
        if said.nonce == nonce:
            self._said[talk] = said._replace(told=until)

    def call(self, talk: Talk, nonce: bytes, count: int) -> int:
        """The feed position the caller knows, who shows the last nonce and a count that was not used with it.

        Raises StaleNonce.
        """
        said = self._said.get(talk)
        if said is None or said.nonce != nonce or count <= said.calls:
            raise StaleNonce
        self._said[talk] = said._replace(calls=count)
        return said.told
