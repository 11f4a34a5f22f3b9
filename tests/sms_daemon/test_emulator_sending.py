"""What the emulator makes of a message to send: faults, refusals, references, credit, and the account of what aired."""

from pathlib import Path

import pytest
from modem import KINDS, journal
from modem.faults import Fault, parse
from modem_line import OCTETS, PDU, TO, Line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A modem with power."""
    return Line(tmp_path / "log")


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ({"registration": "none"}, "331"),
        ({"registration": "searching"}, "331"),
        ({"registration": "denied"}, "331"),
        ({"signal": 99}, "331"),
        ({"radio": 0}, "331"),
        ({"smsc": ""}, "330"),
        ({"credit": 349, "price": 350}, "21"),
    ],
)
def test_the_network_refuses(line, world, said) -> None:
    """Goal: what cannot air does not, with its reason. Method: a good message in seven worlds."""
    line.device.state.set(**world)
    assert f"|+CMS ERROR: {said}|" == line.send()
    assert [] == line.numbers()


@pytest.mark.parametrize(("to", "said"), [("0081", "1"), ("02D041", "28"), ("03818AF8", "28")])
def test_numbers_that_are_none_are_refused(line, to, said) -> None:
    """Goal: the network knows no empty number, name or star. Method: one message to each."""
    pdu = PDU.replace(TO, to)
    assert f"|+CMS ERROR: {said}|" == line.send(pdu, len(pdu) // 2 - 1)


def test_a_message_airs(line) -> None:
    """Goal: the account says what aired. Method: a message while roaming; its line in the journal."""
    line.device.state.set(registration="roaming")
    assert "|+CMGS: 1||OK|" == line.send()
    [part] = journal.aired(line.path)
    assert ("+628123456789", "hellohello", "gsm7", None, False) == (
        *(part.number, part.text, part.coding, part.udh, part.report),
    )
    assert (5760, 1, False) == (part.validity_minutes, part.reference, part.lost)


def test_the_modem_counts_references(line) -> None:
    """Goal: the reference is the modem's, wraps at 256 and outlives the power. Method: 257 messages and a replug."""
    for _ in range(255):
        line.send(PDU.replace("001100", "001163"))
    assert "|+CMGS: 0||OK|" == line.send()
    line.unplug()
    line.plug()
    assert "|+CMGS: 1||OK|" == line.send()


def test_credit_runs_out(line) -> None:
    """Goal: prepaid. Method: 1,000 rupiah at 350 a part: two air, the third is refused, 300 are left and told."""
    line.device.state.set(credit=1000, price=350)
    assert ["|+CMGS: 1||OK|", "|+CMGS: 2||OK|", "|+CMS ERROR: 21|"] == [line.send() for _ in range(3)]
    assert "|OK|" == line.ask('AT+CUSD=1,"*888#",15')
    assert '|+CUSD: 0,"Sisa pulsa Rp300",15|' == line.tick(0.1)


@pytest.mark.parametrize(("typed", "octets"), [("", 23), ("zz", 23), (PDU, 22), (PDU[:-2], 22), ("AT\r" + PDU, 23)])
def test_a_malformed_message_never_airs(line, typed, octets) -> None:
    """Goal: only a strict PDU of the announced length airs. Method: five that are not."""
    assert "|+CMS ERROR: 304|" == line.send(typed, octets)
    assert [] == line.numbers()
    assert 1 == len(list(journal.lines(line.path, "malformed")))


def test_escape_takes_a_message_back(line) -> None:
    """Goal: ESC at the prompt sends nothing. Method: the whole PDU, then ESC; the modem goes on."""
    line.ask(f"AT+CMGS={OCTETS}")
    line.interpreter.feed(PDU.encode() + b"\x1b\rAT\r")
    assert ["|OK||OK|", []] == [line.heard(), line.numbers()]


def test_commands_wait_for_a_slow_network(line) -> None:
    """Goal: while a message is on its way nothing else is answered. Method: a delay of 3 s and AT meanwhile."""
    line.device.state.set(network_delay=3)
    assert ["", ""] == [line.send(), line.ask("AT")]
    assert ["+628123456789"] == line.numbers()
    assert ["", "|+CMGS: 1||OK||OK|"] == [line.tick(2.9), line.tick(0.1)]


