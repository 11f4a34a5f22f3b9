"""Plays a plan on a copy of the company's files: what happened, and what failed."""

import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import cabang_thrift
from cabang_history import HistoryFailed, begun, tables_written
from cabang_pair import Company

from tests.simulator.marks import counting
from tests.simulator.plan import BRANCHES_MAX, Plan


class Failure(NamedTuple):
    """``kind``: what failed where in the source; ``at``: in which step, 0: in the end; ``text``: in words."""

    kind: str
    at: int
    text: str


class Played(NamedTuple):
    """A history that was played.  ``trace``: a line for each step."""

    happened: Counter[str]
    trace: list[str]
    failure: Failure | None


@contextmanager
def company_files() -> Iterator[Path]:
    """The files of a company that every history begins with, in memory where there is room."""
    memory = cabang_thrift.MEMORY if cabang_thrift.has_room(cabang_thrift.MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="cabang-simulate-", dir=memory) as folder:
        Company.create(Path(folder), BRANCHES_MAX)
        yield Path(folder)


def play(template: Path, plan: Plan, tell: Callable[[str], None] = lambda line: None) -> Played:
    """Plays *plan* on a copy of the files in *template*; *tell* hears each step."""
    failure = None
    with begun(plan.kind, template, plan.seed, plan.branches) as history, counting(history.happened):
        history.told = tell
        try:
            history.play(plan.steps)
        except HistoryFailed as error:
            failure = _failure(error)
        history.happened.update(f"table {table}" for table in tables_written(history.company.hub))
        return Played(history.happened, history.trace, failure)


def _failure(failed: HistoryFailed) -> Failure:
    error = failed.error
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = f"{type(error).__name__}: {error}"
    return Failure(f"{type(error).__name__} in {place.name}", failed.at, f"{text} ({Path(place.filename).name})")
