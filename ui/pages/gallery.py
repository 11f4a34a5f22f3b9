"""``/_ui``: every component in every state, for those who build pages and for the tests."""

from flask import abort, current_app, render_template
from flask_login import current_user

from crm.users import HEAD_OFFICE_ROLES
from ui import gallery
from ui.access import public
from ui.clock import now_ms
from ui.pages.areas import ui_area
from ui.status import LINE


def _may_see() -> bool:
    signed_in = current_user.is_authenticated and current_user.role in HEAD_OFFICE_ROLES
    return bool(current_app.config.get("CABANG_GALLERY")) or signed_in


@ui_area.get("/_ui")
@public
def show_gallery() -> str:
    """The gallery; without the setting CABANG_GALLERY only head office roles see it."""
    if not _may_see():
        abort(404)
    return render_template(
        "gallery/page.html",
        main_class="wide",
        columns=gallery.columns(),
        rows=gallery.rows(now_ms()),
        bars=gallery.bars(),
        month=gallery.month(),
        line_looks=LINE,
        **gallery.receipt(now_ms()),
    )