FAULTS = {
    "cms=38": ("|+CMS ERROR: 38|", 0),
    "error": ("|ERROR|", 0),
    "silent": ("", 0),
    "sent-cms=500": ("|+CMS ERROR: 500|", 1),
    "sent-error": ("|ERROR|", 1),
    "sent-no-reply": ("", 1),
    "lost": ("|+CMGS: 1||OK|", 1),
    "dribble": ("|+CMGS: 1||OK|", 1),
    "delay=0": ("|+CMGS: 1||OK|", 1),
    "garble": ("|\xab\xc3\xcd\xc7\xd3\xba\xa0\xb1||\xcf\xcb|", 1),
    "no-prompt": ("", 0),
    "unplug-before": ("", 0),
    "unplug-in": ("", 0),
    "unplug-after": ("", 1),
}


@pytest.mark.parametrize(("fault", "said", "aired"), [(name, *rest) for name, rest in FAULTS.items()])
def test_faults(line, fault, said, aired) -> None:
    """Goal: each kind of fault answers and airs as it says. Method: one message under each."""
    line.device.faults.add(parse(fault))
    assert (said, aired) == (line.send(), len(line.numbers()))
    assert fault.startswith("unplug") == bool(line.unplugged)
    assert [fault.partition("=")[0]] == [said["fault"] for said in journal.lines(line.path, "fault")]
    assert ["lost"] * (fault == "lost") == ["lost" for part in journal.aired(line.path) if part.lost]
    assert (fault == "dribble") == (0.05 in line.paces)


def test_every_kind_of_fault_is_tried() -> None:
    """Goal: no kind without a test. Method: the names of the test above."""
    assert KINDS.keys() == {name.partition("=")[0] for name in FAULTS}


def test_a_delayed_answer(line) -> None:
    """Goal: delay airs at once and answers late; a replug swallows the answer. Method: twice, once with a replug."""
    line.device.faults.add(Fault("delay", 40))
    assert ["", 1, "|+CMGS: 1||OK|"] == [line.send(), len(line.numbers()), line.tick(40)]
    line.send()
    line.unplug()
    line.plug()
    assert ["", "|OK|"] == [line.tick(100), line.ask("AT")]


def test_rules_choose_parts(line) -> None:
    """Goal: faults strike whom they name. Method: by count from now, by number, by times, by a function."""
    line.send()
    line.device.faults.add(parse("cms=1@2-3"))
    answers = [line.send() for _ in range(4)]
    assert ["|+CMGS: 2||OK|", "|+CMS ERROR: 1|", "|+CMS ERROR: 1|", "|+CMGS: 3||OK|"] == answers
    line.device.faults.add(parse("cms=28@num:+62811*"))
    line.device.faults.add(Fault("cms", 30, when=lambda part: part.text == "hellohello" and part.nth > 1))
    line.device.faults.add(Fault("cms", 50, times=1))
    assert ["|+CMS ERROR: 50|", "|+CMS ERROR: 30|"] == [line.send(), line.send()]
    assert "|+CMS ERROR: 28|" == line.send(PDU.replace("261832", "261811"))
    line.device.faults.clear()
    assert "|+CMGS: 4||OK|" == line.send()


@pytest.mark.parametrize("text", ["cms", "lost=1", "nosuch", "no-prompt@num:+62*", "cms=", "cms=38@", "cms=38@x", ""])
def test_faults_that_make_no_sense_are_refused(text) -> None:
    """Goal: a slip in a test is seen. Method: eight faults that are none."""
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_parts_join_as_on_a_phone(line) -> None:
    """Goal: a message that aired twice shows twice, one that is not whole shows so. Method: parts of two messages."""
    first, second = (f"005100{TO}0008AA080500032A02{part}{half}" for part, half in (("01", "D83C"), ("02", "DF38")))
    for pdu in (first, PDU, second, second):
        line.send(pdu, len(pdu) // 2 - 1)
    found = [(message.text, message.complete) for message in journal.messages(journal.aired(line.path))]
    assert [("🌸", True), ("hellohello", True), ("\ufffd", False)] == found
