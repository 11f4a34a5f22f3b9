"""Keeping the mirror stick up to date in the background, and what people are told of it."""

import threading
from pathlib import Path
from typing import NamedTuple

from sync import settings_file
from sync.errors import CabangError
from sync.journal import Journal
from sync.mirror import Log, Mirror, reach
from sync.node import draw
from sync.store import Store

EVERY_S = 540  # the stick is never more than ten minutes behind
RETRY_S = 30  # while the stick is away, or none is named
PEOPLE_WAIT_S = 1.0


class MirrorState(NamedTuple):
    """How the mirror is: its folder (None: none is named), when it last held everything (ms UTC), what is wrong.

    ``beside``: it lies on the same disk as the branch's folder.
    """

    stick: Path | None = None
    complete: int | None = None
    error: CabangError | None = None
    beside: bool = False


class MirrorJob:
    """Copies what is sealed: ``turn()`` at once, or in a thread between ``start()`` and ``stop()``."""

    def __init__(self, folder: Path, store: Store, journal: Journal) -> None:
        self._folder, self._store, self._journal = folder, store, journal
        self._mirror = Mirror(draw)
        self._one = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = MirrorState()

    def turn(self, people_wait_s: float = 0) -> MirrorState:
        """Seals what is open and copies what the stick lacks; what stopped it is kept in ``state`` for the pages."""
        with self._one:
            stick, complete = self.state.stick, self.state.complete
            try:
                named = settings_file.load(self._folder).mirror
                complete = complete if named == stick else None
                stick = named
                self.state = self._copied(stick, people_wait_s) if stick else MirrorState()
            except CabangError as error:
                self.state = MirrorState(stick, complete, error)
            return self.state

    def _copied(self, stick: Path, people_wait_s: float) -> MirrorState:
        beside = reach(self._folder, stick)
        self._store.wait_for_people(people_wait_s)
        began = self._journal.clock.now_ms()
        self._journal.seal()
        get = self._store.get
        log = Log(self._store.connection(), get("code"), self._journal.stream, get("company_key"))
        self._mirror.copy(log, stick)
        return MirrorState(stick, began, beside=beside)

    # --- in the background -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins; the first turn comes at once."""
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after one more turn: at closing time the stick holds everything."""
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=10)
            if not self._thread.is_alive():  # a stick that hangs keeps nobody from closing
                self.turn()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            state = self.turn(PEOPLE_WAIT_S)
            pause = EVERY_S if state.stick and not state.error else RETRY_S
