"""Filters by branch and period as chips whose state is the address itself."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from crm.branches import Branch, by_code
from ui.periods import WORDS, Period

Chip = tuple[str, str, bool]


def chosen_branch() -> Branch | None:
    """The branch the address names; None for all, and for one nobody knows."""
    return by_code(request.args.get("branch", ""))


def branch_chips(endpoint: str, query: dict[str, Any], branch: Branch | None) -> list[Chip]:
    """All, then each branch in use."""
    chosen = branch.code if branch else ""
    codes = [known.code for known in Branch.select().where(~Branch.archived).order_by(Branch.code)]
    chips = [(_("All branches"), url_for(endpoint, **query), not chosen)]
    return chips + [(code, url_for(endpoint, **{**query, "branch": code}), code == chosen) for code in codes]


def period_chips(endpoint: str, query: dict[str, Any], period: Period) -> list[Chip]:
    """Today and further back."""
    chips = WORDS.items()
    return [(_(words), url_for(endpoint, **{**query, "period": name}), name == period.name) for name, words in chips]


def all_chips(endpoint: str, period: Period, branch: Branch | None, **more: str) -> dict[str, Any]:
    """What the filter part of a page needs, *more* being what else the address names."""
    of_branch: dict[str, Any] = {"branch": branch.code} if branch else {}
    return {
        "period": period,
        "branch_chips": branch_chips(endpoint, {**more, **period.query}, branch),
        "period_chips": period_chips(endpoint, {**more, **of_branch}, period),
        "kept": {**more, **of_branch},
        "query": {**more, **of_branch, **period.query},
    }
