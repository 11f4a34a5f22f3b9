"""Staff: who they are, what their role may do, how they prove it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import BlobField, BooleanField, ModelSelect, TextField

from crm.errors import BadPassword, BadPin, BadUsername, UnknownUser, UsernameTaken
from crm.hashing import hash_secret, verify_secret
from crm.texts import NAME_MAX, choice, one_line
from sync.database import current_store
from sync.errors import N_, invariant
from sync.model import HUB, IdField, Look, RefField, Synced, everyone, lww, synced
from sync.unit import Unit

ROLES = ("owner", "admin", "manager", "supervisor", "cashier", "therapist")
HEAD_OFFICE_ROLES = ("owner", "admin")


def _home(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    branch = row["branch"] and look("branch", row["branch"])
    return (0, branch["stream"]) if branch else (0,)


@synced
class User(Synced):
    """A member of staff.  ``branch`` is where the person works; without one, at head office.

    A branch may make and change its own people; head office may change all.
    """

    id = IdField(primary_key=True)
    username = lww(TextField(index=True))
    name = lww(TextField(null=True), personal=True)
    role = lww(TextField())
    branch = lww(RefField("branch", null=True))
    archived = lww(BooleanField(default=False))
    stamps = BlobField()

    class Sync:
        code = 3
        audience = staticmethod(everyone)
        writers = staticmethod(_home)
        owner = "head office"
        regrades = (("branch", "credential"),)


def _workplace(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    user = look("user", row["user"])
    branch = user and user["branch"] and look("branch", user["branch"])
    return (branch["stream"],) if branch else (HUB,)


def _user_writers(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    user = look("user", row["user"])
    return _home(user, look) if user else (0,)


@synced
class Credential(Synced):
    """Argon2 hashes of one person's password and PIN; held only where the person works and at head office."""

    id = IdField(primary_key=True)
    user = lww(RefField("user", unique=True))
    password_hash = lww(TextField(null=True), personal=True)
    pin_hash = lww(TextField(null=True), personal=True)
    stamps = BlobField()

    class Sync:
        code = 4
        audience = staticmethod(_workplace)
        writers = staticmethod(_user_writers)
        owner = "head office"

        @staticmethod
        def natural(user: bytes) -> str:
            return user.hex()


_OFFICE = {"owner", "admin"}
_LEADERS = _OFFICE | {"manager", "supervisor"}
PERMISSIONS: dict[str, set[str]] = {
    "sell": _LEADERS | {"cashier"},
    "customers.edit": set(ROLES),
    "stock.move": _LEADERS,
    "catalogue.edit": _OFFICE,
    "users.manage": _OFFICE | {"manager"},
    "reports.view": _LEADERS,
    "conflicts.settle": _LEADERS,
    "sync.view": set(ROLES),
    "branches.manage": _OFFICE,
    "settings.edit": _LEADERS,
    "sms.send": _LEADERS | {"cashier"},
}
HUB_STREAM = 0
_USERNAME = re.compile(r"[a-z0-9._-]{2,32}", re.ASCII)
_PIN = re.compile(r"[0-9]{4,6}", re.ASCII)
_PASSWORD_MIN, _PASSWORD_MAX = 8, 200


def may(role: str, permission: str) -> bool:
    """May somebody of this role do what *permission* names?  Unknown roles may nothing."""
    return role in PERMISSIONS[permission]


def clean_username(text: str) -> str:
    """*text* as a user name: 2 to 32 of a-z 0-9 . _ -; raises BadUsername."""
    username = text.strip()
    if not _USERNAME.fullmatch(username):
        raise BadUsername(username=text)
    return username


def check_password(password: str) -> str:
    """*password* itself; raises BadPassword under 8 or over 200 characters."""
    if not _PASSWORD_MIN <= len(password) <= _PASSWORD_MAX or not password.strip():
        raise BadPassword
    return password


