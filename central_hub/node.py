"""The hub as a running node: its own stream (number 0), the merger, the feed, and the registry of branches."""

from collections.abc import Callable

from central_hub.errors import BranchHasComputer
from central_hub.line_status import line_status
from crm.branches import create_branch
from crm.search import SEARCH_DDL
from sync import enrol, entry, ids
from sync.errors import UnknownBranch
from sync.feed import Feed
from sync.folder import Folder
from sync.hub import HubExchange
from sync.journal import Journal, open_epoch
from sync.merger import Merger
from sync.node import Node, device_ms, draw, new_keys
from sync.store import Store

FEED_EPOCH_BYTES = 8


class HubNode(Node):
    """Head office's node."""

    kind = "hub"
    code = "HUB"
    branch_id: bytes | None = None

    def __init__(self, home: Folder, store: Store, device: Callable[[], int] = device_ms) -> None:
        super().__init__(home, store, device)
        self.zone: str = store.get("zone") or "WIB"
        self.feed = Feed(store)
        self.journal = Journal(store, self.clock, draw, self.keyring, Merger(self.feed))
        self.exchange = HubExchange(store, self.feed, Merger(self.feed), self.keyring, self.clock.now_ms, draw)
        self.clock.confirmed = True  # head office's clock is the one the others are measured by
        self.exchange.retry_held()

    @classmethod
    def create(cls, home: Folder, device: Callable[[], int] = device_ms) -> "HubNode":
        """Makes a new hub in *home*; the caller holds the lock.  Raises FolderInUse."""
        home.create()
        keyring = new_keys(home)
        store = Store.create(home.path / "hub.db", SEARCH_DDL)
        with store.write():
            store.put("feed_epoch", draw(FEED_EPOCH_BYTES))
            store.put("company_key", draw(32))
            store.put("session_secret", draw(32))
        open_epoch(
            store, 0, draw(entry.EPOCH_BYTES), draw(ids.START_BYTES), draw(entry.SECRET_BYTES), device(), keyring
        )
        return cls(home, store, device)

    @classmethod
    def open(cls, home: Folder, device: Callable[[], int] = device_ms) -> "HubNode":
        """Opens the hub in *home*; the caller holds the lock."""
        return cls(home, Store.open(home.database()), device)

    # --- branches --------------------------------------------------------------------------------------------

    def add_branch(self, code: str, name: str, kind: str = "outlet", zone: str = "WIB") -> str:
        """Makes a branch and returns its one-time enrolment code.  Raises what ``create_branch`` raises."""
        with self.journal.unit() as unit:
            stream = unit.query("SELECT coalesce(max(stream), 0) + 1 FROM stream")[0][0]
            create_branch(unit, code, name, kind=kind, stream=stream, zone=zone)
            unit.register_stream(stream, code.strip().upper())
        return self.enrolment_code(code)

    def enrolment_code(self, code: str) -> str:
        """A new one-time enrolment code for a branch none of whose computers has sent anything yet.

        Raises UnknownBranch, BranchHasComputer.
        """
        upper = code.strip().upper()
        found = self.store.connection().execute(
            "SELECT s.stream, e.id FROM stream s LEFT JOIN epoch e ON e.stream = s.stream WHERE s.code = ?", (upper,)
        )
        row = found.fetchone()
        if row is None:
            raise UnknownBranch(code=code)
        if row[1] is not None:
            raise BranchHasComputer(code=upper)
        with self.store.write() as connection:
            return enrol.new_code(connection, self.keyring.sign_public, row[0], draw(10), self.clock.now_ms())

    def admit(self, data: bytes) -> bytes:
        """Answers a branch's application (see ``sync.enrol``)."""
        return enrol.admit(self.store, self.keyring, data, self.company_key, self.clock.now_ms())

    def line_status(self) -> tuple[str, str]:
        """What the badge of every page says: (level, sentence in the language of the page)."""
        return line_status(self.zone)
