"""The doorbell: who waits is told one byte when the feed holds something for it; nobody else asks in its name."""

import socket
from collections.abc import Iterator

import pytest
from cabang_forge import in_conversation
from cabang_keys import called, write

from sync import exchange, feed, limits
from sync.doorbell import NEWS, NONE, Doorbell
from sync.errors import (
    DoorbellFull,
    StaleNonce,
)


class Street:
    """A doorbell whose clock, feed and thread are the test's."""

    def __init__(self) -> None:
        self.now, self.position = 0.0, 10
        self.feed: dict[int, int] = {}
        self.asked = 0
        self.bell = Doorbell(lambda: self.position, self._news, lambda: self.now)
        self.bell._closing.set()  # no thread: the test looks
        self.near: dict[int, socket.socket] = {}

    def _news(self, stream: int, after: int) -> bool:
        self.asked += 1
        return self.feed.get(stream, 0) > after

    def wait(self, stream: int, known: int = 10) -> None:
        self.near[stream], far = socket.socketpair()
        self.near[stream].settimeout(1)
        self.bell._closing.clear()
        self.bell._thread = self.bell._thread or object()  # type: ignore[assignment]  # as if one ran
        self.bell.wait(stream, known, far)

    def told(self, stream: int) -> bytes | None:
        """What the branch has heard; None while it waits."""
        self.near[stream].setblocking(False)
        try:
            return self.near[stream].recv(9)
        except BlockingIOError:
            return None


@pytest.fixture
def street() -> Iterator[Street]:
    made = Street()
    yield made
    made.bell._thread = None
    made.bell.close()
    for one in made.near.values():
        one.close()


def test_who_has_news_is_rung_and_nobody_else(street) -> None:
    """Goal: one byte for whom it concerns. Method: two wait, the feed grows for one."""
    street.wait(1)
    street.wait(2)
    street.bell.look()
    assert (None, None) == (street.told(1), street.told(2))
    street.position, street.feed[1] = 11, 11
    street.bell.look()
    assert (NEWS, None, 1) == (street.told(1), street.told(2), street.bell.count)


def test_a_feed_that_stands_still_costs_nothing(street) -> None:
    """Goal: idle is idle. Method: many looks, then growth for others; how often the database was asked."""
    for stream in range(1, 20):
        street.wait(stream)
    for _ in range(50):
        street.bell.look()
    assert 0 == street.asked
    street.position = 12
    for _ in range(50):
        street.bell.look()
    assert 19 == street.asked


def test_nothing_for_long_is_told_too(street) -> None:
    """Goal: no connection hangs for ever. Method: the clock at the limit."""
    street.wait(1)
    street.now = limits.DOORBELL_HOLD_S - 0.1
    street.bell.look()
    assert None is street.told(1)
    street.now += 0.2
    street.bell.look()
    assert NONE == street.told(1)


def test_a_branch_is_not_rung_twice_in_a_moment(street) -> None:
    """Goal: a busy day is no storm of rounds. Method: news at each look; the rings within ten seconds."""
    rings = 0
    for step in range(100):
        street.now, street.position = step / 10, 11 + step
        street.feed[1] = street.position
        if 1 not in street.bell._waiting:
            street.wait(1, street.position - 1)
        street.bell.look()
        rings += street.bell.count == 0
    assert 5 == rings


def test_one_who_calls_again_takes_its_own_place(street) -> None:
    """Goal: a branch whose line was cut is not rung on the dead end. Method: call twice; the first end is closed."""
    street.wait(1)
    first = street.near[1]
    street.wait(1)
    assert (b"", 1) == (first.recv(9), street.bell.count)
    first.close()


def test_who_has_gone_is_forgotten(street) -> None:
    """Goal: dead connections do not pile up. Method: one hangs up, one babbles."""
    street.wait(1)
    street.wait(2)
    street.near[1].close()
    street.near[2].send(b"?")
    street.bell.look()
    assert 0 == street.bell.count


def test_only_so_many_wait(street, monkeypatch) -> None:
    """Goal: the rest asks by itself. Method: a limit of two, a third; who waits already may call again."""
    monkeypatch.setattr(limits, "DOORBELL_BRANCHES_MAX", 2)
    street.wait(1)
    street.wait(2)
    street.bell.admit(2)
    with pytest.raises(DoorbellFull):
        street.bell.admit(3)


def test_the_thread_serves_and_ends(monkeypatch) -> None:
    """Goal: it works by itself. Method: a thread that looks all the time; ring, close, the other one is let go."""
    monkeypatch.setattr(limits, "DOORBELL_LOOK_S", 0.001)
    fed: dict[int, int] = {1: 0}
    bell = Doorbell(lambda: fed[1], lambda stream, after: stream == 1)
    pairs = [socket.socketpair() for _ in range(2)]
    for stream, (near, far) in enumerate(pairs, 1):
        near.settimeout(10)
        bell.wait(stream, 0, far)
    fed[1] = 1
    assert NEWS == pairs[0][0].recv(1)
    bell.close()
    assert b"" == pairs[1][0].recv(1)
    for near, _ in pairs:
        near.close()


def test_a_thread_that_dies_lets_everybody_go_and_starts_again(monkeypatch) -> None:
    """Goal: no branch waits on a dead thread. Method: the feed cannot be read once."""
    monkeypatch.setattr(limits, "DOORBELL_LOOK_S", 0.001)
    monkeypatch.setattr("threading.excepthook", lambda told: None)
    answers = iter([OSError("disk")])

    def position() -> int:
        for error in answers:
            raise error
        return 1

    bell = Doorbell(position, lambda stream, after: True)
    for expected in (b"", NEWS):
        near, far = socket.socketpair()
        near.settimeout(10)
        bell.wait(1, 0, far)
        assert expected == near.recv(1)
        near.close()
    bell.close()


# --- what the feed holds ---------------------------------------------------------------------------------------


def test_what_counts_as_news(company) -> None:
    """Goal: rung for what others did, never for one's own. Method: a customer of one of two branches; both asked."""
    first, second = company.branches
    company.heal()

    def news(branch) -> bool:
        position = company.hub.store.get("position")
        return feed.has_news(company.hub.store.connection(), branch.stream, known[branch.stream] or position)

    known = dict.fromkeys((1, 2), company.hub.store.get("position"))
    write(first, "X1")
    company.round(first)
    assert (False, True) == (news(first), news(second))


def test_a_call_knows_what_the_last_answer_told(company) -> None:
    """Goal: nothing is missed between answer and call. Method: another branch writes in between."""
    first, second = company.branches
    company.until_done(second)
    write(first, "X1")
    company.round(first)
    stream, known = called(company, second.link.call())
    assert (2, True) == (stream, feed.has_news(company.hub.store.connection(), stream, known))
    company.round(second)
    _, known = called(company, second.link.call())
    assert not feed.has_news(company.hub.store.connection(), 2, known)


def test_no_call_before_a_conversation(company) -> None:
    """Goal: a call is never older than the hub's process. Method: a branch that has just started; a hub that has."""
    branch = company.branches[0]
    branch.link.nonce = exchange.NO_NONCE
    assert None is branch.link.call()
    in_conversation(company, branch)
    company.hub.restart()
    with pytest.raises(StaleNonce):
        called(company, branch.link.call())
