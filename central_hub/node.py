"""The hub as a running node: its own stream (number 0), the merger, the feed, and the registry of branches."""

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from central_hub.errors import BranchHasComputer
from central_hub.line_status import line_status
from central_hub.turnstile import Turnstile
from crm import revocations, vouchers
from crm.branches import by_code, create_branch
from crm.search import SEARCH_DDL
from sync import doorbell, enrol, entry, feed, feed_epochs, ids, lost, mirror_take, reminder, rotation, upgrades
from sync.database import using
from sync.errors import UnknownBranch
from sync.feed import Feed
from sync.folder import Folder
from sync.hub import HubExchange
from sync.journal import Journal, open_epoch
from sync.merger import Merger
from sync.mirror_take import Taken
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
        self.look_back()
        lost.announce(self.journal)
        self.exchange = HubExchange(store, self.feed, Merger(self.feed), self.keyring, self.clock.now_ms, draw)
        self.exchange.on_taken.append(lambda: vouchers.share_out(self.journal))
        self.clock.confirmed = True  # head office's clock is the one the others are measured by
        self.doorbell = doorbell.Doorbell(lambda: store.get("position") or 0, self._has_news)
        self.turnstile = Turnstile(time.monotonic, random.random)
        if upgrades.is_new(store):
            self.exchange.retry_held()
            upgrades.note(store)

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

    def _has_news(self, stream: int, after: int) -> bool:
        return feed.has_news(self.store.connection(), stream, after)

    def close(self) -> None:
        """Lets the branches go that wait, seals what is open and closes the file."""
        self.doorbell.close()
        super().close()

    def on_new_epoch(self) -> Mapping[str, Any]:
        """A hub that may have said other things at the positions to come says them in a feed of another name."""
        return feed_epochs.renewed(self.store, draw(FEED_EPOCH_BYTES))

    # --- branches --------------------------------------------------------------------------------------------

    def add_branch(self, code: str, name: str, kind: str = "outlet", zone: str = "WIB") -> str:
        """Makes a branch and returns its one-time enrolment code.  Raises what ``create_branch`` raises."""
        with self.journal.unit() as unit:
            stream = unit.query("SELECT coalesce(max(stream), 0) + 1 FROM stream")[0][0]
            create_branch(unit, code, name, kind=kind, stream=stream, zone=zone)
            unit.register_stream(stream, code.strip().upper())
        return self.enrolment_code(code)

    def enrolment_code(self, code: str) -> str:
        """A new one-time enrolment code for a branch without a computer: none has sent anything, or it was withdrawn.

        Raises UnknownBranch, BranchHasComputer.
        """
        upper = code.strip().upper()
        found = self.store.connection().execute(
            "SELECT s.stream, e.id, s.revoked_after FROM stream s LEFT JOIN epoch e ON e.stream = s.stream "
            "WHERE s.code = ?",
            (upper,),
        )
        row = found.fetchone()
        if row is None:
            raise UnknownBranch(code=code)
        if row[1] is not None and row[2] is None:
            raise BranchHasComputer(code=upper)
        with self.store.write() as connection:
            return enrol.new_code(connection, self.keyring.sign_public, row[0], draw(10), self.clock.now_ms())

    def revoke(self, code: str, actor: bytes | None = None) -> int:
        """Withdraws the key of a branch's computer, by person *actor*; the last of its entries that counts.

        Raises UnknownBranch, NoKeyToWithdraw.
        """
        with using(self.store):
            branch = by_code(code)
            if branch is None:
                raise UnknownBranch(code=code)
            with self.journal.unit(actor=actor) as unit:
                last = revocations.revoke(unit, bytes(branch.id))
            self.doorbell.let_go(branch.stream)
        return last

    def take(self, stick: Path) -> list[Taken]:
        """Takes in the mirror stick of a lost computer (see ``sync.mirror_take``)."""
        return mirror_take.take(self.exchange, self.company_key, stick)

    def admit(self, data: bytes) -> bytes:
        """Answers a branch's application (see ``sync.enrol``)."""
        return enrol.admit(self.store, self.keyring, data, self.company_key, self.clock.now_ms())

    def caller(self, data: bytes) -> tuple[int, int]:
        """Who waits for news, and the feed position it knows (see ``sync.doorbell``)."""
        return doorbell.caller(self.exchange.registry, self.exchange.talks, data)

    def countersign(self, data: bytes) -> bytes:
        """Answers a branch that changes its keys (see ``sync.rotation``)."""
        return rotation.countersign(self.store, self.keyring, data, self.clock.now_ms())

    def be_reminded(self, data: bytes) -> bytes:
        """Answers a branch whose certificate this hub has forgotten (see ``sync.reminder``)."""
        return reminder.be_reminded(self.store, self.keyring.sign_public, data)

    def line_status(self) -> tuple[str, str]:
        """What the badge of every page says: (level, sentence in the language of the page)."""
        return line_status(self.zone)
