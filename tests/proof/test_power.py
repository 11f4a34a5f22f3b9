"""The power goes before every operation on the disk of a branch and of head office: no receipt is lost."""

from pathlib import Path
from typing import NamedTuple

import cabang_power as power
import cabang_power_shop as power_shop
import pytest
from cabang_storage import PATTERNS

IMAGES = 5_000  # of both nodes together; each has the share it writes
SHARES = {"branch": 0.7, "hub": 0.25}


class Morning(NamedTuple):
    tapes: power.Tapes
    folder: Path


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """What both nodes wrote in a morning."""
    folder = tmp_path_factory.mktemp("power")
    (folder / "template").mkdir()
    power_shop.create(folder / "template")
    return Morning(power.record(folder / "template", folder / "morning"), folder)


@pytest.mark.proof
def test_the_images_are_as_many_as_promised(morning: Morning) -> None:
    """Goal G2: the number. Method: three images for a cut before each operation and after the last, of each node."""
    counts = {kind: len(PATTERNS) * (len(tape.ops) + 1) for kind, tape in morning.tapes.items()}
    assert sum(counts.values()) >= IMAGES, counts
    assert all(counts[kind] >= share * IMAGES for kind, share in SHARES.items()), counts


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", power.SURVIVORS)
def test_no_cut_loses_what_was_promised(morning: Morning, kind: str) -> None:
    """Goal G2, I2: no printed receipt, nothing signed for is lost; the node starts, verifies and works again. Method:
    each image opened by production code; one equal to an earlier one, with the same promises, is counted, not reopened.
    """
    seen, images, opened = power.Seen(), 0, 0
    for cut in power.cuts(morning.tapes[kind], kind):
        images += 1
        if seen.is_new(cut):
            opened += 1
            power.survive(kind, cut, morning.folder / f"image {kind}")
    print(f"{kind}: {images} images, {opened} different ones opened, 0 promises broken")
    assert len(PATTERNS) * (len(morning.tapes[kind].ops) + 1) == images
    assert images / 3 < opened
