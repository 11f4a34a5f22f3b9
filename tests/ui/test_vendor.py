"""Scripts and styles of other packages."""

import re

import pytest

from ui.vendor import VENDOR


@pytest.mark.parametrize("name", sorted(VENDOR))
def test_every_file_of_the_table_is_served(visitor, name) -> None:
    """Goal: nothing is missing after an install. Method: ask for each file."""
    answer = visitor.client.get(f"/vendor/{name}")
    assert answer.status_code == 200
    assert answer.data == VENDOR[name].path.read_bytes()


def test_the_htmx_that_old_tablets_can_run() -> None:
    """Goal: htmx 2.0.3, the last one old browsers parse. Method: read the version inside the file."""
    assert re.findall(r'version:"([^"]+)"', VENDOR["htmx.min.js"].path.read_text(encoding="utf-8")) == ["2.0.3"]


def test_nothing_else_is_served(visitor) -> None:
    """Goal: no path from outside reaches the disk. Method: names beside the table."""
    for name in ("htmx.js", "..%2F__init__.py", "__init__.py"):
        assert visitor.client.get(f"/vendor/{name}").status_code == 404


def test_addresses_carry_a_version(app) -> None:
    """Goal: an upgrade reaches every browser. Method: the addresses in the page head."""
    page = app.test_client().get("/login").get_data(as_text=True)
    files = re.findall(r'(?:href|src)="(/(?:ui|vendor)/[^"]+)"', page)
    assert files
    assert [] == [file for file in files if "?v=" not in file]
