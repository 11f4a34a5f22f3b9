"""Style that a linter does not know: lengths, banned calls, notes left behind, files nobody uses."""

import ast
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import cabang_source
import pytest

FUNCTION_LINES_MAX = 59
FILE_LINES_MAX = 399
NOTES = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + "XX)\\b")
NOTED = ("*.py", "*.html", "*.js", "*.css", "*.md", "*.cfg", "*.toml", "Makefile", "run")
OTHER_FOLDERS = {".git", ".venv", ".ci-venv", ".cache", "build", "demo", ".mypy_cache", ".ruff_cache", ".pytest_cache"}

NO_CLOCK = {"sync", "crm"}
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *("localtime", "time.localtime"),
}
CHANCE = {"random", "secrets"}
NEVER = {"eval", "exec", "pickle.load", "pickle.loads", "marshal.loads", "os.system", "breakpoint"}
STARTING_POINTS = {  # entry points of setup.cfg, and what runs as a process of its own
    *("cli", "crm.sqlite_utils_plugin"),
    *("sms_daemon.__main__", "sms_daemon.modem"),
}


EDGES = (Path("sync/node.py"),)  # where a running node's clock and chance come in


def call_faults(path: Path, source: str) -> Iterator[str]:
    """Calls that are banned where *path* lies."""
    for node in cabang_source.nodes(source):
        if isinstance(node, ast.Call):
            name = cabang_source.dotted(node.func)
            if name in NEVER or (path.parts[0] in cabang_source.PACKAGES and name == "print"):
                yield f"{path}:{node.lineno} calls {name}"
            elif path.parts[0] in NO_CLOCK and path not in EDGES and _not_an_argument(name):
                yield f"{path}:{node.lineno} calls {name}: time, chance and money are integers and arguments"
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"{path}:{node.lineno} catches everything"


def _not_an_argument(name: str) -> bool:
    short = ".".join(name.split(".")[-2:])
    return short in CLOCKS or name.partition(".")[0] in CHANCE or name in ("float", "os.urandom", "urandom")


def length_faults(path: Path, source: str) -> Iterator[str]:
    """Functions and files that are too long."""
    lines = len(source.splitlines())
    if lines > FILE_LINES_MAX:
        yield f"{path} has {lines} lines"
    for node in cabang_source.nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield f"{path}: {node.name} has {length} lines"


def goal_faults(path: Path, source: str) -> Iterator[str]:
    """Tests whose first line does not say what they are for."""
    for node in cabang_source.nodes(source):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node):
            yield f"{path}: {node.name} says no goal"


def note_faults(path: Path, text: str) -> Iterator[str]:
    """Notes to come back later."""
    for number, line in enumerate(text.splitlines(), 1):
        if NOTES.search(line):
            yield f"{path}:{number} {line.strip()[:60]}"


Check = Callable[[Path, str], Iterator[str]]
CHECKS: list[Check] = [call_faults, length_faults, goal_faults]


def unused_modules(sources: dict[str, str]) -> list[str]:
    """Modules (name → text) that no other module imports."""
    used = {name for module, text in sources.items() for name in cabang_source.imports(text, module) if name != module}
    packages = {module for module in sources if any(other.startswith(f"{module}.") for other in sources)}
    return sorted(sources.keys() - used - packages - STARTING_POINTS - set(cabang_source.PACKAGES))


def texts() -> Iterator[Path]:
    """Every text file of the project that a person wrote."""
    for folder, folders, files in os.walk(cabang_source.ROOT):
        folders[:] = sorted(set(folders) - OTHER_FOLDERS)
        for path in (Path(folder, name).relative_to(cabang_source.ROOT) for name in sorted(files)):
            if any(map(path.match, NOTED)):
                yield path


@pytest.fixture(scope="module")
def faults() -> dict[Check, list[str]]:
    """What each check finds in the project's Python files, each read once."""
    found: dict[Check, list[str]] = {check: [] for check in CHECKS}
    for path in cabang_source.everything():
        source = cabang_source.read(path)
        for check in CHECKS:
            found[check] += check(path, source)
    return found


@pytest.mark.parametrize("check", CHECKS)
def test_every_python_file_is_tidy(faults, check) -> None:
    """Goal: the rule holds everywhere. Method: walk the syntax trees of all Python files."""
    assert [] == faults[check]


def test_nothing_is_left_for_later() -> None:
    """Goal: no note to come back. Method: search every text file for the usual words."""
    assert [] == [fault for path in texts() for fault in note_faults(path, cabang_source.read(path))]


def test_no_module_is_dead() -> None:
    """Goal: what nobody uses is removed. Method: every product module is imported by another one."""
    sources = {cabang_source.module(path): cabang_source.read(path) for path in cabang_source.product()}
    assert [] == unused_modules(sources)


SYNC, HUB = Path("sync/journal.py"), Path("central_hub/app.py")


@pytest.mark.parametrize(
    ("check", "path", "source", "count"),
    [
        (call_faults, SYNC, "import datetime\nat = datetime.datetime.now()", 1),
        (call_faults, SYNC, "at = datetime.now(tz)", 1),
        (call_faults, SYNC, "at = time.time()", 1),
        (call_faults, SYNC, "n = random.randint(1, 6)", 1),
        (call_faults, SYNC, "n = secrets.token_bytes(6)", 1),
        (call_faults, SYNC, "rupiah = float(text)", 1),
        (call_faults, HUB, "at = time.time()", 0),
        (call_faults, HUB, "print(1)", 1),
        (call_faults, Path("cli.py"), "eval('1')", 1),
        (call_faults, HUB, "pickle.loads(data)", 1),
        (call_faults, HUB, "try:\n f()\nexcept:\n raise", 1),
        (call_faults, HUB, "try:\n f()\nexcept ValueError:\n raise", 0),
        (length_faults, HUB, "def f():\n" + " x = 1\n" * 59, 1),
        (length_faults, HUB, "def f():\n" + " x = 1\n" * 58, 0),
        (length_faults, HUB, "x = 1\n" * 400, 1),
        (length_faults, HUB, "x = 1\n" * 399, 0),
        (goal_faults, HUB, "def test_x():\n assert True", 1),
        (goal_faults, HUB, "def test_x():\n 'Goal: x'\n assert True", 0),
        (note_faults, HUB, "x = 1  # TO" + "DO later", 1),
        (note_faults, HUB, "methods, todos and a todo list", 0),
    ],
)
def test_a_planted_fault_is_caught(check, path, source, count) -> None:
    """Goal: the checks themselves work. Method: small sources with and without a fault."""
    assert count == len(list(check(path, source)))


def test_a_planted_dead_module_is_caught() -> None:
    """Goal: the search for dead modules works. Method: four modules, one of which nobody imports."""
    sources = {
        "cli": "from sync import ids",
        "sync": "",
        "sync.ids": "from . import wire",
        "sync.wire": "",
        "sync.old": "",
    }
    assert ["sync.old"] == unused_modules(sources)
