"""The two blueprints of the shared pages: ``session`` (who is here) and ``ui`` (styles, scripts, preferences)."""

from pathlib import Path

from flask import Blueprint

HERE = str(Path(__file__).parent.parent)

ui_area = Blueprint(
    "ui", "ui", root_path=HERE, static_folder="static", static_url_path="/ui", template_folder="templates"
)
session_area = Blueprint("session", "ui", root_path=HERE)
