"""Cuts of the power in little, and that the proof can fail: bugs that lose what was promised are noticed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import cabang_power as power
import cabang_power_shop as power_shop
import pytest
from cabang_disk import RENAME, SYNC, TRUNCATE, WHOLE, WRITE, Op
from cabang_power_shop import Shop
from cabang_storage import ALL, NONE, PATTERNS, TORN, Storage

from crm.selling import record_sale
from crm.selling.rules import Line, Paid
from sync import canary, store

STEP = 37  # every so many images are opened; the proof opens all


def short(shop: Shop) -> None:
    """A few minutes at the till."""
    shop.sell()
    shop.seal()
    shop.sell()
    shop.sync()


def too_early(shop: Shop) -> None:
    """A till that prints inside the unit of work."""
    with shop.node.journal.unit() as unit:
        product = unit.query("SELECT id FROM item ORDER BY id LIMIT 1", ())[0][0]
        made = record_sale(unit, lines=[Line(product, 1, 500)], payments=[Paid("cash", 500)])
        shop.promises.printed.append((made.number, made.total))
        shop.told()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("power")
    power_shop.create(folder)
    return folder


def some_cuts(tape: power.Tape, patterns: tuple[str, ...], step: int) -> Iterator[power.Cut]:
    """Every so many of the images that differ, the last ones first."""
    seen = power.Seen()
    return iter([cut for cut in power.cuts(tape, "few", patterns) if seen.is_new(cut)][::-step])


def test_promises_outlive_a_cut(company: Path, tmp_path: Path) -> None:
    """Goal: the rig works and the sound node passes. Method: a few images of both nodes; the proof opens all."""
    tapes, opened = power.record(company, tmp_path / "work", short), 0
    for kind, tape in tapes.items():
        for cut in some_cuts(tape, PATTERNS, STEP):
            power.survive(kind, cut, tmp_path / "image")
            opened += 1
    assert 8 < opened


def pragma(value: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Databases that sync less."""
    said = tuple(line.replace("synchronous = FULL", f"synchronous = {value}") for line in store._PRAGMAS)
    return lambda patch: patch.setattr(store, "_PRAGMAS", said)


def hasty_canary(patch: pytest.MonkeyPatch) -> None:
    """A canary that is put in its place before it is on the disk."""

    def write(path: Path, data: bytes) -> None:
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(data)
        fresh.replace(path)

    patch.setattr(canary, "write_private", write)


PLANTED = {
    "the branch never syncs": ("branch", "are gone", pragma("OFF"), short),
    "the branch syncs at checkpoints alone": ("branch", "are gone", pragma("NORMAL"), short),
    "head office syncs at checkpoints alone": ("hub", "has forgotten", pragma("NORMAL"), short),
    "the receipt comes before the commit": ("branch", "are gone", lambda patch: None, too_early),
    "the canary is not synced": ("branch", "an older copy", hasty_canary, short),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_loses_something(company: Path, tmp_path: Path, name: str) -> None:
    """Goal: the proof can fail. Method: work with the bug, and cuts until one breaks a promise."""
    kind, words, plant, work = PLANTED[name]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        tapes = power.record(company, tmp_path / "work", work)
    patterns = (TORN,) if "canary" in name else (NONE,)
    with pytest.raises(AssertionError, match=words):
        for cut in some_cuts(tapes[kind], patterns, 1):
            power.survive(kind, cut, tmp_path / "image")


# --- the storage itself ----------------------------------------------------------------------------------------


def survivors(*ops: Op) -> list[dict[str, bytes]]:
    """What lies on a storage with one file of 1,024 old bytes after *ops*: nothing more, everything."""
    storage = Storage({"/a": b"o" * 1024})
    for op in ops:
        storage.do(op)
    return [storage.image(pattern, Random(0)) for pattern in (NONE, ALL)]


def test_what_is_synced_stays_and_the_rest_may_go() -> None:
    """Goal: the images are right. Method: writes, a truncate and renames, with and without their sync."""
    write, cut = Op(WRITE, "/a", 512, b"n" * 512), Op(TRUNCATE, "/a", 10)
    old, new = b"o" * 1024, b"o" * 512 + b"n" * 512
    assert [{"/a": old}, {"/a": new}] == survivors(write)
    assert [{"/a": new}, {"/a": new}] == survivors(write, Op(SYNC, "/a"))
    assert [{"/a": old}, {"/a": old[:10]}] == survivors(cut)
    fresh, move = Op(WHOLE, "/b", 0, b"new"), Op(RENAME, "/b", 0, b"/a")
    assert [{"/a": old, "/b": b"new"}, {"/a": b"new"}] == survivors(fresh, Op(SYNC, "/b"), move)
    assert [{"/a": old}, {"/a": b"new"}] == survivors(fresh, move)


def test_torn_writes_keep_whole_sectors() -> None:
    """Goal: a torn write is torn at sectors. Method: many images of one write; each sector is old or new."""
    storage, met = Storage({"/a": b"o" * 1536}), set()
    storage.do(Op(WRITE, "/a", 0, b"n" * 1536))
    for seed in range(40):
        image = storage.image(TORN, Random(seed))["/a"]
        met.add("".join(chr(image[place]) for place in range(0, 1536, 512)))
        assert all(len(set(image[place : place + 512])) == 1 for place in range(0, 1536, 512))
    assert {"ooo", "nnn"} < met
