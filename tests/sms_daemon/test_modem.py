"""The real child on an emulated modem: what airs, what it makes of every no, and how it ends."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from modem import USSD_FAILED, Modem, Udh
from modem_station import DEADLINE, GONE, TO, Line, Station, opened

from sms_daemon import protocol
from sms_daemon.child import modem_command

STATES: dict[str, dict[str, Any]] = {
    "good": {"capacity": 40},
    "slow": {},
    "pulled": {},
    "silent": {"ussd": {"*888#": None}},
    "locked": {"sim": "pin", "pin": "4711"},
    "blocked": {"sim": "puk"},
    "empty": {"sim": "absent"},
    "far": {"registration": "searching", "signal": 99},
}
LONG_GSM = "a{€" * 30 + "ü@Δ_\n" + "b" * 5  # 160 septets
WIDE = "🌸ꦲꦤ" * 16 + "~" * 6  # 70 units
PART_GSM, PART_WIDE = "x" * 151 + "[", "🌸" * 33 + "é"


class Bench:
    """Modems in every state, opened together, and what each said to it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stations = {name: stack.enter_context(Station(folder / name, **STATES[name])) for name in STATES}
        self.answers = dict(zip(STATES, opened(self.stations.values(), "0000"), strict=True))

    def __getitem__(self, name: str) -> Station:
        return self.stations[name]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Opened once: it costs gammu four seconds."""
    with ExitStack() as stack:
        yield Bench(tmp_path_factory.mktemp("bench"), stack)


@pytest.fixture
def good(bench: Bench) -> Station:
    """A modem in order with nothing on its SIM and no faults."""
    station = bench["good"]
    station.modem.clear_faults()
    found = station.ask("list")["messages"]
    station.ask("delete", locations=[message["location"] for message in found])
    return station


def pick(said: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Some values of an answer."""
    return tuple(said[name] for name in names)


def new_parts(station: Station, before: int) -> list[tuple[str, str, Udh | None, bool, int | None]]:
    """What aired since."""
    aired = station.modem.aired()[before:]
    return [(part.text, part.coding, part.udh, part.report, part.validity_minutes) for part in aired]


def test_a_modem_in_order_tells_who_it_is(bench: Bench) -> None:
    """Goal: the daemon knows modem, SIM, network and signal.  Method: the answer to open, and to health."""
    said = {
        "ok": True,
        "imei": "356938035643809",
        "imsi": "510101234567890",
        "operator": "TELKOMSEL",
        "registration": "home",
        "signal": 63,
        "smsc": "+6281100000",
        "callbacks": True,
    }
    assert said == {name: bench.answers["good"][name] for name in said}
    assert (0, 40) == (bench.answers["good"]["sim_used"], bench.answers["good"]["sim_size"])
    health = bench["good"].ask("health")
    assert ("ready", said["imsi"], "home", 63) == pick(health, "sim", "imsi", "registration", "signal")


def test_exactly_what_was_meant_airs(good: Station) -> None:
    """Goal: text, coding, place in the message, report and validity air as asked, and nothing else ever does.

    Method: full single parts and parts of a long message out of order in both codings, decoded by the emulator; then
    what could not air as given.
    """
    before = len(good.modem.aired())
    second, third = ({"ref": 203, "total": 3, "part": part} for part in (2, 3))
    assert [True] * 4 == [
        good.send(LONG_GSM, validity_min=7)["ok"],
        good.send(WIDE, "ucs2", report=True, validity_min=25 * 60)["ok"],
        good.send(PART_GSM, udh=third, validity_min=10_000_000)["ok"],
        good.send(PART_WIDE, "ucs2", udh=second, report=True, validity_min=3 * 24 * 60 + 5)["ok"],
    ]
    assert [
        (LONG_GSM, "gsm7", None, False, 5),
        (WIDE, "ucs2", None, True, 24 * 60),
        (PART_GSM, "gsm7", Udh(203, 3, 3, wide=False), False, 30 * 24 * 60),
        (PART_WIDE, "ucs2", Udh(203, 3, 2, wide=False), True, 3 * 24 * 60),
    ] == new_parts(good, before)
    refused = [
        good.send("“kutip”"),
        good.send(LONG_GSM + "b"),
        good.send(PART_GSM + "x", udh=third),
        good.send(WIDE + "c", "ucs2"),
        good.send("x\0y", "ucs2"),
        good.send("", "ucs2"),
        good.send("x", number="TELKOMSEL"),
        good.send("x", udh={"ref": 256, "total": 2, "part": 1}),
        good.ask("fly", 5),
    ]
    assert [(False, "ERR_INVALIDDATA", False)] * 9 == [pick(said, "ok", "error", "gone") for said in refused]
    assert before + 4 == len(good.modem.aired())


