"""Every line and every branch of the modules that must not fail is run by their tests."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cabang_source
import pytest
from cabang_testing import ROOT

HEART = {  # of sync: what opens nothing, what those rely on, and what works on rows that are passed in
    *("entry", "segment", "verify", "policies", "events", "merge", "clock", "keys", "ids", "wire", "stamps", "limits"),
    *("errors", "ops", "checks", "changes", "exchange", "talks", "event_stamps", "model", "records"),
    *("merger", "digest", "escrow", "rights", "handover_lines", "recovery", "sealed_file"),
}
MODEM = {  # of sms_daemon: what decides
    *("policy", "segments", "states", "outcomes", "credit", "zones", "words", "masking", "timings", "errors"),
}
TESTS = {
    "sync": (
        *("attacks", "clock", "door", "door_answers", "door_held", "enrol", "entry", "epochs", "errors", "events"),
        *("escrow", "rights", "handover_lines", "recovery", "sealed_file", "hub_put_back", "lost"),
        *("feed", "goods_on_the_way", "held", "ids", "keys", "links", "merge", "model", "mutations", "personal"),
        *("policies", "pure", "segment", "set", "stamps", "unit", "verify_words", "wire", "revocation"),
    ),
    "sms_daemon": (
        *("policy", "segments", "outcomes", "credit", "credit_holds", "zones", "words", "masking", "errors", "queue"),
        *("config", "submit", "reports", "ledger", "loop", "housekeeping", "branch_time", "taking_back"),
    ),
}
OPENS = {  # what a pure module does without: files, clocks, chance, other processes
    *("sqlite3", "peewee", "socket", "requests", "time", "random", "secrets", "os", "flask", "datetime", "pathlib"),
    *("threading", "subprocess", "tempfile", "shutil", "ssl", "select", "signal"),
}
DECLARATIONS = {"model"}  # it knows Peewee's fields, but asks no database
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


def pure_modules() -> set[str]:
    """The modules of sync that open nothing, nor does any module of sync they import."""
    found = {name: set(cabang_source.imports(source, f"sync.{name}")) for name, source in sources()}
    pure = {
        name for name, asked in found.items() if not {one.partition(".")[0] for one in asked} & OPENS
    } | DECLARATIONS
    while True:
        others = {f"sync.{name}" for name in found.keys() - pure}
        impure = {name for name in pure - DECLARATIONS if any(leads_to(one, others) for one in found[name])}
        if not impure:
            return pure
        pure -= impure


def sources() -> list[tuple[str, str]]:
    """Names and texts of the modules of sync."""
    paths = sorted((ROOT / "sync").glob("*.py"))
    return [(path.stem, path.read_text(encoding="utf-8")) for path in paths if path.stem != "__init__"]


def leads_to(name: str, others: set[str]) -> bool:
    """Is *name*, as imported, one of *others* or something in it?"""
    return ".".join(name.split(".")[:2]) in others


def test_no_pure_module_is_forgotten() -> None:
    """Goal: what is measured is all there is. Method: the modules of sync that open nothing, against the list."""
    assert set() == pure_modules() - HEART
    assert {"merge", "policies", "verify", "escrow"} <= pure_modules()


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("package", WANTED)
def test_every_branch_is_run(package: str, tmp_path: Path) -> None:
    """Goal: 100 % of the branches. Method: the tests of these modules under coverage; what is missing, by line."""
    files = measured(package, tmp_path)
    wanted = {f"{package}/{name}.py" for name in WANTED[package]}
    assert set() == wanted - set(files)
    assert [] == [place for name in sorted(wanted) for place in missing(name, files[name])]
