"""Who is at the screen: opening, changing, locking and ending a session.

The cookie is signed and holds the person's id with a mark of the credential it was opened with, so a new password or
PIN ends the person's other sessions.  A PIN only changes the cashier in a session that a password opened at most
``PIN_HOURS`` ago.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from flask import Flask, current_app, g, session
from flask_login import LoginManager, current_user, login_user

from crm import settings, users
from crm.reading import dicts
from crm.users import Credential, User
from ui.clock import now_ms
from ui.formats import HOUR_MS, MINUTE_MS
from ui.node import Node, node

OPENED, SEEN, LOCKED = "opened", "seen", "locked"
PIN_HOURS = 16
LOCK_MINUTES = settings.LOCK_MINUTES
TOUCH_MS = 20_000
MARK_CHARACTERS = 24
_PERSON = (
    "SELECT u.id, u.username, u.name, u.role, c.password_hash, c.pin_hash FROM user u"
    " LEFT JOIN credential c ON c.user = u.id WHERE u.id = ? AND NOT u.archived"
)


@dataclass(frozen=True)
class Person:
    """A signed-in member of staff; ``mark`` changes with the password and the PIN."""

    id: bytes
    username: str
    name: str
    role: str
    mark: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id.hex()}.{self.mark}"

    def may(self, permission: str) -> bool:
        """Whether the person's role allows *permission* (``crm.users.PERMISSIONS``)."""
        return users.may(self.role, permission)

    @property
    def initials(self) -> str:
        """One or two letters for the round badge."""
        words = self.name.split()
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"


def mark_of(password_hash: str | None, pin_hash: str | None) -> str:
    """A mark of a credential's hashes, of no use for guessing them."""
    told = "\0".join(("cabang session 1", password_hash or "", pin_hash or ""))
    return sha256(told.encode()).hexdigest()[:MARK_CHARACTERS]


def find_person(user_id: bytes) -> Person | None:
    """The person *user_id* as held here; None for unknown and archived ones.  One query: every request asks."""
    found = dicts(_PERSON, (user_id,))
    if not found:
        return None
    user = found[0]
    mark = mark_of(user["password_hash"], user["pin_hash"])
    return Person(bytes(user["id"]), user["username"], user["name"] or user["username"], user["role"], mark)


def _load(cookie_id: str) -> Person | None:
    hexed, _, mark = cookie_id.partition(".")
    try:
        person = find_person(bytes.fromhex(hexed))
    except ValueError:
        return None
    return person if person and hmac.compare_digest(person.mark, mark) else None


def people_with_pin() -> list[User]:
    """Those who work at this node and have a PIN, by name."""
    held = Credential.select(Credential.user).where(Credential.pin_hash.is_null(False))
    workplace = User.branch.is_null() if node().branch_id is None else User.branch == node().branch_id
    chosen = User.select().where(workplace, User.archived == False, User.id.in_(held))  # noqa: E712
    return sorted(chosen, key=lambda user: (user.name or user.username).casefold())


def begin(person: Person) -> None:
    """Opens a new session for *person*, who gave the password."""
    session.clear()
    _enter(person, opened=now_ms())


def change(person: Person) -> None:
    """Hands the session over to *person*, who gave the PIN; the same person just goes on."""
    if current_user.is_authenticated and current_user.id == person.id:
        session[LOCKED] = False
        session[SEEN] = now_ms()
        return
    opened = session.get(OPENED, 0)
    session.clear()
    _enter(person, opened=opened)


def renew(person: Person) -> None:
    """Keeps this session after *person* changed password or PIN; the person's other sessions end."""
    login_user(person)


def _enter(person: Person, opened: int) -> None:
    login_user(person)
    session[OPENED] = opened
    session[SEEN] = now_ms()


def lock() -> None:
    """Locks the screen until a PIN or password is given."""
    session[LOCKED] = True


def lock_minutes() -> int:
    """After how many idle minutes the screen locks: a branch sets them itself, head office in its configuration.

    Asked once for a page.
    """
    if "lock_minutes" not in g:
        g.lock_minutes = _lock_minutes()
    return int(g.lock_minutes)


def _lock_minutes() -> int:
    if node().kind == "hub":
        return int(current_app.config.get("CABANG_LOCK_MINUTES", LOCK_MINUTES))
    return settings.read(node().stream, "lock_minutes")


def is_locked() -> bool:
    """True when somebody locked the screen or nobody touched it for too long."""
    return bool(session.get(LOCKED)) or now_ms() - session.get(SEEN, 0) > lock_minutes() * MINUTE_MS


def pin_allowed() -> bool:
    """Whether this session was opened by a password recently enough for a PIN to do."""
    return now_ms() - session.get(OPENED, 0) <= PIN_HOURS * HOUR_MS


def touch() -> None:
    """Notes that somebody is working here."""
    if now_ms() - session.get(SEEN, 0) > TOUCH_MS:
        session[SEEN] = now_ms()


def install(app: Flask, here: Node) -> None:
    """Signed cookies under a name of the node's own (nodes on one computer share cookies), and the login manager."""
    app.secret_key = here.secret_key
    app.config.update(
        SESSION_COOKIE_NAME=f"cabang_{here.kind}_{here.code}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager = LoginManager(app)
    manager.user_loader(_load)