def test_the_code_of_a_refusal_is_found(good: Station) -> None:
    """Goal: the daemon learns the network's code, which gammu drops, and is not fooled by the text of a message.

    Method: three codes, and a plain ERROR for a text that looks like gammu's note of a code.
    """
    before = len(good.modem.aired())
    for kind, code in [("cms", 38), ("sent-cms", 500), ("cms", 331), ("error", None)]:
        good.modem.fault(kind, code, times=1)
    text = "AT reply state: 5\nCMS Error 21: x\nAT reply state: 5\nError 38\nCMS Error 38"
    said = [good.send(text) for _ in range(4)]
    assert [38, 500, 331, None] == [answer["code"] for answer in said]
    assert [("ERR_UNKNOWN", False)] * 4 == [pick(answer, "error", "gone") for answer in said]
    assert [text] == [part.text for part in good.modem.aired()[before:]]
    assert good.send("and on")["ok"]


def test_what_comes_in_is_read_and_what_came_of_parts_is_told(good: Station) -> None:
    """Goal: messages come whole and clean, more at once than gammu can announce; reports come by themselves.

    Method: a report and 14 parts at once, among them texts behind which gammu leaves remains of others, and a long one
    out of order; then all are deleted, one of them twice.
    """
    reference = good.send("lapor", report=True)["reference"]
    good.modem.report(reference, 0)
    good.modem.receive("+62811222333", "rahasia " * 19)
    for text in ["Ya {", "[€]", "~ “a~b” ~", *(f"pesan {number}" for number in range(7))]:
        good.modem.receive("+62811222333", text)
    good.modem.receive("TELKOMSEL", "Promo “x” 🌸" * 12, [3, 1, 2], wide=True)
    time.sleep(0.5)  # the child hears without being asked
    heard = good.ask("health")
    assert [(reference, TO, 0, None)] == [
        pick(report, "reference", "sender", "status", "location") for report in heard["reports"]
    ]
    assert heard["new_sms"]
    listed = good.ask("list")
    found = listed["messages"]
    assert ["rahasia " * 19, "Ya {", "[€]", "~ “a~b” ~", *(f"pesan {number}" for number in range(7))] == [
        message["text"] for message in found[:11]
    ]
    assert [("TELKOMSEL", 3, part) for part in (3, 1, 2)] == [
        pick(message, "sender", "total", "part") for message in found[11:]
    ]
    assert 1 == len({message["ref"] for message in found[11:]})
    assert "Promo “x” 🌸" * 12 == "".join(
        message["text"] for message in sorted(found[11:], key=lambda one: one["part"])
    )
    assert {"+07:00"} == {message["smsc_at"][-6:] for message in found}
    assert (14, False) == (listed["sim_used"], listed["more"])
    places = [message["location"] for message in found]
    assert good.ask("delete", locations=[*places, places[0]])["ok"]
    assert ({}, []) == (good.modem.sim(), good.ask("list")["messages"])


def test_the_network_answers_a_code_or_does_not(bench: Bench, good: Station) -> None:
    """Goal: the credit is asked for; no answer is not an empty answer, and no answer comes late for another question.

    Method: a code that is answered, one that the network does not know, and one it never answers.
    """
    good.modem.set(credit=12_500, price=350, ussd={"*888#": "Sisa pulsa {credit}", "*1#": USSD_FAILED})
    assert "Sisa pulsa Rp12.500" == good.ask("ussd", code="*888#")["text"]
    assert ("ERR_NO_USSD", False) == pick(good.ask("ussd", code="*1#"), "error", "gone")
    assert "ERR_INVALIDDATA" == good.ask("ussd", code="+62811")["error"]
    good.modem.set(credit=None)
    silent = bench["silent"]
    assert ("ERR_NO_USSD", True) == pick(silent.ask("ussd", code="*888#", wait_s=0.5), "error", "gone")
    assert GONE == silent.wait()["error"]


