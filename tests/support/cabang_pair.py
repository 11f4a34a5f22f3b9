"""A head office and its branches in one process, without a network: they hand each other the very bytes.

Everything is seeded: keys, ids and clocks of a run are the same each time.  ``Company.create`` makes the files once;
``Company.open`` works on a copy of them.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from crm import vouchers
from crm.branches import create_branch
from crm.catalogue import create_product
from crm.search import SEARCH_DDL
from sync import certificates, digest, enrol, entry, exchange, ids, keys, lost, wire
from sync.branch import FULL_LOAD, BranchExchange, Load, Progress
from sync.clock import Clock, ms_of
from sync.database import using
from sync.feed import Feed
from sync.hub import HubExchange
from sync.journal import Journal, open_epoch
from sync.keys import PrivateKeys
from sync.merger import Merger
from sync.model import natural_id
from sync.overlay import Overlay
from sync.store import Store
from sync.unit import Unit

NOON = 1_767_243_600_000  # 1 January 2026, 12.00 in Jakarta
CODES = ("PTK", "BJM", "SBY", "DPS", "MDN", "UPG")
COMPANY_KEY = b"k" * 32
ROUNDS_MAX = 60
PAGES_MAX = 1 << 30


def seeded(name: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same for the same *name*."""
    return Random(name).randbytes


def keyring(stream: int) -> PrivateKeys:
    """The keys of node number *stream*."""
    return PrivateKeys(seeded(f"keys {stream}")(64))


class Side:
    """What head office and branch share: a file, a clock one may set (``now``, ms UTC), a journal."""

    journal: Journal

    def __init__(self, path: Path, stream: int, seed: str) -> None:
        self.path, self.stream = path, stream
        self.keyring = keyring(stream)
        self.chance = seeded(f"{seed}/{stream}")
        self.now = NOON
        self.looked: Callable[[], None] = lambda: None
        self.elapsed: Callable[[], float] = lambda: 0.0
        self.open()

    def device_ms(self) -> int:
        """This computer's clock; whoever looks at it is told to ``looked`` first."""
        self.looked()
        return self.now

    def open(self) -> None:
        """Opens the file as a process that starts does, but for putting the guards back, which takes long."""
        self.store = Store(self.path)
        self._hurry()
        self.clock = Clock(self.device_ms)
        self._wake()

    def _wake(self) -> None:
        raise NotImplementedError

    def _hurry(self) -> None:
        self.store._writer.execute("PRAGMA synchronous = OFF")  # no power cut here, and many files

    def take_writes(self, taken: bool) -> None:
        """Whether the disk takes what the writer of today writes."""
        self.store._writer.execute(f"PRAGMA query_only = {not taken}")
        if taken:
            self._hurry()

    @contextmanager
    def without_room(self) -> Iterator[None]:
        """The file may not grow, until the disk has refused something once or this ends."""
        pages = self.store._writer.execute("PRAGMA page_count").fetchone()[0]
        self.store._writer.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            self.store._writer.execute(f"PRAGMA max_page_count = {PAGES_MAX}")
            self._hurry()

    def restart(self) -> None:
        """Ends the process without a word and starts another."""
        self.store.close()
        self.open()

    def unit(self, actor: bytes | None = None) -> AbstractContextManager[Unit]:
        """A unit of work at this node."""
        return self.journal.unit(actor=actor)

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.store.connection().execute(sql, params).fetchall()

    def one(self, sql: str, *params: Any) -> Any:
        """The one value a query finds."""
        ((value,),) = self.rows(sql, *params)
        return value


class HubSide(Side):
    """Head office."""

    def _wake(self) -> None:
        self.feed = Feed(self.store)
        self.journal = Journal(self.store, self.clock, self.chance, self.keyring, Merger(self.feed))
        lost.announce(self.journal)
        merger = Merger(self.feed)
        self.exchange = HubExchange(self.store, self.feed, merger, self.keyring, self.device_ms, self.chance)
        self.exchange.on_taken.append(lambda: vouchers.share_out(self.journal))

    def digest(self, stream: int | None = None) -> str:
        """The digest of what branch number *stream* should hold, or of everything."""
        return digest.of_hub(self.store, self.feed, stream)


class BranchSide(Side):
    """One branch."""

    guarded = False

    def _wake(self) -> None:
        self.journal = Journal(self.store, self.clock, self.chance, self.keyring, Overlay())
        self.link = BranchExchange(self.store, self.journal, self.keyring, self.stopwatch)
        self.link.on_news.append(lambda: vouchers.return_surplus(self.journal))
        if self.guarded:
            self.guard()

    def guard(self) -> None:
        """From now on, and after each start, the clock does not follow the device when it jumps ahead."""
        self.guarded = True
        self.clock.guard(ms_of(self.journal.stamp))

    def stopwatch(self) -> float:
        """Seconds since some moment: what ``elapsed`` says."""
        return self.elapsed()

    @property
    def code(self) -> str:
        """The branch's code."""
        return CODES[self.stream - 1]

    @property
    def id(self) -> bytes:
        """The id of the branch's row."""
        return natural_id("branch", self.code)

    def digest(self) -> str:
        """The digest of what this branch holds."""
        return digest.of_branch(self.store)

    def open_page(self, answer: exchange.Answer, nonce: bytes) -> list[Any] | None:
        """The items of an answer's page, which must be the one asked for with *nonce*."""
        if answer.page is None:
            return None
        return exchange.open_page(answer.page, self.stream, nonce, self.link.hub_public)


