"""Remembers which pages and commands each test of a features row really used.

While a test marked ``row(...)`` runs, every page answered and every command run is appended to a file of this process
below ``.cache/rows/``; ``tests/check_features.py`` compares them with ``docs/FEATURES.md``.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".cache" / "rows"


@dataclass
class Used:
    """What one test used: ``pages`` are (node kind, address or route), ``commands`` the words given to `cabang`."""

    test: str
    rows: list[str]
    passed: bool = False
    pages: list[tuple[str, str]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


_running: Used | None = None  # a module's variable: a server's threads must see it too


def begin(test: str, rows: list[str]) -> None:
    """From here on, what is used counts for *test*."""
    global _running  # noqa: PLW0603
    _running = Used(test, rows) if rows else None


def end(passed: bool, folder: Path = FOLDER) -> None:
    """Writes down what the running test used."""
    global _running
    used, _running = _running, None
    if used is None:
        return
    used.passed = passed
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(vars(used)) + "\n")


def load(folder: Path = FOLDER) -> list[Used]:
    """All that was written down."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_used(json.loads(line)) for line in lines]


def _used(values: dict[str, Any]) -> Used:
    return Used(**{**values, "pages": [(node, address) for node, address in values["pages"]]})


def page_used(node: str, address: str) -> None:
    """A page of a *node* ("branch" or "hub") was answered; *address* is its route or its path."""
    if _running and (node, address) not in _running.pages:
        _running.pages.append((node, address))


def command_used(*words: str) -> None:
    """`cabang` was run with these *words*; from the first option or path on they do not count."""
    if _running:
        _running.commands.append(" ".join(words))


def shown(method: str, status: int) -> bool:
    """Was a request really answered?  A GET that is sent elsewhere (to the login) showed nothing."""
    return status < 300 if method == "GET" else status < 400


def _answered(app: flask.Flask, response: flask.Response, **_: object) -> None:
    rule = flask.request.url_rule
    node = app.extensions.get("cabang")
    if rule and node is not None and shown(flask.request.method, response.status_code):
        page_used(node.kind, rule.rule)


def watch_apps() -> None:
    """Remembers the pages of every Flask application in this process."""
    flask.request_finished.connect(_answered)


def path_of(url: str) -> str:
    """The path of *url*, without host and query."""
    return urlsplit(url).path or "/"
