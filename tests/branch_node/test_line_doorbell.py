"""Near-live: a branch that waits on the hub's doorbell hears within seconds, asks seldom, and never hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from cabang_branch import Shop

from branch_node.key_change import KeyChange
from branch_node.line import Line
from branch_node.line_doorbell import LineDoorbell
from branch_node.sync_client import SyncClient
from crm import customers
from sync import exchange, limits
from sync.database import using
from sync.errors import StaleNonce, from_refusal
from sync.store import Store

NEAR_LIVE_S = 5


@pytest.fixture
def rounds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the hub was asked, in seconds."""
    asked: list[float] = []
    usual = shop.hub.exchange.answer

    def noting(data: bytes) -> exchange.Answer:
        asked.append(time.monotonic())
        return usual(data)

    monkeypatch.setattr(shop.hub.exchange, "answer", noting)
    return asked


@pytest.fixture
def live(shop: Shop) -> Iterator[SyncClient]:
    """A client of the branch that works in the background and waits at the door."""
    shop.sync()
    node = shop.node
    change = KeyChange(node.home, node.journal, node.link.hub_public)
    client = SyncClient(node.store, node.link, node.clock, Line(node.sync.line.url), exchange.open_page, change)
    client.start()
    wait_until(lambda: client.doorbell.listening)
    yield client
    began = time.monotonic()
    client.stop()
    assert time.monotonic() - began < NEAR_LIVE_S, "it stops at once, though it waits"
    shop.sync()


def wait_until(true: Callable[[], object], at_most_s: float = 30) -> float:
    """Seconds until it was true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < at_most_s, "it never came"
        time.sleep(0.01)
    return time.monotonic() - began


def holds(store: Store, customer: bytes) -> bool:
    return store.connection().execute("SELECT 1 FROM customer WHERE id = ?", (customer,)).fetchone() is not None


def write_at_hub(shop: Shop, name: str) -> bytes:
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        return customers.create_customer(unit, name=name, hash_key=shop.hub.company_key)


def test_news_arrive_within_seconds_and_idle_is_quiet(shop, live, rounds) -> None:
    """Goal: 5 s from commit to another screen, no round while there is nothing. Method: three changes at head office
    one after another, each waited for; then no round in two seconds.
    """
    store = shop.node.store
    for number in range(3):
        made = write_at_hub(shop, f"Segera {number}")
        assert wait_until(partial(holds, store, made)) <= NEAR_LIVE_S
        wait_until(lambda: live.doorbell.listening)
    before = len(rounds)
    time.sleep(2)
    assert (before, True) == (len(rounds), live.doorbell.listening)


def test_ones_own_sale_does_not_ring_at_home(shop, live, rounds) -> None:
    """Goal: no echo. Method: a change at the branch goes up by one round and nothing follows."""
    with using(shop.node.store), shop.node.journal.unit() as unit:
        customers.create_customer(unit, name="Sendiri", hash_key=shop.node.company_key)
    live.nudge()
    wait_until(lambda: not live.link.pending().entries)
    done = len(rounds)
    time.sleep(2)
    assert done == len(rounds)


# --- what goes wrong -------------------------------------------------------------------------------------------


class Door(LineDoorbell):
    """A doorbell whose answers are the test's."""

    def __init__(self, *answers: bool | Exception, call: bytes | None = b"call") -> None:
        self.rings = 0
        self._answers = list(answers)
        super().__init__(lambda: "http://127.0.0.1:9", lambda: call, self._rung)

    def _rung(self) -> None:
        self.rings += 1
        self.talked()

    def _listen(self, call: bytes) -> bool:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def turns(door: Door, count: int) -> list[float]:
    return [door.turn() for _ in range(count)]


def test_a_ring_makes_one_round_and_silence_none() -> None:
    """Goal: one round per ring. Method: rung, nothing new, rung."""
    door = Door(True, False, True)
    assert ([0, 0, 0], 2) == (turns(door, 3), door.rings)


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (OSError(), limits.SYNC_INTERVAL_S),
        ("hub_unreachable", limits.SYNC_INTERVAL_S),
        ("doorbell_full", limits.DOORBELL_RETRY_S),
        ("malformed", limits.DOORBELL_RETRY_S),
        ("revoked", limits.SYNC_INTERVAL_S),
    ],
    ids=str,
)
def test_without_a_door_the_branch_asks_by_itself(error, pause) -> None:
    """Goal: falling back is no storm. Method: each way to fail, twice; one round each, the pause between."""
    failing = error if isinstance(error, Exception) else from_refusal((error, {}))
    door = Door(failing, failing)
    assert ([pause] * 2, 2) == (turns(door, 2), door.rings)


def test_a_call_overtaken_by_a_round_is_made_again_at_once() -> None:
    """Goal: a sale at the wrong moment does not cost the door. Method: stale once, stale for ever."""
    door = Door(StaleNonce(), False, StaleNonce(), StaleNonce(), StaleNonce())
    pauses = turns(door, 5)
    assert (True, 0, True) == (pauses[0] < 2, pauses[1], pauses[2] < 2)
    assert ([limits.SYNC_INTERVAL_S] * 2, 2) == (pauses[3:], door.rings)


def test_before_a_conversation_it_waits_for_one(monkeypatch) -> None:
    """Goal: no call without a nonce. Method: none yet; a round frees the wait, and asks nobody."""
    door = Door(call=None)
    threading.Timer(0.05, door.talked).start()
    assert (0, 0) == (door.turn(), door.rings)
