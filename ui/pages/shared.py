"""Scripts and styles of others, and the badge of the line that keeps itself up to date."""

from flask import Response, make_response, render_template, request

from ui.access import public, requires
from ui.node import node
from ui.pages.areas import ui_area
from ui.vendor import serve


@ui_area.get("/vendor/<name>")
@public
def vendor(name: str) -> Response:
    """A file of the fixed table in ``ui.vendor``."""
    return serve(name)


@ui_area.get("/line")
@requires(passive=True)
def line() -> Response:
    """The badge again, or 204 when it still says what the page shows: then nothing on the page moves."""
    shown = request.args.get("shown")
    level, sentence = node().line_status()
    if shown == f"{level} {sentence}":
        return make_response("", 204)
    return make_response(render_template("layout/line.html"))
