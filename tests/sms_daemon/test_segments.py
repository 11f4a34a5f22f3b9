"""How texts are cut into parts, judged by the emulator's decoder and by gammu's own encoder."""

import random
from itertools import pairwise

import gammu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modem import gsm7
from modem.pdu import decode_submit

from sms_daemon.errors import BadText, TextTooLong
from sms_daemon.segments import GSM7, PARTS_MAX, ROOM, UCS2, Count, Plan, as_gsm, count, plan

PLAIN = "".join(char for code in range(128) if code != gsm7.ESCAPE for char in gsm7.decode([code]))
WIDE = "\f^{}\\[~]|€"
SCRIPTS = (
    PLAIN + WIDE,
    WIDE,
    "abc {}€\n",
    "Kutip “ini” – dan ‘itu’ … é",
    "ꦲꦤꦕꦫꦏꦢꦠꦱꦮꦭꦥꦝꦗꦪꦚꦩꦒꦧꦛꦔ꧀ꦶꦸ",  # Javanese
    "🌸🙏🏽👨‍👩‍👧🇮🇩𝒜",
    "漢字かなカナ한국어",
    "שלוםمرحباनमस्ते สวัสดี Привет Ελλάδα ăâîșț",
    "a🌸ꦲ{€",
)
BASE = {
    "SMSC": {"Number": "+6281100000", "Validity": "1D"},
    "Number": "+628123456789",
    "Type": "Submit",
    "Class": -1,
    "Folder": 1,
    "State": "UnSent",
    "Name": "",
    **dict.fromkeys(("InboxFolder", "Location", "ReplyViaSameSMSC", "DeliveryStatus", "MessageReference"), 0),
    "RejectDuplicates": 0,
}
CODINGS = {GSM7: "Default_No_Compression", UCS2: "Unicode_No_Compression"}
FLAGS = dict.fromkeys(map(ord, "🇮🇩"), "🌸")
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")


def random_texts(number: int) -> list[str]:
    """Texts of every script and length; many end a part with a wide sign, where a bad cut would show."""
    chance = random.Random(20261122)
    texts = []
    for _ in range(number):
        script = chance.choice(SCRIPTS)
        near = chance.choice((*ROOM[GSM7] * 3, *ROOM[UCS2] * 3, 306, 134, 153 * PARTS_MAX, 67 * PARTS_MAX))
        length = chance.choice((chance.randrange(1, 330), max(1, near + chance.randrange(-3, 3))))
        filler = "a" if chance.random() < 0.3 else ""
        texts.append("".join(filler or chance.choice(script) for _ in range(length - 1)) + chance.choice(script))
    return texts


def on_the_air(coding: str, text: str, header: bytes) -> tuple[str, str]:
    """The coding and text that gammu's octets carry when it is given *text* as one part."""
    kind = "UserUDH" if header else "NoUDH"
    message = {**BASE, "Text": text, "Coding": CODINGS[coding], "UDH": {"Type": kind, "Text": header}}
    read = decode_submit(gammu.EncodePDU(message, "Submit").hex())
    return read.coding, read.text


def width(coding: str, text: str) -> int:
    return len(gsm7.encode(text)) if coding == GSM7 else len(text.encode("utf-16-be")) // 2


def test_random_texts_come_out_of_gammu_whole() -> None:
    """Goal: what is meant is what airs.  Method: 1,500 texts; each part through gammu's PDU and the other decoder."""
    differ = []
    for text in random_texts(1_500):
        try:
            made = plan(text)
        except TextTooLong:
            assert count(text).parts > PARTS_MAX
            continue
        total = len(made.parts)
        headers = [bytes((5, 0, 3, 7, total, part)) if total > 1 else b"" for part in range(1, total + 1)]
        aired = [on_the_air(made.coding, part, header) for part, header in zip(made.parts, headers, strict=True)]
        if aired != [(made.coding, part) for part in made.parts] or "".join(made.parts) != text:
            differ.append(text)
    assert [] == differ


def test_the_cuts_are_those_of_gammu() -> None:
    """Goal: parts and prices are right.  Method: gammu's EncodeSMS cuts 600 texts; both agree on each part.

    Without flags: gammu leaves two units of a part empty rather than cut between a flag's two letters.
    """
    differ = []
    for text in (text.translate(FLAGS) for text in random_texts(600)):
        coded = {"ID": "ConcatenatedTextLong", "Buffer": text}
        theirs = gammu.EncodeSMS({"Class": -1, "Unicode": not gsm7.encodable(text), "Entries": [coded]})
        parts = tuple(part["Text"] for part in theirs)
        if len(parts) != count(text).parts or (len(parts) <= PARTS_MAX and parts != plan(text).parts):
            differ.append(text)
    assert [] == differ


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(LETTERS, max_size=400), st.text(PLAIN + WIDE, min_size=100, max_size=900)))
def test_parts_joined_are_the_text_and_fit(text) -> None:
    """Goal: no cut loses, adds or overfills.  Method: any text; joined, measured, and no part could take one more."""
    made = plan(text)
    assert text == "".join(made.parts)
    assert made.coding == (GSM7 if gsm7.encodable(text) else UCS2)
    room = ROOM[made.coding][len(made.parts) > 1]
    assert all(0 < width(made.coding, part) <= room for part in made.parts)
    assert all(width(made.coding, here + after[0]) > room for here, after in pairwise(made.parts))


