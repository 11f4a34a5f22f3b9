"""The law of escrow, sentence by sentence: over nodes that grant, spend, are copied, replaced and written off."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.escrow import DAY_MS, GIVE_BACK, GRANT, SPEND, WRITE_OFF, Account, Need, answer, excess, left, shares

ISSUED = 20
KINDS = (GRANT, GRANT, SPEND, SPEND, SPEND, GIVE_BACK, WRITE_OFF, "tell", "tell", "copy", "epoch")
Told = tuple[str, int, int]  # kind, epoch, quantity


@dataclass
class Computer:
    """One computer of a branch: the epoch it writes, what it was granted there, the steps it took."""

    stream: int
    epoch: int
    account: Account = field(default_factory=Account)
    log: list[tuple[int, Told]] = field(default_factory=list)  # name of the step, step


class World:
    """A head office and computers; every step goes through the pure functions as the nodes' do."""

    def __init__(self) -> None:
        self.accounts: dict[tuple[int, int], Account] = {}
        self.taken: set[int] = set()
        self.beyond: dict[int, int] = {}  # steps held for review: the excess of each
        self.computers = [Computer(stream, stream) for stream in range(3)]
        self.working = {stream: stream for stream in range(3)}  # branch: its epoch, as head office knows it
        self.names = 100
        self.copies = 0

    def name(self) -> int:
        self.names += 1
        return self.names

    def rest(self) -> int:
        return left(ISSUED, self.accounts.values())

    def at_hub(self, kind: str, stream: int, epoch: int, quantity: int) -> int:
        account = self.accounts.get((stream, epoch), Account())
        over = excess(kind, quantity, account, self.rest())
        if not over:
            self.accounts[stream, epoch] = account.after(kind, quantity)
        return over

    def act(self, kind: str, place: int, quantity: int) -> None:
        computer = self.computers[place % len(self.computers)]
        if kind == GRANT:
            if self.working[computer.stream] == computer.epoch and not self.at_hub(
                GRANT, computer.stream, computer.epoch, quantity
            ):
                computer.account = computer.account.after(GRANT, quantity)
        elif kind in (SPEND, GIVE_BACK):
            if not excess(kind, quantity, computer.account, 0):
                computer.account = computer.account.after(kind, quantity)
                computer.log.append((self.name(), (kind, computer.epoch, quantity)))
        elif kind == WRITE_OFF:
            over = [key for key in self.accounts if key[1] != self.working[key[0]]]
            if over:
                stream, epoch = over[place % len(over)]
                self.at_hub(WRITE_OFF, stream, epoch, quantity)
        elif kind == "copy":
            self.copies += 1
            self.computers.append(Computer(computer.stream, computer.epoch, computer.account, list(computer.log)))
        elif kind == "epoch":
            computer.epoch, computer.account = self.name(), Account()
        else:
            self.tell(computer)

    def tell(self, computer: Computer) -> None:
        """Head office hears the whole log again; what it took is a repeat.  The epoch that speaks is at work."""
        self.working[computer.stream] = computer.epoch
        for name, (kind, epoch, quantity) in computer.log:
            if name not in self.taken:
                over = self.at_hub(kind, computer.stream, epoch, quantity)
                if over:
                    self.beyond[name] = over
                else:
                    self.taken.add(name)
                    self.beyond.pop(name, None)

    def spent(self) -> int:
        """Everywhere, each step once."""
        every = {name: told for computer in self.computers for name, told in computer.log}
        return sum(quantity for kind, _, quantity in every.values() if kind == SPEND)

    def held(self) -> int:
        return sum(computer.account.held for computer in self.computers)


steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(1, 6)), min_size=1, max_size=40)


@given(steps)
def test_no_more_is_spent_and_held_than_was_issued(told) -> None:
    """Goal: the law at the hub. Method: any steps in any order, copies included; the books after each."""
    world = World()
    for one in told:
        world.act(*one)
        assert sum(account.spent + account.held for account in world.accounts.values()) <= ISSUED
        assert all(account.held >= 0 for account in world.accounts.values())
        assert 0 <= world.rest() <= ISSUED


@given(steps)
def test_over_all_nodes_spent_and_held_are_no_more_than_issued(told) -> None:
    """Goal: I4. Method: no copies, nothing written off; what every computer spent and may spend, told or not."""
    world = World()
    for one in told:
        if one[0] not in ("copy", WRITE_OFF):
            world.act(*one)
        assert world.spent() + world.held() <= ISSUED


@given(steps)
def test_the_excess_of_copies_and_losses_is_known(told) -> None:
    """Goal: what copies spend twice is named. Method: all is told in the end; spent everywhere, against the books."""
    world = World()
    for one in told:
        world.act(*one)
    for computer in world.computers:
        world.tell(computer)
    every = {name: one for computer in world.computers for name, (_, _, one) in computer.log}
    booked = sum(account.spent + account.given_back for account in world.accounts.values())
    assert sum(every.values()) == booked + sum(every[name] for name in world.beyond)
    if not world.copies and not any(account.written_off for account in world.accounts.values()):
        assert {} == world.beyond


@given(steps)
def test_a_new_epoch_has_nothing(told) -> None:
    """Goal: rights are an epoch's own. Method: whatever happened, an epoch is opened; held, and left."""
    world = World()
    for one in told:
        world.act(*one)
    before = world.rest()
    world.act("epoch", 0, 1)
    world.act("tell", 0, 1)
    assert 0 == world.computers[0].account.held
    assert before + sum(q for _, (kind, _, q) in world.computers[0].log if kind == GIVE_BACK) >= world.rest()


needs = st.lists(
    st.builds(Need, st.integers(1, 50), st.integers(0, 30), st.integers(0, 30), st.integers(-DAY_MS, 9 * DAY_MS)),
    min_size=1,
    max_size=6,
    unique_by=lambda need: need.stream,
)


@given(st.integers(0, 100), needs)
def test_shares_are_all_there_is(rights, known) -> None:
    """Goal: nothing is lost in sharing, and who needs more gets no less. Method: sums and pairs."""
    found = shares(rights, known)
    assert rights == sum(found.values())
    for one in known:
        for other in known:
            if one.weight > other.weight:
                assert found[one.stream] >= found[other.stream] - 1


@given(st.integers(-3, 40), st.integers(1, 20), needs, st.integers(0, 20))
def test_an_answer_grants_no_more_than_is_left(rest, asked, known, waiting) -> None:
    """Goal: never more than is left; who holds too much is asked for it only when nothing is. Method: its parts."""
    granted, keep = answer(known[0].stream, asked, rest, known, waiting)
    assert 0 <= granted <= max(0, rest)
    assert granted >= min(asked, rest)
    assert granted <= max(asked, rest - waiting)
    assert not (granted and keep)
    assert known[0].stream not in keep
    assert all(keep[need.stream] < need.held for need in known if need.stream in keep)


@pytest.mark.parametrize(
    ("spent", "away_days", "granted"),
    [(0, 0, 6), (2, 0, 9), (0, 2, 9), (9, 0, 11), (9, 9, 12)],
    ids=["new", "use", "away", "much use", "both"],
)
def test_who_uses_more_or_is_away_for_longer_gets_more(spent, away_days, granted) -> None:
    """Goal: rebalancing by use and time offline. Method: one branch asks for one of twelve; another holds none."""
    other = Need(2, 0, 0, 0)
    assert granted == answer(1, 1, 12, [Need(1, 0, spent, away_days * DAY_MS), other]).granted
