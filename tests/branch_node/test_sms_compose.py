"""Writing an SMS over HTTP: to a number or a customer, freely or from a template, and what it takes."""

from typing import Any

import pytest
from cabang_visitor import Visitor, value_of

from crm import customers
from crm.messages import Message

pytestmark = pytest.mark.usefixtures("reading")


def queued(text: str) -> list[Message]:
    """The messages in the outbox with this text."""
    return list(Message.select().where(Message.text == text))


def form(leader: Visitor, **fields: str) -> dict[str, str]:
    """The form for an SMS, filled in."""
    return {"token": value_of(leader.get("/sms/new"), "token"), "template": "", "customer": "", **fields}


@pytest.mark.row("C-15")
def test_own_words_to_a_number(leader: Visitor) -> None:
    """Goal: staff write to anybody; a double click is one SMS. Method: send the same form twice."""
    sent = form(leader, to="0812 2000 0002", text="Kunci Anda tertinggal.")
    assert [303, 303] == [leader.send("/sms/new", sent).status_code for _ in range(2)]
    (message,) = queued("Kunci Anda tertinggal.")
    assert ("staff", "+6281220000002", None) == (message.kind, message.recipient, message.customer)
    assert "Kunci Anda tertinggal." in leader.get("/sms", after=f"o.{message.rowno - 1}")


def test_own_words_are_a_choice_like_the_others(leader: Visitor) -> None:
    """Goal: the browser lets the form go. Method: a choice that must be made has no empty value; it means own words."""
    choice = (
        leader.get("/sms/new").partition('<select class="form-select" id="f-template"')[2].partition("</select>")[0]
    )
    assert ('value=""' in choice, 'value="own" selected' in choice) == (False, True)
    sent = form(leader, to="0812 2000 0002", text="Toko buka lagi besok.", template="own")
    assert 303 == leader.send("/sms/new", sent).status_code
    assert ["staff"] == [message.kind for message in queued("Toko buka lagi besok.")]


TOLD = {
    "order_status": (
        {"f_name": "Maya", "f_order": "PO-12", "f_status": "siap diambil"},
        "Toko Pontianak: Halo Maya, pesanan PO-12: siap diambil. Terima kasih sudah menunggu.",
    ),
    "payment_confirmed": (
        {"f_name": "Maya", "f_amount": "Rp90.000", "f_order": "PO-12"},
        "Toko Pontianak: Halo Maya, pembayaran Rp90.000 untuk pesanan PO-12 sudah kami periksa dan sah. Terima kasih.",
    ),
}


@pytest.mark.row("S-18", "H-36", "C-15")
@pytest.mark.parametrize("template", TOLD)
def test_a_template_to_a_customer(leader: Visitor, buyer: bytes, template: str) -> None:
    """Goal: the state of an order, and that a payment is right, go by SMS. Method: fill, look, send."""
    fields, text = TOLD[template]
    sent = form(leader, to="0812-2000-0890", customer=buyer.hex(), template=template, **fields)
    assert text in leader.send("/sms/preview", sent).get_data(as_text=True)
    assert 303 == leader.send("/sms/new", sent).status_code
    assert ("notice", buyer) == (queued(text)[-1].kind, queued(text)[-1].customer)


def test_offers_only_to_who_agreed(shop: Any, leader: Visitor, buyer: bytes) -> None:
    """Goal: no offer without a yes. Method: to a number, to a customer who did not agree, to the same who does now."""
    fields = {"f_name": "Maya", "f_offer": "oli diskon 20%", "f_until": "31 Jan", "to": "0812-2000-0890"}
    answers = [
        leader.send("/sms/new", form(leader, template="promotion", customer=customer, **fields))
        for customer in ("", buyer.hex())
    ]
    assert [422, 422] == [answer.status_code for answer in answers]
    assert ["pilih pelanggannya" in answers[0].text, "belum setuju" in answers[1].text] == [True, True]
    with shop.node.journal.unit() as unit:
        customers.set_consent(unit, buyer, "promotion", True)
    last = leader.send("/sms/new", form(leader, template="promotion", customer=buyer.hex(), **fields))
    assert 303 == last.status_code


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "3636"}, "“3636” bukan nomor"),
        ({"to": "021 5550 1234"}, "bukan nomor"),
        ({"to": ""}, "Isi"),
        ({"text": ""}, "kosong"),
        ({"text": "x" * 1_001}, "kosong, terlalu panjang"),
        ({"text": "🌸" * 400}, "SMS"),
        ({"template": "order_status"}, "Isi"),
    ],
)
def test_what_cannot_be_sent_is_said(shop: Any, leader: Visitor, wrong: dict[str, str], said: str) -> None:
    """Goal: clear words, nothing lost, nothing queued. Method: one mistake each."""
    before = shop.count("message")
    answer = leader.send("/sms/new", form(leader, **{"to": "0812-2000-0003", "text": "Halo", **wrong}))
    page = answer.get_data(as_text=True)
    assert (422, True) == (answer.status_code, "field-error" in page), page
    assert said in page and before == shop.count("message")


@pytest.mark.usefixtures("modem")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Halo", ("1 SMS", "156 huruf", "Rp350", "GSM-7")),
        ("x" * 161, ("2 SMS", "145 huruf", "Rp700", "GSM-7")),
        ("“Halo” 🌸", ("1 SMS", "UCS-2", "Karena: “ ” 🌸", "Jadikan huruf biasa")),
        ("", ("0 SMS", "160 huruf", "Rp0", "Belum ada tulisan")),
    ],
)
def test_what_it_takes_is_shown_before(leader: Visitor, text: str, said: tuple[str, ...]) -> None:
    """Goal: letters, parts, room and cost are known before sending. Method: the preview of four texts."""
    page = leader.send("/sms/preview", {"text": text}).get_data(as_text=True)
    assert all(words in page for words in said), page


def test_without_a_price_the_cost_is_not_made_up(leader: Visitor) -> None:
    """Goal: no false figure. Method: no sms.toml."""
    assert "belum ada modem di sms.toml" in leader.send("/sms/preview", {"text": "Halo"}).get_data(as_text=True)


def test_made_plain(leader: Visitor) -> None:
    """Goal: dear signs go at one press, the rest stays. Method: own words, and a field of a template."""
    page = leader.send("/sms/draft", {"text": "“Halo” – besok…", "plain": "1"}).get_data(as_text=True)
    assert "&#34;Halo&#34; - besok..." in page and "Jadikan huruf biasa" not in page
    fields = {"template": "order_status", "f_status": "siap – besok", "plain": "1"}
    assert "siap - besok" == value_of(leader.send("/sms/draft", fields).get_data(as_text=True), "f_status")


def test_choosing_a_customer_keeps_what_was_typed(leader: Visitor, buyer: bytes) -> None:
    """Goal: phone and name come by themselves, the rest stays. Method: search, choose, change back."""
    hits = leader.get("/sms/customers", q="maya")
    assert f'value="{buyer.hex()}"' in hits and "<html" not in hits
    chosen = leader.send("/sms/draft", {"template": "order_status", "f_order": "PO-9", "choose": buyer.hex()})
    page = chosen.get_data(as_text=True)
    assert ["0812-2000-0890", "Maya Sari", "PO-9"] == [value_of(page, name) for name in ("to", "f_name", "f_order")]
    back = leader.send("/sms/draft", {"customer": buyer.hex(), "to": "0812-2000-0890", "nobody": "1"})
    assert ["", ""] == [value_of(back.get_data(as_text=True), name) for name in ("to", "customer")]
