"""Paper: receipts and reports as wide as the branch's printer takes them; the width chosen once is remembered."""

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from ui.preferences import remember

WIDTHS = ("58", "80")
WIDTH_COOKIE = "receipt"


def on_paper(template: str, **shown: Any) -> Response:
    """The page *template*, which is also given ``width`` in mm and ``widths``, chips that choose another."""
    asked = request.args.get("width") or request.cookies.get(WIDTH_COOKIE, "")
    width = asked if asked in WIDTHS else WIDTHS[0]
    here, place = request.endpoint or "", request.view_args or {}
    widths = [(f"{one} mm", url_for(here, **place, width=one), one == width) for one in WIDTHS]
    answer = make_response(render_template(template, width=int(width), widths=widths, **shown))
    remember(answer, WIDTH_COOKIE, width)
    return answer
