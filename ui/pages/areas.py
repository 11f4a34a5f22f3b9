"""The blueprints of the shared pages: ``session`` (who is here), ``ui`` (styles, scripts, preferences), ``reports``."""

from pathlib import Path

from flask import Blueprint

HERE = str(Path(__file__).parent.parent)

ui_area = Blueprint(
    "ui", "ui", root_path=HERE, static_folder="static", static_url_path="/ui", template_folder="templates"
)
session_area = Blueprint("session", "ui", root_path=HERE)
reports_area = Blueprint("reports", "ui", root_path=HERE, url_prefix="/reports")
