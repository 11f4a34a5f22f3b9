"""``cabang doctor``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click

from sync import doctor
from sync.doctor import FINE, WRONG, Finding
from sync.errors import CabangError
from sync.folder import Folder
from sync.node import device_ms
from ui.console.language import _, explained
from ui.console.lesson import lesson
from ui.console.program import FAILED
from ui.console.saying import json_option, say
from ui.console.work import folder_argument

SIGNS = {FINE: "✓", doctor.ATTENTION: "!", WRONG: "✗"}
ReachHub = Callable[[str], CabangError | None]


def command(reach_hub: ReachHub) -> click.Command:
    """The command; *reach_hub* asks a hub's address and tells why nothing good answers there."""

    @click.command(
        "doctor",
        help=lesson(
            _(
                "Looks for what is wrong with a folder, and says what to do: permissions, key, disk, "
                "database, guards, clock, and at a branch the certificate, what waits and the hub. It "
                "changes nothing and needs no stop. The exit code is 1 when something is wrong."
            ),
            "cabang doctor ptk",
        ),
    )
    @folder_argument
    @json_option
    @click.pass_context
    def examine(context: click.Context, folder: Folder) -> None:
        """Reads, never writes; no lock."""
        import crm  # noqa: F401  (its models say which tables are guarded, and how)

        findings = list(doctor.examine(folder, device_ms(), reach_hub))
        well = all(finding.state != WRONG for finding in findings)
        say({"well": well, "findings": [_facts(finding) for finding in findings]}, _lines(findings))
        context.exit(0 if well else FAILED)

    return examine


def _facts(finding: Finding) -> dict[str, object]:
    return {"name": finding.name, "state": finding.state, **finding.places, "sentence": _words(finding)[0]}


@dataclass
class _Explained:
    """A finding as an error is explained: a place may be a message itself."""

    happened: str
    todo: str
    params: dict[str, Any]


def _words(finding: Finding) -> tuple[str, str]:
    """(how it is, what to do)."""
    return explained(_Explained(finding.sentence, finding.todo, finding.places))


def _lines(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        sentence, todo = _words(finding)
        yield f"{SIGNS[finding.state]} {sentence}"
        if todo:
            yield f"  {todo}"
