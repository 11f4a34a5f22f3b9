"""The emulator's commands about the modem itself: identity, PIN, network, USSD, power."""

import random
from pathlib import Path

import pytest
from modem import journal
from modem.session import COMMANDS
from modem.state import State
from modem_line import Line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A modem with power."""
    return Line(tmp_path / "log")


GENERAL = {
    "AT": "|OK|",
    "at": "|OK|",
    "noise AT": "|OK|",
    "hello": "",
    "": "",
    "ATE0V1Q0": "|OK|",
    "ATI": "|CABANG||TEST MODEM||REVISION 1.0||OK|",
    "ATZ": "|OK|",
    "AT&F": "|OK|",
    "AT+CGMI": "|CABANG||OK|",
    "AT+CGMM;+CGMR": "|TEST MODEM||REVISION 1.0||OK|",
    "AT+CGSN": "|356938035643809||OK|",
    "AT+CIMI": "|510101234567890||OK|",
    "AT+CPIN?": "|+CPIN: READY||OK|",
    "AT+CSQ": "|+CSQ: 21,99||OK|",
    "AT+CSQ=1": "|ERROR|",
    "AT+CREG?": "|+CREG: 0,1||OK|",
    "AT+CREG=2;+CREG?": '|+CREG: 2,1,"0F2A","1B3C"||OK|',
    "AT+CGREG=1;+CGREG?": "|+CGREG: 1,1||OK|",
    "AT+CGATT?": "|+CGATT: 1||OK|",
    "AT+COPS?": '|+COPS: 0,0,"TELKOMSEL"||OK|',
    "AT+COPS=3,2;+COPS?": '|+COPS: 0,2,"51010"||OK|',
    "AT+CMEE=1;+CMEE?": "|+CMEE: 1||OK|",
    "AT+CSCS=?": '|+CSCS: ("GSM","IRA","UCS2")||OK|',
    'AT+CSCS="UCS2";+CSCS?': '|+CSCS: "UCS2"||OK|',
    'AT+CSCS="KLINGON"': "|ERROR|",
    "AT+CBC": "|+CBC: 0,100||OK|",
    "AT+CFUN?": "|+CFUN: 1||OK|",
    "AT+CSMS?": "|+CSMS: 0,1,1,1||OK|",
    "AT+CMGF=0": "|OK|",
    "AT+CMGF=1": "|+CMS ERROR: 303|",
    "AT+CSCA?": '|+CSCA: "+6281100000",145||OK|',
    'AT+CSCS="UCS2";+CSCA?': '|+CSCA: "002B0036003200380031003100300030003000300030",145||OK|',
    'AT+CSCA="+62855",145;+CSCA?': '|+CSCA: "+62855",145||OK|',
    "AT+CPMS=?": '|+CPMS: ("SM","SR"),("SM"),("SM")||OK|',
    'AT+CPMS="SR"': "|+CPMS: 0,10,0,20,0,20||OK|",
    'AT+CPMS="XX"': "|+CMS ERROR: 303|",
    "AT+CPMS?": '|+CPMS: "SM",0,20,"SM",0,20,"SM",0,20||OK|',
    "AT+CNMI=?": "|+CNMI: (0,1,2),(0,1,2),(0),(0,1,2),(0,1)||OK|",
    "AT+CNMI=2,1,0,1,0;+CNMI?": "|+CNMI: 2,1,0,1,0||OK|",
    "AT+CNMI=3,1": "|ERROR|",
    "AT+CMGL=4": "|OK|",
    "AT+CMGR=1": "|+CMS ERROR: 321|",
    "AT+CMGD=21": "|+CMS ERROR: 321|",
    "AT+CMGD=1": "|OK|",
    "AT+CMGS=6": "|+CMS ERROR: 304|",
    "AT+CMGS=x": "|+CMS ERROR: 304|",
    "AT+NOSUCH": "|ERROR|",
    "AT+CSQ;+NOSUCH;+CREG?": "|+CSQ: 21,99||ERROR|",
    'AT+CSCA="un;closed': "|ERROR|",
}


@pytest.mark.parametrize(("asked", "said"), GENERAL.items())
def test_answers(line, asked, said) -> None:
    """Goal: each command answers as 27.005, 27.007 and V.250 say. Method: one question each to a fresh modem."""
    assert said == line.ask(asked)


def test_noise_is_answered_or_ignored(line) -> None:
    """Goal: no line brings the modem down or airs anything. Method: 3,000 commands put together by chance, seeded."""
    chance = random.Random(20261122)
    pieces = [*COMMANDS, *("=", "?", '"', ",", ";", "1", "99", "-1", "", " ", "\x1b", "\xff", "4711", "*888#", "SM")]
    for _ in range(3000):
        line.ask("AT" + "".join(chance.choices(pieces, k=chance.randint(1, 6))))
        line.interpreter.feed(b"\x1b")
        line.heard()
    assert [] == list(journal.lines(line.path, "aired"))
    line.device.state.set(sim="ready", radio=1)
    assert line.ask("AT").endswith("|OK|")


def test_echo(line) -> None:
    """Goal: a modem repeats what it gets until told not to. Method: ATE1, ATE0; the prompt repeats too."""
    line.ask("ATE1")
    assert "AT\r|OK|" == line.ask("AT")
    assert "AT+CMGS=23\r|> " == line.ask("AT+CMGS=23")
    line.interpreter.feed(b"00\x1b")
    assert "00\x1b|OK|" == line.heard()
    assert "ATE0\r|OK|" == line.ask("ATE0")
    assert "|OK|" == line.ask("AT")


def test_the_clock(line) -> None:
    """Goal: the clock can be set. Method: set and read within its minute."""
    assert "|OK|" == line.ask('AT+CCLK="27/01/31,10:20:00+28"')
    assert '|+CCLK: "27/01/31,10:20:' in line.ask("AT+CCLK?")
    assert "|ERROR|" == line.ask('AT+CCLK="soon"')


def test_the_pin(line) -> None:
    """Goal: the PIN opens the SIM; a form that is no PIN costs no try. Method: wrong, malformed, right; power lost."""
    line.device.state.set(sim="pin", pin="4711")
    line.ask("AT+CMEE=1;+CREG=1")
    assert "|+CPIN: SIM PIN||OK|" == line.ask("AT+CPIN?")
    assert "|+CME ERROR: 11|" == line.ask("AT+CIMI")
    assert "|+CMS ERROR: 311|" == line.ask("AT+CMGS=23")
    assert "|+CREG: 1,0||OK|" == line.ask("AT+CREG?")
    assert "|+CME ERROR: 16|" == line.ask('AT+CPIN="0000"')
    assert "|+CME ERROR: 50|" == line.ask('AT+CPIN="471"')
    assert 2 == line.device.state.pin_tries
    assert "|OK||+CREG: 1|" == line.ask('AT+CPIN="4711"')
    assert "|+CME ERROR: 3|" == line.ask('AT+CPIN="4711"')
    line.unplug()
    line.plug()
    assert "|+CPIN: SIM PIN||OK|" == line.ask("AT+CPIN?")


def test_the_puk(line) -> None:
    """Goal: three wrong PINs ask for the PUK, ten wrong PUKs end the SIM. Method: both, with the right PUK between."""
    line.device.state.set(sim="pin")
    for _ in range(3):
        assert "|ERROR|" == line.ask('AT+CPIN="0000"')
    assert "|+CPIN: SIM PUK||OK|" == line.ask("AT+CPIN?")
    assert "|+CMS ERROR: 316|" == line.ask("AT+CPMS?")
    line.unplug()
    line.plug()
    assert "|+CPIN: SIM PUK||OK|" == line.ask("AT+CPIN?")
    assert "|OK|" == line.ask('AT+CPIN="87654321","2222"')
    assert "2222" == line.device.state.pin
    line.device.state.set(sim="puk")
    for _ in range(10):
        assert "|ERROR|" == line.ask('AT+CPIN="11111111","2222"')
    line.ask("AT+CMEE=1")
    assert "|+CME ERROR: 13|" == line.ask("AT+CPIN?")


def test_no_sim(line) -> None:
    """Goal: a SIM that is not there is said so. Method: equipment and message commands without one."""
    line.device.state.set(sim="absent")
    line.ask("AT+CMEE=1")
    assert ["|+CME ERROR: 10|", "|+CMS ERROR: 310|"] == [line.ask("AT+CPIN?"), line.ask("AT+CMGL=4")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Pulsa Rp5.000", '|+CUSD: 0,"Pulsa Rp5.000",15|'),
        (None, ""),
        (2, "|+CUSD: 2|"),
        ("Δ_@ก", '|+CUSD: 0,"\x10\x11\0?",15|'),
    ],
)
def test_ussd(line, answer, said) -> None:
    """Goal: text, silence and failure. Method: one code with each; the alphabet of the line is GSM."""
    line.device.state.set(ussd={"*123#": answer})
    assert ["|OK|", said] == [line.ask('AT+CUSD=1,"*123#",15'), line.tick(1)]


def test_ussd_in_ucs2(line) -> None:
    """Goal: codes and answers follow +CSCS; an answer is shown only to who asked for it. Method: n = 1, then n = 0."""
    line.ask('AT+CSCS="UCS2"')
    line.device.state.set(ussd={"*1#": "Rp"})
    assert ["|OK|", '|+CUSD: 0,"00520070",72|'] == [line.ask('AT+CUSD=1,"002A00310023",15'), line.tick(1)]
    assert ["|OK|", ""] == [line.ask('AT+CUSD=0,"002A00310023",15'), line.tick(1)]
    assert "|ERROR|" == line.ask('AT+CUSD=1,"*1#",15')
    assert ["*1#", "*1#"] == [said["code"] for said in journal.lines(line.path, "ussd")]


def test_ussd_out_of_service(line) -> None:
    """Goal: no network, no answer. Method: a code while searching."""
    line.device.state.set(registration="searching")
    line.ask("AT+CMEE=1")
    assert "|+CME ERROR: 30|" == line.ask('AT+CUSD=1,"*888#",15')


def test_a_dead_modem(line) -> None:
    """Goal: it takes everything and says nothing, then or later. Method: dead, alive again, dead in mid-delay."""
    line.device.state.set(dead=True)
    assert "" == line.ask("AT")
    line.device.state.set(dead=False, network_delay=5)
    assert "|OK|" == line.ask("AT")
    line.send()
    line.device.state.set(dead=True)
    assert "" == line.tick(5)


def test_a_restart(line) -> None:
    """Goal: AT+CFUN=1,1 takes the modem away after its answer. Method: the line is asked to restart once."""
    assert ["|OK|", 0] == [line.ask("AT+CFUN=1,1"), line.restarted]
    line.tick(1)
    assert 1 == line.restarted


def test_settings_are_lost_with_the_power(line) -> None:
    """Goal: what was set is gone after a replug and an ATZ, and stays otherwise. Method: +CNMI after each."""
    line.ask("AT+CNMI=2,1,0,1")
    line.ask("ATZ")
    assert "0,0,0,0,0" in line.ask("AT+CNMI?")
    line.ask("AT+CNMI=2,1,0,1")
    line.unplug()
    line.plug()
    assert "0,0,0,0,0" in line.ask("AT+CNMI?")


@pytest.mark.parametrize("changes", [{"sim": "wet"}, {"registration": "maybe"}, {"colour": 1}])
def test_a_state_that_no_modem_has_is_refused(changes) -> None:
    """Goal: a slip in a test is seen. Method: three states that are none."""
    with pytest.raises(ValueError, match=r"."):
        State().set(**changes)
