"""Filters by branch and period as chips whose state is the address itself; a branch shows its own figures alone."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from crm.branches import Branch, by_code
from ui.node import node
from ui.periods import WORDS, Period

Chip = tuple[str, str, bool]


def of_all() -> bool:
    """Are the figures of all branches at hand?  A branch holds some sales of others, of its customers there."""
    return node().kind != "branch"


def chosen_branch() -> Branch | None:
    """The branch the address names; None for all, for one nobody knows, and at a branch."""
    return by_code(request.args.get("branch", "")) if of_all() else None


def chosen_stream() -> int | None:
    """The number of the branch whose figures are shown; None for all."""
    branch = chosen_branch()
    return (branch.stream if branch else None) if of_all() else node().stream


def branch_chips(endpoint: str, query: dict[str, Any], branch: Branch | None) -> list[Chip]:
    """All, then each branch in use; none at a branch."""
    if not of_all():
        return []
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
