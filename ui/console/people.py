"""``cabang add-user``."""

import sys

import click

from sync.errors import N_
from sync.folder import Folder
from ui.console.errors import NoTerminal, NothingOnStdin
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.saying import json_option, say
from ui.console.work import folder_argument, handed


@click.command(
    "add-user",
    help=lesson(
        _(
            "Adds a person who may sign in. NAME is the user name: small letters, digits, dots and "
            "dashes.\n\nWithout a terminal the password comes on standard input."
        ),
        "cabang add-user hub ani --role admin",
        "echo 'a long password' | cabang add-user ptk sari --role cashier --password-stdin",
    ),
)
@folder_argument
@click.argument("name", metavar="NAME")
@click.option("--role", required=True, help=_("owner, admin, manager, supervisor, cashier or therapist."))
@click.option("--full-name", help=_("The name shown on screens and receipts; NAME when left out."))
@click.option("--branch", metavar="CODE", help=_("At the hub: the branch where the person works; none is head office."))
@click.option("--password-stdin", is_flag=True, help=_("Read the password from the first line of standard input."))
@click.option("--pin-stdin", is_flag=True, help=_("Read the PIN (4 to 6 digits) from the next line."))
@json_option
def add_user(
    folder: Folder,
    name: str,
    role: str,
    full_name: str | None,
    branch: str | None,
    password_stdin: bool,
    pin_stdin: bool,
) -> None:
    """Asks for the password on a terminal, reads it without one."""
    folder.kind()
    _check(name, role)
    password, pin = _secrets(password_stdin, pin_stdin)
    args = {"username": name, "role": role, "name": full_name, "branch": branch, "password": password, "pin": pin}
    done = handed(folder, "add-user", args)
    say({"id": done["id"], "username": name}, [_("%(name)s can sign in now.", name=name)])


def _check(name: str, role: str) -> None:
    """Raises BadUsername, BadChoice: before anybody types a password for nothing."""
    from crm.texts import choice
    from crm.users import ROLES, clean_username

    clean_username(name)
    choice(role, ROLES, N_("Role"))


def _secrets(password_stdin: bool, pin_stdin: bool) -> tuple[str | None, str | None]:
    """(password, PIN); a PIN alone will do for somebody who only changes in at a till."""
    password = _line(_("the password")) if password_stdin else None
    pin = _line(_("the PIN")) if pin_stdin else None
    if not password_stdin and not pin_stdin:
        password = _ask()
    return password, pin


def _line(what: str) -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise NothingOnStdin(what=what)
    return line


def _ask() -> str:
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise NoTerminal
    typed: str = click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True)
    return typed
