"""The SMS room over HTTP: what waits, went or is uncertain, what came in, and the modem in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from cabang_sms import Bookkeeper, bookkeeper, running
from cabang_visitor import Visitor

from branch_node.pages import sms_modems
from branch_node.pages.sms_lists import ROWS
from branch_node.sms_ledger import SmsLedger
from crm import customers, messages
from crm.messages import MessageOrder, MessageState
from sync.database import using

pytestmark = pytest.mark.usefixtures("reading")
NOON = 1_767_243_600_000
LISTS = ("waiting", "unknown", "sent", "missed", "inbox")


@pytest.fixture
def book(shop: Any) -> Iterator[Bookkeeper]:
    """The branch's ledger with nothing open in it; nothing of the test stays open either."""
    with bookkeeper(shop.node.folder) as made:
        _close_all(made)
        yield made
        _close_all(made)
        made.modem("ready", NOON)
    shop.node.sms.take_in()


def _close_all(book: Bookkeeper) -> None:
    book.take(NOON)
    with book.ledger.transaction():
        book.ledger.run("UPDATE message SET state = 'delivered', changed_at = 0")


def queue(shop: Any, cause: str, text: str = "Barang sudah siap.") -> bytes:
    """A message of the staff's in the outbox."""
    with shop.node.journal.unit() as unit:
        return messages.queue(unit, kind="staff", cause=cause, recipient="0812-2000-0001", text=text)


# --- the lists -------------------------------------------------------------------------------------------------


