"""Commands of the hub beside those of ``crm.commands``."""

from collections.abc import Mapping
from typing import Any

from central_hub.node import HubNode
from crm import commands
from crm.commands import Command, Progress


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


COMMANDS: Mapping[str, Command] = {
    **commands.COMMANDS,
    "add-branch": add_branch,
    "new-code": new_code,
    "revoke": revoke,
}
