"""The `cabang` command and keys: a change at the branch, a withdrawal while the hub runs, another computer."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cabang_inside import cabang
from cabang_nodes import ENROLMENT, Company, last_line, start
from cabang_testing import run_cli

from sync.folder import Folder

pytestmark = pytest.mark.journey  # it takes long: it must not come last


@pytest.fixture(scope="module")
def company(hub_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Made by commands alone; the hub runs meanwhile."""
    folder = tmp_path_factory.mktemp("company")
    hub, branch = shutil.copytree(hub_template, folder / "hub"), folder / "ptk"
    running = start("hub", hub)
    code = last_line(run_cli("hub", "add-branch", hub, "PTK", "--name", "Pontianak"))
    made = run_cli("branch", "init", branch, "--hub", running.url, "--code", code)
    assert 0 == made.returncode, made.stderr
    yield Company(hub, branch, running)
    running.stop()


def said(*words: str | Path) -> dict[str, object]:
    """What a command says as JSON."""
    facts: dict[str, object] = json.loads(cabang(*words, "--json").stdout)
    return facts


def test_a_key_is_changed_and_then_withdrawn(company: Company) -> None:
    """Goal: the commands from end to end, in words. Method: change, exchange; withdraw, exchange; join again."""
    key = Folder(company.branch).key_file
    before = key.read_bytes()
    assert {"serial": 2} == said("rotate-key", company.branch)
    assert before != key.read_bytes()
    assert "PTK" == said("hub", "revoke", company.hub, "ptk")["code"]
    told = run_cli("sync", company.branch)
    assert (1, True) == (told.returncode, "withdrawn this computer's key" in told.stderr)
    code = last_line(run_cli("hub", "new-code", company.hub, "PTK"))
    assert ENROLMENT.fullmatch(code)
    assert {"serial": 3, "waiting": 0} == said("branch", "rejoin", company.branch, "--code", code)
    assert 0 == run_cli("sync", company.branch).returncode
    assert 0 == run_cli("verify", company.branch).returncode
