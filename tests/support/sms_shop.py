"""A branch's folder with an outbox, a fake modem and the daemon's loop, step by step, on a clock of the test's own."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from crm.search import SEARCH_DDL
from sms_daemon import config, housekeeping, sending
from sms_daemon.birth import open_ledger
from sms_daemon.child import Child
from sms_daemon.intake import Rules
from sms_daemon.ledger import Ledger, create
from sms_daemon.loop import Loop
from sms_daemon.outbox import Outbox
from sms_daemon.rates import Recipients
from sms_daemon.shared import Shared
from sms_daemon.timings import Clock, Timings
from sync.store import Store

NOON = 1_767_243_600_000  # 1 January 2026, 12.00 in Jakarta
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LEDGER_ID = b"L" * 16
ROOT = Path(__file__).parents[2]
FAKE_CHILD = Path(__file__).with_name("sms_fake_child.py")
SARI, BUDI = "+6281234567890", "+6281298765432"
DEADLINES = {"open": 2.0, "send": 2.0, "list": 2.0, "delete": 2.0, "health": 2.0, "ussd": 2.0}
FAST = Timings(
    deadlines=DEADLINES,
    child_pauses=(0.01, 0.01, 0.01),
    sick=60,
    look_again=0.05,
    credit_pause=60,
    outbox=0.01,
    listing=3600,
    health=3600,
    stop=0.3,
    reports=0.3,
)


def make_branch(path: Path) -> None:
    """A branch's database as a node makes it, without the guards, so that a test can write with plain SQL."""
    Store.create(path, SEARCH_DDL).close()
    connection = sqlite3.connect(path, isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("INSERT INTO node VALUES ('sms_ledger', ?), ('sms_facts', 0), ('code', 'PTK')", (LEDGER_ID,))
    connection.close()


class Shop:
    """``message`` and ``order`` write the outbox; ``start`` makes the daemon's loop; ``until`` runs it."""

    def __init__(self, folder: Path, template: Path) -> None:
        folder.mkdir(exist_ok=True)
        shutil.copy(template, folder / "branch.db")
        self.folder, self.now = folder, [NOON]
        self.modems = {"meja": folder / "meja"}
        create(folder, LEDGER_ID)
        self.settings(meja="")
        self.branch = sqlite3.connect(folder / "branch.db", isolation_level=None)
        self.branch.execute("PRAGMA synchronous = OFF")
        self.timings = FAST
        self.loop: Loop | None = None
        self._count = 0

    # --- the branch ------------------------------------------------------------------------------------------------

    def settings(self, top: str = "", **modems: str) -> None:
        """Writes sms.toml: for each modem, named, its lines beside name, connection and device (a folder here)."""
        blocks = [top]
        for name, lines in modems.items():
            (self.folder / name).mkdir(exist_ok=True)
            self.modems[name] = self.folder / name
            device = json.dumps(str(self.folder / name))
            blocks.append(f'[[modem]]\nname = "{name}"\nconnection = "at115200"\ndevice = {device}\n{lines}\n')
        (self.folder / "sms.toml").write_text("\n".join(blocks), encoding="utf-8")

    def message(self, text: str = "Terima kasih", number: str | None = SARI, **values: Any) -> bytes:
        """A row of the outbox; its id."""
        self._count += 1
        ident = b"message%07d" % self._count
        names = {"id": ident, "owner": 1, "kind": "staff", "cause": str(self._count), "customer": None}
        times = {"at": self.now[0], "not_before": None, "expires": None}
        self._insert("message", {**names, **times, "recipient": number, "text": text, **values})
        return ident

    def order(self, message: bytes, action: str = "resend") -> None:
        """A person's order about a message."""
        self._count += 1
        row = {"id": b"order%09d" % self._count, "owner": 1, "message": message, "action": action}
        self._insert("message_order", {**row, "ledger": b"", "answers": self._count, "at": self.now[0]})

    def consent(self, customer: bytes, purpose: str, given: bool) -> None:
        """What a customer agreed to."""
        self.branch.execute("DELETE FROM consent WHERE customer = ? AND purpose = ?", (customer, purpose))
        names = {"id": customer + purpose.encode(), "customer": customer, "purpose": purpose, "channel": "sms"}
        self._insert("consent", {**names, "given": given, "stamps": b""})

    def state_fact(self, message: bytes, state: str, reason: str | None = None) -> None:
        """What the branch was told of a message."""
        self._count += 1
        names = {"id": b"state%09d" % self._count, "owner": 1, "ledger": LEDGER_ID, "position": self._count}
        self._insert(
            "message_state", {**names, "message": message, "state": state, "reason": reason, "parts": 1, "at": 1}
        )

    def node(self, **values: Any) -> None:
        """Sets values of the branch's node table."""
        for name, value in values.items():
            self.branch.execute("INSERT OR REPLACE INTO node VALUES (?, ?)", (name, value))

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        places = ", ".join("?" * len(row))
        self.branch.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))

    # --- the modem -------------------------------------------------------------------------------------------------

    def script(self, modem: str = "meja", **words: Any) -> None:
        """What the fake modem is to do; see sms_fake_child."""
        self._put(modem, "script.json", words)

    def sim(self, *messages: dict[str, Any], modem: str = "meja") -> None:
        """What lies on the SIM."""
        well = {"smsc_at": "2026-01-01T12:00:00+07:00", "ref": None, "total": None, "part": None}
        self._put(modem, "sim.json", [{**well, "location": place, **one} for place, one in enumerate(messages, 1)])

    def report(self, reference: int, status: int = 0, sender: str = SARI, modem: str = "meja") -> None:
        """A delivery report that is told with the modem's next answer, which is asked for at once."""
        self._put(modem, "reports.json", [{"reference": reference, "sender": sender, "status": status, "at": None}])
        self.run_list()

    def _put(self, modem: str, name: str, value: Any) -> None:
        fresh = self.modems[modem] / f"{name}.new"
        fresh.write_text(json.dumps(value), encoding="utf-8")
        fresh.replace(self.modems[modem] / name)

    def log(self, name: str, modem: str = "meja") -> list[dict[str, Any]]:
        """The lines of one of the fake modem's files."""
        path = self.modems[modem] / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def submitted(self, modem: str = "meja") -> list[tuple[str, int]]:
        """(number, part) of each part that went on the air, in order."""
        return [(line["number"], line["part"]) for line in self.log("submitted.jsonl", modem)]

    def asked(self, do: str, modem: str = "meja") -> list[dict[str, Any]]:
        """The requests of a kind."""
        return [line for line in self.log("asked.jsonl", modem) if line["do"] == do]

    # --- the daemon ------------------------------------------------------------------------------------------------

    def start(self, spawn: Callable[[str], Child] | None = None, ledger: Callable[[Path], Ledger] = Ledger) -> Loop:
        """Opens the ledger (of the class *ledger*) and makes a loop, as the daemon does at its start."""
        settings = config.load(self.folder)
        outbox = Outbox(self.folder)
        open_ledger(self.folder, outbox).close()
        opened = ledger(self.folder / "sms.db")
        clock = Clock(lambda: self.now[0], time.monotonic, outbox.clock_error())
        sending.recover(opened, clock.now())
        shared = Shared(
            ledger=opened,
            outbox=outbox,
            rules=Rules(settings.zone or outbox.zone(), settings.quiet),
            clock=clock,
            timings=self.timings,
            boot=b"boot0001",
            zone=settings.zone,
            recipients=Recipients(opened, clock.now()),
            chance=lambda: 0.5,
        )
        self.loop = Loop(settings.modems, shared, lambda modem: (spawn or fake_child)(modem.device))
        return self.loop

    def stop(self) -> None:
        """Ends the loop as the daemon does."""
        loop, self.loop = self.loop, None
        if loop is not None:
            loop.close()
            loop.shared.ledger.close()
            loop.shared.outbox.close()

    def closed(self) -> None:
        """Ends what is left of a loop that ended by itself."""
        loop, self.loop = self.loop, None
        if loop is not None:
            loop.shared.ledger.close()
            loop.shared.outbox.close()

    def settle_fast(self, **deadlines: float) -> None:
        """Shortens deadlines, in seconds."""
        self.timings = replace(self.timings, deadlines={**self.timings.deadlines, **deadlines})

    def sweep(self) -> None:
        """What the daemon does every minute."""
        housekeeping.sweep(self.ledger, self.running.shared.outbox, self.now[0])

    def elsewhere(self, sql: str) -> list[tuple[Any, ...]]:
        """What another process reads in the ledger."""
        connection = sqlite3.connect(f"{(self.folder / 'sms.db').as_uri()}?mode=ro", uri=True)
        found = connection.execute(sql).fetchall()
        connection.close()
        return found

    @property
    def running(self) -> Loop:
        assert self.loop is not None
        return self.loop

    @property
    def ledger(self) -> Ledger:
        return self.running.shared.ledger

    def until(self, condition: Callable[[], object], seconds: float = 5) -> None:
        """Steps until *condition* holds; fails after *seconds*."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.states()
            self.running.step(0.01)

    def until_rest(self) -> None:
        """Steps until every modem that works has nothing to do and the outbox was taken in."""
        self.running.more = True
        self.until(lambda: not self.running.more)
        for duties in self.running.duties:
            duties.resting = False
        self.until(
            lambda: all(one.resting or one.device.state not in ("ready", "opening") for one in self.running.duties)
        )

    def run_list(self) -> None:
        """Has the SIMs listed, and waits for it."""
        for duties in self.running.duties:
            duties.list_now()
        self.until_rest()

    def state(self, message: bytes) -> tuple[str, str | None]:
        """State and reason of a message."""
        found = self.state_if_any(message)
        assert found is not None
        return found

    def state_if_any(self, message: bytes) -> tuple[str, str | None] | None:
        """The same; None before it was taken in."""
        found = self.ledger.one("SELECT state, reason FROM message WHERE id = ?", message)
        return (found[0], found[1]) if found else None

    def states(self) -> dict[str, int]:
        """How many messages are in each state."""
        return dict(self.ledger.rows("SELECT state, count(*) FROM message GROUP BY state"))

    def facts(self, message: bytes | None = None) -> list[str]:
        """The states the branch is told, in order; of one message or of all."""
        where = "message = ?" if message else "kind = 'message' AND ? IS NULL"
        rows = self.ledger.rows(f"SELECT body FROM fact WHERE {where} ORDER BY id", message)
        return [json.loads(body)["state"] for (body,) in rows]

    def inbound(self) -> list[str]:
        """The texts that came in, as the branch is told."""
        rows = self.ledger.rows("SELECT body FROM fact WHERE kind = 'inbound' ORDER BY id")
        return [json.loads(body)["text"] for (body,) in rows]

    def device(self, modem: str = "meja") -> dict[str, Any]:
        """A modem's row in the ledger."""
        columns = [row[1] for row in self.ledger.rows("PRAGMA table_info(device)")]
        found = self.ledger.one("SELECT * FROM device WHERE modem = ?", modem)
        return dict(zip(columns, found or (), strict=True))


