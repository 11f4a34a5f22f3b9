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
from typing import TypeVar

from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS, Deed
from cabang_line_faults import LINES, Line, dying
from cabang_messages import GREETED, Queued, check_one_owner, check_submitted
from cabang_oracle import check_everything
from cabang_pair import NOON, BranchSide, Company, HubSide, Side
from cabang_vouchers import check_everywhere

from crm import balances
from sync import exchange
from sync.errors import CabangError, DiskFull
from sync.model import _CHILDREN, TABLES

DAY_MS = 24 * 3_600_000
YEAR_MS = 365 * DAY_MS
STEPS = 60
WRONG_CLOCKS = ("ahead", "behind", "stuck", "jumping", "backwards")
CLOCKS = ("right", "right", "right", *WRONG_CLOCKS)
ROUNDS_MAX = 3  # of a branch that comes back, until nothing is left either way
UNITS_MAX = 60  # written until the disk is full
ANY = 60  # divisible by every number of branches: with fewer of them a step concerns one of the same few

T = TypeVar("T")


class HistoryFailed(AssertionError):
    """A claim failed; the message tells the seed and the steps.  ``at``: the step, 0 for "in the end"."""

    def __init__(self, seed: int, at: int, error: Exception, trace: list[str]) -> None:
        self.at, self.error = at, error
        where = f"step {at}" if at else "in the end"
        super().__init__("\n".join([*trace, f"history {seed}, {where}: {type(error).__name__}: {error}"]))


class History:
    """One company and what happens to it.  ``happened`` counts deeds and faults by name; ``told`` hears each step."""

    lines: dict[str, Line] = LINES

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.seed, self.step = company, seed, 0
        self.random = Random(f"{seed} begin")
        self.trace: list[str] = []
        self.told: Callable[[str], None] = lambda line: None
        self.happened: Counter[str] = Counter()
        self.now = NOON
        self.sales: dict[bytes, int] = {}
        self.queued: list[Queued] = []  # what any branch ever had a modem send by itself
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
                self._check_sums()
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
        check_one_owner(self.company.hub)
        check_submitted(self.queued)

    def _check_sums(self) -> None:
        """The books of every node, at every step (I9)."""
        for side in self.nodes():
            balances.verify_sums(side.store.connection())

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
            self.deed(self.one(self.company.branches), BRANCH_DEEDS)
        elif kind < 0.61:
            self.deed(self.company.hub, HUB_DEEDS)
        elif kind < 0.94:
            self._line(self.one(self.company.branches))
        else:
            fault = self.random.choice([self._restart, self._killed_writing, self._full_writing, self._sealed])
            fault(self.one(self.company.sides))

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

    def deed(self, side: Side, deeds: dict[str, Deed]) -> None:
        """One of *deeds*; the receipt of a sale is kept."""
        name = self.random.choice(list(deeds))
        made = deeds[name](side, self.random)
        self.tell(side, name)
        if name.startswith("sale") and isinstance(made, tuple):
            self.sales[made[0]] = made[1]
        if name.startswith(GREETED) and isinstance(made, list):
            self.queued.extend(made)
            self.happened["greeting queued"] += len(made)

    def _restart(self, side: Side) -> None:
        side.restart()
        self.tell(side, "restart")

    def _killed_writing(self, side: Side) -> None:
        """In the middle of a unit, which then never was."""
        some = {name: deed for name, deed in deeds_of(side).items() if not name.startswith("sale")}
        killed = dying(side, "looked", self.random.randint(0, 1), lambda: self.deed(side, some))
        self._tell_if(killed, side, "killed while writing")

    def _full_writing(self, side: Side) -> None:
        """A unit that the disk has no room for never was; then there is room, and work goes on without a restart."""
        full = False
        with side.without_room():
            try:
                for _ in range(UNITS_MAX):
                    self.deed(side, deeds_of(side))
            except DiskFull:
                full = True
        last = side.one("SELECT max(seq) FROM entry WHERE epoch = ?", side.journal.epoch)
        assert last == side.journal.seq, "a unit that was refused is half there"
        self.deed(side, deeds_of(side))
        self._tell_if(full, side, "disk full while writing")

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

    # --- the end ---------------------------------------------------------------------------------------------

    def _heal(self) -> None:
        for branch in self.company.branches:
            rounds = self.company.until_done(branch)
            assert rounds <= ROUNDS_MAX, f"{branch.code} needed {rounds} rounds"
        self.company.heal()

    def _check(self) -> None:
        check_everything(self.company, self.sales)


def deeds_of(side: Side) -> dict[str, Deed]:
    """What people do at this node."""
    return HUB_DEEDS if isinstance(side, HubSide) else BRANCH_DEEDS


OTHERS = (
    "restart",
    "killed while writing",
    "disk full while writing",
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
