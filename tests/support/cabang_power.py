"""The power goes before each operation of a morning: what lies on the storage then is opened as after the cut."""

import copy
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

import cabang_power_shop as power_shop
from cabang_disk import Op, watching
from cabang_power_shop import Promises, Shop
from cabang_storage import PATTERNS, Image, Storage, lay, read_files

from crm.catalogue import Product
from crm.selling import record_sale
from crm.selling.rules import Line, Paid
from sync.errors import CabangError


class Tape:
    """Every operation on a node's files, and after how many of them the outside was told what."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.before_all = folder, read_files(folder)
        self.ops: list[Op] = []
        self.promises: list[tuple[int, Promises]] = []

    def take(self, op: Op) -> None:
        """Remembers an operation on a file that lies in the folder itself."""
        if self._folder in (Path(op.path), Path(op.path).parent):
            self.ops.append(op)

    def note(self, promises: Promises) -> None:
        """From here on the outside relies on this."""
        self.promises.append((len(self.ops), copy.deepcopy(promises)))


class Tapes(dict[str, Tape]):
    """One for each node."""

    def before(self, op: Op) -> int:
        """Lets everything happen."""
        for tape in self.values():
            tape.take(op)
        return 0

    def note(self, promises: Promises) -> None:
        """As of one tape."""
        for tape in self.values():
            tape.note(promises)


class Cut(NamedTuple):
    """An image: before which operation the power went, what survived, what had been promised."""

    at: int
    pattern: str
    files: Image
    promises: Promises


def morning(shop: Shop) -> None:
    """A dozen sales and more, with everything that writes in between."""
    for _ in range(5):
        shop.sell()
        shop.customer()
        shop.sell()
        shop.seal()
        shop.price()
        shop.sell()
        shop.sync()
        shop.change()
        shop.sell()
    shop.back_up()
    shop.goods()
    shop.sell()
    shop.restart()
    shop.sell()
    shop.new_epoch()
    shop.sell()
    shop.sync()
    shop.sell()


def record(template: Path, folder: Path, work: Callable[[Shop], None] = morning) -> Tapes:
    """Does the work on a copy of *template*; what both nodes did to their files meanwhile."""
    power_shop.copy(template, folder)
    tapes = Tapes({kind: Tape(folder / kind) for kind in SURVIVORS})
    with watching(tapes), power_shop.opened(folder) as shop:
        shop.told = lambda: tapes.note(shop.promises)
        shop.told()
        work(shop)
        lengths = {kind: len(tape.ops) for kind, tape in tapes.items()}
    for kind, tape in tapes.items():
        del tape.ops[lengths[kind] :]  # the end in order
    return tapes


def cuts(tape: Tape, seed: str, patterns: Sequence[str] = PATTERNS) -> Iterator[Cut]:
    """The images of a cut before every operation, and of one after the last."""
    storage, draw, told = Storage(tape.before_all), Random(seed), iter(tape.promises)
    promises = next(told)[1]
    coming = next(told, None)
    for place in range(len(tape.ops) + 1):
        while coming is not None and coming[0] <= place:
            promises = coming[1]
            coming = next(told, None)
        for pattern in patterns:
            yield Cut(place, pattern, storage.image(pattern, draw), promises)
        if place < len(tape.ops):
            storage.do(tape.ops[place])


def _branch(folder: Path, promises: Promises) -> None:
    with closing(power_shop.open_branch(folder)) as node:
        power_shop.check_branch(node, promises)
        with node.journal.unit() as unit:
            product = unit.query("SELECT id FROM item ORDER BY id LIMIT 1", ())[0][0]
            made = record_sale(unit, lines=[Line(product, 1, 500)], payments=[Paid("cash", 500)])
        assert all(number < made.number for number, _ in promises.printed), "a receipt's number comes twice"


def _hub(folder: Path, promises: Promises) -> None:
    with closing(power_shop.open_hub(folder)) as node:
        power_shop.check_hub(node, promises)
        with node.journal.unit() as unit:
            product = unit.query("SELECT id FROM product ORDER BY id LIMIT 1", ())[0][0]
            unit.set(Product, product, {"price": 500})


SURVIVORS: Mapping[str, Callable[[Path, Promises], None]] = {"branch": _branch, "hub": _hub}


def survive(kind: str, cut: Cut, folder: Path) -> None:
    """The node starts on the image, keeps its promises, verifies, and works again.  Raises what is wrong."""
    lay(cut.files, folder)
    try:
        SURVIVORS[kind](folder, cut.promises)
    except NOTICED as error:
        raise AssertionError(f"{kind}, cut before operation {cut.at}, {cut.pattern} survive: {error!r}") from error
    finally:
        shutil.rmtree(folder)


NOTICED = (AssertionError, CabangError, sqlite3.Error)


class Seen:
    """Which images were looked at: one with the same bytes and the same promises need not be opened again."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def is_new(self, cut: Cut) -> bool:
        """Was no such image seen before?  (Python keeps the hash of bytes that did not change.)"""
        looks = hash((repr(cut.promises), *sorted((path, hash(data)) for path, data in cut.files.items())))
        known = looks in self._known
        self._known.add(looks)
        return not known
