"""What the SMS daemon's ledger reports, taken into the branch's own log: states of messages, and what came in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from crm.messages import InboundMessage, Message, MessageState
from sync.unit import Unit

MESSAGE, INBOUND = "message", "inbound"
SENDER_MAX, TEXT_MAX = 40, 2_000  # an SMS in ten parts is shorter; what is longer did not come from a modem


class Fact(NamedTuple):
    """One line of the ledger: its number, MESSAGE or INBOUND, what it is about, when (ms UTC), and its fields."""

    position: int
    kind: str
    message: bytes | None
    at: int
    body: dict[str, Any]


def take_in(unit: Unit, ledger: bytes, facts: Sequence[Fact]) -> int:
    """Writes *facts* of the ledger named *ledger*; one that was taken in before changes nothing.

    Returns how many said something.  A fact about a message this branch does not hold, or of a kind it does not know,
    is passed over.
    """
    return sum(_TAKERS[fact.kind](unit, ledger, fact) for fact in facts if fact.kind in _TAKERS)


def _state(unit: Unit, ledger: bytes, fact: Fact) -> bool:
    if fact.message is None or unit.get(Message, fact.message) is None:
        return False
    values = {
        "message": fact.message,
        "state": str(fact.body["state"]),
        "reason": fact.body.get("reason"),
        "parts": int(fact.body.get("parts") or 0),
    }
    unit.insert(MessageState, {**_common(unit, ledger, fact), **values}, key=(ledger, fact.position))
    return True


def _inbound(unit: Unit, ledger: bytes, fact: Fact) -> bool:
    values = {
        "sent_at": fact.body.get("sent_at"),
        "modem": fact.body.get("modem"),
        "sender": str(fact.body.get("sender") or "")[:SENDER_MAX],
        "text": str(fact.body.get("text") or "")[:TEXT_MAX],
    }
    unit.insert(InboundMessage, {**_common(unit, ledger, fact), **values}, key=(ledger, fact.position))
    return True


def _common(unit: Unit, ledger: bytes, fact: Fact) -> dict[str, Any]:
    return {"owner": unit.stream, "ledger": ledger, "position": fact.position, "at": fact.at}


_TAKERS = {MESSAGE: _state, INBOUND: _inbound}
