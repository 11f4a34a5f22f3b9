"""What was meant goes on the air once, or is shown as unknown: faults at every point of every part of a send."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sms_faults
import sms_shop
from sms_faults import AFTER, ASK, BEFORE, COMMIT, PARTS, Killer
from sms_shop import Shop

from sms_daemon import outcomes, sending
from sms_daemon.ledger import Ledger
from sms_daemon.sending import Answer, Job, Sender

pytestmark = pytest.mark.proof

COMMITS, ASKS = 25, 12  # of a run without a fault; a test counts them
KILLS = [
    *[(COMMIT, when, place) for when in (BEFORE, AFTER) for place in range(COMMITS)],
    *[(ASK, when, place) for when in (BEFORE, AFTER) for place in range(ASKS)],
]
TWICE = [(place, again) for place in range(2, ASKS) for again in range(2)]
WORDS = (
    *("die", "air die", "silent", "air silent", "garbage", "air garbage"),
    *("cms 1", "cms 21", "cms 38", "cms 322", "cms 331", "cms 332", "air cms 500"),
    *("error ERR_TIMEOUT", "air error ERR_DEVICEWRITEERROR", "air error ERR_UNKNOWN"),
)
PROCESS_KILLS = 8


@pytest.fixture(scope="session")
def branch_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sms") / "branch.db"
    sms_shop.make_branch(path)
    return path


@pytest.fixture
def shop(tmp_path: Path, branch_template: Path) -> Iterator[Shop]:
    with sms_shop.open_shop(tmp_path / "shop", branch_template) as made:
        made.settle_fast(send=0.15)
        made.timings = replace(made.timings, credit_pause=0)
        yield made


def test_the_points_cover_every_commit_and_request() -> None:
    """Goal: no point is forgotten. Method: there are more than two hundred; the next test counts a clean run's."""
    assert 200 < len(KILLS) + len(TWICE) + len(WORDS) * len(PARTS) + PROCESS_KILLS


def test_a_clean_run_has_no_other_points(shop: Shop) -> None:
    """Goal: the numbers above are right. Method: count the commits and requests of a run in which nothing happens."""
    sms_faults.fill(shop)
    killer = Killer("", "", 0)
    shop.start(killer.child, killer.ledger)
    shop.until_rest()
    assert {COMMIT: COMMITS, ASK: ASKS} == dict(killer.counts)
    assert set(PARTS) == set(shop.submitted())
    assert [] == sms_faults.broken(shop)


@pytest.mark.parametrize(("what", "when", "place"), KILLS)
def test_kill_9_at_every_point(shop: Shop, what: str, when: str, place: int) -> None:
    """Goal: never twice, never "sent" without being sent. Method: kill the daemon there; run another to the end."""
    sms_faults.fill(shop)
    assert sms_faults.run_killed(shop, Killer(what, when, place))
    sms_faults.run_to_end(shop)
    assert [] == sms_faults.broken(shop)
    assert len(PARTS) - 1 <= len(shop.submitted())


@pytest.mark.parametrize(("place", "again"), TWICE)
def test_kill_9_of_the_daemon_that_clears_up(shop: Shop, place: int, again: int) -> None:
    """Goal: clearing up may be cut too. Method: kill at a request, kill the next daemon at its first commits."""
    sms_faults.fill(shop)
    assert sms_faults.run_killed(shop, Killer(ASK, AFTER, place))
    assert sms_faults.run_killed(shop, Killer(COMMIT, BEFORE, again))
    sms_faults.run_to_end(shop)
    assert [] == sms_faults.broken(shop)


@pytest.mark.parametrize(("number", "part"), PARTS)
@pytest.mark.parametrize("word", WORDS)
def test_every_fault_of_the_modem(shop: Shop, number: str, part: int, word: str) -> None:
    """Goal: as above, and a bad number holds up no other. Method: the fault at one part; all others go."""
    messages = sms_faults.fill(shop)
    shop.script(sends={number: [*["ok"] * (part - 1), word, "ok"]})
    sms_faults.run_to_end(shop)
    assert [] == sms_faults.broken(shop)
    assert [] == sms_faults.held_up(shop, number)
    shop.now[0] += sms_shop.DAY
    shop.until_rest()
    assert [] == sms_faults.broken(shop)
    assert shop.state(messages[number])[0] in ("sent", "unknown", "failed")


@pytest.mark.parametrize("seed", range(PROCESS_KILLS))
def test_kill_9_of_the_real_process(shop: Shop, seed: int) -> None:
    """Goal: the same for the program as people start it. Method: kill it at a random moment, run another."""
    sms_faults.fill(shop)
    process = sms_shop.start_program(shop)
    end = time.monotonic() + 20
    while not shop.asked("open") and time.monotonic() < end:
        time.sleep(0.005)
    time.sleep(random.Random(seed).uniform(0, 0.06))
    process.kill()
    process.communicate(timeout=10)
    time.sleep(0.1)  # what the modem was told it does
    sms_faults.run_to_end(shop)
    assert [] == sms_faults.broken(shop)


# --- bugs planted on purpose: the proof must see them ---------------------------------------------------------------


def _intent_after_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, finish = sending.begin, sending.finish
    late: dict[bytes, tuple[Job, Sender, int]] = {}

    def no_intent(ledger: Ledger, job: Job, sender: Sender, now: int) -> int:
        late[job.message] = (job, sender, now)
        return 0

    def both(ledger: Ledger, job: Job, attempt: int, answer: Answer, now: int, chance: float) -> None:
        finish(ledger, job, begin(ledger, *late[job.message]), answer, now, chance)

    monkeypatch.setattr(sending, "begin", no_intent)
    monkeypatch.setattr(sending, "finish", both)


def _unknown_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    requeued = replace(outcomes.RESTART, kind="device")

    def recover(ledger: Ledger, now: int) -> int:
        with ledger.transaction():
            ledger.run("UPDATE part SET state = 'queued' WHERE state = 'sending'")
            return ledger.run("UPDATE message SET state = 'queued' WHERE state = 'sending'")

    monkeypatch.setattr(sending, "recover", recover)
    for name in ("RESTART", "DEADLINE", "CHILD_GONE", "NO_ANSWER"):
        monkeypatch.setattr(outcomes, name, requeued)


@pytest.mark.parametrize("bug", [_intent_after_sending, _unknown_sent_again])
def test_a_planted_bug_is_seen(
    tmp_path: Path, branch_template: Path, monkeypatch: pytest.MonkeyPatch, bug: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """Goal: the proof proves something. Method: break a law on purpose; killing after requests must find it."""
    bug(monkeypatch)
    found = []
    for place in (2, 5, 11):
        with sms_shop.open_shop(tmp_path / str(place), branch_template) as shop:
            sms_faults.fill(shop)
            assert sms_faults.run_killed(shop, Killer(ASK, AFTER, place))
            time.sleep(0.1)  # what the modem was told it does
            sms_faults.run_to_end(shop)
            found += sms_faults.broken(shop)
    assert found
    assert all("aired 2 times" in fault for fault in found)