def test_what_waits_in_the_order_it_goes(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: taken and not taken both show, each with why it waits. Method: one taken, one held, one just written."""
    first, second = queue(shop, "w 1", "satu"), queue(shop, "w 2", "dua")
    book.take(NOON)
    book.move(second, "held", "consent", NOON + 1)
    queue(shop, "w 3", "tiga")
    page = leader.get("/sms")
    places = [page.index(f">{text}<") for text in ("satu", "dua", "tiga")]
    assert sorted(places) == places
    assert "Menunggu (3)" in page and "Menunggu program SMS" in page
    assert f'action="/sms/{first.hex()}/cancel"' in page


def test_taking_back(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: what waits can be stopped, once. Method: press twice; the program obeys; then it is too late."""
    made = queue(shop, "c 1", "tarik saya")
    for _ in range(2):
        assert 303 == leader.send(f"/sms/{made.hex()}/cancel").status_code
    assert 1 == MessageOrder.select().where(MessageOrder.message == made).count()
    assert "SMS sedang dibatalkan." in leader.get("/sms")
    book.take(NOON)
    page = leader.get("/sms", tab="missed")
    assert "tarik saya" in page
    leader.send(f"/sms/{made.hex()}/cancel")
    assert "Pesan ini tidak bisa dibatalkan lagi" in leader.get("/sms")


def test_what_people_order_reaches_head_office(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: no honest record is held for review. Method: one taken back at once, one sent again; exchange."""
    back, again = queue(shop, "o 1"), queue(shop, "o 2")
    leader.send(f"/sms/{back.hex()}/cancel")
    book.take(NOON)
    book.move(again, "unknown", "deadline", NOON)
    leader.get("/sms", tab="unknown")
    leader.send(f"/sms/{again.hex()}/resend")
    shop.sync()
    with using(shop.hub.store):
        kept = MessageOrder.select().where(MessageOrder.message.in_([back, again])).count()
        states = MessageState.select().where(MessageState.message == again).count()
    assert (2, True, 0) == (kept, states > 0, shop.count("quarantine"))


@pytest.mark.row("C-30")
def test_an_uncertain_one_is_sent_again_by_a_person(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: one click, after being told what it may do. Method: unknown, the page, press twice, the program obeys."""
    made = queue(shop, "u 1", "entah")
    book.take(NOON)
    book.move(made, "unknown", "deadline", NOON)
    page = leader.get("/sms", tab="unknown")
    assert "entah" in page and "mungkin menerimanya dua kali" in page and "Tidak pasti (1)" in page
    for _ in range(2):
        leader.send(f"/sms/{made.hex()}/resend")
    assert 1 == MessageOrder.select().where(MessageOrder.message == made).count()
    assert "SMS sedang dikirim lagi." in leader.get("/sms", tab="unknown")
    book.take(NOON + 1)
    assert "entah" in leader.get("/sms")
    leader.send(f"/sms/{queue(shop, 'u 2').hex()}/resend")
    assert "Pesan ini tidak untuk dikirim lagi" in leader.get("/sms")


def test_a_doubted_one_is_set_free_by_a_person(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: the same text once more may be meant. Method: held as a repeat, press, the program obeys."""
    made = queue(shop, "d 1", "sekali lagi")
    book.take(NOON)
    book.move(made, "held", "duplicate", NOON)
    assert "Tetap kirim" in leader.get("/sms")
    leader.send(f"/sms/{made.hex()}/resend")
    assert "SMS sedang dikirim lagi." in leader.get("/sms")
    book.take(NOON + 1)
    assert book.ledger.one("SELECT state FROM message WHERE id = ?", made) == ("queued",)


def test_what_went_and_what_did_not(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: each state stands in its list, newest first, in words. Method: one message per state."""
    ends = {"sent": "sent", "delivered": "sent", "no_report": "sent"} | dict.fromkeys(
        ("failed", "undelivered", "expired"), "missed"
    )
    made = {state: queue(shop, f"e {state}", f"kabar {state}") for state in ends}
    book.take(NOON)
    for place, (state, ident) in enumerate(made.items()):
        book.move(ident, state, "cms_21" if state == "failed" else None, NOON + place)
    pages = {tab: leader.get("/sms", tab=tab) for tab in ("sent", "missed")}
    assert all(f"kabar {state}" in pages[tab] for state, tab in ends.items())
    assert pages["sent"].index("kabar no_report") < pages["sent"].index("kabar sent")
    assert 0 == pages["sent"].count("Kirim lagi") and 3 <= pages["missed"].count("Kirim lagi")


def test_long_lists_are_paged(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: nobody scrolls for ever, nothing is left out. Method: follow the links through taken and not taken."""
    texts = {f"baris {place}." for place in range(2 * ROWS + 10)}
    for place, text in enumerate(sorted(texts)):
        if place == ROWS + 5:
            book.take(NOON)
        queue(shop, f"p {place}", text)
    seen, address = [], "/sms"
    while address:
        page = leader.get(address)
        seen += [text for text in texts if f">{text}<" in page]
        address = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        address = address if 'rel="next"' in page else ""
    assert sorted(texts) == sorted(seen)


def statements(shop: Any, leader: Visitor, monkeypatch: pytest.MonkeyPatch, tab: str) -> int:
    """How many questions a list asks the branch's database and the ledger."""
    asked: list[str] = []
    look_up, connection = SmsLedger._rows, shop.node.store.connection()

    def watched(*words: Any) -> Any:
        asked.append(words[1])
        return look_up(*words)

    with monkeypatch.context() as watching:
        watching.setattr(SmsLedger, "_rows", watched)
        connection.set_trace_callback(asked.append)
        leader.get("/sms", tab=tab)
        connection.set_trace_callback(None)
    return len(asked)


@pytest.mark.parametrize("tab", ["waiting", "inbox"])
def test_a_full_list_asks_no_more_than_a_short_one(
    shop: Any, leader: Visitor, book: Bookkeeper, monkeypatch: pytest.MonkeyPatch, tab: str
) -> None:
    """Goal: a page is as quick with many rows as with few. Method: count the questions for one row and for a page."""
    asked = []
    for size in (1, ROWS):
        for place in range(size):
            queue(shop, f"q {tab} {size} {place}")
            book.receive(f"0812200{10_000 * size + place}", "Ya", NOON - 1)
        book.take(NOON)
        shop.node.sms.take_in()
        asked.append(statements(shop, leader, monkeypatch, tab))
    assert asked[1] <= asked[0] <= 20


def test_many_are_not_counted(shop: Any, leader: Visitor, book: Bookkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: above a limit the page says "more". Method: a limit of two, three that wait."""
    monkeypatch.setattr(sms_modems, "COUNTED_MAX", 2)
    for place in range(3):
        queue(shop, f"m {place}")
    book.take(NOON)
    assert "Menunggu (2+)" in leader.get("/sms") and "2+, tetapi program SMS tidak berjalan" in leader.get("/till")


def test_what_came_in(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: a customer is named, however the number came; words stay words. Method: three senders, one hostile."""
    with shop.node.journal.unit() as unit:
        key = shop.node.company_key
        maya = customers.create_customer(unit, name="Maya Putri", phones=["0812-2000-0555"], hash_key=key)
    for sender, text in (("081220000555", "Ya <b>besok</b>"), ("TELKOMSEL", "Pulsa Rp5.000"), ("3636", "kode")):
        book.receive(sender, text, NOON)
    shop.node.sms.take_in()
    page = leader.get("/sms", tab="inbox")
    assert "Maya Putri" in page and "Ya &lt;b&gt;besok&lt;/b&gt;" in page and "TELKOMSEL" in page
    assert f'href="/sms/new?to=%2B6281220000555&amp;customer={maya.hex()}"' in page


@pytest.mark.parametrize("tab", [*LISTS, "none", ""])
@pytest.mark.parametrize(
    "after", ["", "x", "o.x", "l.1", "l.1.zz", "9" * 30, "o." + "9" * 18, "l.5." + "0" * 32, "1." + "z" * 32]
)
def test_addresses_nobody_gave_out(leader: Visitor, tab: str, after: str) -> None:
    """Goal: a broken link is a list, not an error. Method: places that are none in every list."""
    assert "<h1>SMS</h1>" in leader.get("/sms", tab=tab, after=after)


def test_empty_lists_say_what_belongs_there(leader: Visitor, book: Bookkeeper) -> None:
    """Goal: an empty list explains itself. Method: the waiting and the uncertain, both empty."""
    assert "Tidak ada yang menunggu" in leader.get("/sms")
    assert "Semuanya pasti" in leader.get("/sms", tab="unknown")


# --- the modem -------------------------------------------------------------------------------------------------


@pytest.mark.row("C-30")
@pytest.mark.usefixtures("modem")
def test_the_modem_in_words(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: state, what to do, SIM and credit are told. Method: a ready one, one without SIM, the program off."""
    now = shop.node.clock.now_ms()
    book.modem("ready", now, operator="TELKOMSEL", signal=60, sim_used=3, sim_size=50, balance=12_500, balance_at=now)
    with running(shop.node.folder):
        page = leader.get("/sms")
        assert "TELKOMSEL" in page and "60 %" in page and "3 / 50" in page and "Rp12.500 (hari ini" in page
        assert "Siap" in page and "cabang sms run" not in page
        book.modem("ready", now, reason="no_credit")
        page = leader.get("/sms")
        assert "Pulsa SIM habis" in page and "Siap" in page
        assert "Pulsa SIM habis" in leader.get("/till")
        book.modem("no_sim", now)
        assert "Tidak ada SIM di modem" in leader.get("/sms")
    assert f"Jalankan: cabang sms run {shop.node.folder}" in leader.get("/sms")


def test_without_settings_the_page_says_what_to_write(leader: Visitor) -> None:
    """Goal: the first day is explained. Method: no sms.toml; the words hold lines to copy."""
    page = leader.get("/sms")
    assert "[[modem]]" in page and "sms.toml" in page


@pytest.mark.usefixtures("modem")
def test_the_till_tells_what_needs_a_person(shop: Any, leader: Visitor, book: Bookkeeper) -> None:
    """Goal: nobody must look for trouble. Method: nothing, then each cause, on the page people begin with."""
    now = shop.node.clock.now_ms()
    assert "attention" not in leader.get("/till")
    made = queue(shop, "a 1")
    assert "tetapi program SMS tidak berjalan" in leader.get("/till")
    book.take(now)
    book.move(made, "unknown", "deadline", now)
    with running(shop.node.folder):
        book.modem("ready", now, sim_used=45, sim_size=50, balance=1_500, balance_at=now)
        page = leader.get("/till")
        assert "belum pasti terkirim: 1" in page and 'href="/sms?tab=unknown"' in page
        assert "hampir penuh" in page and "pulsa tinggal Rp1.500" in page
        book.modem("absent", now)
        assert "Modem meja: " in leader.get("/till")


def test_a_damaged_ledger_is_said(shop: Any, leader: Visitor) -> None:
    """Goal: the room opens all the same, and the till sells. Method: another file in its place for a moment."""
    path = shop.node.folder / "sms.db"
    kept = path.rename(path.with_suffix(".kept"))
    path.write_bytes(b"not a database, " * 200)
    try:
        assert "sms.db" in leader.get("/sms")
        assert "sms.db" in leader.get("/till")
        assert 303 == leader.send(f"/sms/{'0' * 32}/resend").status_code
    finally:
        kept.replace(path)


def test_who_may(leader: Visitor, cashier: Visitor, therapist: Visitor) -> None:
    """Goal: those who sell or lead. Method: the room and its link for three roles."""
    for visitor, allowed in ((leader, True), (cashier, True), (therapist, False)):
        assert ('href="/sms"' in visitor.get("/customers")) is allowed
        visitor.get("/sms", status=200 if allowed else 403)


def test_a_modem_is_called_by_its_name(app: Any) -> None:
    """Goal: no "Modem modem". Method: names people give, in the language of the page."""
    with app.test_request_context("/"):
        said = [sms_modems.modem_name(name) for name in ("meja", "modem", "modem_1", "Modem depan")]
    assert ["Modem meja", "Modem", "Modem 1", "Modem depan"] == said
