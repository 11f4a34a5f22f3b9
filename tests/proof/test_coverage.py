"""Every line and every branch of the modules that must not fail is run by their tests."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cabang_testing import ROOT

HEART = {  # of sync: what opens nothing, and what those rely on
    *("entry", "segment", "verify", "policies", "events", "merge", "clock", "keys", "ids", "wire", "stamps", "limits"),
    *("errors", "ops", "checks", "changes", "exchange", "talks", "event_stamps", "model", "records"),
}
MODEM = {  # of sms_daemon: what decides
    *("policy", "segments", "states", "outcomes", "credit", "zones", "words", "masking", "timings", "errors"),
}
TESTS = {
    "sync": (
        *("attacks", "clock", "door", "door_answers", "door_held", "enrol", "entry", "epochs", "errors", "events"),
        *("feed", "goods_on_the_way", "held", "ids", "keys", "links", "merge", "model", "mutations", "personal"),
        *("policies", "pure", "segment", "set", "stamps", "unit", "verify_words", "wire", "revocation"),
    ),
    "sms_daemon": (
        *("policy", "segments", "outcomes", "credit", "credit_holds", "zones", "words", "masking", "errors", "queue"),
        *("config", "submit", "reports", "ledger", "loop", "housekeeping", "branch_time", "taking_back"),
    ),
}
WANTED = {"sync": HEART, "sms_daemon": MODEM}
OF_ANOTHER_PYTHON = re.compile(r"^\s*from \S+ import zstd$")  # one of two lines runs, by the version of Python
SETTINGS = """
[run]
branch = True
source = {package}
data_file = {data}
[report]
exclude_also =
    if TYPE_CHECKING:
"""


def measured(package: str, folder: Path) -> dict[str, Any]:
    """What the tests of *package* ran of it, by file."""
    settings, found = folder / "coverage.ini", folder / "found.json"
    settings.write_text(SETTINGS.format(package=package, data=folder / "data"), encoding="utf-8")
    tests = [f"tests/{package}/test_{name}.py" for name in TESTS[package]]
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    coverage = [sys.executable, "-m", "coverage"]
    for words in (
        ["run", f"--rcfile={settings}", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        ["json", f"--rcfile={settings}", "-o", str(found)],
    ):
        done = subprocess.run([*coverage, *words], cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout[-2_000:] + done.stderr[-500:]
    files: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))["files"]
    return files


def missing(name: str, told: dict[str, Any]) -> list[str]:
    """The lines, and the ways from line to line, that nothing ran."""
    lines = ["", *(ROOT / name).read_text(encoding="utf-8").splitlines()]
    other = {number for number, line in enumerate(lines) if OF_ANOTHER_PYTHON.match(line)}
    ways = [(one, two) for one, two in told["missing_branches"] if two not in other | set(told["missing_lines"])]
    return [
        *(f"{name}:{number}" for number in told["missing_lines"] if number not in other),
        *(f"{name}:{one} to {two}" for one, two in ways),
    ]


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("package", WANTED)
def test_every_branch_is_run(package: str, tmp_path: Path) -> None:
    """Goal: 100 % of the branches. Method: the tests of these modules under coverage; what is missing, by line."""
    files = measured(package, tmp_path)
    wanted = {f"{package}/{name}.py" for name in WANTED[package]}
    assert set() == wanted - set(files)
    assert [] == [place for name in sorted(wanted) for place in missing(name, files[name])]
