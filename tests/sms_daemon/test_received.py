"""Headers and texts of what came in."""

import random

import gammu
import pytest
from modem import deliver

from sms_daemon.received import clean, concatenation, exact, message, whole


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("050003cb0302", (203, 3, 2)),
        ("060804012c0201", (300, 2, 1)),
        ("0b0504158100000003cb0201", (203, 2, 1)),
        ("06050415810000", None),
        ("", None),
        ("05", None),
        ("050003cb", None),
        ("030003cb", None),
        ("ff00ff", None),
    ],
)
def test_the_place_in_a_long_message(header, expected) -> None:
    """Goal: parts are joined whatever else the header holds.  Method: headers with 8- and 16-bit references, with a
    port before them, and broken ones."""
    assert expected == concatenation(bytes.fromhex(header))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ya {\0hasia", "Ya {"), ("\0", ""), ("a\nb", "a\nb"), (b"\x01\xff", "01ff")],
)
def test_no_remains_of_other_messages(text, expected) -> None:
    """Goal: nobody reads another person's words.  Method: texts with a NUL, and binary data."""
    assert expected == clean(text)


def read(units: bytes, text: str, coding: str = "Unicode_No_Compression") -> str:
    """The text of a message with these octets at its end, of which gammu made *text*."""
    stream = b'2 "+CMGL: 1,0,,30"\n3 "0011223344556677889900AABB"\nGetting message from cache\n'
    pdu = (b"\x06\x91\x26\x18\x01\x00\x00\x04\x08\x08" + units).hex().upper().encode()
    entry = {"Text": text, "Coding": coding, "Length": len(units) // 2}
    return str(exact(entry, stream + pdu + b"\nNumber Length=6\n")["Text"])


def wide(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def test_a_tilde_costs_no_text() -> None:
    """Goal: an incoming message keeps its end.  Method: what gammu makes of tildes, and entries that are left alone."""
    assert "a~b“" == read(wide("a~b“"), "a~~b")
    assert "~~~~“ekor" == read(wide("~~~~“ekor"), "~~~~~~~~“")
    assert "🌸x~yz" == read(wide("🌸x~yz"), "🌸x~~y")
    assert "a\1b~" == read(wide("a\1b~"), "a~b~")
    assert "a~b" == read(b"other", "a~b")
    assert "a~b" == read(wide("x"), "a~b", "Default_No_Compression")


def test_a_character_cut_in_two_is_joined() -> None:
    """Goal: an emoji at the border of two parts is whole again.  Method: halves together, alone and the wrong way."""
    head, tail = read(wide("ab\ud83c"), "ab\ufffd"), read(wide("\udf38c~"), "\ufffdc~")
    assert "ab🌸c~" == whole(head + tail)
    assert "ab\ufffd" == whole(head)
    assert "\ufffdc~ab\ufffd" == whole(tail + head)
    assert (head + tail).encode()


def test_every_text_comes_as_it_was_sent() -> None:
    """Goal: no character of any script changes on the way.  Method: the emulator's messages, read by gammu."""
    chance = random.Random(9)
    alphabet = "{}[~]|€^aÄ@\n" * 3 + "🌸ꦲ“–ش\U0010ffff\1~"
    for number in range(300):
        letters = alphabet[: 33 if number % 2 else None]
        text = "".join(chance.choice(letters) for _ in range(chance.choice([1, 7, 8, 70, 71, 160, 161, 300])))
        pdus = deliver.delivers("+62811", text, 0, "+6281100000", reference=number % 256, wide=number % 3 == 0)
        entries = [exact(gammu.DecodePDU(bytes.fromhex(pdu)), pdu.encode()) for pdu in pdus]
        found = [message(entry) for entry in entries]
        assert text == whole("".join(part["text"] for part in found))
        assert len(pdus) == 1 or [(number % 256, len(pdus), part) for part in range(1, len(pdus) + 1)] == [
            (part["ref"], part["total"], part["part"]) for part in found
        ]
