"""Commands of the hub beside those of ``crm.commands``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from central_hub.node import HubNode
from crm import commands
from crm.commands import Command, Progress
from crm.selling import last_receipts
from sync.database import using
from sync.mirror_take import Taken


def add_branch(node: HubNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Makes a branch: args code, name, kind?, zone? → {"enrolment"}."""
    kind, zone = args.get("kind") or "outlet", args.get("zone") or "WIB"
    return {"enrolment": node.add_branch(args["code"], args["name"], kind, zone)}


def new_code(node: HubNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """A new one-time enrolment code for an existing branch: args code → {"enrolment"}."""
    return {"enrolment": node.enrolment_code(args["code"])}


def revoke(node: HubNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Withdraws the key of a branch's computer: args code → {"last"}, the last of its entries that counts."""
    return {"last": node.revoke(args["code"])}


def take(node: HubNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Takes in a mirror stick: args folder (absolute) → {"branches": [...]}, see ``_taken``."""
    taken = node.take(Path(args["folder"]))
    with using(node.store):
        return {"branches": [_taken(one) for one in taken]}


def _taken(one: Taken) -> dict[str, Any]:
    """What came of one branch's stick; a trouble as (code, parameters) of its error, receipts as (number, ms UTC)."""
    troubles = [(error.code, {name: str(value) for name, value in error.params.items()}) for error in one.troubles]
    return {**one._asdict(), "troubles": troubles, "receipts": last_receipts(one.stream)}


COMMANDS: Mapping[str, Command] = {
    **commands.COMMANDS,
    "add-branch": add_branch,
    "new-code": new_code,
    "revoke": revoke,
    "take": take,
}
