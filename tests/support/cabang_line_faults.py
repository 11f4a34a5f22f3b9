"""What may befall one exchange of a random history: each draws from the history what it needs.

A fault says False when it did not come about.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cabang_deeds import BRANCH_DEEDS
from cabang_oracle import check_equal
from cabang_pair import BranchSide, HubSide, Side

from sync import exchange, limits
from sync.branch import Load
from sync.errors import BadSignature, CabangError, DiskFull, HubCannotStore

if TYPE_CHECKING:
    from cabang_history import History

Line = Callable[[Any, BranchSide], bool | None]


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


def whole(history: "History", branch: BranchSide) -> None:
    """One round, nothing lost; sometimes the clock is put right."""
    history.round(branch)
    if history.random.random() < 0.3:
        branch.clock.discipline(history.company.hub.now, branch.now, branch.now)


def until_done(history: "History", branch: BranchSide) -> None:
    """All there is to say; what both hold is equal at once."""
    history.company.until_done(branch)
    check_equal(history.company, branch)


def meanwhile(history: "History", branch: BranchSide) -> None:
    """People go on working while an exchange is under way."""
    answer, nonce = history.company.ask(branch)
    for _ in range(history.random.randint(1, 3)):
        history.deed(branch, BRANCH_DEEDS)
    branch.link.take(answer, branch.open_page(answer, nonce))


def thin_line(history: "History", branch: BranchSide) -> None:
    """Exchanges carry as little as may be: one segment up, two things down; the next page is asked for ahead.

    Every other time what was asked for ahead is of no use, as when the page before it could not be applied.
    """
    ahead: list[tuple[exchange.Answer, bytes]] = []

    def ask_ahead(cursor: int) -> None:
        ahead.append((history.company.answer(branch.link.ask(0, Load(1, 1), cursor)), branch.link.nonce))

    with _small_pages():
        history.company.round(branch, Load(1, 1), ask_ahead)
    for answer, nonce in ahead:
        if history.step % 2:
            branch.link.nonce = answer.nonce
        else:
            branch.link.take(answer, branch.open_page(answer, nonce))


def request_lost(history: "History", branch: BranchSide) -> None:
    """The branch asked and nobody heard."""
    history.requests[branch.stream] = branch.link.ask(0)


def answer_lost(history: "History", branch: BranchSide) -> None:
    """The hub took all and its answer did not arrive."""
    history.late[branch.stream] = history.company.ask(branch)[0]


def asked_twice(history: "History", branch: BranchSide) -> None:
    """Somebody on the line says everything twice; one of the answers arrives."""
    history.round(branch)
    history.deed(branch, BRANCH_DEEDS)
    request = history.requests[branch.stream] = branch.link.ask(0)
    first = history.company.answer(request)
    second = _too_late(history, request)
    branch.link.take(first if history.random.random() < 0.5 else second, None)


def overtaken(history: "History", branch: BranchSide) -> None:
    """Two requests change places on the way; the answer to the one that came first arrives."""
    history.round(branch)
    early = branch.link.ask(0)
    history.deed(branch, BRANCH_DEEDS)
    answer = history.company.answer(branch.link.ask(0))
    _too_late(history, early)
    branch.link.take(answer, branch.open_page(answer, branch.link.nonce))


def request_late(history: "History", branch: BranchSide) -> bool:
    """A request thought lost, or one that was answered, arrives after others."""
    request = history.requests.pop(branch.stream, b"")
    if not request:
        return False
    before = _taken(history.company.hub)
    try:
        answer = history.company.answer(request)
    except CabangError:
        assert before == _taken(history.company.hub), "a request that was refused changed something"
    else:
        history.late[branch.stream] = answer
    return True


def _too_late(history: "History", request: bytes) -> exchange.Answer:
    """The hub's answer to a request that must change nothing any more."""
    before = _taken(history.company.hub)
    answer = history.company.answer(request)
    assert answer.refusal is not None and answer.refusal.code == "stale_nonce"
    assert before == _taken(history.company.hub), "a request that came too late changed something"
    return answer


def answer_late(history: "History", branch: BranchSide) -> bool:
    """An answer thought lost arrives after others; its page answers another request than the last."""
    answer = history.late.pop(branch.stream, None)
    if answer is None:
        return False
    if answer.page is not None:
        with suppress(BadSignature):
            branch.open_page(answer, exchange.NO_NONCE)
            raise AssertionError("a page opened that answers another request")
    branch.link.take(answer, None)
    return True


def answer_without_page(history: "History", branch: BranchSide) -> None:
    """The second half is cut off."""
    branch.link.take(history.company.ask(branch)[0], None)


def branch_killed(history: "History", branch: BranchSide) -> bool:
    """Between or inside the slices of a page."""
    return dying(branch, "elapsed", history.random.randint(0, 9), lambda: history.round(branch))


def hub_killed(history: "History", branch: BranchSide) -> bool:
    """While it takes what the branch sends."""
    return dying(history.company.hub, "looked", history.random.randint(0, 4), lambda: history.round(branch))


def branch_full(history: "History", branch: BranchSide) -> bool:
    """From some moment of a page on the branch's disk takes nothing more, until it has refused once."""
    looks = iter(range(history.random.randint(0, 9)))

    def look() -> float:
        if next(looks, None) is None:
            branch.take_writes(False)
        return 0.0

    usual, branch.elapsed = branch.elapsed, _slow(look)
    try:
        history.round(branch)
    except DiskFull:
        return True
    finally:
        branch.elapsed = usual
        branch.take_writes(True)
    return False


def hub_full(history: "History", branch: BranchSide) -> bool:
    """Head office has no room for what it is told, says so, and tells what it has to tell."""
    for _ in range(5):
        history.deed(branch, BRANCH_DEEDS)
    with history.company.hub.without_room():
        answer, nonce = history.company.ask(branch)
    branch.link.take(answer, branch.open_page(answer, nonce))
    return answer.refusal is not None and answer.refusal.code == HubCannotStore.code


def cut_upwards(history: "History", branch: BranchSide) -> None:
    """For some time head office does not hear this branch."""
    history.cuts[branch.stream] = "request lost", history.step + history.random.randint(5, 40)


def cut_downwards(history: "History", branch: BranchSide) -> None:
    """For some time this branch does not hear head office, which hears it."""
    history.cuts[branch.stream] = "answer lost", history.step + history.random.randint(5, 40)


def dying(side: Side, call: str, left: int, act: Callable[[], object]) -> bool:
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


def _slow(look: Callable[[], float]) -> Callable[[], float]:
    """A stopwatch on which each look takes longer than a slice may last: one item a slice."""
    total = [0.0]

    def elapsed() -> float:
        look()
        total[0] += 2 * limits.APPLY_ALONE_S_MAX
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
    "whole round": whole,
    "rounds until done": until_done,
    "written meanwhile": meanwhile,
    "thin line": thin_line,
    "request lost": request_lost,
    "answer lost": answer_lost,
    "asked twice": asked_twice,
    "overtaken": overtaken,
    "late request": request_late,
    "late answer": answer_late,
    "page cut off": answer_without_page,
    "branch killed": branch_killed,
    "hub killed": hub_killed,
    "disk full at the branch": branch_full,
    "disk full at the hub": hub_full,
    "line cut upwards": cut_upwards,
    "line cut downwards": cut_downwards,
}
