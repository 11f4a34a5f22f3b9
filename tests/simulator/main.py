"""Plays many histories: how often what happened, which failed, and the shortest way to see that again."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.simulator.plan import BRANCHES_MAX, BRANCHES_MIN, Plan, plan_of, read, written
from tests.simulator.play import Failure, company_files, play
from tests.simulator.shrink import shrink
from tests.simulator.workload import KINDS, rare, share

SHRINK_S_MAX = 60
SHOWN_MAX = 10  # failures told in full
Tell = Callable[[str], None]


class Failed(NamedTuple):
    """A history that failed, as played and as short as it became."""

    plan: Plan
    shortest: Plan
    failure: Failure

    def again(self) -> str:
        """The command that shows it again."""
        whole, words = plan_of(self.plan.seed), [f"cabang simulate --seed {self.plan.seed}"]
        if self.shortest.branches != whole.branches:
            words.append(f"--branches {self.shortest.branches}")
        if self.shortest.steps != whole.steps:
            words.append(f"--steps {written(self.shortest.steps)}")
        return " ".join([*words, "--trace"])

    def plain(self) -> dict[str, Any]:
        """What a program is told of it."""
        at = {"seed": self.plan.seed, "branches": self.shortest.branches, "steps": list(self.shortest.steps)}
        return {**at, "why": self.failure.text, "again": self.again()}


class Report(NamedTuple):
    """A run: its plans, what ``happened`` how often, what ``failed``.

    ``judged``: each thing must have reached its share.
    """

    judged: bool
    plans: list[Plan]
    happened: Counter[str]
    failed: list[Failed]

    @property
    def rare(self) -> dict[str, int]:
        """What stayed below its share, and how often it happened."""
        return rare(self.happened, len(self.plans)) if self.judged else {}

    @property
    def fine(self) -> bool:
        """Nothing failed, and everything happened often enough."""
        return not self.failed and not self.rare

    def plain(self) -> dict[str, Any]:
        """One JSON object's worth of facts."""
        counts = {kind: {name: self.happened[name] for name in names} for kind, names in KINDS.items()}
        return {
            "seeds": [plan.seed for plan in self.plans],
            "steps": sum(len(plan.steps) for plan in self.plans),
            "share": share(len(self.plans)),
            "happened": counts,
            "below_share": self.rare,
            "failed": [one.plain() for one in self.failed],
            "fine": self.fine,
        }

    def lines(self) -> Iterator[str]:
        """The same for people; the last line is a summary."""
        for kind, names in KINDS.items():
            for name in names:
                mark = "  below its share" if name in self.rare else ""
                yield f"{kind:<6} {self.happened[name]:>9,}  {name.removeprefix('table ')}{mark}"
        for one in self.failed[:SHOWN_MAX]:
            yield f"failed: history {one.plan.seed}, {_where(one.failure)}: {one.failure.text}"
            yield f"  see it again: {one.again()}"
        yield self._summary()

    def _summary(self) -> str:
        steps, count = sum(len(plan.steps) for plan in self.plans), len(self.plans)
        played = f"{count:,} histories" if count > 1 else f"history {self.plans[0].seed}"
        failed = ", ".join(str(one.plan.seed) for one in self.failed)
        told = [f"{played}, {steps:,} steps", f"failed: {failed}" if failed else "none failed"]
        if self.rare:
            told.append(f"below their share of {share(count)}: {', '.join(self.rare)}")
        elif self.judged:
            told.append(f"everything happened at least {share(count)}×")
        return "; ".join(told)


def _where(failure: Failure) -> str:
    return f"step {failure.at}" if failure.at else "in the end"


def replay(seed: int, branches: int | None = None, steps: str | None = None) -> Plan:
    """History number *seed*, or what these words leave of it.  Raises ValueError."""
    plan = plan_of(seed)
    if branches is not None and not BRANCHES_MIN <= branches <= BRANCHES_MAX:
        raise ValueError(branches)
    chosen = plan.steps if steps is None else read(steps, len(plan.steps))
    return Plan(seed, branches or plan.branches, chosen)


def run(
    plans: Iterable[Plan], judged: bool, tell: Tell, trace: Tell | None = None, template: Path | None = None
) -> Report:
    """Plays *plans*; *tell* hears of progress, *trace* each step.  *judged*: each thing must reach its share."""
    if template is None:
        with company_files() as files:
            return run(plans, judged, tell, trace, files)
    listed, happened, failed = list(plans), Counter[str](), list[Failed]()
    told = time.monotonic()
    for number, plan in enumerate(listed, 1):
        if trace:
            trace(f"history {plan.seed}: {plan.kind.__name__}, {plan.branches} branches, steps {written(plan.steps)}")
        played = play(template, plan, trace or _unheard)
        happened += played.happened
        if played.failure:
            tell(f"history {plan.seed} failed")
            failed.append(_shortened(template, plan, played.failure, tell, first=not failed))
        elif time.monotonic() - told > 5:
            told = time.monotonic()
            tell(f"{number} of {len(listed)} histories")
    return Report(judged, listed, happened, failed)


def _unheard(line: str) -> None:
    return None


def _shortened(template: Path, plan: Plan, failure: Failure, tell: Tell, first: bool) -> Failed:
    """The first failure is made short; the others wait until it is understood."""
    if not first:
        return Failed(plan, plan, failure)
    tell("looking for fewer steps that fail in the same way")
    until, last = time.monotonic() + SHRINK_S_MAX, failure

    def fails(smaller: Plan) -> bool:
        nonlocal last
        found = play(template, smaller).failure
        if found is None or found.kind != failure.kind:
            return False
        last = found
        return True

    shortest = shrink(plan, failure.at, fails, lambda: time.monotonic() < until)
    return Failed(plan, shortest, last)
