"""The first address: everybody begins in the first room of theirs."""

from flask import redirect
from werkzeug.wrappers import Response

from branch_node.pages.areas import home_area
from ui import navigation
from ui.access import requires


@home_area.get("/")
@requires()
def begin() -> Response:
    """To the till for those who sell, else to the first room the person may use."""
    return redirect(navigation.home())