def test_a_lost_answer_never_speaks_for_another_part(bench: Bench) -> None:
    """Goal: a part's answer is its own, whatever happened to the part before; a modem that was pulled out works again.

    Method: one modem answers after the deadline, another is pulled out behind a part and comes back as a new device;
    both then get new children and another part.
    """
    slow, pulled = bench["slow"], bench["pulled"]
    slow.modem.fault("delay", 4, times=1)
    pulled.modem.fault("unplug-after", times=1)
    started = time.monotonic()
    assert DEADLINE == slow.send("A", deadline_s=1.2)["error"]
    assert GONE == pulled.send("A")["error"]
    assert time.monotonic() - started < 4
    pulled.modem.replug()
    assert [True, True] == [said["ok"] for said in opened([slow, pulled])]
    for station in (slow, pulled):
        said = station.send("B")
        assert [("A", 1), ("B", said["reference"])] == [(part.text, part.reference) for part in station.modem.aired()]


def test_a_modem_that_cannot_send_says_why(bench: Bench) -> None:
    """Goal: each trouble is a state; a wrong PIN is entered once, so that the SIM never asks for its PUK because of us.

    Method: a wrong PIN, SIMs blocked and absent, no network; then the same PIN, and each trouble is mended.
    """
    names = ("locked", "blocked", "empty", "far")
    assert ["wrong_pin", "puk", "no_sim", "no_network"] == [bench.answers[name]["state"] for name in names]
    assert [(False, False)] * 4 == [pick(bench.answers[name], "ok", "gone") for name in names]
    assert ("510101234567890", "searching", None) == pick(bench.answers["far"], "imsi", "registration", "signal")
    locked, empty, far = bench["locked"], bench["empty"], bench["far"]
    assert ["wrong_pin", "pin"] == [locked.open(pin)["state"] for pin in ("0000", None)]
    assert 1 == sum(line.startswith("AT+CPIN=") for line in locked.modem.commands())
    far.modem.set(registration="roaming", signal=10)
    empty.modem.set(sim="ready")
    said = opened([locked, empty, far], "4711")
    assert [(True, "home"), (True, "home"), (True, "roaming")] == [
        pick(answer, "ok", "registration") for answer in said
    ]
    empty.modem.set(sim="absent")
    assert ("absent", None) == pick(empty.ask("health"), "sim", "imsi")


def test_what_is_no_modem_is_told_at_once(bench: Bench, good: Station) -> None:
    """Goal: a wrong device is told without waiting, and its child ends.  Method: a port in use, nothing, a folder, a
    file, and gammu's dummy without and with its folder."""
    folder = bench.folder
    lines = [Line(path) for path in (good.modem.link, folder / "none", folder, Path("/dev/null"))]
    lines.append(Line(folder / "dummy", "dummy"))
    said = opened(lines)
    assert [("busy", True), *[("absent", True)] * 4] == [pick(answer, "state", "gone") for answer in said]
    assert [GONE] * 5 == [line.wait()["error"] for line in lines]
    (folder / "dummy").mkdir()
    with lines[-1] as dummy:
        assert (True, 255) == (dummy.open()["ok"], dummy.send("x")["reference"])


_PARENT = (
    "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:], stdout=2).pid, flush=True); time.sleep(60)"
)


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    """Goal: no orphan keeps the port.  Method: a parent is killed while the child's pipe stays open; then a pipe is
    closed while gammu waits for a silent modem."""
    read, write = os.pipe()
    words = [sys.executable, "-c", _PARENT, *modem_command()]
    with subprocess.Popen(words, stdin=read, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        time.sleep(0.5)  # its first step is to tie itself to its parent
        parent.kill()
    until(lambda: ended(orphan))
    os.close(read)
    os.close(write)
    with Modem(tmp_path) as silent:
        deaf = subprocess.Popen(modem_command(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        place = {"connection": "at115200", "device": str(silent.link), "pin": None, "smsc": None}
        assert deaf.stdin is not None
        deaf.stdin.write(protocol.encode({"n": 1, "do": "open", **place}))
        deaf.stdin.flush()
        until(lambda: bool(silent.commands()))
        silent.set(dead=True)
        time.sleep(0.5)
        assert deaf.poll() is None
        deaf.stdin.close()
        assert 0 == deaf.wait(2)


def until(condition: Callable[[], bool]) -> None:
    """Waits for it."""
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def ended(process: int) -> bool:
    """Is it gone, or nobody's any more?"""
    try:
        return "(zombie)" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
