"""The branch as a running node: its own log, the overlay over the hub's feed, the sync client."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from branch_node.key_change import KeyChange
from branch_node.line import Line, check_url
from branch_node.line_status import line_status
from branch_node.mirror_job import MirrorJob
from branch_node.sms_job import FactsTaker
from branch_node.sync_client import OpenPage, SyncClient
from crm import vouchers
from crm.branches import by_code, zone_of
from crm.search import SEARCH_DDL
from sms_daemon import ledger as sms_ledger
from sync import certificates, enrol, entry, exchange, ids, keys, rotation
from sync.branch import BranchExchange
from sync.clock import ms_of
from sync.database import using
from sync.folder import Folder
from sync.journal import Journal, open_epoch
from sync.node import Node, device_ms, draw, new_keys
from sync.overlay import Overlay
from sync.store import Store

PAGE_BYTES = 2048  # a sale touches some twenty pages: half the size is 40 % less to write to a small disk at each


class BranchNode(Node):
    """One branch's node.  *open_page* may be a child process (``sync.child.PageChild``)."""

    kind = "branch"

    def __init__(
        self,
        home: Folder,
        store: Store,
        device: Callable[[], int] = device_ms,
        open_page: OpenPage = exchange.open_page,
    ) -> None:
        super().__init__(home, store, device)
        rotation.settle(home, store, self.keyring)
        self.code: str = store.get("code")
        self.journal = Journal(store, self.clock, draw, self.keyring, Overlay())
        self.look_back()
        self.link = BranchExchange(store, self.journal, self.keyring, time.monotonic)
        self.link.uplink.on_new_epoch = self.on_new_epoch
        self.link.on_news.append(lambda: vouchers.return_surplus(self.journal))
        self.clock.guard(ms_of(self.journal.stamp))
        change = KeyChange(home, self.journal, self.link.hub_public)
        self.sync = SyncClient(store, self.link, self.clock, Line(store.get("hub_url")), open_page, change)
        self.journal.on_commit.append(self.sync.nudge)
        self.sms = FactsTaker(store, self.journal, self.folder)
        self.mirror = MirrorJob(self.folder, store, self.journal)

    @classmethod
    def create(cls, home: Folder, url: str, code_text: str, plain_http: bool = False) -> "BranchNode":
        """Enrols at the hub and makes the branch in *home* (the caller holds the lock), then takes the first page.

        Raises BadEnrolmentCode, UsedEnrolmentCode, WrongHub, HubUnreachable, PlainHttpRefused, FolderInUse.
        """
        url = check_url(url, plain_http)
        code = keys.read_code(code_text)
        home.create()
        keyring = new_keys(home)
        line = Line(url)
        answer = line.post(exchange.ENROL_PATH, enrol.apply(code, keyring))
        line.close()
        certificate, welcome = enrol.read_welcome(answer, code, keyring, url)
        return cls._make(home, url, certificate, welcome, keyring)

    @classmethod
    def _make(
        cls,
        home: Folder,
        url: str,
        certificate: keys.Certificate,
        welcome: enrol.Welcome,
        keyring: keys.PrivateKeys,
    ) -> "BranchNode":
        making = home.path / "branch.db.new"
        making.unlink(missing_ok=True)
        store = Store.create(making, SEARCH_DDL, PAGE_BYTES)
        open_epoch(
            store,
            certificate.stream,
            draw(entry.EPOCH_BYTES),
            draw(ids.START_BYTES),
            draw(entry.SECRET_BYTES),
            welcome.hub_ms,
            keyring,
            parent=welcome.parent.place if welcome.parent else None,
        )
        ledger = draw(sms_ledger.ID_BYTES)
        with store.write() as connection:
            values = {"code": certificate.code, "hub_url": url, "hub_public": welcome.hub_public,
                      "certificate": welcome.certificate, "company_key": welcome.company_key,
                      "session_secret": draw(32), "sms_ledger": ledger}  # fmt: skip
            for name, value in values.items():
                store.put(name, value)
            certificates.keep(connection, welcome.certificate, certificate)
        store.close()
        (home.path / sms_ledger.FILE).unlink(missing_ok=True)  # of an attempt that did not get this far
        sms_ledger.create(home.path, ledger)
        making.rename(home.path / "branch.db")
        return cls.open(home)

    @classmethod
    def open(cls, home: Folder, open_page: OpenPage = exchange.open_page) -> "BranchNode":
        """Opens the branch in *home*; the caller holds the lock."""
        return cls(home, Store.open(home.database()), open_page=open_page)

    def on_new_epoch(self) -> Mapping[str, Any]:
        """What the SMS ledger says of messages made until now is not believed: it may be a copy as well."""
        return {"sms_distrusted": self.store.get("sms_ledger")}

    @property
    def branch_id(self) -> bytes | None:
        """The id of this branch's row, or None before the first page has come."""
        with using(self.store):
            branch = by_code(self.code)
        return bytes(branch.id) if branch else None

    @property
    def zone(self) -> str:
        """WIB, WITA or WIT, as head office says."""
        with using(self.store):
            return zone_of(self.stream)

    def line_status(self) -> tuple[str, str]:
        """(level, sentence) for the badge of the line."""
        return line_status(self)
