"""The addresses branches talk to, over real HTTP: waiting costs no worker, a crowd is told when to come again."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests
from cabang_office import Office

from branch_node.key_change import KeyChange
from branch_node.node import BranchNode
from crm import customers
from sync import doorbell, exchange, limits, rotation
from sync.database import using
from sync.errors import DoorbellFull, HubBusy, HubUnreachable, StaleNonce
from ui.serve import THREADS


@pytest.fixture
def waiting(office: Office) -> Iterator[BranchNode]:
    """The branch DPS, in a conversation with head office, with nothing left to say."""
    office.sync()
    yield office.branches["DPS"]
    office.sync()


def _ring(node: BranchNode) -> requests.Response:
    """The head of the hub's answer to a call of *node*."""
    address = node.sync.line.url + doorbell.PATH
    return requests.post(address, data=node.link.call(), stream=True, timeout=20)


def _write(office: Office, code: str, name: str) -> None:
    node = office.branches[code]
    with using(node.store), node.journal.unit() as unit:
        customers.create_customer(unit, name=name, hash_key=node.company_key)


def test_the_head_comes_at_once_and_the_byte_with_the_news(office, waiting) -> None:
    """Goal: near-live without asking. Method: call, another branch writes and sends, read; then nothing new to say."""
    with _ring(waiting) as answer:
        assert (200, "1", "close") == (
            answer.status_code, answer.headers["Content-Length"], answer.headers["Connection"],
        )  # fmt: skip
        _write(office, "PTK", "Kabar baru")
        office.branches["PTK"].sync.round()
        assert doorbell.NEWS == answer.content


def test_waiting_takes_no_worker(office, waiting) -> None:
    """Goal: hundreds may wait. Method: more calls hang than there are workers; a page and a round are served."""
    hanging = [_ring(waiting) for _ in range(THREADS + 4)]
    assert 200 == requests.get(f"{waiting.sync.line.url}/login", timeout=5).status_code
    waiting.sync.round()
    assert 1 == office.hub.doorbell.count  # each call of a branch takes the place of the one before
    for answer in hanging:
        answer.close()


def test_nothing_new_is_said_after_a_while(waiting, monkeypatch) -> None:
    """Goal: no connection hangs for ever. Method: a hold of no time."""
    monkeypatch.setattr(limits, "DOORBELL_HOLD_S", 0)
    with _ring(waiting) as answer:
        assert doorbell.NONE == answer.content


def test_a_call_out_of_order_is_answered_at_once(waiting) -> None:
    """Goal: words, not silence. Method: the same call twice."""
    call, address = waiting.link.call(), waiting.sync.line.url + doorbell.PATH
    requests.post(address, data=call, stream=True, timeout=20).close()
    again = requests.post(address, data=call, timeout=20)
    code, _ = exchange.read_refusal(again.content, "hub")
    assert (400, StaleNonce.code) == (again.status_code, code)


def test_too_many_ask_by_themselves(office, waiting, monkeypatch) -> None:
    """Goal: a limit that is said. Method: room for nobody."""
    monkeypatch.setattr(limits, "DOORBELL_BRANCHES_MAX", 0)
    answer = _ring(office.branches["PTK"])
    assert DoorbellFull.code == exchange.read_refusal(answer.content, "hub")[0]


# --- a crowd ---------------------------------------------------------------------------------------------------


def test_a_crowd_is_told_when_to_come_again(office, waiting) -> None:
    """Goal: many branches that return at once are served in turn. Method: no room; status, words, obedience."""
    with ExitStack() as crowd:
        for _ in range(limits.EXCHANGES_AT_ONCE_MAX):
            crowd.enter_context(office.hub.turnstile.passing())
        with pytest.raises(HubBusy):
            waiting.sync.round()
        state = waiting.sync.state
        assert isinstance(state.error, HubBusy)
        assert 503 == requests.post(waiting.sync.line.url + exchange.PATH, data=b"", timeout=5).status_code
        pause = waiting.sync._turn()
        assert limits.RETRY_AFTER_S_MIN <= pause <= limits.RETRY_AFTER_S_MAX
        assert state.failures == waiting.sync.state.failures
    waiting.sync.round()
    assert None is waiting.sync.state.error


def test_nobody_waits_for_those_who_send_slowly(office, waiting) -> None:
    """Goal: branches and people at head office are served. Method: slow bodies in every place there is; both."""
    place = urlsplit(waiting.sync.line.url)
    with ExitStack() as slow:
        for _ in range(2 * THREADS):
            line = slow.enter_context(socket.create_connection((place.hostname, place.port), timeout=5))
            line.sendall(f"POST {exchange.PATH} HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nx".encode())
        assert 200 == requests.get(f"{waiting.sync.line.url}/login", timeout=5).status_code
        waiting.sync.round()
    assert None is waiting.sync.state.error


# --- keys ------------------------------------------------------------------------------------------------------


def test_a_branch_changes_its_key_over_the_line(office, waiting) -> None:
    """Goal: the whole command. Method: change, sell, exchange; the hub's registry and the key file."""
    before = waiting.keyring.sign_public
    certificate = waiting.sync.renew_keys()
    office.sell("DPS", "PIJAT", 1, 90_000)
    office.sync("DPS")
    sql = "SELECT sign_public FROM stream WHERE stream = ?"
    ((public,),) = office.hub.store.connection().execute(sql, (waiting.stream,)).fetchall()
    assert (certificate.sign_public, True) == (public, public != before)
    assert waiting.home.key_file.read_bytes() == waiting.keyring.seed
    assert 0 == waiting.link.pending().entries


def test_a_hub_that_forgot_a_change_is_reminded_by_the_next_round(office, waiting) -> None:
    """Goal: a hub put back from a backup cuts nobody off. Method: its newest certificate taken away; sell, a round."""
    serial = waiting.sync.renew_keys().serial
    with office.hub.store.write() as connection:
        connection.execute("DELETE FROM certificate WHERE (stream, serial) = (?, ?)", (waiting.stream, serial))
    office.sell("DPS", "PIJAT", 1, 90_000)
    waiting.sync.round()
    assert 0 == waiting.link.pending().entries


def test_a_change_whose_answer_was_lost_is_finished_by_the_next_round(office, waiting, monkeypatch) -> None:
    """Goal: nobody has to notice. Method: the hub countersigns, the line drops the answer; a sale, a round."""
    usual = waiting.sync.line.post

    def lossy(path: str, data: bytes) -> bytes:
        answer = usual(path, data)
        if path == rotation.PATH:
            raise HubUnreachable(url="cut")
        return answer

    monkeypatch.setattr(waiting.sync.line, "post", lossy)
    with pytest.raises(HubUnreachable):
        waiting.sync.renew_keys()
    monkeypatch.undo()
    office.sell("DPS", "PIJAT", 1, 90_000)
    waiting.sync.round()
    assert 0 == waiting.link.pending().entries
    assert not KeyChange(waiting.home, waiting.journal, waiting.link.hub_public).begun()
