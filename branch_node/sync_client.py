"""The sync client: rounds with the hub in the background, with backoff and jitter, never in the till's way."""

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from branch_node.key_change import KeyChange
from branch_node.line import Line
from branch_node.line_doorbell import LineDoorbell
from branch_node.meanwhile import meanwhile
from sync import exchange, keys, limits
from sync.branch import BranchExchange, Progress
from sync.clock import Clock
from sync.errors import (
    BadSignature,
    CabangError,
    HubBusy,
    HubUnreachable,
    InvariantBroken,
    KeyReplaced,
    StaleNonce,
    SyncIncomplete,
    from_refusal,
)
from sync.exchange import Answer
from sync.store import Store

OpenPage = Callable[[exchange.Page, int, bytes, bytes], list[Any]]
ROUNDS_WITHOUT_PROGRESS_MAX = 3
BUSY_WAITS_MAX = 3
SETTLE_S = 0.5  # after a sale, before a round: the next one may come right behind


class LineState(NamedTuple):
    """What the status page tells: last success (ms UTC or None), the error since then, failures in a row."""

    last_contact: int | None
    error: CabangError | None
    failures: int


class Heard(NamedTuple):
    """An answer; its page's items, or what is wrong with the page, which leaves the other half; ms of the device."""

    answer: Answer
    items: list[Any] | None
    trouble: CabangError | None
    sent_ms: int
    received_ms: int


