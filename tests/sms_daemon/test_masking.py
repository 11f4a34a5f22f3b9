"""Numbers in logs."""

import pytest

from sms_daemon.masking import mask


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+6281234567890", "+62812****890"),
        ("+62812345678901", "+62812****901"),
        ("+62811000", "+6****000"),
        ("0811000", "****000"),
        ("TELKOMSEL", "TE****SEL"),
        ("888888", "888888"),
        ("123", "123"),
        ("", "-"),
        (None, "-"),
    ],
)
def test_a_number_is_masked(number, shown) -> None:
    """Goal: a log names nobody.  Method: numbers of every length, a name, a short code, none."""
    assert shown == mask(number)


def test_at_least_four_signs_are_hidden() -> None:
    """Goal: no length slips through.  Method: every length over a short code's."""
    for length in range(7, 30):
        shown = mask(("+" + "0123456789" * 3)[:length])
        assert len(shown.replace("****", "")) <= length - 4
