"""Random histories in which databases are copied, put back and run twice; everything drawn from one seed."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cabang_copies import copied, epochs_of, later, put_hub_back
from cabang_history import ROUNDS_MAX, History
from cabang_line_faults import LINES, Line
from cabang_messages import check_one_owner, check_submitted
from cabang_oracle import check_equal, check_lists, check_log, check_nothing_vanished, check_pages_again, check_receipts
from cabang_pair import BranchSide, Company, Side
from cabang_transfers import check_stock, check_transfers
from cabang_vouchers import check_books, check_excess, granted, issued, voucher_written_off

from crm import balances
from sync import epochs, exchange, taking_over
from sync.branch import Progress
from sync.errors import EpochClosed

COPIES_MAX = 3  # of one branch that work at once

RARE = ("put back", "hub put back", "rights written off", "rights written off")  # drawn more often
TRIES_MAX = 2  # of a copy, until it has not to wait
SETTLED_MAX = (
    4  # refusals that a copy settles in one conversation: gap, fork, an odd end, fork, if the hub was put back
)
CYCLES = 3  # so often each copy speaks in the end
DECISIONS_MAX = 12  # rounds of deciding until nothing is left: what was refused is dropped sooner or later


class CopiesHistory(History):
    """As ``History``; ``copies``: every computer that works as a branch, by number."""

    mishaps: "dict[str, Mishap]" = {}

    def __init__(self, company: Company, seed: int) -> None:
        super().__init__(company, seed)
        self.copies: dict[int, list[BranchSide]] = {side.stream: [side] for side in company.branches}
        self.worked = dict.fromkeys(self.copies, 1)  # how many computers ever did, by branch
        self.old: dict[int, Path] = {}
        self.old_hub: Path | None = None
        self.unheard: set[str] = set()  # copies that have not given a restored head office what it lost
        self.count = 0
        voucher = issued(company, 6 * len(company.branches))
        for branch in company.branches:
            granted(company, branch, voucher, 3)

    def nodes(self) -> Iterable[Side]:
        """Head office and every computer that works as a branch."""
        return [self.company.hub, *(side for copies in self.copies.values() for side in copies)]

    def _check_rights(self) -> None:
        check_books(self.company.hub)
        check_one_owner(self.company.hub)
        check_submitted(self.queued, computers=True)

    def _step(self) -> None:
        for stream, copies in self.copies.items():
            self.company.branches[stream - 1] = self.random.choice(copies)
        if self.random.random() < 0.8:
            super()._step()
            return
        self._tick()
        name = self.random.choice([*self.mishaps, *RARE])
        side = self._whom(name)
        self._tell_if(self.mishaps[name](self, side), side, name)

    def _whom(self, name: str) -> BranchSide:
        """The branch that a mishap concerns: one of those it can befall."""
        several = [stream for stream, copies in self.copies.items() if len(copies) > 1]
        fit = {"put back": sorted(self.old), "in turns": several}.get(name) or sorted(self.copies)
        return self.company.branches[self.one(fit) - 1]

    def round(self, branch: BranchSide) -> None:
        """One exchange; what it settles is counted."""
        self._talk(branch)

    def _talk(self, branch: BranchSide) -> bool:
        """One round; true when there is more.  A copy whose epoch was just replaced has to wait."""
        former = branch.link.uplink.ask().last is not None
        answer, nonce = self.company.ask(branch)
        progress = branch.link.take(answer, branch.open_page(answer, nonce))
        return self._heard(branch, answer, progress, former)

    def _heard(self, branch: BranchSide, answer: exchange.Answer, progress: Progress, former: bool) -> bool:
        """Whether there is more.  *former*: it spoke of an epoch that a later one of its own replaces."""
        if answer.refusal and not progress.settled:
            assert EpochClosed.code == answer.refusal.code, answer.refusal
            self.happened["a copy waits"] += 1
            return False
        if progress.settled:
            self.happened[f"settled {answer.refusal.code if answer.refusal else 'an odd end'}"] += 1
        elif former:
            self.happened["spoken of a former epoch"] += 1
        if not progress.more:
            self.unheard.discard(branch.path.name)
        return progress.more

    # --- mishaps ---------------------------------------------------------------------------------------------

    def _name(self) -> str:
        self.count += 1
        return f"copy{self.count}.db"

    def copy(self, branch: BranchSide) -> bool:
        """Somebody keeps a copy of the file."""
        self.old[branch.stream] = copied(branch, self._name())
        return True

    def put_back(self, branch: BranchSide) -> bool:
        """The copy takes the place of the file; its canary tells so, or was put back as well."""
        path = None if self.unheard else self.old.pop(branch.stream, None)
        if path is None:
            return False  # or both the disk and head office had lost what was on it
        self.old_hub = None
        others = [side for side in self.copies[branch.stream] if side is not branch]
        gone = self._sales(branch)
        made = self._start(path, branch)
        self.copies[branch.stream] = [*others, made]
        for side in (made, self.company.hub, *others):
            gone -= self._sales(side)
        for sale in gone:
            del self.sales[sale]  # they were on paper and on the disk that is no more
        branch.store.close()
        if self.random.random() < 0.5:
            epochs.go_on(made.journal, epochs.OLDER)
            self.happened["canary heard"] += 1
        return True

    def twin(self, branch: BranchSide) -> bool:
        """A copy begins to work beside the original."""
        if len(self.copies[branch.stream]) >= COPIES_MAX:
            return False
        self.copies[branch.stream].append(self._start(copied(branch, self._name()), branch))
        return True

    def in_turns(self, branch: BranchSide) -> bool:
        """All computers of a branch speak in turns, as fast as they can."""
        copies = self.copies[branch.stream]
        for side in 3 * copies if len(copies) > 1 else ():
            self._talk(self._working(side))
        return len(copies) > 1

    def written_off(self, branch: BranchSide) -> bool:
        """Head office counts as lost what epochs hold that are over."""
        return bool(voucher_written_off(self.company.hub, self.random))

    def hub_copied(self, branch: BranchSide) -> bool:
        """Head office makes a backup, and goes on writing."""
        self.old_hub = copied(self.company.hub, self._name())
        return True

    def hub_put_back(self, branch: BranchSide) -> bool:
        """Head office is restored."""
        if self.old_hub is None:
            return False
        put_hub_back(self.company, self.old_hub)
        self.old_hub = None
        self.unheard = {side.path.name for copies in self.copies.values() for side in copies}
        return True

    def lost_decided(self, branch: BranchSide) -> bool:
        """A person at head office takes over what it lost, or drops it, one by one as it comes to mind."""
        hub, done = self.company.hub, 0
        for one in taking_over.proposals(hub.store.connection()):
            taken = self.random.random() < 0.6
            if taken or one.can_be_dropped:
                done += taking_over.decide(hub.journal, [one.name], taken, None).done
        hub.exchange.retry_held()
        return done > 0

    def _start(self, path: Path, like: BranchSide) -> BranchSide:
        made = BranchSide(path, like.stream, path.name)
        made.now = like.now
        self.worked[like.stream] += 1
        if like.guarded:
            made.guard()
        return self._working(made)

    def _working(self, side: BranchSide) -> BranchSide:
        self.company.branches[side.stream - 1] = side
        return side

    def _sales(self, side: Side) -> set[bytes]:
        return {sale for (sale,) in side.rows("SELECT id FROM sale")}

    # --- the end ---------------------------------------------------------------------------------------------

    def _heal(self) -> None:
        for _ in range(CYCLES):
            self._cycle()
        for _ in range(DECISIONS_MAX):
            if not taking_over.count(self.company.hub.store.connection()):
                return
            self.happened["lost decided"] += self.lost_decided(self.company.branches[0])
            self._cycle()
            self._cycle()
        left = taking_over.proposals(self.company.hub.store.connection())
        assert [] == left, f"{len(left)} proposals are never settled: {left[:3]}"

    def _cycle(self) -> None:
        for copies in self.copies.values():
            for side in copies:
                self._say_all(side)

    def _say_all(self, side: BranchSide) -> None:
        """Rounds of a copy until nothing is left either way; one that has to wait comes again once (G11).

        Beside the three rounds that any branch may need there is one for each refusal it settles, and one for each
        former epoch that it speaks of because the hub was put back to before it: once going down, once going up.
        """
        self._working(side)
        for _ in range(TRIES_MAX):
            later(self.company, *(one for copies in self.copies.values() for one in copies))
            before, rounds = self.happened.copy(), 1
            while self._talk(side):
                rounds += 1
            passed = self.happened - before
            settled, former = _settled(passed), passed["spoken of a former epoch"]
            assert settled <= SETTLED_MAX, f"{side.code} settled {settled} refusals"
            assert former <= 2 * epochs_of(side, side.stream), "a former epoch is spoken of again and again"
            assert rounds <= ROUNDS_MAX + settled + former, f"{side.code}: {rounds} rounds, {settled}, {former}"
            if not passed["a copy waits"]:
                return
        raise AssertionError(f"{side.code} waits for ever")

    def _check(self) -> None:
        hub = self.company.hub
        check_receipts(hub, self.sales)
        for copies in self.copies.values():
            for side in copies:
                self._say_all(side)
                check_equal(self.company, side)
                check_lists(self.company, side)
                balances.verify(side.store.connection())
                check_log(self.company, side)
        balances.verify(hub.store.connection())
        check_log(self.company, hub)
        check_stock(self.company)
        check_transfers(self.company)
        check_excess(self.company, [side for copies in self.copies.values() for side in copies], self.worked)
        check_nothing_vanished(self.company)
        check_pages_again(self.company)


def _settled(happened: Counter[str]) -> int:
    """How many refusals were settled."""
    return sum(often for what, often in happened.items() if what.startswith("settled "))


Mishap = Callable[[Any, BranchSide], bool]
MISHAPS: dict[str, Mishap] = {
    "copied": CopiesHistory.copy,
    "put back": CopiesHistory.put_back,
    "run twice": CopiesHistory.twin,
    "in turns": CopiesHistory.in_turns,
    "rights written off": CopiesHistory.written_off,
    "hub copied": CopiesHistory.hub_copied,
    "hub put back": CopiesHistory.hub_put_back,
    "lost decided": CopiesHistory.lost_decided,
}
CopiesHistory.mishaps = MISHAPS
ROUNDS: dict[str, Line] = {"round": CopiesHistory.round, "round again": CopiesHistory.round}
SHARED = ("request lost", "answer lost", "late request", "branch killed", "hub killed")
CUTS = ("disk full at the branch", "disk full at the hub", "line cut upwards", "line cut downwards")
CopiesHistory.lines = ROUNDS | {name: LINES[name] for name in (*SHARED, *CUTS)}
MUST_HAPPEN = (
    *MISHAPS,
    *CopiesHistory.lines,
    "canary heard",
    "a copy waits",
    "settled fork",
    "settled epoch_closed",
    "settled gap",
)