class SyncClient:
    """Exchanges with the hub.  ``round()`` is one HTTP round trip; ``run()`` loops in a thread until ``stop()``."""

    def __init__(
        self, store: Store, link: BranchExchange, clock: Clock, line: Line, open_page: OpenPage, change: KeyChange
    ) -> None:
        self.store, self.link, self.clock, self.line = store, link, clock, line
        self._open_page, self._change = open_page, change
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._one = threading.Lock()
        self._ahead: Future[Heard] | None = None  # what was asked for while a page was applied
        self._thread: threading.Thread | None = None
        self.doorbell = LineDoorbell(lambda: self.line.url, link.call, self.nudge)
        self.state = LineState(store.get("last_contact"), None, 0)

    # --- one round -------------------------------------------------------------------------------------------

    def round(self) -> Progress:
        """One round trip.  Raises the error that stopped either half, after keeping what the other half brought."""
        with self._one:
            try:
                progress = self._round()
            except CabangError as error:
                self._failed(error)
                raise
            self.state = LineState(self.clock.now_ms(), None, 0)
        self.doorbell.talked()
        return progress

    def _failed(self, error: CabangError) -> None:
        """A hub that is busy has not failed: it said when to come again."""
        failures = self.state.failures + (0 if isinstance(error, HubBusy) else 1)
        self.state = LineState(self.state.last_contact, error, failures)

    def _round(self) -> Progress:
        heard = self._heard()
        if heard.answer.refusal and heard.answer.refusal.code == StaleNonce.code:
            self.link.nonce = heard.answer.nonce
            heard = self._heard()
        answer, opened, trouble, *times = heard
        if answer.page and opened is not None:
            self.clock.discipline(answer.page.hub_ms, *times)
        try:
            progress = self.link.take(answer, opened, self._ask_ahead)
        except BaseException:
            self._drop_ahead()
            raise
        self._remember()
        if answer.refusal and not progress.settled:
            raise from_refusal((answer.refusal.code, answer.refusal.params))
        if trouble:
            raise trouble
        return progress

    def _heard(self) -> Heard:
        """What the hub says; a change of keys that was cut off is finished first, or the hub reminded of it."""
        try:
            return self._ask()
        except BadSignature:
            self._change.remind(self.line)
            return self._ask()
        except KeyReplaced:
            if not self._change.begun():
                raise
            self._change.finish(self.line)
            return self._ask()

    def _ask(self) -> Heard:
        """What the hub says to a request made now, or ahead."""
        ahead, self._ahead = self._ahead, None
        try:
            if ahead:
                return ahead.result()
            request = self._request()
            with self._packing():
                return self._exchange(request, self.link.nonce)
        except HubUnreachable:
            self.link.nonce = exchange.NO_NONCE  # the hub may have given another one: ask for it with a few bytes
            raise

    def _request(self, cursor: int | None = None) -> bytes:
        return self.link.ask(self.clock.error_ms, self.line.pace.load, cursor)

    def _exchange(self, request: bytes, nonce: bytes) -> Heard:
        """One round trip, in any thread; *nonce* is the request's."""
        sent = self.clock.device_ms()
        answer = exchange.read_answer(self.line.post(exchange.PATH, request), self.line.url)
        received = self.clock.device_ms()
        return Heard(answer, *self._opened(answer, nonce), sent, received)

    def _opened(self, answer: Answer, nonce: bytes) -> tuple[list[Any] | None, CabangError | None]:
        if answer.page is None:
            return None, None
        try:
            return self._open_page(answer.page, self.link.stream, nonce, self.link.hub_public), None
        except CabangError as error:
            return None, error

    # --- the next page, asked for while one is applied -------------------------------------------------------

    def _ask_ahead(self, cursor: int) -> None:
        """The page that is about to be applied ends at *cursor*, and more follows: it comes meanwhile."""
        request, nonce = self._request(cursor), self.link.nonce
        self._ahead = meanwhile(lambda: self._exchange(request, nonce))

    def _drop_ahead(self) -> None:
        """What was asked for ahead is of no use; the conversation goes on where it led."""
        ahead, self._ahead = self._ahead, None
        if ahead:
            try:
                self.link.nonce = ahead.result().answer.nonce
            except CabangError:
                self.link.nonce = exchange.NO_NONCE

    @contextmanager
    def _packing(self) -> Iterator[None]:
        """While the hub works on one request, what the next one brings is packed."""
        if not self.link.uplink.has_rest():
            yield
            return
        answered = threading.Event()
        packing = threading.Thread(target=self._pack_rest, args=(answered.is_set,), daemon=True)
        packing.start()
        try:
            yield
        finally:
            answered.set()
            packing.join()

    def _pack_rest(self, is_enough: Callable[[], bool]) -> None:
        with suppress(sqlite3.Error):  # then the next request packs it, and says what is wrong
            self.link.uplink.pack_rest(is_enough)

    def _remember(self) -> None:
        with self.store.write():
            self.store.put("last_contact", self.clock.now_ms())
            self.store.put("clock_error", self.clock.error_ms)

    def until_done(self, tell: Callable[[Progress], None] = lambda progress: None) -> tuple[int, int]:
        """Rounds until nothing is left either way: (entries sent, items taken).  Raises SyncIncomplete or the error."""
        sent = taken = still = 0
        while True:
            progress = self._patient_round()
            sent, taken = sent + progress.sent, taken + progress.taken
            tell(progress)
            if not progress.more:
                return sent, taken
            still = 0 if progress.sent or progress.taken else still + 1
            if still >= ROUNDS_WITHOUT_PROGRESS_MAX:
                raise SyncIncomplete(count=self.link.pending().entries)

    def _patient_round(self) -> Progress:
        """A round; comes again when a busy hub says so, a few times."""
        for _ in range(BUSY_WAITS_MAX):
            with suppress(HubBusy):
                return self.round()
            self._stopping.wait(self._asked_to_wait())
        return self.round()

    def renew_keys(self) -> keys.Certificate:
        """Changes this branch's keys; what was begun earlier is finished.  Raises what the line does and the hub names.

        New keys count from when the hub has countersigned; until then the old ones go on.
        """
        with self._one:
            self._drop_ahead()
            self._change.begin()
            return self._change.finish(self.line)

    def rejoin(self, code: keys.EnrolmentCode) -> keys.Certificate:
        """Joins again with a code from head office.  Raises what the line does and the hub names; then as before."""
        with self._one:
            self._drop_ahead()
            certificate = self._change.rejoin(self.line, code)
            self.link.nonce = exchange.NO_NONCE
            self.link.uplink.forget()
            self.state = LineState(self.state.last_contact, None, 0)
            return certificate

    # --- in the background -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins the background rounds."""
        self._thread = threading.Thread(target=self.run, name="sync", daemon=True)
        self._thread.start()
        self.doorbell.start()

    def stop(self) -> None:
        """Ends the background rounds; returns when the running one is over."""
        self._stopping.set()
        self._wake.set()
        self.doorbell.stop()
        if self._thread:
            self._thread.join(timeout=limits.CONNECT_TIMEOUT_S_MAX)
        self.line.close()

    def nudge(self) -> None:
        """Something was committed or may have come, or a person asked: do not wait for the next turn."""
        self._wake.set()

    def run(self) -> None:
        """Rounds for ever: at once after a commit or a ring, else now and then; after failures with backoff."""
        while not self._stopping.is_set():
            pause = self._turn()
            self._pause(pause)

    def _turn(self) -> float:
        """One turn; returns how long to wait for the next."""
        try:
            progress = self.round()
        except HubBusy:
            return self._asked_to_wait()
        except Exception as error:  # noqa: BLE001  (the thread's edge: whatever it was, the next turn tries again)
            self._note(error)
            return retry_delay_s(self.state.failures, random.random())
        if progress.more:
            return 0
        return limits.SYNC_QUIET_S if self.doorbell.listening else limits.SYNC_INTERVAL_S

    def _asked_to_wait(self) -> float:
        """Seconds the busy hub asked for, within the limits; 0 when it did not."""
        error = self.state.error
        if not isinstance(error, HubBusy):
            return 0
        said = str(error.params.get("seconds"))
        return min(max(int(said) if said.isdecimal() else 0, limits.RETRY_AFTER_S_MIN), limits.RETRY_AFTER_S_MAX)

    def _note(self, error: Exception) -> None:
        if not isinstance(error, CabangError):
            known = InvariantBroken(fact=f"an exchange ended with {type(error).__name__}")
            self.state = LineState(self.state.last_contact, known, self.state.failures + 1)

    def _pause(self, seconds: float) -> None:
        """Waits; a nudge shortens it, but never the backoff of a line that just failed, nor what a busy hub asked."""
        if self.state.error:
            self._stopping.wait(seconds)
        elif seconds and self._wake.wait(seconds):
            self._stopping.wait(SETTLE_S)
        self._wake.clear()


def retry_delay_s(failures: int, chance: float) -> float:
    """Seconds before the next try: doubling from RETRY_DELAY_S_MIN to RETRY_DELAY_S_MAX, spread by *chance* (0–1)."""
    longest = min(limits.RETRY_DELAY_S_MIN * 2.0 ** min(failures - 1, 20), limits.RETRY_DELAY_S_MAX)
    return longest * (0.5 + chance / 2)
