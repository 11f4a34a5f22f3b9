"""The check of the features map catches a wrong line."""

from pathlib import Path

import cabang_features
import cabang_rows
import flask
import pytest
from cabang_rows import Used

MAP = """Closed rows: H-10…H-11, P-18.

| row | what | page or command | test |
|---|---|---|---|
| H-10 | login | `branch /login` | `tests/a.py::test_login` |
| H-11 | no plain password | `cabang add-user` | `tests/a.py` |
| P-18 | homonyms | `branch /customers`, `branch /customers/<id>` | `tests/b.py::test_same_name` |
"""


def done() -> list[Used]:
    return [
        Used("tests/a.py::test_login", ["H-10"], True, [("branch", "/login")]),
        Used("tests/a.py::test_hash[easy]", ["H-11"], True, [], ["add-user /tmp/x sari --role cashier"]),
        Used("tests/b.py::test_same_name", ["P-18"], True, [("branch", "/customers"), ("branch", "/customers/0a1f")]),
    ]


def test_a_true_map_has_no_fault() -> None:
    """Goal: what is proved passes. Method: a map and the records of three tests that fit it."""
    assert [] == cabang_features.faults(MAP, done())


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("branch /login", "hub /login", "H-10: no passed test marked with it used hub /login"),
        ("cabang add-user", "cabang add-branch", "H-11: no passed test marked with it used cabang add-branch"),
        ("::test_same_name", "::test_gone", "P-18: no passed test tests/b.py::test_gone is marked with it"),
        ("`tests/a.py` |", " |", "H-11: the map names no page or command, or no test"),
        ("| H-11 |", "| H-12 |", "H-12: in the map, but not a closed row"),
        ("H-11, P-18.", "H-12, P-18.", "H-12: closed, but not in the map"),
        ("| P-18 |", "| H-10 |", "H-10: listed twice"),
        ("| P-18 |", "| P-31 |", "P-18: a test is marked with it, but it is not in the map"),
    ],
)
def test_a_wrong_line_is_caught(right: str, wrong: str, fault: str) -> None:
    """Goal: each kind of lie is named. Method: plant one in a true map."""
    assert fault in cabang_features.faults(MAP.replace(right, wrong), done())


def test_a_failed_test_proves_nothing() -> None:
    """Goal: only passed tests count. Method: the same records, one of them failed."""
    tests = done()
    tests[0].passed = False
    assert "H-10: no passed test tests/a.py::test_login is marked with it" in cabang_features.faults(MAP, tests)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/customers", "/customers"),
        ("/customers/00af", "/customers/<id>"),
        ("/customers/new", None),
        ("/customers/<id>", "/customers/<id>"),
        ("/day/7", "/day/<int:day>"),
        ("/day/today", "/day/today"),
        ("/gone", None),
    ],
)
def test_a_path_belongs_to_one_route(path: str, route: str | None) -> None:
    """Goal: a page is credited only to its own route. Method: paths against overlapping routes."""
    routes = ["/customers", "/customers/<id>", "/day/<int:day>", "/day/today", "/day/<word>"]
    assert route == cabang_features.best("branch", path, [f"branch {route}" for route in routes])


class Node:
    kind = "branch"


def test_only_answered_pages_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: a page that was refused or sent to the login is not used. Method: a small app, four requests."""
    app = flask.Flask("small")
    app.extensions["cabang"] = Node()
    app.add_url_rule("/cards/<number>", "card", lambda number: number)
    app.add_url_rule("/closed", "closed", lambda: flask.redirect("/login"))
    app.add_url_rule("/pay", "pay", lambda: flask.redirect("/done"), methods=["POST"])
    mine = Used("t", ["H-10"])
    monkeypatch.setattr(cabang_rows, "_running", mine)
    client = app.test_client()
    for url in ("/cards/7", "/closed", "/nowhere"):
        client.get(url)
    client.post("/pay")
    assert [("branch", "/cards/<number>"), ("branch", "/pay")] == mine.pages
    cabang_rows.end(True, tmp_path)
    assert [Used("t", ["H-10"], True, mine.pages)] == cabang_rows.load(tmp_path)
