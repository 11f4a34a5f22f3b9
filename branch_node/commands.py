"""Commands of a branch beside those of ``crm.commands``."""

from collections.abc import Mapping
from typing import Any

from branch_node.node import BranchNode
from crm import commands
from crm.commands import Command, Progress
from sync.branch import Progress as Round


def sync(node: BranchNode, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Exchanges with the hub until nothing is left either way → {"sent", "taken"}; raises what stopped it."""
    total = node.link.pending().entries

    def tell(done: Round) -> None:
        waiting = node.link.pending().entries
        progress("sync", total - waiting, total)

    sent, taken = node.sync.until_done(tell)
    return {"sent": sent, "taken": taken}


COMMANDS: Mapping[str, Command] = {**commands.COMMANDS, "sync": sync}
