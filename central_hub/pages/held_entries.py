"""Perlu diputuskan: another try of an entry that is held for review, when a person has seen to what it lacked."""

from contextlib import suppress

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from central_hub.pages.areas import home_area
from central_hub.pages.here import hub
from ui.access import requires
from ui.notices import say


@home_area.post("/held/again")
@requires("conflicts.settle")
def try_again() -> Response:
    """An entry nobody holds any more, or that no try can apply, changes nothing."""
    taken = None
    with suppress(ValueError):
        taken = hub().exchange.try_again(bytes.fromhex(request.form.get("entry", "")))
    if taken:
        say(_("The entry counts now."))
    elif taken is None:
        say(_("This entry is not held any more, or no try can change it."), "info")
    else:
        say(_("It could still not be used; the reason stands beside it."), "warn")
    return redirect(url_for("conflicts.browse"), 303)
