"""Two versions at the branch: told in plain words to everybody, settled with one button by those who may."""

import time
from typing import Any

import pytest
from cabang_branch import Shop

from crm import customers
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
    while hub.clock.now_ms() <= node.journal.stamp >> 16:  # head office's change is the later one for sure
        time.sleep(0.001)
    with using(hub.store), hub.journal.unit() as unit:
        customers.change_customer(unit, ident, there)
    shop.sync()
    return f"/conflicts/{bytes(Conflict.get(Conflict.row == ident).id).hex()}"


def name_of(address: str) -> str:
    """The name that stands of the customer a conflict is about."""
    row = Conflict.get(Conflict.id == bytes.fromhex(address.rpartition("/")[2])).row
    return str(Customer.get(Customer.id == row).name)


def test_told_to_all_and_settled_by_a_leader(shop, leader, cashier) -> None:
    """Goal: nothing is silently lost, the other version is one tap away. Method: read, settle, read, settle again."""
    address = make_conflict(shop, "Bentrok", {"name": "Versi Cabang"}, {"name": "Versi Kantor"})
    assert "Versi Kantor" == name_of(address)
    page = cashier.get("/conflicts")
    for fact in ("Versi Cabang", "Versi Kantor", "Dewi Lestari", "Kantor pusat", "Toko Pontianak (PTK)", "Nama"):
        assert fact in page
    assert address not in page and f"{address}/use" in leader.get("/conflicts")
    assert 403 == cashier.send(f"{address}/use").status_code
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


def test_leaving_it_is_told_to_head_office(shop, leader) -> None:
    """Goal: what is decided is decided for all. Method: leave it at the branch; head office's list has it settled."""
    address = make_conflict(shop, "Biar", {"name": "Biar Cabang"}, {"name": "Biar Kantor"})
    leader.send(f"{address}/leave")
    shop.sync()
    with using(shop.hub.store):
        assert "Biar Kantor" == name_of(address)
    assert f"{address}/use" not in leader.get("/conflicts")
    assert "Biar Cabang" in leader.get("/conflicts", show="settled")


def test_a_place_in_the_list_nobody_gave_out(leader) -> None:
    """Goal: a wrong address harms nothing. Method: places that are none, and one behind the end of the list."""
    for place in ("x.y", "1.zz", "9" * 30 + ".00", "²." + "0" * 32):
        leader.get("/conflicts", after=place)
    assert "Belum ada yang diputuskan" in leader.get("/conflicts", show="settled", after="1." + "0" * 32)
