"""What the SMS ledger reports, taken into the branch's log."""

from typing import Any

import pytest

from crm import messages, sms_facts
from crm.errors import NotToBeSentAgain, TooLateToCancel
from crm.messages import InboundMessage, MessageOrder, MessageState
from crm.sms_facts import INBOUND, MESSAGE, Fact

LEDGER, OTHER = b"L" * 16, b"M" * 16
NOON = 1_767_243_600_000


@pytest.fixture
def message(branch: Any) -> bytes:
    """A receipt in the outbox."""
    with branch.unit() as unit:
        return messages.queue(unit, kind="receipt", cause="sale 01", recipient="0812-3456-7890", text="Halo")


def take(branch: Any, *facts: Fact, ledger: bytes = LEDGER) -> int:
    """Takes *facts* in."""
    with branch.unit() as unit:
        return sms_facts.take_in(unit, ledger, facts)


def said(message: bytes | None, position: int, state: str, reason: str | None = None) -> Fact:
    """The fact that a message is in a state."""
    return Fact(position, MESSAGE, message, NOON + position, {"state": state, "reason": reason, "parts": 2})


def came(position: int, sender: str | None = "+6281234567890", text: str | None = "Ya") -> Fact:
    """The fact that an SMS came in."""
    return Fact(position, INBOUND, None, NOON, {"sender": sender, "text": text, "sent_at": NOON - 1, "modem": "meja"})


def test_states_are_kept_in_order(branch: Any, message: bytes) -> None:
    """Goal: each fact is a row of the branch's own. Method: two facts, field by field."""
    assert 2 == take(branch, said(message, 1, "sent"), said(message, 2, "delivered", "late"))
    rows = [(row.position, row.state, row.reason, row.parts, row.at) for row in MessageState.select()]
    assert [(1, "sent", None, 2, NOON + 1), (2, "delivered", "late", 2, NOON + 2)] == sorted(rows)
    assert {1} == {row.owner for row in MessageState.select()}


def test_a_fact_taken_twice_is_one(branch: Any, message: bytes) -> None:
    """Goal: a repeat changes nothing; another ledger's fact of that number is another. Method: three times."""
    for ledger in (LEDGER, LEDGER, OTHER):
        take(branch, said(message, 1, "unknown"), came(2), ledger=ledger)
    assert (2, 2) == (branch.count("message_state"), branch.count("inbound_message"))


def test_what_this_branch_does_not_know_is_passed_over(branch: Any, message: bytes) -> None:
    """Goal: one strange fact stops no other. Method: nobody's message, none, a new kind, then a good one."""
    strange = [said(b"?" * 16, 1, "sent"), said(None, 2, "sent"), Fact(3, "weather", None, NOON, {})]
    assert 1 == take(branch, *strange, said(message, 4, "sent"))
    assert [4] == [row.position for row in MessageState.select()]


@pytest.mark.parametrize(
    ("sender", "text", "kept"),
    [
        ("+6281234567890", "Ya", ("+6281234567890", "Ya")),
        ("TELKOMSEL", "Pulsa Anda Rp5.000", ("TELKOMSEL", "Pulsa Anda Rp5.000")),
        ("x" * 500, "🌸\n" * 2_000, ("x" * 40, "🌸\n" * 1_000)),
        (None, None, ("", "")),
    ],
)
def test_what_came_in_is_kept(branch: Any, sender: str | None, text: str | None, kept: tuple[str, str]) -> None:
    """Goal: easy, typical, extreme and empty SMS. Method: one each, read back."""
    take(branch, came(1, sender, text))
    row = InboundMessage.get()
    assert (*kept, NOON - 1, "meja") == (row.sender, row.text, row.sent_at, row.modem)


@pytest.mark.parametrize("state", ["unknown", "failed", "expired", "undelivered", "cancelled"])
def test_what_did_not_arrive_can_be_sent_again(branch: Any, message: bytes, state: str) -> None:
    """Goal: a person decides, once per state. Method: press twice; a new state may be answered again."""
    take(branch, said(message, 1, state))
    for _ in range(2):
        with branch.unit() as unit:
            messages.resend(unit, message)
    take(branch, said(message, 2, "unknown"))
    with branch.unit() as unit:
        messages.resend(unit, message)
    assert [1, 2] == sorted(row.answers for row in MessageOrder.select())


@pytest.mark.parametrize("state", ["", "sent", "delivered", "no_report"])
def test_what_went_or_waits_is_not_sent_again(branch: Any, message: bytes, state: str) -> None:
    """Goal: nothing is doubled by a page that is old. Method: each state that must not be answered so."""
    if state:
        take(branch, said(message, 1, state))
    with pytest.raises(NotToBeSentAgain), branch.unit() as unit:
        messages.resend(unit, message)


@pytest.mark.parametrize(("state", "late"), [("", False), ("held", False), ("sent", True), ("unknown", True)])
def test_only_what_waits_can_be_taken_back(branch: Any, message: bytes, state: str, late: bool) -> None:
    """Goal: what may have gone cannot be taken back. Method: cancel in each state."""
    if state:
        take(branch, said(message, 1, state))
    if late:
        with pytest.raises(TooLateToCancel), branch.unit() as unit:
            messages.cancel(unit, message)
    else:
        with branch.unit() as unit:
            messages.cancel(unit, message)
    assert (0 if late else 1) == branch.count("message_order")


def test_what_is_to_go_again_can_be_taken_back_until_it_goes(branch: Any, message: bytes) -> None:
    """Goal: a person may think twice even while the SMS program is off. Method: resend, cancel; then it was sent."""
    take(branch, said(message, 1, "unknown"))
    with branch.unit() as unit:
        messages.resend(unit, message)
    with branch.unit() as unit:
        messages.cancel(unit, message)
    assert ["resend", "cancel"] == [row.action for row in MessageOrder.select().order_by(MessageOrder.rowno)]
    take(branch, said(message, 2, "sent"))
    with pytest.raises(TooLateToCancel), branch.unit() as unit:
        messages.cancel(unit, message)
