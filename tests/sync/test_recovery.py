"""The recovery phrase: read as it was written, and never taken with a typing error."""

import pytest
from cabang_pair import seeded
from hypothesis import given
from hypothesis import strategies as st

from sync import recovery
from sync.recovery import BadRecoveryPhrase

SECRET = seeded("phrase")(recovery.SECRET_BYTES)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@given(st.binary(min_size=20, max_size=20))
def test_a_phrase_is_read_as_it_was_written(secret) -> None:
    """Goal: round trip. Method: any secret; nine groups of four; small letters, spaces, no dashes."""
    text = recovery.text_of(secret)
    assert [4] * 9 == [len(group) for group in text.split("-")]
    for typed in (text, text.lower(), text.replace("-", " "), f"  {text.replace('-', '')}\n"):
        assert secret == recovery.read(typed)


def test_letters_that_look_like_digits() -> None:
    """Goal: who reads a zero for an O is understood. Method: every O, I and B of a phrase typed as a digit."""
    text = recovery.text_of(SECRET)
    assert SECRET == recovery.read(text.replace("O", "0").replace("I", "1").replace("B", "8"))


def test_typing_errors_are_found() -> None:
    """Goal: no wrong phrase is tried. Method: each letter mistyped, left out, doubled, changed with the next; noise."""
    text = recovery.text_of(SECRET).replace("-", "")
    wrong = {
        *(text[:place] + letter + text[place + 1 :] for place in range(36) for letter in LETTERS),
        *(text[:place] + text[place + 1 :] for place in range(36)),
        *(text[:place] + text[place] + text[place:] for place in range(36)),
        *(text[:place] + text[place + 1] + text[place] + text[place + 2 :] for place in range(35)),
        *("", "-", "kata sandi", text[:32], text + "AAAA", "é" * 36, "=" * 36),
    } - {text}
    for typed in wrong:
        with pytest.raises(BadRecoveryPhrase):
            recovery.read(typed)
