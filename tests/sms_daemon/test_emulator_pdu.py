"""The emulator's own PDU decoder and encoders, against octets worked out by hand from TS 23.040 and TS 23.038."""

import random
from datetime import UTC, datetime

import pytest
from modem import Udh, deliver, gsm7
from modem.pdu import PduError, Submit, decode_submit, relative_minutes

TO = "0C91261832547698"  # +628123456789
HELLO = "0AE8329BFD4697D9EC37"  # hellohello
GOOD = "001100" + TO + "0000AA" + HELLO
AT_MS = int(datetime(2026, 11, 21, 20, 42, 2, tzinfo=UTC).timestamp() * 1000)
STAMP = "62112230242082"  # 2026-11-22 03:42:02, 28 quarters of an hour east


def submit(coding: str, user_data: str, *, headed: bool = False) -> Submit:
    """The message with this data coding and user data (its length first), both hexadecimal."""
    return decode_submit(("0051" if headed else "0011") + "00" + TO + "00" + coding + "AA" + user_data)


def test_every_field_is_read() -> None:
    """Goal: nothing of a PDU is dropped or mixed up. Method: one PDU by hand, all fields compared."""
    assert Submit(
        smsc="+6281100000",
        number="+628123456789",
        number_type="international",
        coding="gsm7",
        text="hellohello",
        data=b"hellohello",
        udh=None,
        elements=(),
        report=True,
        reject_duplicates=True,
        reply_path=True,
        validity_minutes=4 * 24 * 60,
        message_class=None,
        protocol=0x41,
        reference=7,
        octets=23,
    ) == decode_submit("06912618010000" + "B507" + TO + "4100AA" + HELLO)


def test_no_validity_is_none() -> None:
    """Goal: a PDU without TP-VP is read. Method: the same message without the octet; a service centre of ten digits."""
    found = decode_submit("06912618010000" + "0100" + TO + "0000" + HELLO)
    assert (None, "+6281100000", 22) == (found.validity_minutes, found.smsc, found.octets)


@pytest.mark.parametrize(
    ("coding", "user_data", "text"),
    [
        ("00", HELLO, "hellohello"),
        ("00", "00", ""),
        ("00", "0100", "@"),
        ("00", "020108", "£Δ"),
        ("00", "041BD42605", "{}"),
        ("00", "029B32", "€"),
        ("00", "07E8329BFD469701", "hellohe"),
        ("00", "08E8329BFD469701", "hellohe@"),
        ("00", "08E8329BFD4697D9", "hellohel"),
        ("08", "060E01D83CDF38", "ก🌸"),
        ("08", "00", ""),
        ("04", "030102FF", ""),
    ],
)
def test_texts_by_hand(coding, user_data, text) -> None:
    """Goal: each alphabet is read to the bit. Method: octets by hand, seven characters in seven octets too."""
    assert text == submit(coding, user_data).text


@pytest.mark.parametrize(
    ("coding", "user_data", "udh", "text"),
    [
        ("00", "08" + "0500032A0201" + "C2", Udh(0x2A, 2, 1, False), "a"),
        ("00", "09" + "060804012A0202" + "61", Udh(0x12A, 2, 2, True), "a"),
        ("00", "07" + "0500032A0202" + "00", Udh(0x2A, 2, 2, False), ""),
        ("00", "0B" + "0800032A02017001FF" + "00", Udh(0x2A, 2, 1, False), ""),
        ("08", "08" + "0500032A0303" + "0E01", Udh(0x2A, 3, 3, False), "ก"),
        ("08", "08" + "0500032A0201" + "D83C", Udh(0x2A, 2, 1, False), "\ud83c"),
        ("08", "08" + "0500032A0202" + "DF38", Udh(0x2A, 2, 2, False), "\udf38"),
        ("08", "09" + "0605040B8423F0" + "0E01", None, "ก"),
    ],
)
def test_parts_by_hand(coding, user_data, udh, text) -> None:
    """Goal: headers and the bits that fill up to a septet are read. Method: 8- and 16-bit references by hand."""
    found = submit(coding, user_data, headed=True)
    assert (udh, text) == (found.udh, found.text)


def test_all_elements_of_a_header_are_kept() -> None:
    """Goal: what else a header says is not lost. Method: a port element after the concatenation."""
    found = submit("04", "0D" + "0B00032A0201" + "05040B8423F0" + "AA", headed=True)
    assert (((0, bytes([0x2A, 2, 1])), (5, bytes([0x0B, 0x84, 0x23, 0xF0]))), b"\xaa") == (found.elements, found.data)


