"""The emulator as a process behind a pseudo-terminal, driven by bytes."""

import errno
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from modem import Modem, Part, aired
from modem_line import OCTETS, PDU

SUPPORT = Path(__file__).parent.parent / "support"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SUPPORT)}
PATIENCE_S = 5


class User:
    """A program that has the port open."""

    def __init__(self, link: Path) -> None:
        self.file = os.open(link, os.O_RDWR | os.O_NOCTTY)
        self.heard = b""

    def type(self, data: bytes) -> None:
        """Writes to the port."""
        os.write(self.file, data)

    def until(self, end: bytes) -> bytes:
        """Everything heard up to and with *end*; what follows is kept."""
        while end not in self.heard:
            assert select.select([self.file], [], [], PATIENCE_S)[0], self.heard
            self.heard += os.read(self.file, 4096)
        said, _, self.heard = self.heard.partition(end)
        return said + end

    def send(self) -> bytes:
        """Sends a message; its answer up to the reference."""
        self.type(b"AT+CMGS=%d\r" % OCTETS)
        self.until(b"> ")
        self.type(PDU.encode() + b"\x1a")
        return self.until(b"\r\n+CMGS: ") + self.until(b"OK\r\n")

    def close(self) -> None:
        """Closes the port, as a program does that ends or is killed."""
        os.close(self.file)


@pytest.fixture
def modem(tmp_path: Path) -> Iterator[Modem]:
    """A modem with a SIM without PIN."""
    with Modem(tmp_path) as running:
        yield running


@pytest.fixture
def user(modem: Modem) -> Iterator[User]:
    """Somebody at its port, echo off."""
    one = User(modem.link)
    one.type(b"ATE0\r")
    one.until(b"OK\r\n")
    yield one
    one.close()


def eventually(truth) -> None:
    """Waits until *truth* holds."""
    end = time.monotonic() + PATIENCE_S
    while not truth():
        assert time.monotonic() < end, "never"
        time.sleep(0.01)


def test_a_conversation(modem, user) -> None:
    """Goal: bytes go both ways and both are written down. Method: a command, a message, the account of each."""
    user.type(b"AT+CSQ\r")
    assert b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n" == user.until(b"OK\r\n")
    assert user.send().endswith(b"+CMGS: 1\r\n\r\nOK\r\n")
    assert ["ATE0", "AT+CSQ", f"AT+CMGS={OCTETS}"] == modem.commands()
    assert [("+628123456789", "hellohello", 1)] == [(one.number, one.text, one.total) for one in modem.messages()]


def test_what_nobody_hears_is_lost(modem, user) -> None:
    """Goal: a closed port loses announcements, not messages. Method: one arrives while closed; then it is open."""
    user.type(b"AT+CNMI=2,1\r")
    user.until(b"OK\r\n")
    os.close(user.file)
    modem.receive("+62811", "a")
    user.file = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
    user.type(b"AT\r")
    assert b"\r\nOK\r\n" == user.until(b"OK\r\n")
    assert [1] == list(modem.sim())


def test_a_modem_that_keeps_what_it_says(modem, user) -> None:
    """Goal: a late answer can reach the next program. Method: an answer of 0.2 s, its asker gone, another opens."""
    modem.set(keeps_output=True, network_delay=0.2)
    user.type(b"AT+CMGS=%d\r" % OCTETS)
    user.until(b"> ")
    user.type(PDU.encode() + b"\x1a")
    eventually(modem.aired)
    os.close(user.file)
    time.sleep(0.3)
    user.file = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
    assert b"\r\n+CMGS: 1\r\n\r\nOK\r\n" == user.until(b"OK\r\n")


def test_a_prompt_outlives_its_program(modem, user) -> None:
    """Goal: a program killed before Ctrl-Z sent nothing; the modem still waits. Method: reopen, ESC; reopen, Ctrl-Z."""
    for end, count in ((b"\x1b", 0), (b"\x1a", 1)):
        user.type(b"AT+CMGS=%d\r" % OCTETS)
        user.until(b"> ")
        user.type(PDU.encode())
        os.close(user.file)
        user.file = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
        assert [] == modem.aired()
        user.type(end)
        user.until(b"OK\r\n")
        assert count == len(modem.aired())


def test_a_program_killed_after_ctrl_z_has_sent(modem, user) -> None:
    """Goal: what left the program airs whether it lives or not. Method: the port is closed right after Ctrl-Z."""
    user.type(b"AT+CMGS=%d\r" % OCTETS)
    user.until(b"> ")
    user.type(PDU.encode() + b"\x1a")
    os.close(user.file)
    eventually(modem.aired)
    user.file = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)


def test_unplug_and_replug(modem, user) -> None:
    """Goal: the device goes and comes back as another behind the same link. Method: with its user and without."""
    before = modem.device
    modem.unplug()
    assert ["", False] == [modem.device, os.path.lexists(modem.link)]
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        user.type(b"AT\r")
    modem.receive("+62811", "while away")
    modem.replug()
    assert modem.device not in ("", before)
    assert modem.device == str(modem.link.readlink())
    assert [1] == list(modem.sim())
    os.close(user.file)
    user.file = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
    second = modem.device
    modem.replug()
    assert modem.device not in ("", second)


