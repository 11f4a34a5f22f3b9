"""Imports run one way, the heart stays pure, and only the heart writes to the database."""

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

import cabang_source
import pytest

OURS = {*cabang_source.PACKAGES, "cli"}
MAY_IMPORT = {
    "sync": {"sync"},
    "crm": {"crm", "sync"},
    "ui": {"ui", "crm", "sync"},
    "branch_node": {"branch_node", "sms_daemon", "ui", "crm", "sync"},
    "central_hub": {"central_hub", "ui", "crm", "sync"},
    "sms_daemon": {"sms_daemon"},
    "cli": OURS,
}
PURE = {
    *("entry", "segment", "verify", "policies", "events", "escrow", "merge"),
    *("clock", "keys", "ids", "wire", "stamps", "limits", "errors"),
}
ASKING = {"rights"}  # what they know they ask by a function passed in; they open nothing either
IMPURE = {"sqlite3", "peewee", "socket", "requests", "time", "random", "secrets", "os", "flask", "datetime"}
DECLARATIONS = {"model"}  # names and policies of tables; it knows Peewee's fields, but asks no database
GAMMU = "sms_daemon.modem"
RUN_ALONE = {"sms_daemon.loop", "sms_daemon.__main__"}  # the daemon's own process
LEAN = {"msgspec", "schedule"}  # all the daemon may use besides what comes with Python

SQL_WRITE = re.compile(
    r"\b(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+(OR\s+\w+\s+)?\S+\s+SET|DELETE\s+FROM)\b", re.IGNORECASE
)
SQL_REPLACE = re.compile(r"\b(REPLACE\s+INTO|INSERT\s+OR\s+REPLACE|UPDATE\s+OR\s+REPLACE)\b", re.IGNORECASE)
MAY_WRITE_SQL = {
    "crm.selling.held": "baskets put aside are this node's own: no log tells of them",
    "crm.search": "triggers that keep the search index; they fire inside the heart's own writes",
    "sms_daemon": "the daemon writes its own file, sms.db",
}
PEEWEE_WRITES = {
    *("create", "insert", "insert_many", "insert_from", "update", "delete", "replace", "replace_many"),
    *("bulk_create", "bulk_update", "delete_by_id", "set_by_id", "get_or_create"),
}


Check = Callable[[str, str], list[str]]
NO_MODELS = ("Store", "HubNode", "BranchNode")  # their ``create`` makes a node's files


def layer_faults(module: str, source: str) -> list[str]:
    """Imports of our own packages that *module* may not make."""
    package = module.partition(".")[0]
    tops = {name.partition(".")[0] for name in cabang_source.imports(source, module)}
    return [f"{module} imports {top}" for top in sorted(tops & OURS - MAY_IMPORT[package])]


def gammu_faults(module: str, source: str) -> list[str]:
    """gammu is imported in one place only, which runs in a process of its own."""
    tops = {name.partition(".")[0] for name in cabang_source.imports(source, module)}
    return [f"{module} imports gammu"] if "gammu" in tops and module != GAMMU else []


def process_faults(module: str, source: str) -> list[str]:
    """What is only ever run as a process of its own is imported by nobody: gammu's, and by no other the daemon's."""
    mine = module.partition(".")[0] == "sms_daemon"
    found = set(cabang_source.imports(source, module)) & ({GAMMU} if mine else {GAMMU, *RUN_ALONE})
    return [f"{module} imports {name}" for name in sorted(found)]


def lean_faults(module: str, source: str) -> list[str]:
    """The daemon runs all day beside the branch on a small PC; what it does not need it does not load."""
    if module.partition(".")[0] != "sms_daemon":
        return []
    tops = {name.partition(".")[0] for name in cabang_source.imports(source, module)}
    allowed = OURS | sys.stdlib_module_names | LEAN | ({"gammu"} if module == GAMMU else set())
    return [f"{module} imports {top}" for top in sorted(tops - allowed)]


