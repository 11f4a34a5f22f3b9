"""Pages both nodes have: one file each."""

from ui.pages import gallery, login, password, pin, preferences, shared
from ui.pages.areas import session_area, ui_area

blueprints = (ui_area, session_area)

__all__ = ["blueprints", "gallery", "login", "password", "pin", "preferences", "shared"]
