"""Overhead: what the daemon takes for a part over what gammu alone takes for the same part on the same modem.

From the first to the last part on the air, as the emulated modem wrote it down; with delivery reports, as in a shop.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figure import Figure, Skipped
from bench.nodes import Pair, make_pair
from bench.sms import outbox
from bench.sms.programs import NO_EMULATOR, Emulator, Program, daemon, has_emulator

PARTS, TARGET_MS = 30, 50


def measure(runs: int, tell: Callable[[str], None], parts: int = PARTS) -> list[Figure | Skipped]:
    """Milliseconds for each of *parts* parts, median of *runs*."""
    if not has_emulator():
        return [Skipped("SMS, over gammu", NO_EMULATOR)]
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        pair = make_pair(folder / "pair")
        outbox.fill(pair.branch, parts)
        return [figure([_run(pair, folder / f"{run}", parts, tell) for run in range(runs)])]


def figure(done: Sequence[tuple[float, float]]) -> Figure:
    """The figure of several runs, each (ms of the daemon, ms of gammu alone) for a part."""
    details = {
        "the daemon, ms a part": median(daemon for daemon, _ in done),
        "gammu alone, ms a part": median(gammu for _, gammu in done),
        "most of all runs, ms": max(daemon - gammu for daemon, gammu in done),
    }
    return Figure("SMS, over gammu", "ms", median(daemon - gammu for daemon, gammu in done), TARGET_MS, details=details)


def _run(pair: Pair, folder: Path, parts: int, tell: Callable[[str], None]) -> tuple[float, float]:
    tell(f"overhead: {parts} parts by gammu alone")
    folder.mkdir()
    with Emulator(folder / "bare") as modem:
        with Program(["-m", "bench.sms.bare", modem.link, parts], folder / "bare.log") as bare:
            bare.finish()
        alone = each([line["at"] for line in modem.journal("aired")], parts)
    tell(f"overhead: {parts} parts by the daemon")
    branch = pair.copy(folder / "pair").branch
    with Emulator(folder / "daemon") as modem:
        outbox.settings(branch, modem.link)
        with daemon(branch) as program:
            program.until(lambda: len(modem.journal("aired")) >= parts)
            program.end()
        return each([line["at"] for line in modem.journal("aired")], parts), alone


def each(times: Sequence[int], parts: int) -> float:
    """Milliseconds for each part; RuntimeError unless exactly *parts* went on the air."""
    if len(times) != parts:
        raise RuntimeError(f"{len(times)} parts went on the air instead of {parts}")
    return (times[-1] - times[0]) / (parts - 1)
