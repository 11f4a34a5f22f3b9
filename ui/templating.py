"""Functions every template may call."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask_login import current_user
from markupsafe import Markup

from ui import navigation, session
from ui.assets import asset_url
from ui.formats import MINUTE_MS
from ui.icons import icon
from ui.node import node
from ui.notices import notices
from ui.preferences import language, theme
from ui.status import LINE, NOTICE, ROLES, Look
from ui.translate import LANGUAGES, text
from ui.vendor import vendor_url

WORDS_MAX = 2_048  # sentences; there are some 1,500


def line_look() -> tuple[str, Look, str]:
    """(level, look, sentence) of the badge of the line."""
    level, sentence = node().line_status()
    return level, LINE[level], sentence


def lock_ms() -> int:
    """After how long this page locks itself; 0 when nobody is signed in."""
    return session.lock_minutes() * MINUTE_MS if current_user.is_authenticated else 0


def translated(message: str, **places: Any) -> Markup:
    """*message* in the language of the page, its places filled and escaped; what ``_`` means in a template.

    Flask-Babel's own looks up application, request and catalogue at every sentence, which is a seventh of a page's
    time.
    """
    words = _words(message, language())
    return words % places if places else words


@lru_cache(maxsize=WORDS_MAX)
def _words(message: str, locale: str) -> Markup:
    return Markup(text(message, locale))  # noqa: S704  (a message id of ours, or its text in the catalogue)


GLOBALS: dict[str, Any] = {
    "_": translated,
    "asset": asset_url,
    "behind_name": navigation.behind_name,
    "icon": icon,
    "language": language,
    "languages": LANGUAGES,
    "line_address": navigation.line_address,
    "line_look": line_look,
    "lock_ms": lock_ms,
    "node": node,
    "notices": notices,
    "notice_looks": NOTICE,
    "current_room": navigation.current,
    "home_address": navigation.home,
    "in_bar": navigation.in_bar,
    "role_words": ROLES,
    "rooms": navigation.rooms,
    "theme": theme,
    "vendor": vendor_url,
    "waiting_in": navigation.waiting_in,
}


def install(app: Flask) -> None:
    """Gives the templates of *app* these functions and trims the blanks that tags leave."""
    app.jinja_env.globals.update(GLOBALS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
