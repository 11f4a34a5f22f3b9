"""The recovery phrase: the words on paper that open a node's backups.

160 random bits as eight groups of four letters, and a ninth that finds a typing error.  It is made with the node, shown
once, and kept in its database, so that a backup needs nobody.
"""

import base64
from hashlib import sha256

from sync.errors import N_, CabangError

SECRET_BYTES = 20
NAME = "recovery"  # value of the node table
_GROUP, _CHECK_LETTERS = 4, 4


class BadRecoveryPhrase(CabangError):
    code = "bad_recovery_phrase"
    happened = N_("The recovery phrase is not right: letters are missing, too many or mistyped.")
    todo = N_("Type it again as it stands on paper; capitals, spaces and dashes do not matter.")


def text_of(secret: bytes) -> str:
    """The phrase as it is written down: nine groups of letters and digits."""
    letters = base64.b32encode(secret).decode() + _check(secret)
    return "-".join(letters[place : place + _GROUP] for place in range(0, len(letters), _GROUP))


def read(text: str) -> bytes:
    """The secret in a typed phrase; raises BadRecoveryPhrase."""
    typed = text.upper().replace("0", "O").replace("1", "I").replace("8", "B")
    letters = "".join(letter for letter in typed if letter.isalnum())
    try:
        secret = base64.b32decode(letters[:-_CHECK_LETTERS].encode("ascii", "replace"))
    except ValueError:
        raise BadRecoveryPhrase from None
    if len(secret) != SECRET_BYTES or letters[-_CHECK_LETTERS:] != _check(secret):
        raise BadRecoveryPhrase
    return secret


def _check(secret: bytes) -> str:
    digest = sha256(b"cabang recovery phrase 1\0" + secret).digest()
    return base64.b32encode(digest).decode()[:_CHECK_LETTERS]
