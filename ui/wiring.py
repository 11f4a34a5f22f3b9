"""Puts the shared parts into an application, in the order they rely on each other."""

from typing import cast

from flask import Flask
from flask_babel import Babel

from ui import access, errors, filters, headers, security, session, throttle
from ui.node import Node
from ui.pages import PAGES
from ui.preferences import language
from ui.templating import install as install_templates
from ui.translate import DEFAULT, FOLDER
from ui.translations_build import ensure_compiled


def wire(app: Flask) -> None:
    """Everything the two nodes share; see ``ui.install``."""
    ensure_compiled()
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(FOLDER))
    Babel(app, default_locale=DEFAULT, locale_selector=language)
    session.install(app, cast(Node, app.extensions["cabang"]))
    security.install(app)
    access.install(app)
    errors.install(app)
    headers.install(app)
    filters.install(app)
    install_templates(app)
    for area in PAGES:
        app.register_blueprint(area)
    throttle.install(app)
