"""SMS from the command line to the air and back: real processes, real gammu, an emulated modem knows what aired."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cabang_testing import good, run_cli, start_cli
from modem import Aired, Modem

from ui.story.browser import Browser

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

PASSWORD = "rahasia-toko"
SARI, SARI_TYPED = "+6281234567890", "0812-3456-7890"
BUDI = "+6281298765432"
SHORT = ("Barang sudah siap.", "Harga [grosir] 10€", "Sampai besok")
LONG = " ".join(["“Terima kasih” 🌸 ꦱꦸꦒꦼꦁ"] * 4)
INBOUND = "Balas ya kak, {nanti} saya ambil ✓"
SOON_S = 40
REPLUG_S = 15
STOP_S = 2


def soon(holds: Callable[[], Any], most_s: float = SOON_S) -> None:
    """Returns when *holds* does."""
    until = time.monotonic() + most_s
    while not holds():
        assert time.monotonic() < until, "it comes true in time"
        time.sleep(0.05)


class Station:
    """A branch in *folder* and an emulated modem of its own; *lines* are more of sms.toml, *state* as in ``Modem``."""

    def __init__(self, folder: Path, lines: str = "", **state: Any) -> None:
        self.folder, self.log = folder, folder.with_suffix(".log")
        self.url = ""  # where its branch answers, if that runs
        beside = folder.with_suffix(".modem")
        beside.mkdir()
        self.modem = Modem(beside, **state)
        device = json.dumps(str(self.modem.link))
        text = f'[[modem]]\nname = "meja"\nconnection = "at115200"\ndevice = {device}\nprice = 350\n{lines}\n'
        (folder / "sms.toml").write_text(text, encoding="utf-8")
        self.program: subprocess.Popen[str] | None = None

    def start(self, *words: str) -> None:
        """The SMS program begins."""
        with self.log.open("w") as log:
            self.program = start_cli("sms", "run", self.folder, *words, stderr=log)

    def run_once(self, times: int) -> list[int]:
        """The exit codes of `cabang sms run --once`, one after the other."""
        codes = []
        for _ in range(times):
            self.start("--once")
            codes.append(self.ended())
        return codes

    def ended(self) -> int:
        """The exit code of the SMS program, once it has ended by itself."""
        assert self.program is not None
        code = self.program.wait(60)
        self.program = None
        return code

    def ready(self) -> None:
        """The SMS program runs and its modem is ready."""
        if self.program is None:
            self.start()
        soon(lambda: self.modem_state() == "Ready")

    def modem_state(self) -> str:
        """What the SMS program said last of its modem."""
        said = re.findall(r"Modem meja: ([^.\n]+)$", self.log.read_text(), re.MULTILINE)
        return said[-1] if said else ""

    def kill(self) -> None:
        """kill -9."""
        if self.program is not None:
            self.program.kill()
            self.program.wait()
            self.program = None

    def send(self, number: str, text: str) -> bytes:
        """Queues it from the command line; its id."""
        return bytes.fromhex(json.loads(good("sms", "send", self.folder, number, text, "--json"))["id"])

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the ledger."""
        with closing(sqlite3.connect(f"{(self.folder / 'sms.db').as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    def fate(self, message: bytes) -> tuple[str, str | None] | None:
        """State and reason of a message; None before it is taken."""
        found = self.ask("SELECT state, reason FROM message WHERE id = ?", message)
        return found[0] if found else None

    def becomes(self, message: bytes, state: str) -> None:
        """Returns when the message is in *state*."""
        soon(lambda: (self.fate(message) or [""])[0] == state)

    def status(self) -> dict[str, Any]:
        """What ``sms status`` tells."""
        found: dict[str, Any] = json.loads(good("sms", "status", self.folder, "--json"))
        return found

    def aired_to(self, number: str) -> list[Aired]:
        """What left the modem for *number*."""
        return [one for one in self.modem.aired() if one.number == number]

    def close(self) -> None:
        """Everything ends."""
        self.kill()
        self.modem.stop()


class Round(NamedTuple):
    """A station whose SMS program is run by itself, and the exit codes that it will have."""

    station: Station
    codes: "Future[list[int]]"


def until_stopped(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    assert 0 == process.wait(30)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running hub and a branch "ptk" with a cashier and three SMS in its queue, queued while it was stopped."""
    folder = tmp_path_factory.mktemp("sms")
    good("hub", "init", folder / "hub")
    code = good("hub", "add-branch", folder / "hub", "PTK", "--name", "Pontianak").splitlines()[-1]
    hub = start_cli("hub", "run", folder / "hub", "--port", "0", stdout=-1, stderr=-3)
    assert hub.stdout is not None
    good("branch", "init", folder / "ptk", "--hub", hub.stdout.readline().strip(), "--code", code)
    good("add-user", folder / "ptk", "sari", "--role", "cashier", "--password-stdin", stdin=PASSWORD + "\n")
    for text in SHORT:
        good("sms", "send", folder / "ptk", SARI_TYPED, text)
    yield folder
    until_stopped(hub)


@pytest.fixture(scope="module")
def rounds(company: Path) -> Iterator[dict[str, Round]]:
    """Copies of that branch, each with a modem of another kind, and `cabang sms run --once` under way in each."""
    kinds: dict[str, tuple[int, str, dict[str, Any]]] = {
        "pin": (1, 'pin = "1234"', {"sim": "pin"}),
        "wrong": (2, 'pin = "9999"', {"sim": "pin"}),
        "poor": (1, 'ussd_balance = "*888#"\nbalance_floor = 0', {"credit": 1000, "price": 350, "reports": 0}),
    }
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor())
        made = {}
        for name, (times, lines, state) in kinds.items():
            shutil.copytree(company / "ptk", company / name)
            station = Station(company / name, lines, **state)
            stack.callback(station.close)
            made[name] = Round(station, pool.submit(station.run_once, times))
        yield made


@pytest.fixture(scope="module")
def shop(company: Path, rounds: dict[str, Round]) -> Iterator[Station]:
    """The branch itself and its SMS program, both running; an SMS is on the modem's SIM when that starts."""
    station = Station(company / "ptk")
    branch = start_cli("branch", "run", station.folder, "--port", "0", stdout=-1, stderr=-3)
    assert branch.stdout is not None
    station.modem.receive(BUDI, INBOUND)
    station.start()
    station.url = branch.stdout.readline().strip().rstrip("/")
    yield station
    station.close()
    until_stopped(branch)


# --- in service ------------------------------------------------------------------------------------------------


@pytest.mark.row("C-15")
def test_a_long_text_of_every_script(shop: Station) -> None:
    """Goal: an SMS in several parts, queued beside a running branch, is whole. Method: Javanese, quotes, an emoji."""
    message = shop.send("0812-5555-5555", LONG)
    shop.ready()
    shop.becomes(message, "sent")
    mine = [one for one in shop.modem.messages() if one.number == "+6281255555555"]
    assert [(LONG, True)] == [(one.text, one.complete) for one in mine]
    assert (True, "ucs2") == (len(mine[0].parts) > 1, mine[0].parts[0].coding)


@pytest.mark.row("C-15")
def test_what_came_in_reaches_head_office(shop: Station, company: Path) -> None:
    """Goal: an answer is kept, shown and known at head office, and the SIM is free again.

    Method: one SMS on the SIM, `sms inbox`, `sync`, the hub's own file.
    """
    shop.ready()
    soon(lambda: not shop.modem.sim())
    inbox = json.loads(good("sms", "inbox", shop.folder, "--json"))["messages"]
    assert [(BUDI, INBOUND)] == [(one["sender"], one["text"]) for one in inbox]
    good("sync", shop.folder)
    with closing(sqlite3.connect(f"{(company / 'hub' / 'hub.db').as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT sender, text, modem FROM inbound_message").fetchall()
    assert [(BUDI, INBOUND, "meja")] == rows


def test_a_bad_number_blocks_nobody(shop: Station) -> None:
    """Goal: others go on. Method: the network refuses one number with 28; one more SMS behind it."""
    shop.modem.fault("cms", 28, number="+62811*")
    bad = shop.send("0811-111-1111", "Untuk nomor salah")
    fine = shop.send("0812-1111-1111", "Untuk nomor benar")
    shop.ready()
    shop.becomes(fine, "sent")
    shop.modem.clear_faults()
    assert (("failed", "cms_28"), [], 1) == (
        shop.fate(bad),
        shop.aired_to("+628111111111"),
        len(shop.aired_to("+6281211111111")),
    )


@pytest.mark.row("C-30")
def test_unplugged_and_back(shop: Station) -> None:
    """Goal: hot unplug costs nothing. Method: pull it out, queue, plug it in: a new device behind the same name."""
    shop.ready()
    shop.modem.unplug()
    soon(lambda: shop.modem_state() == "Not there")
    message = shop.send("0812-2222-2222", "Sesudah dicabut")
    shop.modem.replug()
    soon(lambda: shop.aired_to("+6281222222222"), REPLUG_S)
    shop.becomes(message, "sent")
    assert 1 == len(shop.aired_to("+6281222222222"))


def press_resend(url: str, message: bytes) -> None:
    """What a cashier does on the branch's page."""
    page = Browser(url)
    page.log_in("sari", PASSWORD)
    form = re.search(
        rf'/sms/{message.hex()}/resend">.*?name="csrf_token" value="([^"]+)"', page.open("/sms", tab="unknown")
    )
    assert form is not None, "the page offers it"
    page._send(f"/sms/{message.hex()}/resend", [("csrf_token", form[1])])


@pytest.mark.row("C-18")
def test_killed_in_mid_send(shop: Station) -> None:
    """Goal: what nobody can know is shown, and only a person sends it again.

    Method: kill -9 after the SMS aired and before the modem said so; a new start; the button on the branch's page.
    """
    shop.ready()
    shop.modem.fault("delay", 2, number="+6281233333333")
    message = shop.send("0812-3333-3333", "Sudah atau belum?")
    soon(lambda: shop.aired_to("+6281233333333"))
    shop.kill()
    shop.modem.clear_faults()
    shop.ready()
    unknown = [one for one in shop.status()["unknown"] if one["id"] == message.hex()]
    assert ["restart"] == [one["reason"] for one in unknown]
    assert 1 == len(shop.aired_to("+6281233333333"))
    press_resend(shop.url, message)
    shop.becomes(message, "sent")
    assert 2 == len(shop.aired_to("+6281233333333"))


@pytest.mark.row("C-30")
def test_a_silent_modem(shop: Station) -> None:
    """Goal: a modem that says nothing holds up nobody. Method: silence in mid-send; status; SIGTERM."""
    shop.ready()
    shop.modem.set(dead=True)
    message = shop.send("0812-4444-4444", "Tidak dijawab")
    shop.becomes(message, "sending")
    status = shop.status()
    assert (True, 1) == (status["running"], status["states"]["sending"])
    assert shop.program is not None
    began = time.monotonic()
    shop.program.send_signal(signal.SIGTERM)
    assert 0 == shop.ended()
    assert time.monotonic() - began <= STOP_S
    shop.modem.set(dead=False)
    assert ("unknown", "restart") == shop.fate(message)


# --- one round, then the end -----------------------------------------------------------------------------------


@pytest.mark.row("C-15", "C-18")
def test_what_was_meant_airs_once(rounds: dict[str, Round]) -> None:
    """Goal: what staff queued beside a stopped branch airs once, letter by letter; a locked SIM gets its PIN once.

    Method: three SMS, one `run --once`, the emulator's own decoder.
    """
    station, codes = rounds["pin"]
    assert [0] == codes.result(), station.log.read_text()
    assert [(SARI, text, "gsm7") for text in SHORT] == [
        (one.number, one.text, one.coding) for one in station.modem.aired()
    ]
    assert [("sent", 3)] == station.ask("SELECT state, count(*) FROM message GROUP BY state")
    assert 1 == sum("+CPIN=" in line for line in station.modem.commands())


def test_a_wrong_pin_is_never_tried_twice(rounds: dict[str, Round]) -> None:
    """Goal: nobody's SIM is locked by a program. Method: a wrong PIN, a start, another start."""
    station, codes = rounds["wrong"]
    assert [1, 1] == codes.result()
    assert "refused the PIN" in station.log.read_text()
    assert 1 == sum("+CPIN=" in line for line in station.modem.commands())
    assert (2, []) == (station.modem.state["pin_tries"], station.modem.aired())


@pytest.mark.row("C-18")
def test_the_credit_ends(rounds: dict[str, Round]) -> None:
    """Goal: no credit, said in words, is no success; who got an SMS is known.

    Method: a network that reports, and Rp1.000 for three SMS at Rp350.
    """
    station, codes = rounds["poor"]
    assert [1] == codes.result()
    assert "no credit. Top up the SIM" in station.log.read_text()
    assert (2, 300) == (len(station.modem.aired()), station.modem.credit)
    status = station.status()
    assert {"delivered": 2, "failed": 1} == status["states"]
    assert [300] == [modem["balance"] for modem in status["modems"]]
    assert [("cms_21",)] == station.ask("SELECT reason FROM message WHERE state = 'failed'")


# --- the demo --------------------------------------------------------------------------------------------------


@pytest.mark.proof
def test_the_demo_with_a_modem(tmp_path: Path) -> None:
    """Goal: the demo's receipt airs once, to the number that was named.

    Method: `demo --check --modem --to`, its claim, and what the emulator heard.
    """
    with Modem(tmp_path) as modem:
        words = ("--check", "--modem", modem.link, "--to", SARI_TYPED)
        done = run_cli("demo", tmp_path / "company", *words, timeout=170)
        aired = modem.messages()
    assert 0 == done.returncode, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert (True, 1) == (said["submissions_equal_messages"], said["figures"]["sms"]["messages"])
    receipt = next(line for line in done.stdout.splitlines() if "receipt PTK-1-" in line).rpartition(" ")[2].strip(".")
    assert [(SARI, True)] == [(one.number, receipt in one.text) for one in aired]
