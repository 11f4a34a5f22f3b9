"""Perlu diputuskan: ticking off what copies of a branch's data left to do."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub import copy_tasks
from central_hub.pages.areas import home_area
from sync import copies
from ui.access import requires
from ui.clock import now_ms
from ui.node import node
from ui.notices import say


@home_area.post("/copies/done")
@requires("conflicts.settle")
def tick_off() -> Response:
    """Somebody has seen to it; a task nobody listed is none."""
    name = request.form.get("task", "")
    if any(task.name == name for task in copy_tasks.tasks(node())):
        copies.tick_off(node().store, name, now_ms(), current_user.id)
        say(_("Ticked off."))
    return redirect(url_for("conflicts.browse"), 303)
