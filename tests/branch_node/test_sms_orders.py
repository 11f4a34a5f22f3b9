"""What people decide about an SMS, one decision after the other."""

from typing import Any

import pytest
from cabang_sms import bookkeeper
from cabang_visitor import Visitor

from crm import messages
from crm.messages import MessageOrder

NOON = 1_767_243_600_000


@pytest.mark.usefixtures("reading")
def test_one_that_is_to_go_again_can_be_taken_back(shop: Any, leader: Visitor) -> None:
    """Goal: a person may think twice while it waits. Method: uncertain, sent again, taken, then taken back."""
    with bookkeeper(shop.node.folder) as book:
        with shop.node.journal.unit() as unit:
            made = messages.queue(unit, kind="staff", cause="think twice", recipient="0812-2000-0001", text="Jadi?")
        book.take(NOON)
        book.move(made, "unknown", "deadline", NOON)
        leader.send(f"/sms/{made.hex()}/resend")
        assert f'action="/sms/{made.hex()}/cancel"' in leader.get("/sms?tab=unknown")
        book.take(NOON + 1)
        leader.send(f"/sms/{made.hex()}/resend")
        assert "Pesan ini tidak untuk dikirim lagi" in leader.get("/sms")
        assert f'action="/sms/{made.hex()}/cancel"' in leader.get("/sms")
        leader.send(f"/sms/{made.hex()}/cancel")
        assert "SMS dibatalkan." in leader.get("/sms")
        book.take(NOON + 2)
        assert ("unknown",) == book.ledger.one("SELECT state FROM message WHERE id = ?", made)
        orders = MessageOrder.select().where(MessageOrder.message == made).order_by(MessageOrder.rowno)
        assert ["resend", "cancel"] == [order.action for order in orders]
        with book.ledger.transaction():
            book.ledger.run("UPDATE message SET state = 'delivered', changed_at = 0")
        shop.node.sms.take_in()
