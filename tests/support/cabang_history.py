"""Random histories: a head office and branches whose line, clocks and processes fail, everything drawn from one seed.

Each step draws from the seed and its own number, so that a history can be played again without some of its steps.
``cabang simulate`` plays them.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS, Deed
from cabang_oracle import check_equal, check_everything
from cabang_pair import NOON, BranchSide, Company, HubSide, Side
from cabang_vouchers import check_everywhere

from sync import exchange, limits
from sync.branch import Load
from sync.errors import BadSignature, CabangError
from sync.model import _CHILDREN, TABLES

DAY_MS = 24 * 3_600_000
YEAR_MS = 365 * DAY_MS
STEPS = 60
WRONG_CLOCKS = ("ahead", "behind", "stuck", "jumping", "backwards")
CLOCKS = ("right", "right", "right", *WRONG_CLOCKS)
ROUNDS_MAX = 3  # of a branch that comes back, until nothing is left either way
ANY = 60  # divisible by every number of branches: with fewer of them a step concerns one of the same few

T = TypeVar("T")
Line = Callable[[Any, BranchSide], bool | None]  # False: it did not come about


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


class HistoryFailed(AssertionError):
    """A claim failed; the message tells the seed and the steps.  ``at``: the step, 0 for "in the end"."""

    def __init__(self, seed: int, at: int, error: Exception, trace: list[str]) -> None:
        self.at, self.error = at, error
        where = f"step {at}" if at else "in the end"
        super().__init__("\n".join([*trace, f"history {seed}, {where}: {type(error).__name__}: {error}"]))


class History:
    """One company and what happens to it.  ``happened`` counts deeds and faults by name; ``told`` hears each step."""

    lines: dict[str, Line] = {}

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.seed, self.step = company, seed, 0
        self.random = Random(f"{seed} begin")
        self.trace: list[str] = []
        self.told: Callable[[str], None] = lambda line: None
        self.happened: Counter[str] = Counter()
        self.now = NOON
        self.sales: dict[bytes, int] = {}
        self.late: dict[int, exchange.Answer] = {}
        self.requests: dict[int, bytes] = {}
        self.cuts: dict[int, tuple[str, int]] = {}  # what comes of each exchange, until which step
        self.clocks = {side.stream: self.random.choice(CLOCKS) for side in company.sides}
        if set(self.clocks.values()) == {"right"}:
            self.clocks[self.one(company.sides).stream] = self.random.choice(WRONG_CLOCKS)
        for branch in company.branches:
            if self.random.random() < 0.5:
                branch.guard()

    def one(self, things: Sequence[T]) -> T:
        """One of *things*."""
        return things[self.random.randrange(ANY) % len(things)]

    def play(self, steps: Iterable[int] = range(1, STEPS + 1)) -> None:
        """Makes the steps of these numbers, then everything heals and every claim is checked.  Raises HistoryFailed."""
        try:
            for self.step in steps:
                self.random = Random(f"{self.seed} {self.step}")
                self._step()
                self._check_rights()
            self.step, self.random = 0, Random(f"{self.seed} end")
            self._heal()
            self._check()
        except BrokenPipeError:
            raise  # nobody listens any more
        except Exception as error:
            raise HistoryFailed(self.seed, self.step, error, self.trace) from error
        self._note(f"in the end  {self.company.hub.digest()}")

    def _check_rights(self) -> None:
        """At every step, whatever has been told to whom."""
        check_everywhere(self.company)

    def tell(self, side: Side, what: str) -> None:
        """Notes that something happened at *side*."""
        self.happened[what] += 1
        self._say(side, f"{what} ({side.path.stem} {side.journal.seq})")

    def _say(self, side: Side, what: str) -> None:
        self._note(f"{self.step:>4}  {side.code if isinstance(side, BranchSide) else 'HUB'}  {what}")

    def _tell_if(self, happened: bool | None, side: Side, what: str) -> None:
        if happened is False:
            self._say(side, f"no {what}: there was no occasion")
        else:
            self.tell(side, what)

    def _note(self, line: str) -> None:
        self.trace.append(line)
        self.told(line)

    def nodes(self) -> Iterable[Side]:
        """Every node there is."""
        return self.company.sides

    # --- steps -----------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self._tick()
        kind = self.random.random()
        if kind < 0.5:
            self._deed(self.one(self.company.branches), BRANCH_DEEDS)
        elif kind < 0.61:
            self._deed(self.company.hub, HUB_DEEDS)
        elif kind < 0.94:
            self._line(self.one(self.company.branches))
        else:
            self.random.choice([self._restart, self._killed_writing, self._sealed])(self.one(self.company.sides))

    def _tick(self) -> None:
        """Time goes on; each clock has its own idea of it."""
        if self.random.random() < 0.03:
            self.now += self.random.randint(1, 60) * DAY_MS
            self.happened["days pass"] += 1
        self.now += self.random.choice((0, 1, 50, 60_000, 3_600_000))
        for side in self.company.sides:
            clock = self.clocks[side.stream]
            if clock != "stuck":
                side.now = self._shown(clock)
            self.happened[f"clock {clock}"] += 1

    def _shown(self, clock: str) -> int:
        if clock == "jumping":
            return self.now + self.random.randint(-YEAR_MS, YEAR_MS)
        if clock == "backwards":
            return 2 * NOON - self.now
        return self.now + {"right": 0, "ahead": 10 * YEAR_MS, "behind": -10 * YEAR_MS}[clock]

    def _deed(self, side: Side, deeds: dict[str, Deed]) -> None:
        name = self.random.choice(list(deeds))
        made = deeds[name](side, self.random)
        self.tell(side, name)
        if name.startswith("sale") and isinstance(made, tuple):
            self.sales[made[0]] = made[1]

    def _restart(self, side: Side) -> None:
        side.restart()
        self.tell(side, "restart")

    def _killed_writing(self, side: Side) -> None:
        """In the middle of a unit, which then never was."""
        deeds = HUB_DEEDS if isinstance(side, HubSide) else BRANCH_DEEDS
        some = {name: deed for name, deed in deeds.items() if not name.startswith("sale")}
        killed = self._dying(side, "looked", self.random.randint(0, 1), lambda: self._deed(side, some))
        self._tell_if(killed, side, "killed while writing")

    def _sealed(self, side: Side) -> None:
        """A segment ends here: what follows travels in another one."""
        side.journal.seal()
        self.tell(side, "sealed early")

    # --- the line --------------------------------------------------------------------------------------------

    def _line(self, branch: BranchSide) -> None:
        cut, until = self.cuts.get(branch.stream, ("", 0))
        name = cut if self.step < until else self.random.choice(list(self.lines))
        self._tell_if(self.lines[name](self, branch), branch, name)

    def round(self, branch: BranchSide) -> None:
        """One exchange, nothing lost."""
        self.company.round(branch)

    def whole(self, branch: BranchSide) -> None:
        """One round, nothing lost; sometimes the clock is put right."""
        self.round(branch)
        if self.random.random() < 0.3:
            branch.clock.discipline(self.company.hub.now, branch.now, branch.now)

    def until_done(self, branch: BranchSide) -> None:
        """All there is to say; what both hold is equal at once."""
        self.company.until_done(branch)
        check_equal(self.company, branch)

    def thin_line(self, branch: BranchSide) -> None:
        """An exchange carries as little as may be: one segment up, two things down."""
        with _small_pages():
            self.company.round(branch, Load(1, 1))

    def request_lost(self, branch: BranchSide) -> None:
        """The branch asked and nobody heard."""
        self.requests[branch.stream] = branch.link.ask(0)

    def answer_lost(self, branch: BranchSide) -> None:
        """The hub took all and its answer did not arrive."""
        self.late[branch.stream] = self.company.ask(branch)[0]

    def asked_twice(self, branch: BranchSide) -> None:
        """Somebody on the line says everything twice; one of the answers arrives."""
        self.round(branch)
        self._deed(branch, BRANCH_DEEDS)
        request = self.requests[branch.stream] = branch.link.ask(0)
        first = self.company.answer(request)
        second = self._too_late(request)
        branch.link.take(first if self.random.random() < 0.5 else second, None)

    def overtaken(self, branch: BranchSide) -> None:
        """Two requests change places on the way; the answer to the one that came first arrives."""
        self.round(branch)
        early = branch.link.ask(0)
        self._deed(branch, BRANCH_DEEDS)
        answer = self.company.answer(branch.link.ask(0))
        self._too_late(early)
        branch.link.take(answer, branch.open_page(answer, branch.link.nonce))

    def request_late(self, branch: BranchSide) -> bool:
        """A request thought lost, or one that was answered, arrives after others."""
        request = self.requests.pop(branch.stream, b"")
        if not request:
            return False
        before = _taken(self.company.hub)
        try:
            answer = self.company.answer(request)
        except CabangError:
            assert before == _taken(self.company.hub), "a request that was refused changed something"
        else:
            self.late[branch.stream] = answer
        return True

    def _too_late(self, request: bytes) -> exchange.Answer:
        """The hub's answer to a request that must change nothing any more."""
        before = _taken(self.company.hub)
        answer = self.company.answer(request)
        assert answer.refusal is not None and answer.refusal.code == "stale_nonce"
        assert before == _taken(self.company.hub), "a request that came too late changed something"
        return answer

    def answer_late(self, branch: BranchSide) -> bool:
        """An answer thought lost arrives after others; its page answers another request than the last."""
        answer = self.late.pop(branch.stream, None)
        if answer is None:
            return False
        if answer.page is not None:
            with suppress(BadSignature):
                branch.open_page(answer, exchange.NO_NONCE)
                raise AssertionError("a page opened that answers another request")
        branch.link.take(answer, None)
        return True

    def answer_without_page(self, branch: BranchSide) -> None:
        """The second half is cut off."""
        branch.link.take(self.company.ask(branch)[0], None)

    def branch_killed(self, branch: BranchSide) -> bool:
        """Between or inside the slices of a page."""
        return self._dying(branch, "elapsed", self.random.randint(0, 9), lambda: self.round(branch))

    def hub_killed(self, branch: BranchSide) -> bool:
        """While it takes what the branch sends."""
        return self._dying(self.company.hub, "looked", self.random.randint(0, 4), lambda: self.round(branch))

    def cut_upwards(self, branch: BranchSide) -> None:
        """For some time head office does not hear this branch."""
        self.cuts[branch.stream] = "request lost", self.step + self.random.randint(5, 40)

    def cut_downwards(self, branch: BranchSide) -> None:
        """For some time this branch does not hear head office, which hears it."""
        self.cuts[branch.stream] = "answer lost", self.step + self.random.randint(5, 40)

    def _dying(self, side: Side, call: str, left: int, act: Callable[[], object]) -> bool:
        """*act*, in which *side* dies at its n-th look at the clock, if it comes to that; then it starts again."""
        looks = iter(range(left))

        def look() -> float:
            if next(looks, None) is None:
                raise Killed
            return float(left)

        usual = getattr(side, call)
        setattr(side, call, _slow(look) if call == "elapsed" else look)
        try:
            act()
        except Killed:
            return True
        finally:
            setattr(side, call, usual)
            side.restart()
        return False

    # --- the end ---------------------------------------------------------------------------------------------

    def _heal(self) -> None:
        for branch in self.company.branches:
            rounds = self.company.until_done(branch)
            assert rounds <= ROUNDS_MAX, f"{branch.code} needed {rounds} rounds"
        self.company.heal()

    def _check(self) -> None:
        check_everything(self.company, self.sales)


