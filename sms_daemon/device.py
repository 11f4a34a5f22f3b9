"""One modem: its child process, the state it is in, and the one request that is under way.

A child that is late, gone or talks nonsense is killed and never asked again; a new one opens the modem afresh.
"""

import logging
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from sms_daemon.child import Child, ChildGone
from sms_daemon.config import DUMMY, ModemSettings
from sms_daemon.ledger import Ledger
from sms_daemon.speech import _
from sms_daemon.timings import Clock, Timings
from sms_daemon.words import modem_words

OPENING, READY, ABSENT, SICK, OFF = "opening", "ready", "absent", "sick", "off"
PIN, WRONG_PIN = "pin", "wrong_pin"
ENTERED = "entered "  # before the print of a PIN whose entry was not answered yet
DEADLINE = "deadline"
NO_NETWORK = "no_network"
_KEPT = ("imei", "imsi", "operator", "registration", "signal", "sim_used", "sim_size")
_LOOKS_S = 0.5
ERRORS_MAX = 3

log = logging.getLogger(__name__)

Answer = dict[str, Any]
OnAnswer = Callable[[Answer], None]
OnLost = Callable[[str], None]
Spawn = Callable[[ModemSettings], Child]


class _Pending(NamedTuple):
    on_answer: OnAnswer
    on_lost: OnLost


