"""Argon2 hashes."""

import pytest

from crm.hashing import hash_secret, verify_secret


@pytest.mark.row("H-11")
def test_a_secret_is_kept_as_a_salted_hash() -> None:
    """Goal: the password itself is nowhere. Method: hash twice; look at the parameters and the salt."""
    one, two = hash_secret("rahasia-1"), hash_secret("rahasia-1")
    assert one != two
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "rahasia" not in one


@pytest.mark.parametrize("unreadable", ["", "plain"])
def test_an_unreadable_hash_opens_nothing(unreadable: str) -> None:
    """Goal: a damaged hash lets nobody in. Method: right and wrong secrets against it."""
    assert [False, False, False] == [verify_secret(unreadable, text) for text in ("1234", "1235", "")]


def test_only_the_right_secret_fits() -> None:
    """Goal: no other secret opens. Method: right and wrong secrets against one hash."""
    hashed = hash_secret("1234")
    assert [True, False, False] == [verify_secret(hashed, text) for text in ("1234", "1235", "")]


def test_nobody_has_no_password() -> None:
    """Goal: the stand-in for unknown names fits no text, its own included. Method: try it."""
    assert verify_secret("", "\0") is False
