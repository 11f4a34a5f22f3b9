"""One view, two renderings: the whole page, or only the part that htmx asked for.  And pages with a form."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request

from ui.forms import Reading


def is_fragment() -> bool:
    """True when htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def page(template: str, fragment: str, **values: Any) -> str:
    """Renders *fragment* for htmx and *template*, which includes it, for everybody else."""
    return render_template(fragment if is_fragment() else template, **values)


def form_page(template: str, form: Reading, values: Mapping[str, Any] | None = None, **more: Any) -> Response:
    """The page with its form: as typed when something was sent, else *values*; 422 when a field is wrong."""
    shown = render_template(template, values=form.values or values or {}, errors=form.errors, **more)
    return make_response(shown, 422 if form.errors else 200)
