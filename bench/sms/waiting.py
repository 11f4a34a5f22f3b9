"""Waiting: 100,000 SMS in the ledger, and a modem that never answers.

How soon the first part is handed over, what choosing the next part takes, what the daemon holds of memory; and, while
the modem is silent, how the page of the SMS answers and how soon the daemon ends.  Files are in the system's cache;
each run sends a hundred of those that wait.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.cashier import Cashier
from bench.figure import Figure, Skipped, compared, percentile
from bench.memory import PROC, megabytes
from bench.nodes import make_pair
from bench.process import Running
from bench.shop import add_cashier
from bench.sms import outbox
from bench.sms.programs import Emulator, Program, daemon, has_emulator, standin

PAGE = "/sms"
START_S, CHOICE_RATIO, MEMORY_MB, END_S, PAGE_MS = 1.0, 2.0, 45, 2.0, 100


class Size(NamedTuple):
    """How many SMS wait, many and few; how many are handed over, no more than few; how often the page is asked for."""

    many: int = 100_000
    few: int = 100
    handed: int = 100
    pages: int = 40


FULL = Size()


class Sent(NamedTuple):
    """Seconds until the first part was handed over, and of each choice; MB of the daemon."""

    start: float
    choices: list[float]
    memory: float


class Visitor(NamedTuple):
    """Who asks for the page, and the number of the process that answers."""

    cashier: Cashier
    pid: int


class Silent(NamedTuple):
    """While the modem is silent: seconds of each answer of the page, and those the branch's processor worked for it;
    seconds from SIGTERM to the daemon's end, and MB of the daemon.
    """

    pages: list[float]
    work: float
    end: float
    memory: float


def measure(runs: int, tell: Callable[[str], None], size: Size = FULL) -> list[Figure | Skipped]:
    """Five figures, medians of *runs*."""
    busy = _busy()
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        few = make_pair(folder / "few", add_cashier)
        many = few.copy(folder / "many")
        tell(f"waiting: {size.many:,} SMS into the outbox")
        outbox.fill(few.branch, size.few)
        outbox.fill(many.branch, size.many)
        fresh = many.copy(folder / "fresh")
        tell("waiting: from the outbox into the ledger")
        details = {"SMS/s from the outbox into the ledger": _take_in(many.branch)}
        tell("waiting: starting and choosing")
        details["with none of them taken into the ledger yet, s"] = hand_over(fresh.branch, 1).start
        sent = [hand_over(many.branch, size.handed) for _ in range(runs)]
        against = [hand_over(few.copy(folder / f"few{run}").branch, size.handed) for run in range(runs)]
        tell("waiting: a modem that never answers")
        silent = silences(many.branch, folder, runs, size.pages)
    return figures(sent, against, silent, {**details, **busy})


def _busy() -> dict[str, float]:
    """Programs that wanted to work here just before; more than there are processors make every time longer."""
    return (
        {f"programs at work before, on {os.cpu_count()} processors": os.getloadavg()[0]}
        if hasattr(os, "getloadavg")
        else {}
    )


def _take_in(folder: Path) -> float:
    """SMS a second."""
    began = time.perf_counter()
    count = outbox.take_in(folder)
    return count / (time.perf_counter() - began)


def hand_over(folder: Path, count: int) -> Sent:
    """Has the daemon of the branch in *folder* send *count* SMS through a stand-in that answers at once."""
    device = _device(folder)
    with standin(folder) as program:
        program.until(lambda: len(_handed(device)) >= count)
        memory = _megabytes(program)
        program.end()
        return Sent(_handed(device)[0] / 1e9 - program.began, json.loads(program.said())[:count], memory)


def silences(folder: Path, work: Path, runs: int, pages: int) -> list[Silent]:
    """The branch in *folder* serves its page, and each run its daemon waits for a modem that does not answer."""
    with Running("branch", folder) as branch:
        cashier = Cashier(branch.said)
        return [silence(folder, work / f"silent{run}", Visitor(cashier, branch.pid), pages) for run in range(runs)]


def silence(folder: Path, work: Path, visitor: Visitor, pages: int) -> Silent:
    """One run; the modem is an emulated one behind gammu or, where there is none, a stand-in."""
    if not has_emulator():
        device = _device(folder)
        (device / "silent").touch()
        with standin(folder) as program:
            return _wait_for_nothing(program, lambda: _handed(device), visitor, pages)
    with Emulator(work, "silent") as modem:
        outbox.settings(folder, modem.link)
        with daemon(folder) as program:
            return _wait_for_nothing(program, lambda: modem.journal("fault"), visitor, pages)


def _wait_for_nothing(program: Program, asked: Callable[[], object], visitor: Visitor, pages: int) -> Silent:
    program.until(asked)
    began = _worked(visitor.pid)
    times = [_ask(visitor.cashier) for _ in range(pages)]
    work = (_worked(visitor.pid) - began) / pages
    return Silent(times, work, memory=_megabytes(program), end=program.end())


def _ask(cashier: Cashier) -> float:
    began = time.perf_counter()
    cashier.get(PAGE)
    return time.perf_counter() - began


def _device(folder: Path) -> Path:
    """A new device for the stand-in, in the settings of the branch in *folder*."""
    device = folder / f"device{time.monotonic_ns()}"
    device.mkdir()
    outbox.settings(folder, device)
    return device


def _handed(device: Path) -> list[int]:
    """When the stand-in behind *device* was handed each part, ns."""
    path = device / "handed"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def _megabytes(program: Program) -> float:
    """All resident pages of the program; 0 where the system does not tell."""
    return megabytes(program.pid, "Rss") if (PROC / "self" / "smaps_rollup").exists() else 0.0


def _worked(pid: int) -> float:
    """Seconds that a process has kept a processor busy; 0 where the system does not tell."""
    path = PROC / str(pid) / "stat"
    if not path.exists():
        return 0.0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- figures ---------------------------------------------------------------------------------------------------


def figures(
    sent: Sequence[Sent], against: Sequence[Sent], silent: Sequence[Silent], details: dict[str, float]
) -> list[Figure | Skipped]:
    """What the runs say: with many waiting, with few, and with a silent modem; *details* go with the first figure."""
    return [_start(sent, details), _choice(sent, against), _memory(sent, silent), _page(silent), _end(silent)]


def _start(sent: Sequence[Sent], details: dict[str, float]) -> Figure:
    figure = median(one.start for one in sent)
    return Figure("SMS, start", "s", figure, START_S, details={**details, "slowest, s": max(one.start for one in sent)})


def _choice(sent: Sequence[Sent], against: Sequence[Sent]) -> Figure:
    pairs = [(_middle_us(many), _middle_us(few)) for many, few in zip(sent, against, strict=True)]
    slowest = median(percentile(one.choices, 95) for one in sent) * 1e6
    return compared(
        "SMS, choosing the next", "µs", pairs, CHOICE_RATIO, against="few waiting", details={"p95, µs": slowest}
    )


def _middle_us(sent: Sent) -> float:
    return median(sent.choices) * 1e6


def _memory(sent: Sequence[Sent], silent: Sequence[Silent]) -> Figure | Skipped:
    figure = max(median(one.memory for one in sent), median(one.memory for one in silent))
    if not figure:
        return Skipped("SMS, daemon's memory", "this system does not tell a process's share of memory")
    return Figure("SMS, daemon's memory", "MB", figure, MEMORY_MB)


def _page(silent: Sequence[Silent]) -> Figure:
    details = {
        "median, ms": median(time for one in silent for time in one.pages) * 1000,
        "of it the branch's processor, ms": median(one.work for one in silent) * 1000,
    }
    slow = median(percentile(one.pages, 95) for one in silent) * 1000
    return Figure("SMS, page, p95", "ms", slow, PAGE_MS, details=details)


def _end(silent: Sequence[Silent]) -> Figure:
    details = {
        "slowest, s": max(one.end for one in silent),
        "modem": "emulated, behind gammu" if has_emulator() else "a stand-in",
    }
    return Figure("SMS, SIGTERM to end", "s", median(one.end for one in silent), END_S, details=details)
