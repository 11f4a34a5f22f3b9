"""Commands both nodes take from ``cabang``, whether they run at once or inside the running node.

A command is (node, args, progress) → result; args and result are plain JSON values.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from crm import imports, users
from crm.branches import by_code
from crm.errors import BranchNotReady
from sync import backup, recovery
from sync.errors import UnknownBranch
from sync.node import Node, draw

Progress = Callable[[str, int, int], None]
Command = Callable[[Any, dict[str, Any], Progress], dict[str, Any]]


def add_user(node: Node, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Makes a member of staff: args username, role, name?, branch?, password?, pin?.  → {"id"}."""
    with node.journal.unit() as unit:
        made = users.create_user(
            unit,
            username=args["username"],
            name=args.get("name") or args["username"],
            role=args["role"],
            branch=_workplace(node, args.get("branch")),
            password=args.get("password"),
            pin=args.get("pin"),
        )
    return {"id": made.hex()}


def _workplace(node: Any, code: str | None) -> bytes | None:
    """Where the new person works: this branch, or the branch head office names."""
    if node.kind == "branch":
        if node.branch_id is None:
            raise BranchNotReady
        return bytes(node.branch_id)
    if not code:
        return None
    branch = by_code(code)
    if branch is None:
        raise UnknownBranch(code=code)
    return bytes(branch.id)


def back_up(node: Node, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Writes a backup: args file (absolute) → {"file", "bytes", "at" (ms UTC)}."""
    node.journal.seal()
    now = node.clock.now_ms()
    size = backup.make(node.home, node.store, node.recovery_secret(), Path(args["file"]), now, draw)
    return {"file": args["file"], "bytes": size, "at": now}


def recovery_phrase(node: Node, args: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The words that open this node's backups → {"phrase"}."""
    return {"phrase": recovery.text_of(node.recovery_secret())}


COMMANDS: Mapping[str, Command] = {
    "add-user": add_user,
    "backup": back_up,
    "recovery-phrase": recovery_phrase,
    **imports.COMMANDS,
}


def bound(
    node: Node, commands: Mapping[str, Command]
) -> dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]]:
    """The commands as the hand-over server wants them: with the node already given."""

    def bind(command: Command) -> Callable[[dict[str, Any], Progress], dict[str, Any]]:
        return lambda args, progress: command(node, args, progress)

    return {name: bind(command) for name, command in commands.items()}