class Company:
    """A head office and branches 1, 2, …, in *folder*."""

    def __init__(self, folder: Path, branches: int, seed: str) -> None:
        self.folder = folder
        self.hub = HubSide(folder / "hub.db", 0, seed)
        self.branches = [BranchSide(folder / f"branch{n}.db", n, seed) for n in range(1, branches + 1)]

    @classmethod
    def create(cls, folder: Path, branches: int = 4) -> None:
        """Makes the files: branches enrolled, three products, everything exchanged once."""
        draw = seeded("company")
        _make_hub(folder / "hub.db", draw)
        hub = HubSide(folder / "hub.db", 0, "create")
        for stream in range(1, branches + 1):
            _enrol(hub, folder / f"branch{stream}.db", stream, draw)
        with using(hub.store), hub.unit() as unit:
            create_product(unit, {"code": "OLI-1", "name": "Oli mesin", "price": 45_000})
            create_product(unit, {"code": "BAN-2", "name": "Ban luar", "price": 210_000})
            create_product(unit, {"code": "PIJAT", "name": "Pijat bayi", "price": 90_000, "kind": "service"})
        hub.store.close()
        company = cls(folder, branches, "first contact")
        company.heal()
        company.close()

    @classmethod
    def open(cls, template: Path, folder: Path, branches: int = 2, seed: str = "0") -> "Company":
        """A copy of the files that ``create`` made in *template*, running."""
        for path in (template / "hub.db", *(template / f"branch{n}.db" for n in range(1, branches + 1))):
            shutil.copy(path, folder / path.name)
        return cls(folder, branches, seed)

    @property
    def sides(self) -> Sequence[Side]:
        """Every node, head office first."""
        return [self.hub, *self.branches]

    def close(self) -> None:
        """Closes every file."""
        for side in self.sides:
            side.journal.seal()
            side.store.close()

    # --- exchanging ------------------------------------------------------------------------------------------

    def answer(self, request: bytes) -> exchange.Answer:
        """What the hub answers to a request's bytes, as it is read from bytes."""
        return exchange.read_answer(wire.encode(self.hub.exchange.answer(request)), "hub")

    def ask(self, branch: BranchSide, load: Load = FULL_LOAD) -> tuple[exchange.Answer, bytes]:
        """The hub's answer to *branch*, in a conversation the hub knows, and the nonce it answers to."""
        answer = self.answer(branch.link.ask(0, load))
        if answer.refusal and answer.refusal.code == "stale_nonce":
            branch.link.take(answer, None)
            answer = self.answer(branch.link.ask(0, load))
        return answer, branch.link.nonce

    def round(self, branch: BranchSide, load: Load = FULL_LOAD, go_on: Callable[[int], None] | None = None) -> Progress:
        """One exchange of *branch* with head office, nothing lost; *go_on* as for ``take``."""
        answer, nonce = self.ask(branch, load)
        progress = branch.link.take(answer, branch.open_page(answer, nonce), go_on)
        assert answer.refusal is None or progress.settled, answer.refusal
        return progress

    def until_done(self, branch: BranchSide) -> int:
        """Rounds until nothing is left either way; how many they were."""
        for done in range(1, ROUNDS_MAX):
            if not self.round(branch).more:
                return done
        raise AssertionError(f"{branch.code} never comes to an end")

    def heal(self) -> None:
        """Everything everybody has to say reaches everybody."""
        for _ in range(2):
            for branch in self.branches:
                self.until_done(branch)


def _make_hub(path: Path, draw: Callable[[int], bytes]) -> None:
    store = Store.create(path, SEARCH_DDL)
    with store.write():
        store.put("feed_epoch", draw(entry.EPOCH_BYTES))
        store.put("company_key", COMPANY_KEY)
    open_epoch(store, 0, draw(entry.EPOCH_BYTES), draw(ids.START_BYTES), draw(entry.SECRET_BYTES), NOON, keyring(0))
    store.close()


def _enrol(hub: HubSide, path: Path, stream: int, draw: Callable[[int], bytes]) -> None:
    """Makes branch number *stream* known at head office, and its file."""
    with using(hub.store), hub.unit() as unit:
        create_branch(unit, CODES[stream - 1], f"Cabang {stream}", kind="outlet", stream=stream)
        unit.register_stream(stream, CODES[stream - 1])
    with hub.store.write() as connection:
        text = enrol.new_code(connection, hub.keyring.sign_public, stream, draw(10), NOON)
    code, ring = keys.read_code(text), keyring(stream)
    data = enrol.admit(hub.store, hub.keyring, enrol.apply(code, ring), COMPANY_KEY, NOON)
    make_branch(path, ring, draw, *enrol.read_welcome(data, code, ring, "hub"))


def make_branch(
    path: Path, ring: PrivateKeys, draw: Callable[[int], bytes], certificate: keys.Certificate, welcome: enrol.Welcome
) -> None:
    """The file of a new computer of a branch, as head office answered it."""
    store = Store.create(path, SEARCH_DDL)
    names = draw(entry.EPOCH_BYTES), draw(ids.START_BYTES), draw(entry.SECRET_BYTES)
    parent = welcome.parent.place if welcome.parent else None
    open_epoch(store, certificate.stream, *names, welcome.hub_ms, ring, parent=parent)
    with store.write() as connection:
        certificates.keep(connection, welcome.certificate, certificate)
        store.put("certificate", welcome.certificate)
        store.put("code", certificate.code)
        store.put("hub_public", welcome.hub_public)
        store.put("company_key", welcome.company_key)
    store.close()
