"""`cabang demo` as a stranger runs it: three real nodes, a cable pulled out, and nothing left behind."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cabang_testing import run_cli, start_cli

from sms_daemon import lock

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

CLAIMS = ("cut_sales_at_hub", "conflict_listed", "digests_equal", "logs_verify", "receipts_all_at_hub")
PORT = re.compile(r"http://127\.0\.0\.1:(\d+)/")
GONE_S = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is made; a folder of its own."""
    return tmp_path_factory.mktemp("demo") / "company"


@pytest.fixture(scope="module")
def checked(folder: Path) -> dict[str, Any]:
    """What the first play says on its last line; its receipt goes to a number of our own."""
    done = run_cli("demo", folder, "--check", "--to", "0812 3456 7890", timeout=300)
    assert 0 == done.returncode, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.row("H-61")
def test_every_claim_of_the_story_holds(checked: dict[str, Any], folder: Path) -> None:
    """Goal: what was sold while the line was cut is at head office. Method: the demo's claims, and its nodes again."""
    assert dict.fromkeys(CLAIMS, True) == {name: checked[name] for name in CLAIMS}
    figures = checked["figures"]
    assert (5, 0, 5, 5) == tuple(figures[name] for name in ("sold", "at_hub_while_cut", "at_hub", "receipts_at_hub"))
    assert figures["sold_rupiah"] == figures["at_hub_rupiah"] > 0
    assert {"messages": 1, "parts": 1, "submitted": 1, "unknown": 0, "waiting": 0} == figures["sms"]
    at_hub = run_cli("digest", folder / "hub", "--for", "SGW").stdout
    assert at_hub == run_cli("digest", folder / "sgw").stdout
    done = run_cli("sync", folder / "sgw")
    assert (1, "") == (done.returncode, done.stdout), "the demo's hub has ended with it"


def test_the_receipt_goes_to_the_number_named(checked: dict[str, Any], folder: Path) -> None:
    """Goal: who tries the demo gets its SMS. Method: the branch's outbox, after a play with a number."""
    assert checked
    with closing(sqlite3.connect(f"{(folder / 'ptk' / 'branch.db').as_uri()}?mode=ro", uri=True)) as branch:
        assert [("receipt", "+6281234567890")] == branch.execute("SELECT kind, recipient FROM message").fetchall()


def test_a_number_that_is_none(tmp_path: Path) -> None:
    """Goal: a slip of the finger costs no minute. Method: a letter O in the number; words, and no folder."""
    done = run_cli("demo", tmp_path / "company", "--to", "08123456789O")
    assert (1, "") == (done.returncode, done.stdout)
    assert "“08123456789O” is not a mobile phone number" in done.stderr
    assert not (tmp_path / "company").exists()


def _start(folder: Path) -> tuple["subprocess.Popen[str]", list[int]]:
    """The demo going on, up to the cut of the line, and the ports its nodes answer at."""
    process = start_cli("demo", folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    ports: list[int] = []
    for line in process.stdout:
        ports += [int(port) for port in PORT.findall(line)]
        if line.startswith("1."):
            break
    return process, ports


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


def _sms_runs(folder: Path) -> list[bool]:
    """Does the SMS program of each branch run?"""
    return [lock.is_held(folder / name) for name in ("ptk", "sgw")]


def _wait(holds: Callable[[], bool]) -> None:
    """Returns when *holds* does, or after a while."""
    until = time.monotonic() + GONE_S
    while not holds() and time.monotonic() < until:
        time.sleep(0.2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(checked: dict[str, Any], folder: Path, number: signal.Signals) -> None:
    """Goal: however the demo ends, all of it ends. Method: go on in the same folder, then a signal in the story."""
    assert checked
    process, ports = _start(folder)
    try:
        assert [True] * 3 == [_answers(port) for port in ports]
        _wait(lambda: all(_sms_runs(folder)))
        process.send_signal(number)
        process.wait(GONE_S)
    finally:
        process.kill()
    _wait(lambda: not any([*map(_answers, ports), *_sms_runs(folder)]))
    assert ([False] * 3, [False] * 2) == ([_answers(port) for port in ports], _sms_runs(folder))


def test_a_folder_with_something_else(tmp_path: Path) -> None:
    """Goal: nobody's files are mixed with the demo's. Method: a folder with a file in it."""
    (tmp_path / "letter.txt").write_text("Yth.", encoding="utf-8")
    done = run_cli("demo", tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert "cabang demo FOLDER" in done.stderr
    assert ["letter.txt"] == [path.name for path in tmp_path.iterdir()]
