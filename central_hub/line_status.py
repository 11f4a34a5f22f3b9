"""The badge of head office: are all branches alive, in one sentence."""

from flask_babel import gettext as _

from central_hub import branch_health
from central_hub.branch_health import Health
from ui import formats
from ui.clock import now_ms
from ui.preferences import language

BADGE = {"new": "waiting"}  # the badge has no level of its own for branches that never enrolled


def line_status(zone: str) -> tuple[str, str]:
    """(level of ``ui.status.LINE``, sentence); *zone* is head office's."""
    known = branch_health.branches(now_ms())
    level = branch_health.worst(known)
    return BADGE.get(level, level), _sentence(known, zone)


def _sentence(known: list[Health], zone: str) -> str:
    troubled = [branch for branch in known if branch.level not in ("ok", "new")]
    if len(troubled) == 1:
        return _one(troubled[0], zone)
    if troubled:
        return _("%(count)s of %(all)s branches need a look", count=len(troubled), all=len(known))
    online = sum(branch.level == "ok" for branch in known)
    if not online:
        return _("No branch is connected yet")
    return _("All branches online") if online == len(known) else _("%(count)s branches online", count=online)


def _one(branch: Health, zone: str) -> str:
    if branch.last_contact and now_ms() - branch.last_contact > branch_health.LIVE_MS:
        said = formats.when(branch.last_contact, now_ms(), zone, language())
        return _("%(code)s: last heard %(when)s", code=branch.code, when=said)
    if branch.clock_words:
        return _("%(code)s: clock %(words)s", code=branch.code, words=branch.clock_words)
    return _("%(code)s: %(count)s entries are waiting there", code=branch.code, count=branch.waiting)
