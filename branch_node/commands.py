"""Commands of a branch beside those of ``crm.commands``."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from branch_node import sms_outgoing
from branch_node.node import BranchNode
from crm import commands, phones
from crm.commands import Command, Progress
from crm.messages import Message
from sync import keys
from sync.branch import Progress as Round
from sync.errors import CabangError
from sync.node import draw

TOKEN_BYTES = 8


def sync(node: BranchNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Exchanges with the hub until nothing is left either way → {"sent", "taken"}; raises what stopped it."""
    node.sms.turn()
    total = node.link.pending().entries

    def tell(done: Round) -> None:
        waiting = node.link.pending().entries
        progress("sync", total - waiting, total)

    sent, taken = node.sync.until_done(tell)
    return {"sent": sent, "taken": taken}


def rotate_key(node: BranchNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Changes the branch's keys → {"serial"}, the number of the new certificate; raises what stopped it."""
    serial = node.sync.renew_keys().serial
    node.mirror.turn()  # what the stick holds unsent bears the old key's seal
    return {"serial": serial}


def rejoin(node: BranchNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Joins again: args code, from head office → {"serial", "waiting"}; raises what stopped it.

    What is not sent yet goes at once; a line that is cut meanwhile leaves it waiting.
    """
    serial = node.sync.rejoin(keys.read_code(args["code"])).serial
    with suppress(CabangError):
        node.sync.until_done()
    node.mirror.turn()
    return {"serial": serial, "waiting": node.link.pending().entries}


def sms_send(node: BranchNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Queues one SMS as staff would: args number, text → {"id", "recipient" (masked), "parts", "coding", "cost"}.

    ``cost`` in rupiah, or None.  Raises BadPhone, BadText, and what is wrong with a text no SMS can hold.
    """
    with node.journal.unit() as unit:
        made = sms_outgoing.send(unit, draw(TOKEN_BYTES).hex(), args["number"], args["text"])
        row = unit.get(Message, made) or {}
    taken = sms_outgoing.estimate(row["text"], node.folder)
    said = {"id": made.hex(), "recipient": phones.masked(row["recipient"])}
    return {**said, "parts": taken.parts, "coding": taken.coding, "cost": taken.cost}


COMMANDS: Mapping[str, Command] = {
    **commands.COMMANDS,
    "sync": sync,
    "rotate-key": rotate_key,
    "rejoin": rejoin,
    "sms-send": sms_send,
}
