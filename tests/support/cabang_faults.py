"""A disk that refuses: the n-th operation of a deed fails, for every n, and the node must say so and go on.

A write that fails has half happened.  After a failed sync what was not safe yet is lost, though programs still see it
until the power goes: no later sync brings it back (that is what Linux does).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import cabang_power_shop as power_shop
from cabang_disk import CREATE, DELETE, SYNC, SYNC_FOLDER, TRUNCATE, WHOLE, WRITE, Op, watching
from cabang_power import Cut, survive
from cabang_power_shop import Shop
from cabang_storage import NONE, Storage, read_files

from sync import digest
from sync.backup import BackupNotWritten
from sync.errors import CabangError, DiskFull, WriterBusy

CLEAR = (DiskFull, WriterBusy, BackupNotWritten)
DISK_FULL = 13
_IO_ERRORS = {WRITE: 778, SYNC: 1034, TRUNCATE: 1546, DELETE: 2570, CREATE: 14, WHOLE: 778, SYNC_FOLDER: 1034}
_ROOM = (WRITE, CREATE, WHOLE)  # what needs room on the disk


class Kind(NamedTuple):
    """A way to fail: at which operations, and whether those after it fail as well until somebody helps."""

    name: str
    hit: tuple[str, ...]
    code: int | None  # None: the I/O error that fits the operation
    lasting: bool

    def __str__(self) -> str:
        return self.name


KINDS = (
    Kind("I/O error", tuple(_IO_ERRORS), None, False),
    Kind("I/O errors from then on", tuple(_IO_ERRORS), None, True),
    Kind("failed sync", (SYNC, SYNC_FOLDER), None, False),
    Kind("failed syncs from then on", (SYNC, SYNC_FOLDER), None, True),
    Kind("disk full for a moment", _ROOM, DISK_FULL, False),
    Kind("disk full from then on", _ROOM, DISK_FULL, True),
)


class FaultyDisk:
    """Asked before each operation; ``arm``ed, it refuses some.  Keeps what a power cut would leave."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.storage = folder, Storage(read_files(folder))
        self._kind: Kind | None = None
        self._left = self.hits = 0

    def arm(self, kind: Kind, n: int) -> None:
        """The *n*-th operation of this kind from now on fails."""
        self._kind, self._left, self.hits = kind, n, 0

    def help(self) -> int:
        """The disk works again; how many operations it refused."""
        self._kind = None
        return self.hits

    def before(self, op: Op) -> int:
        """0, or the error."""
        if self._folder not in Path(op.path).parents and self._folder != Path(op.path):
            return 0
        code = self._refused(op)
        if self._folder == Path(op.path).parent or op.kind == SYNC_FOLDER:
            self.storage.fail(op) if code else self.storage.do(op)
        return code

    def _refused(self, op: Op) -> int:
        if self._kind is None or op.kind not in self._kind.hit:
            return 0
        self._left -= 1
        if self._left > 0 or (self._left < 0 and not self._kind.lasting):
            return 0
        self.hits += 1
        return self._kind.code or _IO_ERRORS[op.kind]


class Deed(NamedTuple):
    """What is tried: *before* makes it worth trying; ``unit``: all or nothing."""

    before: Callable[[Shop], None]
    act: Callable[[Shop], None]
    unit: bool


def _nothing(shop: Shop) -> None:
    """A deed that needs no preparing."""


def _sale_and_price(shop: Shop) -> None:
    shop.sell()
    shop.price()


DEEDS = {
    "sale": Deed(_nothing, Shop.sell, True),
    "customer": Deed(_nothing, Shop.customer, True),
    "card changed": Deed(_nothing, Shop.change, True),
    "sale to somebody new": Deed(_nothing, Shop.sell_to_somebody_new, True),
    "first sale after a start": Deed(Shop.restart, Shop.sell, True),
    "goods in": Deed(_nothing, Shop.goods, True),
    "seal": Deed(Shop.sell, Shop.seal, False),
    "exchange": Deed(_sale_and_price, Shop.sync, False),
    "new epoch": Deed(Shop.sell, Shop.new_epoch, False),
    "backup": Deed(_nothing, Shop.back_up, False),
}


def try_all(shop: Shop, disk: FaultyDisk, deed: Deed, kind: Kind) -> Iterator[CabangError | None]:
    """Does the deed with a fault at its first, second, … operation until none is left to fail.

    Each time: it is refused in words of ours, leaving nothing, or it is done; then the disk works again and so does the
    deed, in the same process.  Gives, for each fault, what was said, or None for one that nobody needed to hear of.
    """
    for n in count(1):
        deed.before(shop)
        before = _state(shop)
        disk.arm(kind, n)
        said = _attempt(shop, deed)
        if not disk.help():
            return
        if said and deed.unit:
            assert before == _state(shop), f"something was written at operation {n}"
        deed.act(shop)
        yield said


def _attempt(shop: Shop, deed: Deed) -> CabangError | None:
    try:
        deed.act(shop)
    except CLEAR as error:
        assert error.happened, error
        assert error.todo, error
        return error
    return None


def _state(shop: Shop) -> tuple[int, int, int, str]:
    """What is in the file, and what the node believes of it."""
    counts = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM overlay)"
    (found,) = shop.node.store.connection().execute(counts)
    return (*found, shop.node.journal.seq, digest.of_branch(shop.node.store))


def play(template: Path, folder: Path, deed: Deed, kind: Kind, checkpoint_pages: int) -> Counter[str]:
    """Every fault of a kind in a deed at a branch of its own; how often what was said ("" = nobody needed to hear).

    After a sync that failed the power goes as well, once the deed is done: what was printed is on the disk.
    """
    power_shop.copy(template, folder)
    disk, said = FaultyDisk(folder / "branch"), Counter[str]()
    with watching(disk), power_shop.opened(folder, checkpoint_pages=checkpoint_pages) as shop:
        try:
            for error in try_all(shop, disk, deed, kind):
                said[error.code if error else ""] += 1
                if SYNC in kind.hit and WRITE not in kind.hit:
                    survive("branch", Cut(0, NONE, disk.storage.image(NONE, shop.draw), shop.promises), folder / "cut")
            power_shop.check_branch(shop.node, shop.promises)
        finally:
            disk.help()
    return said
