"""The sync client: rounds with the hub in the background, with backoff and jitter, never in the till's way."""

import random
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from branch_node.line import Line
from sync import exchange, limits
from sync.branch import BranchExchange, Progress
from sync.clock import Clock
from sync.errors import CabangError, HubAnswerUnreadable, StaleNonce, SyncIncomplete, from_refusal
from sync.exchange import Answer
from sync.store import Store

OpenPage = Callable[[exchange.Page, int, bytes, bytes], list[Any]]
ROUNDS_WITHOUT_PROGRESS_MAX = 3
SETTLE_S = 0.5  # after a sale, before a round: the next one may come right behind


class LineState(NamedTuple):
    """What the status page tells: last success (ms UTC or None), the error since then, and when the next try is."""

    last_contact: int | None
    error: CabangError | None
    failures: int


class SyncClient:
    """Exchanges with the hub.  ``round()`` is one HTTP round trip; ``run()`` loops in a thread until ``stop()``."""

    def __init__(self, store: Store, link: BranchExchange, clock: Clock, line: Line, open_page: OpenPage) -> None:
        self.store, self.link, self.clock, self.line = store, link, clock, line
        self._open_page = open_page
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._one = threading.Lock()
        self._thread: threading.Thread | None = None
        self.state = LineState(store.get("last_contact"), None, 0)

    # --- one round -------------------------------------------------------------------------------------------

    def round(self) -> Progress:
        """One round trip.  Raises the error that stopped either half, after keeping what the other half brought."""
        with self._one:
            try:
                progress = self._round()
            except CabangError as error:
                self.state = LineState(self.state.last_contact, error, self.state.failures + 1)
                raise
            self.state = LineState(self.clock.now_ms(), None, 0)
            return progress

    def _round(self) -> Progress:
        answer = self._ask()
        if answer.refusal and answer.refusal.code == StaleNonce.code:
            self.link.nonce = answer.nonce
            answer = self._ask()
        opened = None
        if answer.page:
            opened = self._open_page(answer.page, self.link.stream, self.link.nonce, self.link.hub_public)
        progress = self.link.take(answer, opened)
        self._remember()
        if answer.refusal:
            raise from_refusal((answer.refusal.code, answer.refusal.params))
        return progress

    def _ask(self) -> Answer:
        request = self.link.ask(self.clock.error_ms)
        sent = self.clock.device_ms()
        data = self.line.post(exchange.PATH, request)
        received = self.clock.device_ms()
        answer = exchange.read_answer(data, self.line.url)
        if answer.page:
            self.clock.discipline(answer.page.hub_ms, sent, received)
        return answer

    def _remember(self) -> None:
        with self.store.write():
            self.store.put("last_contact", self.clock.now_ms())
            self.store.put("clock_error", self.clock.error_ms)

    def until_done(self, tell: Callable[[Progress], None] = lambda progress: None) -> tuple[int, int]:
        """Rounds until nothing is left either way: (entries sent, items taken).  Raises SyncIncomplete or the error."""
        sent = taken = still = 0
        while True:
            progress = self.round()
            sent, taken = sent + progress.sent, taken + progress.taken
            tell(progress)
            if not progress.more:
                return sent, taken
            still = 0 if progress.sent or progress.taken else still + 1
            if still >= ROUNDS_WITHOUT_PROGRESS_MAX:
                raise SyncIncomplete(count=self.link.pending().entries)

    # --- in the background -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins the background rounds."""
        self._thread = threading.Thread(target=self.run, name="sync", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the background rounds; returns when the running one is over."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=limits.CONNECT_TIMEOUT_S_MAX)
        self.line.close()

    def nudge(self) -> None:
        """Something was committed, or a person asked: do not wait for the next turn."""
        self._wake.set()

    def run(self) -> None:
        """Rounds for ever: at once after a commit, else every SYNC_INTERVAL_S; after failures with backoff."""
        while not self._stopping.is_set():
            pause = self._turn()
            self._pause(pause)

    def _turn(self) -> float:
        """One turn; returns how long to wait for the next."""
        try:
            progress = self.round()
        except (CabangError, OSError) as error:
            self._note(error)
            return retry_delay_s(self.state.failures, random.random())
        return 0 if progress.more else limits.SYNC_INTERVAL_S

    def _note(self, error: Exception) -> None:
        if not isinstance(error, CabangError):
            known = HubAnswerUnreadable(url=self.line.url, why=type(error).__name__)
            self.state = LineState(self.state.last_contact, known, self.state.failures + 1)

    def _pause(self, seconds: float) -> None:
        """Waits; a nudge shortens it, but never below the backoff of a line that just failed."""
        if self.state.failures:
            self._stopping.wait(seconds)
        elif seconds and self._wake.wait(seconds):
            self._stopping.wait(SETTLE_S)
        self._wake.clear()


def retry_delay_s(failures: int, chance: float) -> float:
    """Seconds before the next try: doubling from RETRY_DELAY_S_MIN to RETRY_DELAY_S_MAX, spread by *chance* (0–1)."""
    longest = min(limits.RETRY_DELAY_S_MIN * 2.0 ** min(failures - 1, 20), limits.RETRY_DELAY_S_MAX)
    return longest * (0.5 + chance / 2)
