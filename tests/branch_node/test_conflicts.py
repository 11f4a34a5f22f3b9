"""To decide, at the branch: told in plain words to everybody, settled with one button by who may edit it."""

import time
from typing import Any

import pytest
from cabang_branch import Shop
from cabang_words import jargon, link

from crm import catalogue, conflicts, customers, users
from crm.customers import Customer
from sync.database import using
from sync.records import Conflict

pytestmark = pytest.mark.usefixtures("reading")


def make_conflict(shop: Shop, name: str, here: dict[str, Any], there: dict[str, Any]) -> str:
    """The address of two versions of a customer; head office's is the later one and stands."""
    node, hub = shop.node, shop.hub
    with node.journal.unit(actor=shop.people["dewi"]) as unit:
        ident = customers.create_customer(unit, name=name, hash_key=node.company_key)
    shop.sync()
    node.clock.error_ms = 0
    with node.journal.unit(actor=shop.people["dewi"]) as unit:
        customers.change_customer(unit, ident, here)
    later(shop)
    with using(hub.store), hub.journal.unit() as unit:
        customers.change_customer(unit, ident, there)
    shop.sync()
    return f"/conflicts/{bytes(Conflict.get(Conflict.row == ident).id).hex()}"


def row_of(address: str) -> bytes:
    """The customer a conflict is about."""
    return bytes(Conflict.get(Conflict.id == bytes.fromhex(address.rpartition("/")[2])).row)


def name_of(address: str) -> str:
    """The name that stands of that customer."""
    return str(Customer.get(Customer.id == row_of(address)).name)


def later(shop: Shop) -> None:
    """Waits until head office's next change is the later one for sure."""
    while shop.hub.clock.now_ms() <= shop.node.journal.stamp >> 16:
        time.sleep(0.001)


def test_told_to_all_and_settled_by_a_leader(shop, leader, cashier) -> None:
    """Goal: nothing is silently lost, the other version is one tap away. Method: read, settle, read, settle again."""
    address = make_conflict(shop, "Bentrok", {"name": "Versi Cabang"}, {"name": "Versi Kantor"})
    assert "Versi Kantor" == name_of(address)
    page = cashier.get("/conflicts")
    for fact in ("Versi Cabang", "Versi Kantor", "Dewi Lestari", "Kantor pusat", "Toko Pontianak (PTK)", "Nama"):
        assert fact in page
    assert "Perlu diputuskan" in page and '<b class="room-count">1</b>' in page
    assert f"{address}/use" in page and f"{address}/use" in leader.get("/conflicts")
    assert 303 == leader.send(f"{address}/use").status_code
    assert "Versi Cabang" == name_of(address)
    settled = leader.get("/conflicts")
    assert "Sudah diputuskan" in settled and f"{address}/use" not in settled
    entries = shop.count("entry")
    leader.send(f"{address}/use")
    leader.send(f"{address}/leave")
    assert entries == shop.count("entry")
    assert "sudah diputuskan; tidak ada yang berubah" in leader.get("/conflicts")
    shop.sync()
    with using(shop.hub.store):
        assert "Versi Cabang" == name_of(address)


def test_found_by_text_in_two_taps_and_told_without_jargon(shop, leader) -> None:
    """Goal: nobody searches for a conflict, nor learns our words. Method: home page, the link that says so; its words,
    open and settled, in both languages.
    """
    address = make_conflict(shop, "Dua ketuk", {"name": "Ketuk Cabang"}, {"name": "Ketuk Kantor"})
    home = leader.client.get("/", follow_redirects=True).get_data(as_text=True)
    page = leader.get(link(home, "Perlu diputuskan"))
    assert "Ketuk Cabang" in page and "Ketuk Kantor" in page and f"{address}/use" in page
    assert set() == told_in_both_languages(leader, "Ketuk Cabang")
    leader.send(f"{address}/leave")
    assert set() == told_in_both_languages(leader, "Ketuk Cabang", show="settled")


def told_in_both_languages(leader, words: str, **query: str) -> set[str]:
    """The jargon on the page, which says *words*."""
    found = set()
    for language in ("en", "id"):
        leader.speak(language)
        page = leader.get("/conflicts", **query)
        assert words in page
        found |= jargon(page)
    return found