def purity_faults(module: str, source: str) -> list[str]:
    """What a pure module of sync imports though it may not: clocks, chance, files, and modules that are not pure."""
    package, _, name = module.partition(".")
    if package != "sync" or name not in PURE | ASKING:
        return []
    found = set(cabang_source.imports(source, module))
    outside = {top for top in (entry.partition(".")[0] for entry in found) if top in IMPURE}
    ours = {entry for entry in found if entry.startswith("sync.") and name in PURE}
    inside = {entry for entry in ours if entry.split(".")[1] not in PURE | DECLARATIONS}
    modules = {".".join(entry.split(".")[:2]) for entry in inside}
    return [f"{module} imports {entry}" for entry in sorted(outside | modules)]


def sql_faults(module: str, source: str) -> list[str]:
    """SQL that writes outside sync; REPLACE anywhere (it goes round the delete guard); Peewee writing a model."""
    texts = [node.value for node in cabang_source.nodes(source) if isinstance(node, ast.Constant)]
    sql = [text for text in texts if isinstance(text, str)]
    found = [f"{module} replaces rows: {text[:60]!r}" for text in sql if SQL_REPLACE.search(text)]
    package = module.partition(".")[0]
    if package != "sync" and not {module, package} & MAY_WRITE_SQL.keys():
        found += [f"{module} writes SQL: {text[:60]!r}" for text in sql if SQL_WRITE.search(text)]
    return found + _peewee_writes(module, source)


def _peewee_writes(module: str, source: str) -> list[str]:
    calls = [node.func for node in cabang_source.nodes(source) if isinstance(node, ast.Call)]
    names = [cabang_source.dotted(call) for call in calls]
    owners = [(name, name.rpartition(".")[0].rpartition(".")[2], name.rpartition(".")[2]) for name in names]
    return [
        f"{module} writes through Peewee: {name}"
        for name, owner, method in owners
        if method in PEEWEE_WRITES and owner not in NO_MODELS and owner[:1].isupper() and not owner.isupper()
    ]


CHECKS: list[Check] = [layer_faults, gammu_faults, process_faults, lean_faults, purity_faults, sql_faults]


@pytest.fixture(scope="module")
def faults() -> dict[Check, list[str]]:
    """What each check finds in the product, each file read once."""
    found: dict[Check, list[str]] = {check: [] for check in CHECKS}
    files = list(cabang_source.product())
    assert files
    for path in files:
        module, source = cabang_source.module(path), cabang_source.read(path)
        for check in CHECKS:
            found[check] += check(module, source)
    return found


@pytest.mark.parametrize("check", CHECKS)
def test_the_source_keeps_its_layers(faults, check) -> None:
    """Goal: the rule holds in every module. Method: walk the syntax trees of all product files."""
    assert [] == faults[check]


def test_every_exemption_is_used() -> None:
    """Goal: no stale exemption. Method: each named module or package is still there."""
    known = {cabang_source.module(path) for path in cabang_source.product()}
    packages = {*known, *(name.partition(".")[0] for name in known), *cabang_source.PACKAGES}
    assert set() == MAY_WRITE_SQL.keys() - packages


