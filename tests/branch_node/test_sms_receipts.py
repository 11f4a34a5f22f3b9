"""The receipt by SMS after a sale."""

from typing import Any

import pytest

from crm import customers, settings
from crm.messages import Message

pytestmark = pytest.mark.usefixtures("reading")


def receipt_sms(address: str) -> Any:
    """The SMS of the sale whose receipt is at *address*."""
    return Message.get((Message.kind == "receipt") & (Message.cause == address.rpartition("/")[2]))


@pytest.mark.row("C-15")
def test_a_receipt_goes_by_sms(shop: Any, hand: Any, buyer: bytes) -> None:
    """Goal: who agreed gets it, in the sale's own entry, and the page says so. Method: sell; read both and the log."""
    before = shop.count("entry")
    address = hand.sell(("OLI-1", "2"), customer=buyer.hex())
    assert 1 == shop.count("entry") - before
    page = hand.visitor.get(address)
    message = receipt_sms(address)
    assert "Struk ini juga dikirim lewat SMS ke 0812-****-890." in page
    number = page.partition('aria-label="Struk ')[2].partition('"')[0]
    assert f"Toko Pontianak: terima kasih, Maya Sari. Struk {number}, total Rp90.000." in message.text
    assert ("+6281220000890", buyer, "receipt") == (message.recipient, message.customer, message.kind)
    assert message.text in hand.visitor.get("/sms", after=f"o.{message.rowno - 1}")


def test_the_receipt_speaks_the_branch_s_language(shop: Any, hand: Any, buyer: bytes) -> None:
    """Goal: the setting holds. Method: English, a sale, Indonesian again."""
    for language in ("en", "id"):
        with shop.node.journal.unit() as unit:
            settings.write(unit, {"sms_language": language})
        address = hand.sell(("BUSI", "1"), customer=buyer.hex())
        message = receipt_sms(address)
        assert ("thank you" in message.text) is (language == "en")


def test_no_receipt_by_sms_without_a_yes(shop: Any, hand: Any, buyer: bytes) -> None:
    """Goal: no customer, a new one, and one who said no get none. Method: three sales."""
    with shop.node.journal.unit() as unit:
        customers.set_consent(unit, buyer, "receipt", False)
    before = shop.count("message")
    forms: tuple[dict[str, str], ...] = (
        {},
        {"new_name": "Baru", "new_phone": "0812-2000-0777"},
        {"customer": buyer.hex()},
    )
    for form in forms:
        assert "lewat SMS" not in hand.visitor.get(hand.sell(("BUSI", "1"), **form))
    assert before == shop.count("message")


def test_a_double_submit_queues_one_sms(shop: Any, hand: Any, buyer: bytes) -> None:
    """Goal: a retry of the sale tells the customer once. Method: the same basket twice."""
    before, form = shop.count("message"), hand.basket(("BUSI", "1"), customer=buyer.hex())
    assert [303, 303] == [hand.visitor.send("/till", form).status_code for _ in range(2)]
    assert 1 == shop.count("message") - before
