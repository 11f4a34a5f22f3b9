"""The sync client: what one half brought stays when the other fails; what it does when the line or the hub fails."""

from collections.abc import Iterator

import msgspec
import pytest
import requests
from cabang_branch import Shop

from branch_node.line import Line
from branch_node.line_pace import MEASURED_BYTES_MIN, Pace
from branch_node.sync_client import SyncClient, retry_delay_s
from crm import customers
from sync import exchange, limits
from sync.database import using
from sync.errors import BadSignature, CabangError, DiskFull, HubBusy, HubUnreachable, InvariantBroken, UnknownKind

pytestmark = pytest.mark.usefixtures("reading")


@pytest.fixture
def client(shop: Shop) -> Iterator[SyncClient]:
    """The branch's client, in a conversation, everything exchanged."""
    shop.sync()
    usual = shop.node.sync.line
    yield shop.node.sync
    shop.node.sync.line = usual
    shop.sync()


def write(shop: Shop, name: str) -> bytes:
    """A customer, not yet sent."""
    with using(shop.node.store), shop.node.journal.unit() as unit:
        return customers.create_customer(unit, name=name, hash_key=shop.node.company_key)


def write_at_hub(shop: Shop, name: str) -> bytes:
    """A customer made at head office."""
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        return customers.create_customer(unit, name=name, hash_key=shop.hub.company_key)


def holds(shop: Shop, customer: bytes) -> bool:
    return bool(shop.node.store.connection().execute("SELECT 1 FROM customer WHERE id = ?", (customer,)).fetchone())


# --- two halves ------------------------------------------------------------------------------------------------


def test_a_page_that_cannot_be_opened_leaves_the_acknowledgement(shop, client, monkeypatch) -> None:
    """Goal: push goes on when pull fails. Method: a page signed by another; what waits, then the next round."""
    write(shop, "Terkirim")
    coming = write_at_hub(shop, "Datang")

    def impostor(page, stream, nonce, hub_public):
        return exchange.open_page(msgspec.structs.replace(page, signature=bytes(64)), stream, nonce, hub_public)

    monkeypatch.setattr(client, "_open_page", impostor)
    with pytest.raises(BadSignature):
        client.round()
    assert (0, False) == (client.link.pending().entries, holds(shop, coming))
    monkeypatch.undo()
    client.round()
    assert holds(shop, coming)


def test_a_page_that_cannot_be_applied_leaves_the_acknowledgement(shop, client, monkeypatch) -> None:
    """Goal: an older branch goes on sending. Method: a row of a table this program does not know; what waits."""
    write(shop, "Terkirim juga")
    monkeypatch.setattr(client, "_open_page", lambda *page: [[10**6, [[250, bytes(14), 3]]]])
    with pytest.raises(UnknownKind):
        client.round()
    assert 0 == client.link.pending().entries


def test_a_clock_is_set_by_the_hub_alone(shop, client, monkeypatch) -> None:
    """Goal: nobody on the line turns the clock. Method: a page with another time and so no signature that fits."""
    usual, before = client.line.post, client.clock.error_ms

    def turned(path: str, data: bytes) -> bytes:
        answer = msgspec.msgpack.decode(usual(path, data))
        answer[5][5] += 10**9
        return msgspec.msgpack.encode(answer)

    monkeypatch.setattr(client.line, "post", turned)
    with pytest.raises(BadSignature):
        client.round()
    assert before == client.clock.error_ms


def test_a_full_disk_at_head_office_leaves_the_page(shop, client, monkeypatch) -> None:
    """Goal: pull goes on when push fails. Method: the hub's writer refuses; the page still comes, words say why."""
    write(shop, "Menunggu")
    coming = write_at_hub(shop, "Tetap datang")

    def full(*asked):
        raise DiskFull

    monkeypatch.setattr(shop.hub.exchange, "take_segments", full)
    with pytest.raises(CabangError) as caught:
        client.round()
    assert ("hub_cannot_store", True) == (caught.value.code, holds(shop, coming))
    assert 1 == client.link.pending().entries


# --- the next page, while one is applied ---------------------------------------------------------------------