def fake_command(device: str) -> list[str]:
    """What starts the fake modem that keeps its files in the folder *device*."""
    start = f"import sys; sys.path.append({str(FAKE_CHILD.parent)!r}); import sms_fake_child; sms_fake_child.main()"
    return [sys.executable, "-I", "-S", "-c", start, device]


def fake_child(device: str) -> Child:
    """A fake modem."""
    return Child(fake_command(device), time.monotonic)


@contextmanager
def open_shop(folder: Path, template: Path) -> Iterator[Shop]:
    """A shop in *folder*, ended at the end."""
    shop = Shop(folder, template)
    try:
        yield shop
    finally:
        shop.stop()
        shop.branch.close()


STARTED = """
import json, logging, sys, time
from pathlib import Path
from sms_daemon.child import Child
from sms_daemon.run import run
from sms_daemon.timings import Timings
folder, command, timings, once = json.loads(sys.argv[1])
logging.basicConfig(stream=sys.stderr, level=logging.INFO)
spawn = lambda modem: Child([*command, modem.device], time.monotonic)
sys.exit(run(Path(folder), once=once, timings=Timings(**timings), spawn=spawn))
"""


def start_program(shop: Shop, *, once: bool = False, **timings: Any) -> "subprocess.Popen[str]":
    """The daemon as a process of its own, with the fake modem."""
    words = [str(shop.folder), fake_command("")[:-1], {"outbox": 0.02, "look_again": 0.1, **timings}, once]
    return subprocess.Popen(
        [sys.executable, "-c", STARTED, json.dumps(words)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