class Device:
    """A modem of ``sms.toml``; its row in the ledger says how it is.  ``tick()`` often; ``ask`` only while ``idle``."""

    def __init__(self, settings: ModemSettings, ledger: Ledger, spawn: Spawn, timings: Timings, clock: Clock) -> None:
        self.settings, self._ledger, self._spawn = settings, ledger, spawn
        self._timings, self._clock = timings, clock
        self.child: Child | None = None
        self.on_child: Callable[[Child, bool], None] = lambda child, begins: None  # told of every start and end
        self.on_open: Callable[[], None] = lambda: None
        self.on_heard: OnAnswer = lambda answer: None  # told of every answer, after the one who asked
        self._pending: _Pending | None = None
        self._doing = ""
        self._lost_in_row = self._errors_in_row = 0
        self._open_at = 0.0  # ticks: when to open (again)
        self._file: tuple[int, int, int] | None = None
        self._looked_at = 0.0
        self._row = self._load()

    @property
    def name(self) -> str:
        """As people call it."""
        return self.settings.name

    @property
    def state(self) -> str:
        """One of the words' modem states."""
        return str(self._row["state"])

    @property
    def ready(self) -> bool:
        """True when it may be asked to send, now."""
        return self.state == READY and self.idle

    @property
    def idle(self) -> bool:
        """True when a child is there and no request is under way."""
        return self.child is not None and self._pending is None

    @property
    def sending(self) -> bool:
        """True while a part is in flight."""
        return self._pending is not None and self._doing == "send"

    @property
    def settled(self) -> bool:
        """True when it is known whether it works: it is ready, or waits before it tries again."""
        return self.state == READY or (self.state != OPENING and self._pending is None)

    def known(self, name: str) -> Any:
        """A value of its row: imei, imsi, balance, sim_used …"""
        return self._row[name]

    def _load(self) -> dict[str, Any]:
        columns = [row[1] for row in self._ledger.rows("PRAGMA table_info(device)")]
        with self._ledger.transaction():
            sql = "INSERT OR IGNORE INTO device (modem, state, since) VALUES (?, ?, ?)"
            self._ledger.run(sql, self.name, OPENING, self._clock.now())
            sql = "UPDATE device SET state = ?, reason = NULL WHERE modem = ?"
            self._ledger.run(sql, OPENING, self.name)
        row = self._ledger.one("SELECT * FROM device WHERE modem = ?", self.name)
        return dict(zip(columns, row or (), strict=True))

    def note(self, **values: Any) -> None:
        """Commits what changed in its row."""
        changed = {name: value for name, value in values.items() if self._row[name] != value}
        if not changed:
            return
        if "state" in changed:
            changed["since"] = self._clock.now()
            label = _(modem_words(changed["state"]).label)
            log.info(_("Modem %(name)s: %(state)s"), {"name": self.name, "state": label})
        self._row |= changed
        sets = ", ".join(f"{name} = ?" for name in changed)
        with self._ledger.transaction():
            self._ledger.run(f"UPDATE device SET {sets} WHERE modem = ?", *changed.values(), self.name)

    def note_health(self, answer: Answer) -> None:
        """Commits what an answer tells of the modem: signal, registration, how full the SIM is."""
        self.note(**{name: answer[name] for name in _KEPT if answer.get(name) is not None})

    # --- the child ---------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Hears what the child says; starts, opens or ends it when it is time."""
        if self.child is None:
            self._start()
        else:
            self._hear(self.child)
        if self.child is not None and self._moved():
            self._lost_in_row, self._open_at = 0, 0.0
            self.lose("device", counts=False)
        if self.idle and self.state != READY and self._clock.ticks() >= self._open_at:
            self._open()

    def _start(self) -> None:
        if self._clock.ticks() < self._open_at and (self.state != ABSENT or self._look() is None):
            return
        self._file = self._look()
        if self._file is None and self._has_path():
            self.look_again(ABSENT)
            return
        if self.settings.connection == DUMMY:
            Path(self.settings.device).mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.state in (READY, ABSENT, SICK):
            self.note(state=OPENING)
        child = self._spawn(self.settings)
        try:
            child.start()
        except ChildGone as gone:
            self._rest(gone.reason)
            return
        self.child, self._open_at = child, 0.0
        self.on_child(child, True)

    def _has_path(self) -> bool:
        return self.settings.connection != DUMMY and Path(self.settings.device).is_absolute()

    def _look(self) -> tuple[int, int, int] | None:
        """Which device lies behind the name now; None when there is none."""
        try:
            found = Path(self.settings.device).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_rdev

    def _moved(self) -> bool:
        """True when the device was pulled out, or came back as another one."""
        now = self._clock.ticks()
        if not self._has_path() or now < self._looked_at + _LOOKS_S:
            return False
        self._looked_at = now
        return self._look() != self._file

    def _hear(self, child: Child) -> None:
        try:
            answer = child.answer()
        except ChildGone as gone:
            self.lose(gone.reason)
            return
        if answer is not None and self._pending:
            pending, self._pending = self._pending, None
            pending.on_answer(answer)
            self.on_heard(answer)
            if answer.get("gone") and self.child is child:
                self.lose("device", counts=self.state == READY)
        elif child.overdue():
            self.lose(DEADLINE)

    def ask(self, request: Answer, on_answer: OnAnswer, on_lost: OnLost) -> None:
        """Puts a request to the child; exactly one of the two is called, at once or in a later ``tick``."""
        if self.child is None:
            raise RuntimeError("there is no child to ask")
        self._pending, self._doing = _Pending(on_answer, on_lost), request["do"]
        try:
            self.child.ask(request, self._timings.deadlines[request["do"]])
        except ChildGone as gone:
            self.lose(gone.reason)

    def lose(self, reason: str, *, counts: bool = True) -> None:
        """Ends the child for good; a new one comes after a pause, or after a long one when too many were lost."""
        child, self.child = self.child, None
        if child is not None:
            self.on_child(child, False)
            child.kill()
        if counts:
            self._rest(reason)
        elif self.state == READY:
            self.note(state=OPENING, reason=reason)
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.on_lost(reason)

    def _rest(self, reason: str) -> None:
        self._errors_in_row = 0
        self._lost_in_row += 1
        pauses, now = self._timings.child_pauses, self._clock.ticks()
        restarts = self._row["restarts"] + 1
        if self._lost_in_row > len(pauses):
            self._lost_in_row, self._open_at = 0, now + self._timings.sick
            self.note(state=SICK, reason=reason, restarts=restarts)
        else:
            self._open_at = now + pauses[self._lost_in_row - 1]
            self.note(state=OPENING, reason=reason, restarts=restarts)

    def look_again(self, state: str = OPENING) -> None:
        """Has it opened again, without a new child: at once, or in *state* after a while."""
        self._open_at = self._clock.ticks() + (self._timings.look_again if state != OPENING else 0)
        self.note(state=state, reason=None)

    def went_well(self) -> None:
        """It did what it is for."""
        self._lost_in_row = self._errors_in_row = 0

    def went_wrong(self, reason: str) -> None:
        """An error of the modem's own; after some in a row a new child is needed."""
        self._errors_in_row += 1
        if self._errors_in_row >= ERRORS_MAX and self.child is not None:
            self.lose(reason)

    def close(self) -> None:
        """Ends the child; what was under way is lost."""
        self.note(state=OFF, reason=None)
        self.lose("restart", counts=False)

    # --- opening -----------------------------------------------------------------------------------------------

    def _open(self, pin: str | None = None) -> None:
        """First without a PIN: that one is entered when the card asks for it, and once."""
        settings = self.settings
        fields = {"connection": settings.connection, "device": settings.device, "smsc": settings.smsc}
        self.ask({"do": "open", **fields, "pin": pin}, self._opened, lambda reason: None)

    def _opened(self, answer: Answer) -> None:
        self.note_health(answer)
        if answer.get("ok"):
            self._opened_well()
            return
        state = str(answer.get("state") or SICK)
        if state == PIN and self.settings.pin and self._pin_mark() is None:
            self.note(pin_refused=ENTERED + self._pin_print())  # on the disk first: no answer counts as a refusal
            self._open(self.settings.pin)
            return
        if state == WRONG_PIN:
            self.note(pin_refused=self._pin_print())
        if state == PIN and self.settings.pin:
            state = WRONG_PIN
        if state == SICK:
            self.lose("device")
        else:
            self.look_again(state)

    def _opened_well(self) -> None:
        if self._pin_mark() == ENTERED:
            self.note(pin_refused=None)
        self.note(state=READY, reason=None)
        self.on_open()

    def _pin_print(self) -> str:
        """What is remembered of a PIN, so that one that was refused is never entered twice."""
        return blake2b((self.settings.pin or "").encode(), key=self._ledger.id, digest_size=16).hexdigest()

    def _pin_mark(self) -> str | None:
        """What is known of the PIN in the settings: "" refused, ENTERED without an answer yet, None nothing."""
        kept = self._row["pin_refused"] or ""
        return kept.removesuffix(self._pin_print()) if kept.endswith(self._pin_print()) else None
