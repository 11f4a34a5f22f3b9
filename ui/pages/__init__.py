"""Pages both nodes have: which files hang their routes on which blueprint."""

from types import ModuleType

from flask import Blueprint

from ui.pages import gallery, login, password, pin, preferences, shared
from ui.pages.areas import session_area, ui_area

PAGES: dict[Blueprint, tuple[ModuleType, ...]] = {
    ui_area: (shared, gallery, preferences),
    session_area: (login, pin, password, preferences),
}
