"""Which part goes next.  A few index look-ups, however many messages wait."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sms_daemon import policy
from sms_daemon.ledger import Ledger
from sms_daemon.sending import Job
from sms_daemon.states import GIVEN_UP, HELD, QUEUED, give_up, move

SLICE = 200
STOPS_MAX = 100  # messages put aside before other work has its turn
RANKS = tuple(sorted(set(policy.RANKS.values())))

HEAD_SQL = (
    "SELECT id, made_at FROM message INDEXED BY message_ready"
    " WHERE state = 'queued' AND rank = ? AND modem = ? ORDER BY made_at, id LIMIT 1"
)
JOB_SQL = (
    "SELECT m.id, p.part, p.tries, m.kind, m.rank, m.customer, m.recipient, p.text, m.coding, m.udh, m.parts,"
    " m.expires, m.exempt FROM message m JOIN part p ON p.message = m.id WHERE m.id = ? AND p.state = 'queued'"
    " ORDER BY p.part LIMIT 1"
)
DUE_SQL = (
    "SELECT id FROM message INDEXED BY message_waiting WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?"
)
RANK_SQL = (
    "SELECT id, expires FROM message INDEXED BY message_ready WHERE state = 'queued' AND rank = ? AND kind = ?"
    " ORDER BY modem, made_at, id LIMIT ?"
)


class Stop(NamedTuple):
    """Why a message does not go now; ``state`` None: it waits for another modem.

    ``whole_kind``: the same holds for all that wait of its kind.
    """

    state: str | None
    reason: str
    due_at: int | None = None
    whole_kind: bool = False


Gate = Callable[[Job], Stop | None]


def next_job(ledger: Ledger, modem: str, gate: Gate, turn: int, now: int) -> Job | None:
    """The part that *modem* sends next; messages that *gate* stops are put aside on the way.

    *turn*: how many messages were begun so far.  A message another modem began is left to that one.
    """
    others: set[int] = set()  # ranks left to other modems
    for _ in range(STOPS_MAX):
        heads = {rank: head for rank in RANKS if rank not in others and (head := _head(ledger, rank, modem))}
        rank = policy.choose({rank: made_at for rank, (_, made_at) in heads.items()}, turn, now)
        if rank is None:
            return None
        job = Job(*ledger.rows(JOB_SQL, heads[rank][0])[0])
        stop = gate(job)
        if stop is None:
            return job
        if stop.state is None:
            others.add(job.rank)
        else:
            _put_aside(ledger, job, stop.state, stop, now)
    return None


def _head(ledger: Ledger, rank: int, modem: str) -> tuple[bytes, int] | None:
    """Id and age of the first message of a rank: one that this modem began comes before new ones."""
    found = ledger.one(HEAD_SQL, rank, modem) or ledger.one(HEAD_SQL, rank, "")
    return (found[0], found[1]) if found else None


def _put_aside(ledger: Ledger, job: Job, state: str, stop: Stop, now: int) -> None:
    stopped = [(job.message, job.expires)]
    if stop.whole_kind:
        stopped = ledger.rows(RANK_SQL, job.rank, job.kind, SLICE)
    with ledger.transaction():
        for message, expires in stopped:
            if state in GIVEN_UP:
                give_up(ledger, message, state, now)
                continue
            due_at = stop.due_at if expires is None or stop.due_at is None else min(stop.due_at, expires)
            move(ledger, message, state, stop.reason, now, due_at=due_at)


def wake(ledger: Ledger, now: int) -> int:
    """Queues waiting messages whose time has come, a slice; how many."""
    return _queue(ledger, ledger.rows(DUE_SQL, now, SLICE), now)


def free_credit(ledger: Ledger, kind: str, now: int) -> int:
    """Queues messages of a kind that were held for want of credit, a slice; how many."""
    sql = "SELECT id FROM message WHERE state = ? AND reason = 'credit' AND kind = ? LIMIT ?"
    return _queue(ledger, ledger.rows(sql, HELD, kind, SLICE), now)


def _queue(ledger: Ledger, messages: list[tuple[bytes]], now: int) -> int:
    if messages:
        with ledger.transaction():
            for (message,) in messages:
                move(ledger, message, QUEUED, None, now)
    return len(messages)


def unbind(ledger: Ledger, modems: Sequence[str]) -> None:
    """Lets any modem go on with messages begun by one that is not in the settings any more; one transaction.

    With those of an end, too: a person may have them sent again.
    """
    places = ", ".join("?" * len(modems))
    with ledger.transaction():
        sql = f"UPDATE message INDEXED BY message_bound SET modem = '' WHERE modem != '' AND modem NOT IN ({places})"
        ledger.run(sql, *modems)