def check_pin(pin: str) -> str:
    """*pin* itself; raises BadPin unless it is 4 to 6 digits."""
    if not _PIN.fullmatch(pin):
        raise BadPin
    return pin


def create_user(
    unit: Unit,
    *,
    username: str,
    name: str,
    role: str,
    branch: bytes | None = None,
    password: str | None = None,
    pin: str | None = None,
) -> bytes:
    """Makes a user, with a password and PIN if given.

    Raises BadUsername, UsernameTaken, BadText, BadChoice, BadPassword, BadPin.
    """
    values = {
        "username": _free(clean_username(username)),
        "name": one_line(name, N_("Name"), NAME_MAX),
        "role": choice(role, ROLES, N_("Role")),
        "branch": branch,
    }
    hashes = _hashes(password, pin)
    user = unit.insert(User, values)
    if hashes:
        unit.insert(Credential, {"user": user, **hashes}, key=(user,))
    return user


def set_password(unit: Unit, user_id: bytes, password: str) -> None:
    """Gives the user a new password; raises BadPassword, UnknownUser."""
    _set_secret(unit, user_id, _hashes(password, None))


def set_pin(unit: Unit, user_id: bytes, pin: str) -> None:
    """Gives the user a new PIN; raises BadPin, UnknownUser."""
    _set_secret(unit, user_id, _hashes(None, pin))


def change_user(unit: Unit, user_id: bytes, values: Mapping[str, Any]) -> bool:
    """Changes name, role, branch or ``archived``; the user name stays.  True when something changed.

    Raises UnknownUser, BadText, BadChoice.
    """
    invariant(set(values) <= {"name", "role", "branch", "archived"}, "these fields of a user can be changed")
    _known(unit, user_id)
    cleaned = dict(values)
    if "name" in values:
        cleaned["name"] = one_line(values["name"], N_("Name"), NAME_MAX)
    if "role" in values:
        cleaned["role"] = choice(values["role"], ROLES, N_("Role"))
    return unit.set(User, user_id, cleaned)


def authenticate(username: str, password: str) -> User | None:
    """The user with this name and password; None for a wrong password, an unknown or archived user.

    It takes the same time for a name that does not exist.  Only those log in whose password this node holds, and at
    head office only its own people.
    """
    found = _people_here().where(User.username == username.strip().lower())
    candidates = [(user, hashed) for user in found if (hashed := _held(user.id, "password_hash"))]
    if not candidates:
        verify_secret("", password)
    return next((user for user, hashed in candidates if verify_secret(hashed, password)), None)


def authenticate_pin(user_id: bytes, pin: str) -> bool:
    """Is this the PIN of the user, who is not archived?"""
    known = _people_here().where(User.id == user_id).exists()
    return verify_secret(_held(user_id, "pin_hash") or "", pin) and known


def _people_here() -> "ModelSelect[User]":
    """Those who may log in at this node; a branch's people may not at head office, whatever role it gave them."""
    people = User.select().where(~User.archived)
    return people.where(User.branch.is_null()) if current_store().get("stream") == HUB_STREAM else people


def _free(username: str) -> str:
    if User.select().where((User.username == username) & ~User.archived).exists():
        raise UsernameTaken(username=username)
    return username


def _hashes(password: str | None, pin: str | None) -> dict[str, str]:
    hashes = {}
    if password is not None:
        hashes["password_hash"] = hash_secret(check_password(password))
    if pin is not None:
        hashes["pin_hash"] = hash_secret(check_pin(pin))
    return hashes


def _set_secret(unit: Unit, user_id: bytes, hashes: Mapping[str, str]) -> None:
    _known(unit, user_id)
    unit.insert(Credential, {"user": user_id, **hashes}, key=(user_id,))


def _known(unit: Unit, user_id: bytes) -> None:
    if unit.get(User, user_id) is None:
        raise UnknownUser


def _held(user_id: bytes, column: str) -> str | None:
    credential = Credential.get_or_none(Credential.user == user_id)
    return getattr(credential, column) if credential else None