@pytest.mark.parametrize(
    ("octets", "number", "kind"),
    [
        ("0C91261832547698", "+628123456789", "international"),
        ("0B818021436587F9", "08123456789", "unknown"),
        ("0BA18021436587F9", "08123456789", "national"),
        ("03818AF8", "*88", "unknown"),
        ("02D041", "A", "alphanumeric"),
        ("0081", "", "unknown"),
    ],
)
def test_numbers_by_hand(octets, number, kind) -> None:
    """Goal: numbering plans are kept apart. Method: destinations by hand."""
    found = decode_submit("001100" + octets + "0000AA" + HELLO)
    assert (number, kind) == (found.number, found.number_type)


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        *((0, 5), (5, 30), (71, 360), (143, 720), (144, 750), (167, 1440)),
        *((168, 2 * 1440), (196, 30 * 1440), (197, 5 * 10080), (255, 63 * 10080)),
    ],
)
def test_relative_validity(value, minutes) -> None:
    """Goal: TP-VP in minutes. Method: the ends of the four ranges of TS 23.040."""
    assert minutes == relative_minutes(value)


@pytest.mark.parametrize(
    ("octet", "coding", "message_class"),
    [
        *(("00", "gsm7", None), ("10", "gsm7", 0), ("F0", "gsm7", 0), ("C0", "gsm7", None), ("D8", "gsm7", None)),
        *(("04", "8bit", None), ("F7", "8bit", 3), ("08", "ucs2", None), ("18", "ucs2", 0), ("E8", "ucs2", None)),
        *(("40", "gsm7", None), ("48", "ucs2", None)),
    ],
)
def test_data_codings(octet, coding, message_class) -> None:
    """Goal: alphabet and class of each group. Method: data codings from TS 23.038 with an empty text."""
    found = submit(octet, "00")
    assert (coding, message_class) == (found.coding, found.message_class)


BAD = {
    "nothing": "",
    "half an octet": GOOD + "0",
    "not hexadecimal": GOOD[:-2] + "GG",
    "a space": GOOD.replace("AA", "A A"),
    "an octet too many": GOOD + "00",
    "a deliver": GOOD.replace("0011", "0010", 1),
    "a status report": GOOD.replace("0011", "0012", 1),
    "the reserved type": GOOD.replace("0011", "0013", 1),
    "enhanced validity": GOOD.replace("0011", "0009", 1),
    "absolute validity": GOOD.replace("0011", "0019", 1),
    "a centre of nothing": "0191" + GOOD[2:],
    "a centre of 22 digits": "0C91" + "11" * 11 + GOOD[2:],
    "a type without its top bit": GOOD.replace("0C91", "0C11"),
    "the reserved type of number": GOOD.replace("0C91", "0CF1"),
    "a reserved plan": GOOD.replace("0C91", "0C92"),
    "filled in its middle": GOOD.replace("261832", "26F832"),
    "an odd number unfilled": GOOD.replace("0C91", "0B91"),
    "a filled even number": GOOD.replace("547698", "5476F8"),
    "21 digits": GOOD.replace(TO, "1591" + "11" * 10 + "F1"),
    "a name of spare bits": GOOD.replace(TO, "02D0C1"),
    "a reserved protocol": GOOD.replace("98" + "0000AA", "98" + "8000AA"),
    "a length beyond": GOOD.replace("AA0A", "AA0B"),
    "a length below": GOOD.replace("AA0A", "AA09"),
    "a bit that fills": GOOD[:-2] + "77",
    "161 septets": "001100" + TO + "0000AA" + "A1" + "00" * 141,
    "141 octets": "001100" + TO + "0008AA" + "8D" + "00" * 141,
}


@pytest.mark.parametrize("pdu", BAD.values(), ids=BAD.keys())
def test_what_is_not_a_pdu_raises(pdu) -> None:
    """Goal: garbage is never read as something. Method: a good PDU with one thing wrong each."""
    with pytest.raises(PduError):
        decode_submit(pdu)