@settings(max_examples=300, deadline=None)
@given(st.text(LETTERS, max_size=300))
def test_the_count_is_that_of_the_plan(text) -> None:
    """Goal: the page's numbers are what is sent.  Method: any text; count beside plan, with the last part measured."""
    made, counted = plan(text), count(text)
    used = width(made.coding, made.parts[-1]) if made.parts else 0
    room = ROOM[made.coding][len(made.parts) > 1]
    assert Count(made.coding, len(made.parts), used, room - used) == counted


@pytest.mark.parametrize(
    ("text", "coding", "lengths"),
    [
        ("", GSM7, ()),
        ("a" * 160, GSM7, (160,)),
        ("a" * 161, GSM7, (153, 8)),
        ("a" * 152 + "{" + "b" * 160, GSM7, (152, 152, 9)),
        ("€" * 80, GSM7, (80,)),
        ("€" * 81, GSM7, (76, 5)),
        ("a" * 159 + "€", GSM7, (153, 7)),
        ("”" * 70, UCS2, (70,)),
        ("”" * 71, UCS2, (67, 4)),
        ("🌸" * 35, UCS2, (35,)),
        ("🌸" * 36, UCS2, (33, 3)),
        ("ꦲ" + "🌸" * 35, UCS2, (34, 2)),
        ("a" * 69 + "✓", UCS2, (70,)),
        ("\x1b", UCS2, (1,)),
    ],
)
def test_texts_at_the_borders(text, coding, lengths) -> None:
    """Goal: each border is right.  Method: texts that just fit and just do not, with wide signs at the cut."""
    made = plan(text)
    assert (coding, lengths) == (made.coding, tuple(len(part) for part in made.parts))


def test_ten_parts_are_the_most() -> None:
    """Goal: a huge text is refused in words, and still counted.  Method: ten full parts, one more sign, and 100,000."""
    assert PARTS_MAX == len(plan("a" * 1_530).parts)
    assert PARTS_MAX == len(plan("ꦲ" * 670).parts)
    for text, parts in (("a" * 1_531, 11), ("ꦲ" * 671, 11), ("a" * 100_000, 654)):
        with pytest.raises(TextTooLong) as refused:
            plan(text)
        assert {"parts": parts, "limit": PARTS_MAX} == refused.value.params
        assert parts == count(text).parts


@pytest.mark.parametrize("text", ["a\0b", "\ud83c", "\udf38", "a\udf38\ud83cb"])
def test_what_no_telephone_can_show_is_refused(text) -> None:
    """Goal: no text is cut short or mangled in silence.  Method: a NUL and halves of pairs; counted, not planned."""
    with pytest.raises(BadText):
        plan(text)
    assert 1 == count(text).parts


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Kutip” ‘ini’ – itu — …", "\"Kutip\" 'ini' - itu - ..."),
        ("Rp\u00a010.000\u202fsaja\u200b!", "Rp 10.000 saja!"),
        ("café São Łódź naïve", "café Sao Lodz naive"),
        ("cafe\u0301 x\u0301", "café x"),
        ("½ kg × 2 → ①", "1/2 kg x 2 -> 1"),
        ("ｆｕｌｌ ™ №", "full TM No"),
        ("{€} @£ ÄÖñ", "{€} @£ ÄÖñ"),
        ("ꦲꦤ 🌸 “x”", 'ꦲꦤ 🌸 "x"'),
        ("漢 Привет", "漢 Привет"),
        ("a\tb\r\nc", "a b\r\nc"),
    ],
)
def test_a_text_is_made_plain(text, plain) -> None:
    """Goal: one curly quote need not double the price.  Method: signs with a plain counterpart, and some without."""
    assert plain == as_gsm(text)


@settings(max_examples=300, deadline=None)
@given(st.text(LETTERS, max_size=200))
def test_making_plain_is_safe(text) -> None:
    """Goal: a sign without a counterpart stays, and once is enough.  Method: any text; question marks, a second go."""
    plain = as_gsm(text)
    assert "?" not in plain or set("?？﹖︖⁇⁈⁉;") & set(text)
    assert plain == as_gsm(plain)


def test_a_plan_can_be_compared() -> None:
    """Goal: two plans of one text are equal.  Method: plan twice."""
    assert Plan(GSM7, ("halo",)) == plan("halo")
