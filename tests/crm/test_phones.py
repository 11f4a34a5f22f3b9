"""Numbers as people write them."""

import pytest

from crm import phones
from crm.errors import BadPhone

SARI = "+6281234567890"
GOOD = [  # easy, typical, extreme
    ("081234567890", SARI),
    ("0812-3456-7890", SARI),
    ("0812 3456 7890", SARI),
    ("0812.3456.7890", SARI),
    ("(0812) 3456/7890", SARI),
    ("+6281234567890", SARI),
    ("+62 812-3456-7890", SARI),
    ("6281234567890", SARI),
    ("62 812 3456 7890", SARI),
    ("006281234567890", SARI),
    ("81234567890", SARI),
    ("  081234567890  ", SARI),
    ("+62 0812 3456 7890", SARI),
    ("0811123456", "+62811123456"),
    ("0895123456789", "+62895123456789"),
    ("+6591234567", "+6591234567"),
    ("00 65 9123 4567", "+6591234567"),
    ("+1 415-555-2671", "+14155552671"),
    ("0062-812-3456-7890", SARI),
    ("+62(812)34567890", SARI),
    ("081 1123 456", "+62811123456"),
    ("08381234567", "+628381234567"),
    ("0859-1234-5678", "+6285912345678"),
]
ILLEGAL = [
    "",
    "   ",
    "-",
    "+",
    "0",
    "08",
    "08123456789O",
    "08123456",
    "081234567890123456",
    "0812-3456-7890 ext 3",
    "++6281234567890",
    "0812+34567890",
    "021 5550 1234",
    "(0561) 555010",
    "+62 21 5550 1234",
    "0800 1 401 401",
    "118",
    "*888#",
    "TELKOMSEL",
    "+62 62 812 3456 7890",
    "62812345678 90a",
    "0812_3456_7890",
    "0812–3456–7890",
    "+62,81234567890",
    "tel:+6281234567890",
    "081234567890;081234567891",
    "3636",
    "+621500123",
    "٠٨١٢٣٤٥٦٧٨٩٠",
    "0812\x003456789",
    "0812\n34567890",
    "0" * 5_000,
    "'; DROP TABLE customer",
]


@pytest.mark.row("H-62", "C-17")
@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_a_number_in_any_form_is_one_e164_number(text: str, expected: str) -> None:
    """Goal: the phone is the member's identity, however it is written. Method: a table of forms."""
    assert expected == phones.normalise(text)


@pytest.mark.row("H-62")
@pytest.mark.parametrize("text", ILLEGAL)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    """Goal: no letter is dropped, no land line or short code taken. Method: a table of wrong values."""
    with pytest.raises(BadPhone) as refused:
        phones.normalise(text)
    assert text == refused.value.params["text"]


def test_a_number_of_another_country_is_read_there() -> None:
    """Goal: the country is a parameter. Method: one Singapore number without its country code."""
    assert "+6591234567" == phones.normalise("9123 4567", country="SG")


def test_numbers_are_shown_as_they_are_dialled_here() -> None:
    """Goal: staff read what they type. Method: a home number and a foreign one."""
    assert ["0812-3456-7890", "+65 9123 4567"] == [phones.national(SARI), phones.national("+6591234567")]


def test_a_masked_number_hides_its_middle() -> None:
    """Goal: logs show no whole number. Method: compare with the agreed form."""
    assert "+62812****890" == phones.masked(SARI)
    assert ["0812-****-890", "+65912****567"] == [phones.half_masked(number) for number in (SARI, "+6591234567")]


def test_the_hash_is_keyed() -> None:
    """Goal: equal numbers meet, but only under one key. Method: same and different keys and numbers."""
    one = phones.value_hash(SARI, b"a" * 32)
    assert 16 == len(one)
    assert one == phones.value_hash(SARI, b"a" * 32)
    assert one != phones.value_hash(SARI, b"b" * 32)
    assert one != phones.value_hash("+6281234567891", b"a" * 32)
