"""Escrow: rights that a branch may spend without asking, because head office granted them to it.  Pure.

Of a *thing* (a kind of voucher) head office issues a number of rights.  A grant gives some of them to one branch in one
epoch of its log; that branch, in that epoch, spends them though nobody can be reached.  The law:

- what an epoch of a branch *holds* is what it was granted, less what it spent, gave back, or what was written off.  A
  step that takes more than is held is beyond its rights: refused before the log, held for review at the hub.
- what is *left* is what was issued, less everything granted, but for what came back or was written off.  A grant takes
  no more than is left.
- so in any order of steps, and however often one is told: spent + held <= issued.
- rights are an epoch's own.  An epoch that was replaced holds what it has not reported, and that counts as spent until
  head office writes it off; the new epoch has nothing until it is granted something.  No right comes back by time.
- of copies of a database each may spend what it holds; the hub takes no more than was granted once, and what is beyond
  that is known exactly.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from sync.errors import N_, CabangError, Quarantined

DAY_MS = 24 * 3_600_000
GRANT, SPEND, GIVE_BACK, WRITE_OFF = "grant", "spend", "give_back", "write_off"  # what a step does with rights
M = TypeVar("M")


class BeyondRights(Quarantined):
    """Why an entry is held that takes more rights than there are; ``excess``: how many more."""

    code = "beyond_rights"
    happened = N_("More was spent than head office had granted there: %(excess)s too many (%(what)s).")
    todo = N_("A copied computer may have spent the same twice. Head office sees what is too much and bears it.")


class NotEnoughRights(CabangError):
    """The same rule as BeyondRights, met before the log."""

    code = "not_enough_rights"
    happened = N_("Only %(left)s can be used here now; nothing was written.")
    todo = N_("Ask head office for more. It answers by itself when the line is there.")


class Account(NamedTuple):
    """The rights of one branch in one epoch, of one thing."""

    granted: int = 0
    spent: int = 0
    given_back: int = 0
    written_off: int = 0

    @property
    def held(self) -> int:
        """What may still be spent."""
        return self.granted - self.spent - self.given_back - self.written_off

    @property
    def out(self) -> int:
        """What head office cannot grant to anybody else: spent or held."""
        return self.granted - self.given_back - self.written_off

    def after(self, step: str, quantity: int) -> "Account":
        """The account after a step."""
        return self._replace(**{_COLUMN[step]: getattr(self, _COLUMN[step]) + quantity})


_COLUMN = {GRANT: "granted", SPEND: "spent", GIVE_BACK: "given_back", WRITE_OFF: "written_off"}


def left(issued: int, accounts: Iterable[Account]) -> int:
    """What head office may still grant; below zero when less is issued than was granted."""
    return issued - sum(account.out for account in accounts)


def excess(step: str, quantity: int, account: Account, rest: int) -> int:
    """By how much a step is beyond what it may take: *rest* is what is left to grant; 0 when it may be taken."""
    return max(0, quantity - max(0, rest if step == GRANT else account.held))


def keep_within(over: int, what: str) -> None:
    """At the hub: no branch takes more than it was granted, whatever its program lets it do.  Raises BeyondRights."""
    if over:
        raise BeyondRights(excess=over, what=what)


# --- sharing out -----------------------------------------------------------------------------------------------


class Need(NamedTuple):
    """A branch that shares in a thing: what it holds, what it has spent, how long it was out of reach (ms)."""

    stream: int
    held: int
    spent: int
    away_ms: int

    @property
    def weight(self) -> int:
        """Who spends much needs much; who is away for long, for longer."""
        return (1 + self.spent) * (1 + max(0, self.away_ms) // DAY_MS)


def shares(rights: int, needs: Iterable[Need]) -> dict[int, int]:
    """Divides *rights* among branches by their needs, to the last one; of equal rests the lower number goes first."""
    by_weight = {need.stream: need.weight for need in needs}
    total = sum(by_weight.values())
    whole = {stream: rights * weight // total for stream, weight in by_weight.items()}
    rests = sorted(by_weight, key=lambda stream: (-(rights * by_weight[stream] % total), stream))
    for stream in rests[: rights - sum(whole.values())]:
        whole[stream] += 1
    return whole


class Answer(NamedTuple):
    """What a branch that asks is granted; what others are to keep no more of, when there was nothing for it."""

    granted: int
    keep: Mapping[int, int]


def answer(stream: int, asked: int, rest: int, needs: Iterable[Need], waiting: int = 0) -> Answer:
    """Branch *stream* asks for *asked* rights of which *rest* are left: it gets them, and its share if that is more.

    *needs*: every branch that holds some, or asks.  *waiting*: what others ask for, which a share leaves to them.  When
    nothing is left, those that hold more than their share are to give the rest of it back.
    """
    known = list(needs)
    if rest <= 0:
        fair = shares(sum(need.held for need in known), known)
        others = [need for need in known if need.stream != stream]
        return Answer(0, {need.stream: fair[need.stream] for need in others if need.held > fair[need.stream]})
    fair = shares(rest + sum(need.held for need in known), known)
    held = next(need.held for need in known if need.stream == stream)
    return Answer(min(rest, max(asked, min(fair[stream] - held, rest - waiting))), {})


# --- which tables hold the steps -------------------------------------------------------------------------------


class Step(NamedTuple):
    """What a row of a table does with rights of ``thing``, the table it refers to by a field of that name."""

    thing: str
    kind: str


STEPS: dict[str, Step] = {}


def step(thing: str, kind: str) -> Callable[[type[M]], type[M]]:
    """Class decorator of a fact model: its rows are steps of this *kind* with rights of *thing*.

    They have the fields *thing*, ``stream`` and ``epoch`` (whose rights) and ``quantity``; *thing* has ``issued``.
    """

    def enter(model: type[M]) -> type[M]:
        STEPS[model._meta.table_name] = Step(thing, kind)  # type: ignore[attr-defined]
        return model

    return enter
