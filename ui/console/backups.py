"""``cabang backup``, ``cabang restore`` and ``cabang recovery-phrase``."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sync import backup, recovery
from sync.folder import BRANCH, Folder
from sync.sealed_file import About
from ui.console.errors import NoPhrase
from ui.console.language import LANGUAGE, _
from ui.console.lesson import lesson
from ui.console.saying import json_option, say
from ui.console.work import folder_argument, handed, opened
from ui.formats import full

ZONE = "WIB"  # which zone the node is in says the database that is only being put back
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)
_OLD_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command(
    "backup",
    help=lesson(
        _(
            "Writes a backup of a branch or of head office into one new file: database, SMS ledger, settings and keys, "
            "readable with the recovery phrase alone. Works while the node runs. Keep the file on another disk, and "
            "the phrase on paper."
        ),
        "cabang backup ptk /media/usb/ptk-monday.cabang",
    ),
)
@folder_argument
@click.argument("file", metavar="FILE", type=_NEW_FILE)
@json_option
def back_up(folder: Folder, file: Path) -> None:
    """Hands over to the running node."""
    made = handed(folder, "backup", {"file": str(file.absolute())})
    megabytes = max(1, made["bytes"] // (1024 * 1024))
    say(made, [_("The backup is in %(file)s (%(megabytes)s MB).", file=made["file"], megabytes=megabytes)])


@click.command(
    "recovery-phrase",
    help=lesson(
        _(
            "Prints the recovery phrase of a branch or of head office once more. Whoever has it and a backup can read "
            "everything in it: write it on paper and lock it away."
        ),
        "cabang recovery-phrase ptk",
    ),
)
@folder_argument
@json_option
def recovery_phrase(folder: Folder) -> None:
    """Hands over to the running node."""
    said = handed(folder, "recovery-phrase", {})
    say(said, [said["phrase"]])


@click.command(
    "restore",
    help=lesson(
        _(
            "Puts a backup into a folder without a node, and lets the node go on from there. It asks for the recovery "
            "phrase. Whatever head office or the branches still hold of the time since the backup comes back at the "
            "next contact. Do not use the old computer any more."
        ),
        "cabang restore /media/usb/ptk-monday.cabang ptk",
        "cabang restore /media/usb/ptk-monday.cabang ptk --phrase-stdin < phrase.txt",
    ),
)
@click.argument("file", metavar="FILE", type=_OLD_FILE)
@folder_argument
@click.option("--phrase-stdin", is_flag=True, help=_("Read the recovery phrase from the first line of standard input."))
@json_option
def restore(file: Path, folder: Folder, phrase_stdin: bool) -> None:
    """Needs no network; the node goes on in this very command."""
    folder.create()
    secret = recovery.read(_phrase(phrase_stdin))
    with folder.take():
        about = backup.restore(file.absolute(), folder, secret)
        with opened(folder):
            pass  # it finds out that it was put back, and goes on in a log of its own
    say({"folder": str(folder.path), **about._asdict()}, _told(about, folder))


def phrase_lines(phrase: str) -> list[str]:
    """What a new node says of its recovery phrase, once."""
    return [
        _("Write this recovery phrase on paper and lock it away; without it no backup can be opened:"),
        f"  {phrase}",
    ]


def _phrase(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline()
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise NoPhrase
    typed: str = click.prompt(_("Recovery phrase"), hide_input=True, err=True)
    return typed


def _told(about: About, folder: Folder) -> Iterator[str]:
    when, path = full(about.made_ms, ZONE, LANGUAGE), str(folder.path)
    yield _("%(code)s is back in %(folder)s as it was on %(when)s.", code=about.code, folder=path, when=when)
    if about.kind == BRANCH:
        yield _("What head office received since then comes back by itself at the next contact.")
        yield _("Receipts printed since then that head office never received must be typed in again.")
    else:
        yield _("What branches wrote since then comes back by itself at their next contact.")
        yield _("What head office itself wrote since then comes back too, and waits on its page to be taken over.")
        yield _("New branches, withdrawn keys and written off uses must be done again.")
    yield _("Next:")
    yield f"  cabang {about.kind} run {shlex.quote(path)}"
