"""The `cabang` command as people and programs meet it: help, words, facts, exit codes."""

import json
import re
import sqlite3
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import click
import pytest
from cabang_inside import cabang
from cabang_nodes import ENROLMENT, digest, last_line
from cabang_source import ROOT
from cabang_testing import good, run_cli
from click.testing import CliRunner

import cli
from ui.console.language import language_of

INDONESIAN = {"CABANG_LANG": "id"}


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command below *group*."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        else:
            yield (*before, name)


# --- help and language ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", list(leaves(cli.main)), ids=" ".join)
def test_help_teaches(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: whoever asks for help can copy a command. Method: each command's help shows itself with arguments."""
    monkeypatch.setenv("LANGUAGE", "id")
    shown = CliRunner().invoke(cli.main, [*words, "--help"])
    assert 0 == shown.exit_code
    assert words[0] == "bench" or f"  cabang {' '.join(words)}" in shown.output


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "id"),
        ({"LANG": "C.UTF-8"}, "id"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "CABANG_LANG": "id"}, "id"),
        ({"LANG": "id_ID.UTF-8", "CABANG_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "id"),
        ({"LANGUAGE": "en:id", "LANG": "id_ID"}, "en"),
        ({"LANG": "english"}, "id"),
    ],
)
def test_the_language(environment: dict[str, str], language: str) -> None:
    """Goal: the person's language, Indonesian where nobody says. Method: environments, easy and odd."""
    assert language == language_of(environment)


@pytest.mark.parametrize(
    ("env", "happened", "todo"),
    [
        ({}, "There is no Cabang data in", "Give the folder made by"),
        (INDONESIAN, "Tidak ada data Cabang di", "Sebutkan folder yang dibuat oleh"),
    ],
)
def test_an_error_in_words(tmp_path: Path, env: dict[str, str], happened: str, todo: str) -> None:
    """Goal: what happened and what to do, in two languages, on stderr alone. Method: a folder without data."""
    done = run_cli("digest", tmp_path, env=env)
    assert (1, "") == (done.returncode, done.stdout)
    first, second = done.stderr.splitlines()
    assert first.startswith(happened)
    assert second.startswith(todo)


def test_an_error_for_programs(tmp_path: Path) -> None:
    """Goal: programs get the error's code. Method: --json, wherever it stands."""
    done = run_cli("digest", "--json", tmp_path)
    said = json.loads(done.stdout)["error"]
    assert (1, "not_a_node", False) == (done.returncode, said["code"], said["retry_safe"])
    assert {"folder": str(tmp_path)} == said["params"]
    assert str(tmp_path) in said["happened"]


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["hub", "init"],
        ["digest", "x", "--fly"],
        ["report", "sales", "x"],
        ["report", "sales", "x", "--by", "y"],
        ["hub", "run", "x", "--port", "x"],
    ],
)
def test_wrong_usage(words: list[str]) -> None:
    """Goal: exit code 2 and a hint. Method: unknown command, missing argument, unknown option, choice, number."""
    done = cabang(*words, wanted="id")
    assert (2, "") == (done.exit_code, done.stdout)
    assert "Cara pakai:" in done.stderr
    assert not re.search(r"Choose|is not|unexpected|requires|Invalid|Missing", done.stderr), done.stderr


def test_wrong_usage_of_a_process() -> None:
    """Goal: a script sees the same. Method: an unknown command in a process of its own."""
    done = run_cli("fly", env=INDONESIAN)
    assert (2, "") == (done.returncode, done.stdout)
    assert "Cara pakai:" in done.stderr


# --- head office's folder ------------------------------------------------------------------------------------------


def test_hub_init_names_the_next_steps(tmp_path: Path) -> None:
    """Goal: a stranger knows what comes next. Method: the commands it prints, with this very folder."""
    done = run_cli("hub", "init", tmp_path / "a b" / "hub")
    assert [] == [
        word
        for word in ("add-user", "hub add-branch", "hub run")
        if f"cabang {word} '{tmp_path}/a b/hub'" not in done.stdout
    ]


def test_existing_data_is_never_overwritten(hub: Path) -> None:
    """Goal: init twice harms nothing. Method: the digest before and after."""
    before = digest(hub)
    again = run_cli("hub", "init", hub, "--json")
    assert (1, "folder_in_use") == (again.returncode, json.loads(again.stdout)["error"]["code"])
    assert before == digest(hub)


def test_commands_without_a_node_running(hub: Path) -> None:
    """Goal: commands work on a stopped hub, and say facts alone. Method: a branch, a user, each reading command."""
    assert ENROLMENT.fullmatch(
        last_line(run_cli("hub", "add-branch", hub, "sgw", "--name", "Singkawang", "--kind", "spa"))
    )
    added = run_cli("add-user", hub, "ani", "--role", "admin", "--password-stdin", "--json", stdin="rahasia-sekali\n")
    assert "ani" == json.loads(added.stdout)["username"]
    assert good("digest", hub, "--for", "sgw") == digest(hub, "--for", "sgw")
    assert "key,quantity,rupiah,lines\n" == cabang("report", "sales", hub, "--by", "day", "--csv").stdout
    verified = json.loads(good("verify", hub, "--json"))
    assert (True, 3) == (verified["whole"], verified["entries"])
    assert not (hub / "hub.db.new").exists()


# --- checks --------------------------------------------------------------------------------------------------------


def test_doctor_says_what_to_do(hub: Path) -> None:
    """Goal: a well folder exits 0, an open one exits 1 with the command to give. Method: chmod, then ask again."""
    assert 0 == cabang("doctor", hub).exit_code
    hub.chmod(0o755)
    done = run_cli("doctor", hub)
    assert 1 == done.returncode
    assert f"chmod 700 {hub}" in done.stdout


def test_verify_names_the_bad_entry(hub: Path) -> None:
    """Goal: one changed byte in the log is found. Method: change it behind the guards' back, guards put back."""
    assert 0 == cabang("hub", "add-branch", hub, "PTK", "--name", "Pontianak").exit_code
    with closing(sqlite3.connect(hub / "hub.db")) as file, file:
        name, sql = file.execute("SELECT name, sql FROM sqlite_master WHERE name = 'guard_entry_update'").fetchone()
        file.execute(f"DROP TRIGGER {name}")
        (payload,) = file.execute("SELECT payload FROM entry WHERE seq = 2").fetchone()
        file.execute("UPDATE entry SET payload = ? WHERE seq = 2", (payload.replace(b"Pontianak", b"Pontianax"),))
        file.execute(sql)
    done = run_cli("verify", hub)
    assert 1 == done.returncode
    assert "2" in done.stdout.splitlines()[-1]
    assert done.stderr
    assert "log_damaged" == json.loads(cabang("verify", hub, "--json").stdout)["error"]["code"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Goal: a damaged file is named, no traceback. Method: letters where the database should be."""
    (tmp_path / "hub.db").write_bytes(b"not a database " * 1_000)
    done = run_cli("digest", tmp_path, "--json")
    assert (1, "database_unreadable") == (done.returncode, json.loads(done.stdout)["error"]["code"])
    assert 1 == cabang("doctor", tmp_path).exit_code


def test_what_is_installed_has_every_command() -> None:
    """Goal: a command works from any folder. Method: the packages that setup.cfg installs, against those there are."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg")
    named = {name.rstrip("*") for name in settings["options.packages.find"]["include"].split()}
    there = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert there == named
