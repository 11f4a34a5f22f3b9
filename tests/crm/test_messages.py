"""The outbox."""

from typing import Any

import pytest

from crm import messages
from crm.errors import BadChoice, BadPhone, BadText, BusinessError
from crm.messages import Message

PAID = {"kind": "receipt", "cause": "sale 01", "recipient": "0812-3456-7890", "text": "Terima kasih"}


def queue(node: Any, **values: Any) -> bytes:
    with node.unit() as unit:
        return messages.queue(unit, **{**PAID, **values})


def test_one_cause_makes_one_message(branch: Any, sari: bytes) -> None:
    """Goal: nobody gets the same text twice by our doing. Method: queue twice; other causes and kinds are others."""
    made = queue(branch, customer=sari, not_before=branch.now[0], expires=branch.now[0] + 1)
    assert made == queue(branch, text="Terima kasih!")
    assert 3 == len({made, queue(branch, cause="sale 02"), queue(branch, kind="reminder")})
    message = Message.get(Message.id == made)
    assert (1, "+6281234567890", "Terima kasih", sari) == (
        message.owner,
        message.recipient,
        message.text,
        message.customer,
    )
    assert branch.now[0] == message.at


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "spam"}, BadChoice),
        ({"recipient": "3636"}, BadPhone),
        ({"recipient": ""}, BadPhone),
        ({"text": "  "}, BadText),
        ({"text": "x" * 1_001}, BadText),
    ],
)
def test_a_wrong_message_is_refused(branch: Any, change: dict[str, Any], error: type[BusinessError]) -> None:
    """Goal: nothing unsendable waits in the outbox. Method: a table; count messages."""
    with pytest.raises(error):
        queue(branch, **change)
    assert 0 == branch.count("message")
