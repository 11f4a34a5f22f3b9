"""Branches as rows of a table: status, backlog and clock in words."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from central_hub.branch_health import Health
from ui import formats
from ui.clock import now_ms
from ui.node import node
from ui.preferences import language


def row(branch: Health) -> dict[str, Any]:
    """What every table of branches shows."""
    return {
        **branch._asdict(),
        "label": f"{branch.code} · {branch.name}",
        "href": url_for("branches.show", code=branch.code),
        "state": (_(branch.look.word), branch.look.kind, branch.look.icon),
        "backlog": backlog(branch),
        "clock": clock(branch),
    }


def with_sales(branch: Health, sold: dict[str, int] | None) -> dict[str, Any]:
    """The same with what the branch sold in a period."""
    return {**row(branch), "receipts": 0, "total": 0, **(sold or {}), "stream": branch.stream}


def backlog(branch: Health) -> str:
    """*12 entries since today 09.14*, as the branch reported; "none" when all has arrived."""
    if not branch.enrolled or branch.last_contact is None:
        return ""
    if not branch.waiting or not branch.since:
        return _("none")
    since = formats.when(branch.since, now_ms(), node().zone, language())
    count = formats.number(branch.waiting, language())
    return _("%(count)s since %(when)s", count=count, when=since)


def clock(branch: Health) -> str:
    """*right*, or how wrong; empty before the first contact."""
    if branch.clock_error is None:
        return ""
    return branch.clock_words or _("right")
