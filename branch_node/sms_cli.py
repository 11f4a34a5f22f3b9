"""``cabang sms …``: the SMS program of a branch: running it, sending by hand, looking, asking the operator."""

import os
import subprocess
import sys
from typing import Any

import click

from sms_daemon.programs import program
from sync.folder import Folder
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.saying import json_option, note, say
from ui.console.work import at_branch, folder_argument, handed, reading
from ui.translate import FOLDER as TRANSLATIONS

FAILED = 1


@click.group("sms", help=_("SMS of a branch, through a modem of its own."))
def sms() -> None:
    """Holds the SMS commands."""


@sms.command(
    "run",
    help=lesson(
        _(
            "Sends the branch's SMS and takes in what customers answer, until it is stopped. It runs beside the "
            "branch, or alone. With --once it sends what is due now and ends; the exit code is 1 when some is left."
        ),
        "cabang sms run ptk",
        "cabang sms run ptk --once",
    ),
)
@folder_argument
@click.option("--once", is_flag=True, help=_("Send what is due now, then end."))
@click.option("--until-stdin-ends", is_flag=True, help=_("Stop when standard input ends (for programs)."))
@click.pass_context
def run(context: click.Context, folder: Folder, **options: bool) -> None:
    """Becomes the SMS program, which keeps nothing of this one in memory and goes on in its language."""
    at_branch(folder)
    given = [f"--{name.replace('_', '-')}" for name, wanted in options.items() if wanted]
    words = program("sms_daemon", str(folder.path), "--translations", str(TRANSLATIONS), *given)
    if sys.platform == "win32":
        context.exit(subprocess.call(words))
    os.execv(words[0], words)  # noqa: S606  (no shell, and our own interpreter)


@sms.command(
    "send",
    help=lesson(
        _(
            "Puts one SMS into the branch's queue, as staff would: it goes at any hour and asks for no consent. "
            "The SMS program sends it; while that does not run, it waits."
        ),
        'cabang sms send ptk 0812-3456-7890 "Barang sudah siap."',
    ),
)
@folder_argument
@click.argument("number", metavar=_("NUMBER"))
@click.argument("text", metavar=_("TEXT"))
@json_option
def send(folder: Folder, number: str, text: str) -> None:
    """Handed to the branch's node, running or not."""
    at_branch(folder)
    done = handed(folder, "sms-send", {"number": number, "text": text})
    from branch_node.sms_report import sent_lines

    say(done, sent_lines(done))


@sms.command(
    "status",
    help=lesson(
        _("Tells what waits, what went, what nobody knows the fate of, and how the modems are."),
        "cabang sms status ptk",
        "cabang sms status ptk --json",
    ),
)
@folder_argument
@json_option
def status(folder: Folder) -> None:
    """Reads; no lock."""
    from branch_node.sms_report import status_facts, status_lines

    at_branch(folder)
    with reading(folder):
        facts = status_facts(folder.path)
    say(facts, status_lines(facts))


@sms.command("inbox", help=lesson(_("Shows the SMS that came in, newest first."), "cabang sms inbox ptk"))
@folder_argument
@json_option
def inbox(folder: Folder) -> None:
    """Reads; no lock."""
    from branch_node.sms_report import inbox_facts, inbox_lines

    at_branch(folder)
    facts = inbox_facts(folder.path)
    say(facts, inbox_lines(facts))


@sms.command(
    "ussd",
    help=lesson(
        _("Asks the operator by a code, for example for the credit left, and prints the answer."),
        'cabang sms ussd ptk "*888#"',
    ),
)
@folder_argument
@click.argument("code", metavar=_("CODE"))
@click.option("--modem", metavar=_("NAME"), help=_("Which modem; without it the first that is ready."))
@json_option
def ussd(folder: Folder, code: str, modem: str | None) -> None:
    """Through the running program, else with the modem itself."""
    from branch_node.sms_operator import ask

    at_branch(folder)
    note(_("Asking the operator; that takes up to half a minute."))
    answer = ask(folder.path, code, modem)
    say(answer, [answer["text"]])


@sms.command(
    "doctor",
    help=lesson(
        _(
            "A checklist for the SMS program and its modems, in words: settings, device, rights, SIM, network, "
            "credit. The exit code is 1 when something must be done."
        ),
        "cabang sms doctor ptk",
    ),
)
@folder_argument
@json_option
@click.pass_context
def doctor(context: click.Context, folder: Folder) -> None:
    """Looks at everything; asks the modems only while the program does not run."""
    from branch_node.sms_doctor import examine
    from branch_node.sms_report import doctor_facts, doctor_lines
    from sync.doctor import WRONG

    at_branch(folder)
    with reading(folder):
        findings: list[Any] = list(examine(folder.path))
    say(doctor_facts(findings), doctor_lines(findings))
    context.exit(FAILED if any(finding.state == WRONG for finding in findings) else 0)