def _slow(look: Callable[[], float]) -> Callable[[], float]:
    """A stopwatch on which each look takes longer than a slice may last: one item a slice."""
    total = [0.0]

    def elapsed() -> float:
        look()
        total[0] += 2 * limits.APPLY_SLICE_S_MAX
        return total[0]

    return elapsed


def _taken(hub: HubSide) -> tuple[object, ...]:
    """What a request changes that is taken."""
    return hub.store.get("position"), *hub.rows("SELECT count(*) FROM entry UNION ALL SELECT count(*) FROM quarantine")


@contextmanager
def _small_pages() -> Iterator[None]:
    """Pages carry two things."""
    usual, limits.PAGE_ITEMS_MAX = limits.PAGE_ITEMS_MAX, 2
    try:
        yield
    finally:
        limits.PAGE_ITEMS_MAX = usual


LINES: dict[str, Line] = {
    "whole round": History.whole,
    "rounds until done": History.until_done,
    "thin line": History.thin_line,
    "request lost": History.request_lost,
    "answer lost": History.answer_lost,
    "asked twice": History.asked_twice,
    "overtaken": History.overtaken,
    "late request": History.request_late,
    "late answer": History.answer_late,
    "page cut off": History.answer_without_page,
    "branch killed": History.branch_killed,
    "hub killed": History.hub_killed,
    "line cut upwards": History.cut_upwards,
    "line cut downwards": History.cut_downwards,
}
History.lines = LINES
OTHERS = (
    "restart",
    "killed while writing",
    "sealed early",
    "days pass",
    *(f"clock {name}" for name in dict.fromkeys(CLOCKS)),
)


@contextmanager
def begun(kind: type[History], template: Path, seed: int, branches: int) -> Iterator[History]:
    """A history that may be played, on a copy of *template*."""
    with tempfile.TemporaryDirectory() as folder:
        history = kind(Company.open(template, Path(folder), branches, f"history {seed}"), seed)
        try:
            yield history
        finally:
            for side in history.nodes():
                with suppress(CabangError):
                    side.store.close()


def tables_written(hub: HubSide) -> Iterator[str]:
    """The synced tables that hold anything after a history."""
    for table in (*TABLES, *_CHILDREN):
        if hub.rows(f'SELECT 1 FROM "{table}" LIMIT 1'):
            yield table
