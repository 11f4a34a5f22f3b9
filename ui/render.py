"""One view, two renderings: the whole page, or only the part that htmx asked for."""

from typing import Any

from flask import render_template, request


def is_fragment() -> bool:
    """True when htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def page(template: str, fragment: str, **values: Any) -> str:
    """Renders *fragment* for htmx and *template*, which includes it, for everybody else."""
    return render_template(fragment if is_fragment() else template, **values)
