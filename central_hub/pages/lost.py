"""Yang hilang di pusat: what head office had written and lost, and branches hand back; taking it over, dropping it."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub import lost
from central_hub.pages.areas import home_area
from central_hub.pages.here import hub
from ui.access import requires
from ui.explain import explained
from ui.notices import say
from ui.paging import PAGE_ROWS


@home_area.get("/lost")
@requires("users.manage")
def show_lost() -> str:
    """What is to decide, the newest first."""
    listed, count = lost.told(hub(), PAGE_ROWS)
    return render_template("lost/page.html", listed=listed, count=count)


@home_area.post("/lost/<any(take, drop):choice>")
@requires("users.manage")
def decide_lost(choice: str) -> Response:
    """One proposal, or without a name all of them."""
    name = request.form.get("name")
    outcome = lost.decide(hub(), [name] if name else None, choice == "take", current_user.id)
    if outcome.done:
        say(_TOLD[choice](outcome.done))
    for error in outcome.refused[:1]:
        why, _todo = explained(error)
        say(_("%(count)s could not be taken over: %(why)s", count=len(outcome.refused), why=why), "warn")
    if not outcome.done and not outcome.refused:
        say(_("This was settled already; nothing was changed."), "info")
    return redirect(url_for("home.show_lost"), 303)


_TOLD = {
    "take": lambda count: _("Taken over: %(count)s. Branches hear of it by themselves.", count=count),
    "drop": lambda count: _("Dropped: %(count)s. Branches hear of it by themselves.", count=count),
}