@pytest.mark.parametrize(("kind", "count"), [("unplug-before", 0), ("unplug-in", 0), ("unplug-after", 1)])
def test_unplugged_while_sending(modem, user, kind, count) -> None:
    """Goal: the three moments of an unplugging. Method: a message under each; what aired, and the port is gone."""
    modem.fault(kind)
    user.type(b"AT+CMGS=%d\r" % OCTETS)
    if kind != "unplug-before":
        user.until(b"> ")
        user.type(PDU.encode() + b"\x1a")
    eventually(lambda: not modem.device)
    assert count == len(modem.aired())
    modem.clear_faults()
    modem.replug()


def test_slow_bytes(modem, user) -> None:
    """Goal: a dribbled answer is whole in the end. Method: 1 ms a byte; what is asked after it is answered after it."""
    modem.fault("dribble", 0.001, times=1)
    assert user.send().endswith(b"+CMGS: 1\r\n\r\nOK\r\n")
    modem.fault("garble", times=1)
    user.type(b"AT+CMGS=%d\r" % OCTETS)
    user.until(b"> ")
    user.type(PDU.encode() + b"\x1aAT\r")
    assert b"+CMGS" not in user.until(b"OK\r\n")


def test_a_rule_in_the_test_itself(modem, user) -> None:
    """Goal: a test's own function chooses the parts that fail. Method: it refuses the second of three."""
    asked: list[Part] = []

    def second(part: Part) -> bool:
        asked.append(part)
        return part.nth == 2

    modem.fault("sent-no-reply", when=second)
    user.send()
    user.type(b"AT+CMGS=%d\r" % OCTETS)
    user.until(b"> ")
    user.type(PDU.encode() + b"\x1a")
    assert user.send().endswith(b"+CMGS: 3\r\n\r\nOK\r\n")
    assert [Part(nth, "+628123456789", "hellohello") for nth in (1, 2, 3)] == asked


def test_the_account_outlives_everything(modem, user) -> None:
    """Goal: what aired is known after a kill -9 of the emulator. Method: one message, kill, read; the port is dead."""
    user.send()
    modem.kill()
    assert ["hellohello"] == [message.text for message in modem.messages()]
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        user.type(b"AT\r")


def test_a_command_that_restarts(modem, user) -> None:
    """Goal: AT+CFUN=1,1 brings the modem back as a new device. Method: the journal's two devices."""
    user.type(b"AT+CFUN=1,1\r")
    user.until(b"OK\r\n")
    eventually(lambda: len(modem.happened("plugged")) == 2)
    first, second = (said["device"] for said in modem.happened("plugged"))
    assert first != second == modem.device


def test_a_dead_modem_and_its_network(modem, user) -> None:
    """Goal: a test sees and changes the world. Method: dead, credit, waiting messages, a report for nobody."""
    modem.set(dead=True, credit=700)
    user.type(b"AT\r")
    assert [2, 2, 700] == [modem.receive("TELKOMSEL", "a" * 161, wide=True), modem.waiting(), modem.credit]
    modem.set(dead=False)
    assert [2, 0] == [len(modem.sim()), modem.waiting()]
    assert 2 == modem.receive("+62811", "b" * 161, parts=[2])
    assert 3 == len(modem.sim())
    with pytest.raises(ValueError, match="KeyError"):
        modem.report(77)
    modem.report(77, number="+62811")
    with pytest.raises(ValueError, match="no fault"):
        modem.fault("gremlin")


def test_as_a_program(tmp_path) -> None:
    """Goal: it runs without a test's handle and stops in order. Method: its options, two messages, its input ends."""
    link, log = tmp_path / "modem", tmp_path / "log"
    options = [
        "--credit",
        "500",
        "--price",
        "350",
        "--delay",
        "0.01",
        "--reports",
        "0",
        "--fault",
        "cms=38@1",
        "--until-stdin-ends",
    ]
    words = [sys.executable, "-m", "modem", "--link", link, "--log", log, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=ENVIRONMENT) as one:
        assert one.stdin and one.stdout
        assert f"{link}\n" == one.stdout.readline()
        user = User(link)
        user.type(b"AT+CMGS=%d\r" % OCTETS)
        user.until(b"> ")
        user.type(PDU.encode() + b"\x1a")
        user.until(b"+CMS ERROR: 38\r\n")
        user.send()
        user.close()
        one.stdin.close()
        assert 0 == one.wait(PATIENCE_S)
    assert ["hellohello"] == [part.text for part in aired(log)]
    assert not os.path.lexists(link)
    assert "aired" in {json.loads(line)["kind"] for line in log.read_text().splitlines()}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program(tmp_path, number) -> None:
    """Goal: it goes when told to, and takes its link along. Method: both signals; it asks for its PIN until then."""
    link = tmp_path / "modem"
    words = [sys.executable, "-m", "modem", "--link", link, "--log", tmp_path / "log", "--pin", "4711"]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=ENVIRONMENT) as one:
        assert one.stdout and one.stdout.readline()
        user = User(link)
        user.type(b"AT+CPIN?\r")
        assert b"SIM PIN" in user.until(b"OK\r\n")
        user.close()
        one.send_signal(number)
        assert 0 == one.wait(PATIENCE_S)
    assert not os.path.lexists(link)
