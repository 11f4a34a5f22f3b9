"""The emulator's commands about received messages and reports, and how it announces them."""

from pathlib import Path

import pytest
from modem.faults import Fault
from modem_line import OCTETS, PDU, WITH_REPORT, Line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A modem with power."""
    return Line(tmp_path / "log")


def test_a_message_arrives(line) -> None:
    """Goal: stored, announced, listed, read, deleted. Method: one message through its life."""
    line.ask("AT+CNMI=2,1")
    line.device.network.message("+62811", "a", None, wide=False)
    line.interpreter.settle()
    assert '|+CMTI: "SM",1|' == line.heard()
    pdu = line.device.memories["SM"].places[1].pdu
    assert f"|+CMGL: 1,0,,17|{pdu}||OK|" == line.ask("AT+CMGL=0")
    assert "|OK|" == line.ask("AT+CMGL")
    assert f"|+CMGR: 1,,17|{pdu}||OK|" == line.ask("AT+CMGR=1")
    assert "|+CMGD: (1),(0-4)||OK|" == line.ask("AT+CMGD=?")
    assert ["|OK|", "|OK|"] == [line.ask("AT+CMGD=1"), line.ask("AT+CMGL=4")]


@pytest.mark.parametrize(("flag", "left"), [(1, [2]), (4, [])])
def test_delete_flags(line, flag, left) -> None:
    """Goal: +CMGD's flags. Method: a read and an unread message."""
    for text in "ab":
        line.device.network.message("+62811", text, None, wide=False)
    line.interpreter.settle()
    line.ask("AT+CMGR=1")
    line.ask(f"AT+CMGD=1,{flag}")
    assert left == list(line.device.memories["SM"].places)


def test_a_full_sim(line) -> None:
    """Goal: what does not fit waits in the network. Method: three messages for two places, then one is deleted."""
    line.device.state.set(capacity=2)
    line.ask("AT+CNMI=2,1")
    for text in "abc":
        line.device.network.message("+62811", text, None, wide=False)
    line.interpreter.settle()
    assert ['|+CMTI: "SM",1||+CMTI: "SM",2|', 1] == [line.heard(), len(line.device.network.messages)]
    assert '|OK||+CMTI: "SM",1|' == line.ask("AT+CMGD=1")


def test_a_message_waits_for_service(line) -> None:
    """Goal: nothing arrives out of service. Method: radio off and on again; the registration is announced too."""
    line.ask("AT+CNMI=2,1;+CREG=1")
    assert "|OK||+CREG: 0|" == line.ask("AT+CFUN=0")
    line.device.network.message("+62811", "a", None, wide=False)
    line.interpreter.settle()
    assert "" == line.heard()
    assert '|OK||+CREG: 1||+CMTI: "SM",1|' == line.ask("AT+CFUN=1")


@pytest.mark.parametrize(
    ("mode", "said", "then"),
    [
        ("2,1", '|+CMTI: "SM",1|', "|OK|"),
        ("2,0", "", "|OK|"),
        ("0,1", "", '|+CMTI: "SM",1||OK|'),
        ("2,2", "|+CMT: ,17|", "|OK|"),
    ],
)
def test_modes_of_announcing(line, mode, said, then) -> None:
    """Goal: +CNMI decides what is said when. Method: four modes, a message, then a mode that speaks."""
    line.ask(f"AT+CNMI={mode}")
    line.device.network.message("+62811", "a", None, wide=False)
    line.interpreter.settle()
    assert said == line.heard()[: len(said) or None]
    assert then == line.ask("AT+CNMI=2")
    assert (mode != "2,2") == bool(line.device.memories["SM"].places)


def test_announcements_wait_for_the_prompt(line) -> None:
    """Goal: nothing is said into a message being typed. Method: mode 2 keeps the announcement, mode 1 drops it."""
    for mode, said in ((2, '|+CMTI: "SM",1||OK|'), (1, "|OK|")):
        line.ask(f"AT+CNMI={mode},1;+CMGD=1")
        line.ask(f"AT+CMGS={OCTETS}")
        line.device.network.message("+62811", "a", None, wide=False)
        line.interpreter.settle()
        assert "" == line.heard()
        line.interpreter.feed(b"\x1b")
        assert said == line.heard()


@pytest.mark.parametrize(("shown", "said"), [(1, "|+CDS: 25|"), (2, '|+CDSI: "SR",1|'), (0, "")])
def test_reports(line, shown, said) -> None:
    """Goal: a report is shown, stored or lost as +CNMI says. Method: one message, its report by hand."""
    line.ask(f"AT+CNMI=2,1,0,{shown}")
    line.send(WITH_REPORT)
    line.device.network.report(1, 0)
    line.interpreter.settle()
    assert said == line.heard()[: len(said) or None]
    assert (shown == 2) == ("|+CMGR: 0,,25|" in line.ask('AT+CPMS="SR";+CMGR=1'))


def test_the_network_reports_by_itself(line) -> None:
    """Goal: reports without a test's help, for those alone that asked and arrived. Method: asked, not asked, lost."""
    line.device.state.set(reports=0, report_delay=2)
    line.ask("AT+CNMI=2,1,0,1")
    line.send(WITH_REPORT)
    assert ["", "|+CDS: 25|"] == [line.tick(1.9), line.tick(0.1)[:10]]
    line.send(PDU)
    line.device.faults.add(Fault("lost"))
    line.send(WITH_REPORT)
    assert "" == line.tick(10)


def test_a_report_before_the_answer(line) -> None:
    """Goal: the network may be faster than the modem. Method: an answer that takes 5 s, a report meanwhile."""
    line.device.state.set(network_delay=5)
    line.ask("AT+CNMI=2,1,0,1")
    line.send(WITH_REPORT)
    line.device.network.report(1, 0)
    line.interpreter.settle()
    assert ["|+CDS: 25|", "|+CMGS: 1||OK|"] == [line.heard()[:10], line.tick(5)]