def test_leaving_it_is_told_to_head_office(shop, leader) -> None:
    """Goal: what is decided is decided for all. Method: leave it at the branch; head office's list has it settled."""
    address = make_conflict(shop, "Biar", {"name": "Biar Cabang"}, {"name": "Biar Kantor"})
    leader.send(f"{address}/leave")
    shop.sync()
    with using(shop.hub.store):
        assert "Biar Kantor" == name_of(address)
    assert f"{address}/use" not in leader.get("/conflicts")
    assert "Biar Cabang" in leader.get("/conflicts", show="settled")


def test_a_cashier_settles_at_the_card(shop, cashier) -> None:
    """Goal: a cashier needs no help. Method: decide on the card; change it in the settled list."""
    address = make_conflict(shop, "Di Kartu", {"name": "Kartu Cabang"}, {"name": "Kartu Kantor"})
    card = f"/customers/{row_of(address).hex()}"
    page = cashier.get(card)
    assert all(words in page for words in ("Perlu diputuskan", "Kartu Cabang", "Kartu Kantor", "Pakai yang ini"))
    assert card == cashier.send(f"{address}/use?back={card}").headers["Location"]
    page = cashier.get(card)
    assert ("Kartu Cabang", False) == (name_of(address), 'id="decide"' in page)
    assert '<b class="room-count">' not in page
    settled = cashier.get("/conflicts", show="settled")
    assert f"{address}/change/kept" in settled and f"{address}/change/lost" not in settled
    assert 303 == cashier.send(f"{address}/change/kept").status_code
    assert "Kartu Kantor" == name_of(address)
    before = shop.count("entry")
    cashier.send(f"{address}/change/kept")
    assert "sudah berlaku yang lain" in cashier.get("/conflicts")
    assert (before, 404) == (shop.count("entry"), cashier.send(f"{address}/change/other").status_code)
    assert "/" not in cashier.send(f"{address}/use?back=//evil.example").headers["Location"].removeprefix("/conflicts")


def test_what_a_person_may_not_edit_says_whom_to_ask(shop, leader, cashier, therapist) -> None:
    """Goal: nobody decides more than they may edit. Method: two names of a colleague; tried by every role here."""
    with shop.node.journal.unit(actor=shop.people["sari"]) as unit:
        made = users.create_user(unit, username="rini", name="Rini", role="cashier", branch=shop.node.branch_id)
    shop.sync()
    with shop.node.journal.unit() as unit:
        users.change_user(unit, made, {"name": "Rini Cabang"})
    later(shop)
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        users.change_user(unit, made, {"name": "Rini Kantor"})
    shop.sync()
    address = f"/conflicts/{bytes(Conflict.get(Conflict.row == made).id).hex()}"
    for visitor in (leader, cashier, therapist):
        page = visitor.get("/conflicts")
        assert (True, False) == ("Minta manajer memutuskan." in page, address in page)
        for step in ("use", "leave", f"undo/{made.hex()}", "change/lost"):
            assert 403 == visitor.send(f"{address}/{step}").status_code
    assert conflicts.find(bytes.fromhex(address.rpartition("/")[2])).is_open
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        users.change_user(unit, made, {"name": "Rini"})
    shop.sync()


def test_a_new_code_is_decided_at_its_page(shop, leader, cashier) -> None:
    """Goal: the product's page leads to its two prices. Method: one code at both places; a leader decides."""
    for node, price in ((shop.node, 10_000), (shop.hub, 20_000)):
        with using(node.store), node.journal.unit() as unit:
            made = catalogue.make_provisional(unit, "DUA-HARGA", "Sandal", price)
    shop.sync()
    page = cashier.get(f"/products/{made.hex()}")
    assert all(words in page for words in ("Perlu diputuskan", "Rp10.000", "Rp20.000", "Minta penyelia memutuskan."))
    address = f"/products/{made.hex()}"
    press = f"/conflicts/codes/{made.hex()}?back={address}"
    assert f'action="{press}"' in leader.get(address) and press not in page
    assert 403 == cashier.send(press).status_code
    assert address == leader.send(press).headers["Location"]
    assert 'id="decide"' not in leader.get(address)


def test_a_place_in_the_list_nobody_gave_out(leader) -> None:
    """Goal: a wrong address harms nothing. Method: places that are none, and one behind the end of the list."""
    for place in ("x.y", "1.zz", "9" * 30 + ".00", "²." + "0" * 32):
        leader.get("/conflicts", after=place)
    assert "Belum ada yang diputuskan" in leader.get("/conflicts", show="settled", after="1." + "0" * 32)