@pytest.fixture
def several_pages(shop: Shop, client: SyncClient, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Three pages wait at head office, a customer on each."""
    monkeypatch.setattr(limits, "PAGE_ITEMS_MAX", 1)
    return [write_at_hub(shop, f"Seri {number}") for number in range(3)]


def test_the_next_page_comes_while_one_is_applied(shop, client, several_pages, monkeypatch) -> None:
    """Goal: the line does not wait for the disk. Method: what is held when each request is made; all arrives once."""
    ahead: list[bool] = []
    usual = client.link.ask

    def looking(clock_error, load, cursor):
        ahead.append(cursor is not None and cursor > client.store.get("cursor"))
        return usual(clock_error, load, cursor)

    monkeypatch.setattr(client.link, "ask", looking)
    assert (0, 3) == client.until_done()
    assert [False, True, True] == ahead
    assert all(holds(shop, customer) for customer in several_pages)


def test_a_page_that_cannot_be_applied_drops_what_was_asked_ahead(shop, client, several_pages, monkeypatch) -> None:
    """Goal: nothing is passed over, and the talk goes on. Method: no disk for the first page; what is asked next."""
    requests_made: list[int] = []
    usual, slice_ = client.line.post, client.link._slice

    def looking(path: str, data: bytes) -> bytes:
        requests_made.append(exchange.read_request(data).cursor)
        return usual(path, data)

    def full(*items):
        raise DiskFull

    monkeypatch.setattr(client.line, "post", looking)
    monkeypatch.setattr(client.link, "_slice", full)
    with pytest.raises(DiskFull):
        client.round()
    monkeypatch.setattr(client.link, "_slice", slice_)
    assert (0, 3) == client.until_done()
    first = requests_made[0]
    assert [first, first] == [requests_made[0], requests_made[2]]
    assert 5 == len(requests_made), "the second talk needed more than three"
    assert all(holds(shop, customer) for customer in several_pages)


def test_a_line_cut_while_a_page_is_applied(shop, client, several_pages, monkeypatch) -> None:
    """Goal: the page that came is kept, the cut is told by the next round. Method: cut the request that runs ahead."""
    usual, count = client.line.post, iter(range(100))

    def cut(path: str, data: bytes) -> bytes:
        if next(count) == 1:
            raise HubUnreachable(url="cut")
        return usual(path, data)

    monkeypatch.setattr(client.line, "post", cut)
    assert 1 == client.round().taken
    with pytest.raises(HubUnreachable):
        client.round()
    assert exchange.NO_NONCE == client.link.nonce
    assert (0, 2) == client.until_done()


def test_keys_change_while_a_page_is_under_way(shop, client, several_pages) -> None:
    """Goal: the talk of the old keys ends first. Method: one page taken, the next on its way, new keys, the rest."""
    assert 1 == client.round().taken
    client.renew_keys()
    assert (0, 2) == client.until_done()
    assert all(holds(shop, customer) for customer in several_pages)


# --- cuts ------------------------------------------------------------------------------------------------------


def test_after_a_failure_only_a_few_bytes_ask_for_the_nonce(shop, client, monkeypatch) -> None:
    """Goal: a bad line does not carry the same batch twice. Method: fail once; the size of the next request."""
    sizes: list[int] = []
    usual = client.line.post

    def failing(path: str, data: bytes) -> bytes:
        raise HubUnreachable(url="cut")

    def counting(path: str, data: bytes) -> bytes:
        sizes.append(len(exchange.read_request(data).segments))
        return usual(path, data)

    write(shop, "Dua kali")
    monkeypatch.setattr(client.line, "post", failing)
    with pytest.raises(HubUnreachable):
        client.round()
    monkeypatch.setattr(client.line, "post", counting)
    client.round()
    assert [0, 1] == sizes


def test_any_way_a_line_breaks_is_one_error(client, monkeypatch) -> None:
    """Goal: the thread lives on. Method: errors of requests, of the library below it, of the system; one of ours."""
    import urllib3

    errors = [requests.ConnectionError(), urllib3.exceptions.ProtocolError("cut"), ConnectionResetError()]
    for error in errors:
        line = Line(client.line.url)

        def breaking(*args, error=error, **how):
            raise error

        monkeypatch.setattr(line._session, "post", breaking)
        with pytest.raises(HubUnreachable):
            line.post(exchange.PATH, b"")


# --- pace ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "batch", "page"),
    [
        (500, limits.BATCH_BYTES_MIN, limits.PAGE_BYTES_MIN),
        (10_000, 10_000 * limits.EXCHANGE_S_TARGET, 10_000 * limits.EXCHANGE_S_TARGET),
        (10**7, limits.BATCH_BYTES_MAX, limits.PAGE_BYTES_SOFT),
    ],
    ids=["2G", "bad 3G", "good"],
)
def test_an_exchange_carries_what_the_line_carries(rate, batch, page) -> None:
    """Goal: page and batch follow the line. Method: measured exchanges on lines of three speeds, from both extremes."""
    pace = Pace()
    for _ in range(12):
        sent, received = pace.load
        pace.took(max(sent, MEASURED_BYTES_MIN), sent / rate, max(received, MEASURED_BYTES_MIN), received / rate)
    assert (batch, page) == pytest.approx(pace.load, rel=0.01)


def test_small_exchanges_say_nothing_of_the_line() -> None:
    """Goal: a long way is not taken for a narrow one. Method: idle rounds that took a second each."""
    pace = Pace()
    before = pace.load
    for _ in range(5):
        pace.took(200, 1.0, 300, 1.0)
    assert (before, None, None) == (pace.load, pace.up, pace.down)


def test_a_cut_halves_what_is_tried(client) -> None:
    """Goal: on a line that breaks often something gets through. Method: cuts; the limits hold."""
    pace = Pace()
    for _ in range(10):
        pace.cut()
    assert (limits.BATCH_BYTES_MIN, limits.PAGE_BYTES_MIN) == pace.load


def test_the_page_asked_for_is_kept_to(shop, client) -> None:
    """Goal: the hub obeys the branch's line. Method: many rows, the least page; the rest in further rounds."""
    with using(shop.hub.store):
        for number in range(80):
            with shop.hub.journal.unit() as unit:
                customers.create_customer(unit, name=f"Zz {number} " + "x" * 80, hash_key=shop.hub.company_key)
    client.line.pace.load = client.line.pace.load._replace(page=limits.PAGE_BYTES_MIN)
    progress = client.round()
    assert progress.more and 0 < progress.taken < 80
    client.until_done()
    assert not client.round().more


def test_nothing_ends_the_thread(client, monkeypatch) -> None:
    """Goal: a fault of our own does not cut the branch off for ever. Method: a round that divides by zero."""

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(client, "_round", broken)
    assert 0 < client._turn() <= limits.RETRY_DELAY_S_MAX
    assert isinstance(client.state.error, InvariantBroken)
    monkeypatch.undo()
    client.round()


# --- waiting ---------------------------------------------------------------------------------------------------


def test_delays_grow_and_are_spread() -> None:
    """Goal: backoff with jitter, at most 15 minutes. Method: many failures, both ends of chance."""
    delays = [(retry_delay_s(n, 0), retry_delay_s(n, 0.999)) for n in range(1, 40)]
    assert all(least >= most / 2.01 and most <= limits.RETRY_DELAY_S_MAX for least, most in delays)
    assert delays == sorted(delays)


@pytest.mark.parametrize(
    ("said", "waits"), [("12", 12), ("0", 2), ("9" * 30, 120), ("soon", 2), ("-5", 2), (None, 2), ("1e9", 2)]
)
def test_what_a_busy_hub_asks_is_kept_within_limits(client, said, waits) -> None:
    """Goal: nobody on the line silences a branch for hours. Method: reasonable and silly numbers."""
    client._failed(HubBusy(**({"seconds": said} if said is not None else {})))
    assert waits == client._asked_to_wait()


def test_a_branch_that_waits_at_the_door_asks_seldom(client, monkeypatch) -> None:
    """Goal: idle is quiet. Method: one turn with and without the doorbell; the pause after it."""
    assert limits.SYNC_INTERVAL_S == client._turn()
    monkeypatch.setattr(client.doorbell, "listening", True)
    assert limits.SYNC_QUIET_S == client._turn()
