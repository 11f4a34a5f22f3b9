"""``cabang demo``."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.errors import CabangError
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.saying import note
from ui.console.work import kinds
from ui.story.errors import ClaimFailed, NodeEnded

if TYPE_CHECKING:
    from ui.story.company import Company
    from ui.story.plot import Story

PAUSE_S = 2.0


@click.command(
    "demo",
    help=lesson(
        _(
            "A made-up company in the folder DIR (./demo when left out): head office, a shop in "
            "Pontianak and a spa in Singkawang, each a process of its own on this computer. It "
            "prints addresses and logins, tells the story of a cut line, and runs until Ctrl-C. On a terminal the line "
            "stays cut until you press Enter, so that you can look at the pages meanwhile. A "
            "second time in the same folder it goes on with what is there and tells the story anew."
        ),
        "cabang demo",
        "cabang demo /tmp/try --check",
        "cabang demo --modem /dev/ttyUSB0 --to 0812-3456-7890",
    ),
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="demo")
@click.option("--check", is_flag=True, help=_("Play without waiting, end, and say on the last line what held (JSON)."))
@click.option(
    "--modem",
    metavar=_("DEVICE"),
    help=_(
        "A real modem for the first branch, such as /dev/ttyUSB0: it sends one receipt, which costs an SMS. "
        "Without it, SMS go to gammu's dummy and nowhere else."
    ),
)
@click.option(
    "--to",
    metavar=_("NUMBER"),
    help=_("Your own phone, for that receipt: 0812-3456-7890. Without it, it goes to a number that nobody has."),
)
def demo(folder: Path, check: bool, modem: str | None, to: str | None) -> None:
    """Leaves no process behind, however it ends."""
    from crm.phones import normalise
    from ui.story.company import Company
    from ui.story.plot import Story

    number = None if to is None else normalise(to)
    with Company(folder.absolute(), kinds(), note, modem and _placed(modem)) as company:
        for line in _addresses(company):
            click.echo(line)
        hold = _hold if sys.stdin.isatty() and not check else None
        story = Story(company, click.echo, 0 if check else PAUSE_S, on_air=modem is not None, to=number, hold=hold)
        if check:
            _check(story)
        else:
            story.play()
            _stay(company)


def _placed(device: str) -> str:
    """*device* as it is called from any folder."""
    return str(Path(device).absolute()) if Path(device).exists() else device


def _hold() -> None:
    """The line stays cut while somebody looks at the pages."""
    note(_("   The line is cut now: log in at the addresses above and look at the badge at the top of the page."))
    click.echo(_("   Enter: connect the line again"), err=True, nl=False)
    sys.stdin.readline()


def _addresses(company: "Company") -> Iterator[str]:
    from crm.sample.fill import BRANCHES
    from crm.sample.people import LOGINS
    from ui.status import ROLES
    from ui.story.company import HEAD_OFFICE

    names = {HEAD_OFFICE: _("Head office"), **{code: f"{city} ({code})" for code, city, _kind in BRANCHES}}
    for name, title in names.items():
        yield f"{title}: {company.nodes[name].url}/"
        for login in LOGINS:
            if (login.branch or HEAD_OFFICE) == name:
                yield _("   %(name)s, password %(password)s, PIN %(pin)s (%(role)s)", name=login.username,
                        password=login.password, pin=login.pin, role=_(ROLES[login.role]))  # fmt: skip


def _check(story: "Story") -> None:
    """Plays; the last line says what held, also when the story broke off."""
    try:
        story.play()
    except CabangError as error:
        click.echo(json.dumps({**story.claims, "figures": story.figures, "error": str(error)}))
        raise
    click.echo(json.dumps({**story.claims, "figures": story.figures}))
    failed = [name for name, held in story.claims.items() if not held]
    if failed:
        raise ClaimFailed(claims=", ".join(failed))


def _stay(company: "Company") -> None:
    note(_("Everything goes on running: open the addresses above. Stop with Ctrl-C."))
    try:
        while all(process.alive for process in company.processes):
            time.sleep(1)
    except KeyboardInterrupt:
        return
    raise NodeEnded(log=str(next(process.log for process in company.processes if not process.alive)))
