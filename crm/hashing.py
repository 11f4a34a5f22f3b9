"""Passwords and PINs as Argon2id hashes."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # 19 MiB, about 30 ms on a small PC


def hash_secret(text: str) -> str:
    """A salted hash of *text*, with its parameters in it."""
    return _hasher.hash(text)


def verify_secret(hashed: str, text: str) -> bool:
    """Does *text* belong to *hashed*?  An empty or unreadable hash fits nothing, and takes as long to say so."""
    try:
        return _hasher.verify(hashed or _nobody(), text) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """The hash of no one's password."""
    return _hasher.hash("\0")