BAD_TEXTS = {
    "compressed": ("20", "00", False),
    "the fourth alphabet": ("0C", "00", False),
    "a reserved group": ("80", "00", False),
    "a waiting light with its reserved bit": ("C4", "00", False),
    "class group with its reserved bit": ("F8", "00", False),
    "an escape at the end": ("00", "011B", False),
    "an unknown escape": ("00", "029B00", False),
    "a doubled escape": ("00", "029B0D", False),
    "half a unit": ("08", "030E01D8", False),
    "half a character": ("08", "02D83C", False),
    "half a character before the last": ("08", "0A0500032A0202" + "D83C0E01", True),
    "half a character in the first part's front": ("08", "080500032A0201" + "DF38", True),
    "the wrong half at a border": ("08", "080500032A0202" + "D83C", True),
    "a length that is not the data's": ("04", "04010203", False),
    "a header beyond the data": ("04", "040500032A", True),
    "an element beyond the header": ("04", "0403000A00", True),
    "an empty header": ("04", "020001", True),
    "no header where one is said to be": ("04", "00", True),
    "part 0": ("04", "060500032A0200", True),
    "part 3 of 2": ("04", "060500032A0203", True),
    "0 parts": ("04", "060500032A0000", True),
    "a short statement of parts": ("04", "050400022A01", True),
    "a long statement of parts": ("04", "070600042A020100", True),
    "a wide one with a narrow reference": ("04", "060508032A0201", True),
    "two statements of parts": ("04", "0B0A00032A020100032A0201", True),
    "another language": ("00", "05" + "03240101", True),
    "a bit before the first septet": ("00", "080500032A0201C3", True),
    "fewer septets than the header": ("00", "060500032A0201", True),
}


@pytest.mark.parametrize(("coding", "user_data", "headed"), BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_user_data_with_a_fault_raises(coding, user_data, headed) -> None:
    """Goal: a broken text, header or alphabet is an error. Method: user data with one thing wrong each, by hand."""
    with pytest.raises(PduError):
        submit(coding, user_data, headed=headed)


def test_every_cut_raises() -> None:
    """Goal: a PDU that breaks off is never read. Method: every beginning of a good one."""
    for end in range(0, len(GOOD), 2):
        with pytest.raises(PduError):
            decode_submit(GOOD[:end])


def test_random_octets_raise_nothing_else() -> None:
    """Goal: no octets make the decoder fall over. Method: 3,000 good PDUs with random octets changed, seeded."""
    chance = random.Random(20261122)
    for _ in range(3000):
        octets = bytearray.fromhex(GOOD)
        for _ in range(chance.randint(1, 4)):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
        try:
            assert len(octets) > decode_submit(octets.hex()).octets > 7
        except PduError as error:
            assert str(error)


def test_every_character_packs_and_unpacks() -> None:
    """Goal: the alphabet is its own inverse. Method: every character the tables have, at each of seven fill widths."""
    text = "".join(char for char in map(chr, range(0x3000)) if gsm7.encodable(char))
    assert 127 + 10 == len(text)
    septets = gsm7.encode(text)
    for fill in range(7):
        assert text == gsm7.decode(gsm7.unpack(gsm7.pack(septets, fill), len(septets), fill))


def test_a_short_message_from_the_network() -> None:
    """Goal: an SMS-DELIVER to the bit. Method: GSM-7 from a number and UCS-2 from a name, octets by hand."""
    number = "00" + "04" + "0591261" + "8F1" + "0000" + STAMP + "0161"
    assert [number] == deliver.delivers("+62811", "a", AT_MS, "")
    named = "06912618010000" + "04" + "02D041" + "0008" + STAMP + "020E01"
    assert [named] == deliver.delivers("A", "ก", AT_MS, "+6281100000")


def test_a_long_message_from_the_network() -> None:
    """Goal: parts of a received message to the bit. Method: 161 letters; lengths, headers and the last part by hand."""
    first, last = deliver.delivers("888", "a" * 161, AT_MS, "", reference=0x2A)
    head = "0044" + "038188F8" + "0000" + STAMP
    assert (head + "A0" + "0500032A0201" + "C2") == first[: len(head) + 16]
    assert (head + "0F" + "0500032A0202" + "C2E170381C0E8701") == last
    wide = deliver.delivers("888", "ก" * 71, AT_MS, "", reference=0x12A, wide=True)[1]
    assert "0044" + "038188F8" + "0008" + STAMP + "11" + "060804012A0202" + "0E01" * 5 == wide


def test_a_status_report() -> None:
    """Goal: an SMS-STATUS-REPORT to the bit. Method: reference 42 delivered, octets by hand."""
    assert "0006" + "2A" + TO + STAMP + STAMP + "00" == deliver.status_report(42, "+628123456789", AT_MS, AT_MS, 0, "")


@pytest.mark.parametrize("sender", ["", "Toko Spa & Salon Melati"])
def test_a_sender_that_no_network_has_is_refused(sender) -> None:
    """Goal: no impossible senders. Method: an empty one is a number without digits, a long name raises."""
    if sender:
        with pytest.raises(ValueError, match="11 characters"):
            deliver.delivers(sender, "x", AT_MS, "")
    else:
        assert "0004" + "0081" in deliver.delivers(sender, "x", AT_MS, "")[0]
