"""Goods sent to another branch, asked of one, and settled: over HTTP, without scripts."""

from typing import Any

import pytest
from cabang_visitor import value_of, values_of

from crm import transfers
from crm.branches import create_branch
from crm.locations import shop_of
from crm.stock import OnHand
from sync.database import using
from sync.model import natural_id

pytestmark = pytest.mark.usefixtures("reading", "others")
OIL, BUSI = natural_id("product", "OLI-1"), natural_id("product", "BUSI")
BJM = natural_id("branch", "BJM")


@pytest.fixture(scope="module")
def others(shop) -> None:
    """Another branch, known here."""
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        create_branch(unit, "BJM", "Toko Banjarmasin", kind="outlet", stream=9)
    shop.sync()


def on_hand(product: bytes) -> int:
    found = OnHand.get_or_none(OnHand.product == product, OnHand.location == shop_of(1))
    return found.quantity if found else 0


def listed(visitor, kind: str, *lines: tuple[str, str], **more: str) -> dict[str, Any]:
    """A form of goods to send or to ask for: *lines* are (code, quantity)."""
    offers = [values_of(visitor.get("/stock/receive/find", q=code), "offer")[0] for code, _ in lines]
    page = visitor.get(f"/stock/transfers/{kind}")
    facts = {"token": value_of(page, "token"), "offer": offers, "quantity": [q for _, q in lines]}
    return {**facts, "partner": BJM.hex(), **more}


def newest() -> str:
    """The address of the newest open transfer."""
    return f"/stock/transfers/{transfers.listed(True, 1)[0].id.hex()}"


def step(visitor, address: str, name: str, **form: str) -> Any:
    """A step on the page of a transfer."""
    return visitor.send(f"{address}/{name}", {"token": value_of(visitor.get(address), "token"), **form})


@pytest.mark.row("H-44")
def test_goods_are_sent_once(shop, leader) -> None:
    """Goal: what leaves is written once and seen on the way. Method: two lines, sent twice; the list and the page."""
    before, events = on_hand(OIL), shop.count("transfer_event")
    form = listed(leader, "send", ("OLI-1", "3"), ("BUSI", "1"), note="ojek")
    answers = [leader.send("/stock/transfers/send", form) for _ in range(2)]
    assert ["/stock/transfers"] * 2 == [answer.headers["Location"] for answer in answers]
    assert (before - 3, events + 1) == (on_hand(OIL), shop.count("transfer_event"))
    page = leader.get("/stock/transfers")
    assert "PTK → BJM" in page and "2 macam, 4 buah" in page and "Dalam perjalanan" in page
    shown = leader.get(newest())
    for fact in ("Toko Banjarmasin", "Oli mesin", "Dikirim", "belum terkirim ke kantor pusat", "Sari Wijayanti"):
        assert fact in shown
    assert "Dikirim ke cabang" in leader.get(f"/products/{OIL.hex()}")


def test_what_comes_back_and_what_is_lost(leader) -> None:
    """Goal: what left is accounted for to the last piece. Method: one back on the shelf, two lost; then it is done."""
    leader.send("/stock/transfers/send", listed(leader, "send", ("OLI-1", "3")))
    before, address = on_hand(OIL), newest()
    one = {"product": OIL.hex(), "kind": "put_back", "quantity": "1"}
    assert 303 == step(leader, address, "settle", **one).status_code
    too_much = step(leader, address, "settle", product=OIL.hex(), kind="write_off", quantity="3")
    assert (422, True) == (too_much.status_code, "field-error" in too_much.get_data(as_text=True))
    assert 422 == step(leader, address, "settle", product=BUSI.hex(), kind="write_off", quantity="1").status_code
    assert 303 == step(leader, address, "settle", product=OIL.hex(), kind="write_off", quantity="2").status_code
    page = leader.get(address)
    assert (before + 1, True) == (on_hand(OIL), "Ditutup" in page)
    assert "PTK → BJM" in leader.get("/stock/transfers", show="done")
    leader.get("/stock/transfers", after="1.zz")


def test_goods_asked_for_are_received_before_the_news(leader) -> None:
    """Goal: a cut line stops nobody. Method: asked for, received less; the page says what is missing from the news."""
    answer = leader.send("/stock/transfers/request", listed(leader, "request", ("OLI-1", "5")))
    assert 303 == answer.status_code
    address, before = newest(), on_hand(OIL)
    page = leader.get(address)
    assert "BJM → PTK" in page and "Diminta" in page and "belum mencatat" in page
    assert "5" == value_of(page, f"q-{OIL.hex()}")
    assert 422 == step(leader, address, "receive", **{f"q-{OIL.hex()}": "lima"}).status_code
    assert 303 == step(leader, address, "receive", **{f"q-{OIL.hex()}": "4"}).status_code
    assert before + 4 == on_hand(OIL)
    assert "Selisih" in leader.get(address)
    assert 422 == step(leader, address, "cancel").status_code
    assert 422 == step(leader, address, "send", **{f"q-{OIL.hex()}": "1"}).status_code
    assert 422 == leader.send(f"{address}/cancel", {"token": "?"}).status_code


def test_a_request_is_taken_back(leader) -> None:
    """Goal: what nobody wants is sent by nobody. Method: asked for and cancelled; no step is left."""
    leader.send("/stock/transfers/request", listed(leader, "request", ("OLI-1", "5")))
    address = newest()
    assert 303 == step(leader, address, "cancel").status_code
    page = leader.get(address)
    assert "Dibatalkan" in page and address not in page.partition("<main")[2]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"partner": ""}, "partner"),
        ({"partner": "0" * 32}, "partner"),
        ({"note": "x" * 201}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"quantity": ["0"]}, "quantity"),
        ({"quantity": ["lima"]}, "quantity"),
        ({"token": "?"}, ""),
    ],
)
def test_illegal_values_keep_the_list(shop, leader, more, field) -> None:
    """Goal: nothing is sent by mistake, nothing typed is lost. Method: each wrong value; the list is still there."""
    before = shop.count("transfer")
    answer = leader.send("/stock/transfers/send", {**listed(leader, "send", ("OLI-1", "3")), **more})
    page = answer.get_data(as_text=True)
    assert (422, before, True) == (answer.status_code, shop.count("transfer"), "Oli mesin" in page)
    assert f'id="e-{field}' in page or not field


def test_a_cashier_looks_and_a_leader_acts(cashier, leader) -> None:
    """Goal: only who may move stock moves it. Method: the same page for both."""
    leader.send("/stock/transfers/send", listed(leader, "send", ("OLI-1", "1")))
    assert "Catat hilang" in leader.get(newest())
    assert "Catat hilang" not in cashier.get(newest())
    assert "Minta dari cabang" not in cashier.get("/stock/transfers")
    leader.get(f"/stock/transfers/{'0' * 28}", 404)
