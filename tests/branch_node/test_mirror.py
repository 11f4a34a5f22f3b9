"""The mirror stick in the background of a branch: what the page of the line and the doctor say of it."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cabang_branch import Shop
from cabang_inside import cabang

from branch_node import mirror_job
from branch_node.mirror_job import MirrorJob
from crm import customers
from sync import doctor, mirror, mirror_take
from sync.database import using
from sync.settings_file import FILE

FORBIDDEN = ("hash", "seq", "epoch", "stream", "segment", "hlc", "quarantine", "merge")


@pytest.fixture
def stick(shop: Shop, tmp_path: Path) -> Iterator[Path]:
    """The folder that the branch's settings name; nothing is there yet."""
    path = tmp_path / "stick"
    (shop.node.folder / FILE).write_text(f'mirror = "{path}"\n', encoding="utf-8")
    yield path
    (shop.node.folder / FILE).unlink()
    shop.node.mirror.turn()


@pytest.fixture
def elsewhere(monkeypatch) -> None:
    """The stick lies on another disk than the branch's folder, as far as anybody can see."""
    usual = mirror.reach
    for module in (mirror_job, mirror):
        monkeypatch.setattr(module, "reach", lambda folder, stick: usual(folder, stick) and False)


def write(shop: Shop, name: str) -> None:
    with using(shop.node.store), shop.node.journal.unit() as unit:
        customers.create_customer(unit, name=name, hash_key=shop.node.company_key)


def page(leader) -> str:
    """What the page of the line says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", leader.get("/status").partition("<main")[2]).split())


def test_without_a_line_in_the_settings(shop, leader) -> None:
    """Goal: who wants no mirror hears nothing of one. Method: a turn and the page."""
    assert None is shop.node.mirror.turn().stick
    assert "Stik cermin" not in page(leader)


def test_the_stick_comes_goes_and_comes_back(shop, leader, stick, elsewhere) -> None:
    """Goal: said in plain words, filled up by itself. Method: away, plugged in, away, back; page, what lacks."""
    assert "mirror_missing" == shop.node.mirror.turn().error.code
    assert "Stik cermin tidak ada" in page(leader)
    stick.mkdir()
    write(shop, "Bu Cermin")
    assert None is shop.node.mirror.turn().error
    shown = page(leader)
    assert ("ada juga di sana" in shown, "tidak ada" in shown.partition("Stik cermin")[2][:60]) == (True, False)
    assert [] == [word for word in FORBIDDEN if word in shown.lower()]
    shutil.rmtree(stick)
    state = shop.node.mirror.turn()
    assert (True, "mirror_missing") == (state.complete is not None, state.error.code)
    stick.mkdir()
    assert None is shop.node.mirror.turn().error
    (taken,) = mirror_take.take(shop.hub.exchange, shop.node.company_key, stick)
    assert [] == taken.troubles


def test_a_folder_on_the_same_disk(shop, leader, stick) -> None:
    """Goal: a stick that is not plugged in is noticed though its folder is there. Method: a folder beside the data."""
    stick.mkdir()
    assert shop.node.mirror.turn().beside
    assert "Apakah stiknya terpasang?" in page(leader)


def test_settings_nobody_can_use(shop, leader, stick) -> None:
    """Goal: a mistyped line is said. Method: another word in the file; the page, and the doctor in full words."""
    (shop.node.folder / FILE).write_text("spiegel = 1", encoding="utf-8")
    shop.node.mirror.turn()
    assert "spiegel tidak dikenal" in page(leader)
    done = cabang("doctor", shop.node.folder, wanted="en")
    assert "nobody knows spiegel" in done.stdout


def test_what_the_doctor_says(shop, stick, elsewhere, monkeypatch) -> None:
    """Goal: each state has its sentence. Method: away, behind, whole, full; the finding of each."""

    def found() -> tuple[str, str]:
        said = json.loads(cabang("doctor", shop.node.folder, "--json").stdout)
        finding = next(one for one in said["findings"] if one["name"] == "mirror")
        return finding["state"], finding["sentence"]

    assert ("attention", f"The mirror stick is not there: {stick}.") == found()
    stick.mkdir()
    shop.node.journal.seal()
    monkeypatch.setattr(doctor, "MIRROR_MS_MAX", -(10**12))
    assert ("attention", "are not on the mirror stick yet.") == (found()[0], found()[1].partition("records ")[2])
    shop.node.mirror.turn()
    assert ("fine", "The mirror stick holds everything but what was made in the last minutes.") == found()
    monkeypatch.setattr(mirror, "FREE_BYTES_MIN", 1 << 60)
    assert ("attention", f"The mirror stick is full: {stick}.") == found()


def test_in_the_background(shop, stick, elsewhere) -> None:
    """Goal: by itself, and once more when the branch stops. Method: start, wait for the first copy, write, stop."""
    stick.mkdir()
    job = MirrorJob(shop.node.folder, shop.node.store, shop.node.journal)
    job.start()
    until = time.monotonic() + 10
    while job.state.complete is None and time.monotonic() < until:
        time.sleep(0.01)
    first = job.state.complete
    write(shop, "Pak Tutup")
    job.stop()
    assert first is not None
    assert (job.state.complete or 0) >= first
    log = mirror.Log(shop.node.store.connection(), shop.node.code, shop.node.stream, shop.node.company_key)
    assert 0 == mirror.lacking(log, stick).entries


def test_a_sale_in_flight_goes_first(shop, stick, monkeypatch) -> None:
    """Goal: never in the till's way. Method: while a request is in flight, a turn waits before it seals."""
    stick.mkdir()
    waited: list[float] = []
    monkeypatch.setattr(shop.node.store, "wait_for_people", waited.append)
    shop.node.mirror.turn(mirror_job.PEOPLE_WAIT_S)
    assert [mirror_job.PEOPLE_WAIT_S] == waited
