"""Random histories: a head office and branches whose line, clocks and processes fail, everything drawn from one seed.

``python -m cabang_history SEED`` (with the project and tests/support on the path) plays one and tells each step.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS
from cabang_oracle import check_equal, check_everything
from cabang_pair import NOON, BranchSide, Company, HubSide, Side
from cabang_vouchers import check_everywhere

from sync import exchange, limits
from sync.errors import CabangError
from sync.model import _CHILDREN, TABLES

YEAR_MS = 365 * 24 * 3_600_000
STEPS = 60
CLOCKS = ("right", "right", "right", "ahead", "behind", "stuck", "jumping")


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


class HistoryFailed(AssertionError):
    """A claim failed; the message tells the seed, the steps, and how to play it again."""


class History:
    """One company and what happens to it.  ``happened`` counts deeds and faults by name."""

    how = "cabang_history"

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.seed = company, seed
        self.random = Random(seed)
        self.trace: list[str] = []
        self.happened: Counter[str] = Counter()
        self.now = NOON
        self.sales: dict[bytes, int] = {}
        self.late: dict[int, exchange.Answer] = {}
        self.clocks = {side.stream: self.random.choice(CLOCKS) for side in company.sides}

    def play(self, steps: int = STEPS) -> None:
        """Makes the history, then everything heals and every claim is checked."""
        try:
            for _ in range(steps):
                self._step()
                self._check_rights()
            self._heal()
            check_everything(self.company, self.sales)
        except Exception as error:
            raise HistoryFailed(self._story(error)) from error

    def _check_rights(self) -> None:
        """At every step, whatever has been told to whom."""
        check_everywhere(self.company)

    def _story(self, error: Exception) -> str:
        how = f"PYTHONPATH=.:tests/support python -m {self.how} {self.seed}"
        return "\n".join(
            [f"history {self.seed}: {type(error).__name__}: {error}", *self.trace, f"play it again: {how}"]
        )

    def tell(self, side: Side, what: str) -> None:
        """Notes that something happened at *side*."""
        self.happened[what] += 1
        self.trace.append(f"{'HUB' if side.stream == 0 else side.stream} {what}")

    # --- steps -----------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self._tick()
        kind = self.random.random()
        if kind < 0.5:
            self._deed(self.random.choice(self.company.branches), BRANCH_DEEDS)
        elif kind < 0.62:
            self._deed(self.company.hub, HUB_DEEDS)
        elif kind < 0.97:
            self._line(self.random.choice(self.company.branches))
        else:
            self._restart(self.random.choice(self.company.sides))

    def _tick(self) -> None:
        """Time goes on; each clock has its own idea of it."""
        self.now += self.random.choice((0, 1, 50, 60_000, 3_600_000))
        for side in self.company.sides:
            clock = self.clocks[side.stream]
            shown = {"right": self.now, "ahead": self.now + 10 * YEAR_MS, "behind": self.now - 10 * YEAR_MS}
            if clock == "jumping":
                side.now = self.now + self.random.randint(-YEAR_MS, YEAR_MS)
            elif clock != "stuck":
                side.now = shown[clock]
            self.happened[f"clock {clock}"] += 1

    def _deed(self, side: Side, deeds: dict[str, Callable[[Side, Random], object]]) -> None:
        name = self.random.choice(list(deeds))
        made = deeds[name](side, self.random)
        self.tell(side, name)
        if name.startswith("sale") and isinstance(made, tuple):
            self.sales[made[0]] = made[1]

    def _restart(self, side: Side) -> None:
        side.restart()
        self.tell(side, "restart")

    # --- the line --------------------------------------------------------------------------------------------

    def _line(self, branch: BranchSide) -> None:
        name = self.random.choice(list(LINES))
        with suppress(Killed):
            LINES[name](self, branch)
        self.tell(branch, name)

    def whole(self, branch: BranchSide) -> None:
        """One round, nothing lost; sometimes the clock is put right."""
        self.company.round(branch)
        if self.random.random() < 0.3:
            branch.clock.discipline(self.company.hub.now, branch.now, branch.now)

    def until_done(self, branch: BranchSide) -> None:
        """All there is to say; what both hold is equal at once."""
        self.company.until_done(branch)
        check_equal(self.company, branch)

    def request_lost(self, branch: BranchSide) -> None:
        """The branch asked and nobody heard."""
        branch.link.ask(0)

    def answer_lost(self, branch: BranchSide) -> None:
        """The hub took all and its answer did not arrive."""
        self.late[branch.stream] = self.company.ask(branch)[0]

    def asked_twice(self, branch: BranchSide) -> None:
        """Somebody on the line says everything twice; the second answer arrives."""
        self.company.ask(branch)
        request = branch.link.ask(0)
        first, second = self.company.answer(request), self.company.answer(request)
        assert second.refusal is not None and second.refusal.code == "stale_nonce"
        branch.link.take(first if self.random.random() < 0.5 else second, None)

    def answer_late(self, branch: BranchSide) -> None:
        """An answer thought lost arrives after others."""
        answer = self.late.pop(branch.stream, None)
        if answer is not None:
            branch.link.take(answer, None)

    def answer_without_page(self, branch: BranchSide) -> None:
        """The second half is cut off."""
        branch.link.take(self.company.ask(branch)[0], None)

    def branch_killed(self, branch: BranchSide) -> None:
        """Between or inside the slices of a page."""
        self._dying(branch, "elapsed", self.random.randint(1, 12), lambda: self.company.round(branch))

    def hub_killed(self, branch: BranchSide) -> None:
        """While it takes what the branch sends."""
        self._dying(self.company.hub, "looked", self.random.randint(1, 6), lambda: self.company.round(branch))

    def _dying(self, side: Side, call: str, left: int, act: Callable[[], object]) -> None:
        """*act*, in which *side* dies at its n-th look at the clock; then it starts again."""
        looks = iter(range(left))

        def look() -> float:
            if next(looks, None) is None:
                raise Killed
            return float(left)

        usual = getattr(side, call)
        setattr(side, call, _slow(look) if call == "elapsed" else look)
        try:
            act()
        finally:
            setattr(side, call, usual)
            side.restart()

    def _heal(self) -> None:
        for branch in self.company.branches:
            rounds = self.company.until_done(branch)
            assert rounds <= 4, f"{branch.code} needed {rounds} rounds"
        self.company.heal()


def _slow(look: Callable[[], float]) -> Callable[[], float]:
    """A stopwatch on which each look takes longer than a slice may last: one item a slice."""
    total = [0.0]

    def elapsed() -> float:
        look()
        total[0] += 2 * limits.APPLY_SLICE_S_MAX
        return total[0]

    return elapsed


LINES: dict[str, Callable[[History, BranchSide], None]] = {
    "whole round": History.whole,
    "rounds until done": History.until_done,
    "request lost": History.request_lost,
    "answer lost": History.answer_lost,
    "asked twice": History.asked_twice,
    "late answer": History.answer_late,
    "page cut off": History.answer_without_page,
    "branch killed": History.branch_killed,
    "hub killed": History.hub_killed,
}


def play(template: Path, seed: int, steps: int = STEPS) -> Counter[str]:
    """Plays history *seed* on a copy of *template*; what happened how often.  Raises HistoryFailed."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company.open(template, Path(folder), 2 + seed % 3, f"history {seed}")
        try:
            history = History(company, seed)
            history.play(steps)
            history.happened.update(f"table {table}" for table in tables_written(company.hub))
        finally:
            with suppress(CabangError):
                company.close()
    return history.happened


def tables_written(hub: HubSide) -> Iterator[str]:
    """The synced tables that hold anything after a history."""
    for table in (*TABLES, *_CHILDREN):
        if hub.rows(f'SELECT 1 FROM "{table}" LIMIT 1'):
            yield table


def play_all(template: Path, seeds: range) -> Counter[str]:
    """Plays every seed; the failing ones are named together."""
    happened: Counter[str] = Counter()
    failed: list[str] = []
    for seed in seeds:
        try:
            happened += play(template, seed)
        except HistoryFailed as error:
            failed.append(str(error))
    assert not failed, f"{len(failed)} of {len(seeds)} histories failed; the first:\n{failed[0]}"
    return happened


def main() -> None:
    """Plays the seeds given on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        Company.create(Path(folder))
        for seed in sys.argv[1:]:
            print(seed, dict(play(Path(folder), int(seed))))


if __name__ == "__main__":
    main()