PLANTED = [
    (layer_faults, "sync.journal", "from crm import selling", "sync.journal imports crm"),
    (layer_faults, "crm.stock", "import ui.formats", "crm.stock imports ui"),
    (layer_faults, "ui.pages", "from branch_node.app import create_app", "ui.pages imports branch_node"),
    (layer_faults, "branch_node.app", "import central_hub", "branch_node.app imports central_hub"),
    (layer_faults, "central_hub.app", "def f():\n from branch_node import app", "central_hub.app imports branch_node"),
    (layer_faults, "sms_daemon.loop", "from sync import limits", "sms_daemon.loop imports sync"),
    (gammu_faults, "sms_daemon.loop", "import gammu", "sms_daemon.loop imports gammu"),
    (gammu_faults, "branch_node.jobs", "from gammu.smsd import SMSD", "branch_node.jobs imports gammu"),
    (layer_faults, "branch_node.pages.sms", "from sms_daemon import words, segments", None),
    (layer_faults, "cli", "from sms_daemon.config import load", None),
    (layer_faults, "central_hub.pages.sms", "from sms_daemon import words", "central_hub.pages.sms imports sms_daemon"),
    (layer_faults, "crm.messages", "import sms_daemon.segments", "crm.messages imports sms_daemon"),
    (process_faults, "branch_node.sms_cli", "from sms_daemon.config import load", None),
    (
        process_faults,
        "branch_node.sms_cli",
        "from sms_daemon import modem",
        "branch_node.sms_cli imports sms_daemon.modem",
    ),
    (process_faults, "branch_node.jobs", "import sms_daemon.loop", "branch_node.jobs imports sms_daemon.loop"),
    (process_faults, "cli", "def f():\n from sms_daemon.modem import main", "cli imports sms_daemon.modem"),
    (process_faults, "cli", "from sms_daemon import __main__", "cli imports sms_daemon.__main__"),
    (process_faults, "sms_daemon.loop", "from . import modem", "sms_daemon.loop imports sms_daemon.modem"),
    (process_faults, "sms_daemon.__main__", "from sms_daemon import loop", None),
    (lean_faults, "sms_daemon.loop", "import peewee", "sms_daemon.loop imports peewee"),
    (lean_faults, "sms_daemon.loop", "import json, schedule\nfrom msgspec import Struct\nfrom . import ledger", None),
    (lean_faults, "sms_daemon.modem", "import gammu", None),
    (lean_faults, "branch_node.app", "import flask", None),
    (purity_faults, "sync.merge", "import sqlite3", "sync.merge imports sqlite3"),
    (purity_faults, "sync.clock", "from time import time", "sync.clock imports time"),
    (purity_faults, "sync.keys", "def f():\n import os", "sync.keys imports os"),
    (purity_faults, "sync.verify", "from .journal import Journal", "sync.verify imports sync.journal"),
    (purity_faults, "sync.segment", "from sync import store", "sync.segment imports sync.store"),
    (purity_faults, "sync.escrow", "from sync import rights", "sync.escrow imports sync.rights"),
    (purity_faults, "sync.rights", "import sqlite3", "sync.rights imports sqlite3"),
    (purity_faults, "sync.rights", "from sync import rows", None),
    (
        sql_faults,
        "crm.stock",
        "q = 'INSERT INTO sale VALUES (?)'",
        "crm.stock writes SQL: 'INSERT INTO sale VALUES (?)'",
    ),
    (sql_faults, "ui.pages", "q = f'update {t} set a=1'", None),
    (sql_faults, "ui.pages", "q = 'update sale set a=1'", "ui.pages writes SQL: 'update sale set a=1'"),
    (sql_faults, "cli", "q = 'DELETE FROM sale'", "cli writes SQL: 'DELETE FROM sale'"),
    (sql_faults, "sync.store", "q = 'REPLACE INTO sale'", "sync.store replaces rows: 'REPLACE INTO sale'"),
    (sql_faults, "crm.users", "User.create(name='x')", "crm.users writes through Peewee: User.create"),
    (sql_faults, "crm.users", "users.User.update(a=1)", "crm.users writes through Peewee: users.User.update"),
    (sql_faults, "crm.users", "LIMITS.update(a=1)\nunit.insert(User, {})", None),
    (sql_faults, "sync.store", "q = 'INSERT INTO entry VALUES (?)'", None),
    (purity_faults, "sync.store", "import sqlite3", None),
    (purity_faults, "sync.merge", "from sync import policies, limits", None),
    (layer_faults, "branch_node.app", "from ui import forms\nfrom . import till", None),
    (gammu_faults, "sms_daemon.modem", "import gammu", None),
]


@pytest.mark.parametrize(("check", "module", "source", "fault"), PLANTED)
def test_a_planted_violation_is_caught(check, module, source, fault) -> None:
    """Goal: the checks themselves work. Method: one small source with a violation each, and some without."""
    assert ([fault] if fault else []) == check(module, source)


def test_the_map_of_layers_names_every_package() -> None:
    """Goal: a new package cannot escape. Method: every top folder with an __init__.py is in the map."""
    folders = {path.parent.name for path in Path(cabang_source.ROOT).glob("*/__init__.py")}
    assert folders <= MAY_IMPORT.keys() | set(cabang_source.AROUND)
