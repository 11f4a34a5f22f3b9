"""The line to head office in one sentence, for the badge on every page."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from sync.errors import HubBusy, KeyReplaced, RevokedSender
from ui import formats
from ui.filters import page_zone
from ui.formats import DAY_MS
from ui.preferences import language

if TYPE_CHECKING:
    from branch_node.node import BranchNode

AMBER_MS, RED_MS = DAY_MS, 3 * DAY_MS


def line_status(node: "BranchNode") -> tuple[str, str]:
    """(level of ``ui.status.LINE``, sentence in the language of the page)."""
    now, contact = node.clock.now_ms(), node.sync.state.last_contact
    waiting = node.link.pending()
    error = node.sync.state.error
    if isinstance(error, RevokedSender):
        return "red", _("Head office has withdrawn this computer's key")
    if isinstance(error, KeyReplaced):
        return "red", _("Head office does not take this computer's key any more")
    failing = error is not None and not isinstance(error, HubBusy)
    level = level_of(now, contact, waiting.oldest, waiting.entries, failing)
    if level == "ok":
        return level, _("Online, everything is sent")
    if failing and not node.clock.confirmed:
        return level, _("Offline; please check date and time")
    return level, _sentence(level, waiting.entries, since(waiting.oldest or contact or now, now, page_zone()))


def level_of(now: int, contact: int | None, oldest: int, count: int, failing: bool) -> str:
    """ok, waiting, offline; amber after a day without contact, red after three.  Times in ms UTC.

    *contact*: the last success, None before the first one; *oldest*: when the oldest of *count* records was made.
    """
    silent = now - (contact or oldest or now)
    if silent >= AMBER_MS:
        return "red" if silent >= RED_MS else "amber"
    if failing or contact is None:
        return "offline"
    return "waiting" if count else "ok"


def since(ms: int, now: int, zone: str) -> str:
    """``09.14`` today, *kemarin 09.14*, *3 Des*."""
    same_day = formats.moment(ms, zone).date() == formats.moment(now, zone).date()
    locale = language()
    return formats.clock(ms, zone, locale) if same_day else formats.when(ms, now, zone, locale)


def _sentence(level: str, count: int, time: str) -> str:
    if not count:
        return (
            _("Offline, you can go on selling") if level == "offline" else _("Not connected since %(time)s", time=time)
        )
    if count == 1:
        words = _("One record waiting since %(time)s", time=time)
    else:
        words = _("%(count)s records waiting since %(time)s", count=formats.number(count, language()), time=time)
    return words if level == "waiting" else _("Offline, %(what)s", what=words[0].lower() + words[1:])
