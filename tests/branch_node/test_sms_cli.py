"""The ``cabang sms`` commands."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cabang_inside import cabang
from cabang_sms import SETTINGS, bookkeeper, running
from cabang_testing import ROOT, command_environment, run_cli

from branch_node import sms_doctor, sms_operator, sms_report
from branch_node.sms_operator import NoSuchModem
from crm import messages
from sms_daemon import ledger
from sync.handover_lines import Relayed
from ui.story.processes import PROGRAM

NOON = 1_767_243_600_000


@pytest.fixture(scope="module")
def folder(shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the branch that no process has open."""
    made = tmp_path_factory.mktemp("copy") / "ptk"
    made.mkdir(mode=0o700)
    with sqlite3.connect(shop.node.folder / "branch.db") as source:
        source.execute("VACUUM INTO ?", (str(made / "branch.db"),))
    shutil.copy(shop.node.folder / "node.key", made)
    ledger.create(made, shop.node.store.get("sms_ledger"))
    (made / "sms.toml").write_text(SETTINGS, encoding="utf-8")
    return made


@pytest.mark.row("C-15", "C-30")
def test_send_then_status(folder: Path) -> None:
    """Goal: staff queue an SMS from the command line, and see it wait. Method: send twice, status as JSON."""
    before = json.loads(cabang("sms", "status", folder, "--json").stdout)
    sent = run_cli("sms", "send", folder, "0812-3456-7890", "“Halo”", "--json")
    facts = json.loads(sent.stdout)
    assert (0, "ucs2", 1, 350, "+62812****890") == (
        sent.returncode,
        *(facts[name] for name in ("coding", "parts", "cost", "recipient")),
    )
    after = json.loads(cabang("sms", "status", folder, "--json").stdout)
    assert 1 == after["waiting"] - before["waiting"] == after["untaken"] - before["untaken"]
    assert (False, 32, []) == (after["running"], len(after["ledger"]), after["unknown"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("3636", "Halo"), "3636"),
        (("0812-3456-7890", "🌸" * 400), "SMS"),
    ],
)
def test_what_cannot_be_sent_is_refused(folder: Path, words: tuple[str, str], said: str) -> None:
    """Goal: clear words, exit 1, nothing queued. Method: a short code, and a text of too many parts."""
    done = cabang("sms", "send", folder, *words)
    assert (1, "") == (done.exit_code, done.stdout)
    assert said in done.stderr and "Traceback" not in done.stderr


def test_run_without_settings_says_what_to_write(shop: Any, folder: Path, tmp_path: Path) -> None:
    """Goal: the first start teaches. Method: a copy without sms.toml."""
    shutil.copytree(folder, tmp_path / "ptk")
    (tmp_path / "ptk" / "sms.toml").unlink()
    done = run_cli("sms", "run", tmp_path / "ptk", "--once")
    assert 1 == done.returncode
    assert "[[modem]]" in done.stderr and "sms.toml" in done.stderr


def test_run_is_the_installed_program_in_the_persons_language(folder: Path, tmp_path: Path) -> None:
    """Goal: a file that lies about is not run, and the program speaks as the command does.

    Method: a folder with a file called like a module it needs; Indonesian, and a device that is not there.
    """
    shutil.copytree(folder, tmp_path / "ptk")
    text = SETTINGS.replace("dummy", "at115200").replace('"modem"', '"/dev/nichts"')
    (tmp_path / "ptk" / "sms.toml").write_text(text, encoding="utf-8")
    (tmp_path / "schedule.py").write_text("raise SystemExit('a trap')", encoding="utf-8")
    env = command_environment({"CABANG_LANG": "id"})
    done = subprocess.run(
        [*PROGRAM, "sms", "run", "ptk", "--once"], cwd=tmp_path, env=env, capture_output=True, timeout=60, check=False
    )
    assert b"Modem meja: Tidak ada" in done.stderr, done.stderr


def test_run_carries_nothing_heavy() -> None:
    """Goal: the program that becomes the daemon brings no pages along. Method: import the commands alone."""
    code = (
        "import sys, branch_node.sms_cli; sys.exit(len({'flask', 'cryptography', 'phonenumbers'} & set(sys.modules)))"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode


# --- what the commands say, without a process for each ---------------------------------------------------------


@pytest.mark.usefixtures("reading")
def test_status_in_words(shop: Any) -> None:
    """Goal: people read how it stands. Method: one unknown, one just written, a modem; facts and lines."""
    with bookkeeper(shop.node.folder) as book:
        with shop.node.journal.unit() as unit:
            made = messages.queue(unit, kind="staff", cause="s 1", recipient="0812-3456-7890", text="Halo")
        book.take(NOON)
        book.move(made, "unknown", "deadline", NOON)
        book.modem("absent", NOON)
        with shop.node.journal.unit() as unit:
            messages.queue(unit, kind="staff", cause="s 2", recipient="0812-3456-7890", text="Halo")
        facts = sms_report.status_facts(shop.node.folder)
        assert (False, 1) == (facts["running"], facts["untaken"])
        assert facts["waiting"] >= 1 and facts["oldest_waiting_ms"] >= 0
        assert "+62812****890" in {one["recipient"] for one in facts["unknown"]}
        said = "\n".join(sms_report.status_lines(facts))
        assert "meja: " in said and "? +62812****890" in said
        with book.ledger.transaction():
            book.ledger.run("UPDATE message SET state = 'delivered'")
        book.take(NOON)
        book.modem("ready", NOON)


def test_inbox_in_words(tmp_path: Path) -> None:
    """Goal: newest first, every line of a text. Method: none, then two."""
    ledger.create(tmp_path, os.urandom(ledger.ID_BYTES))
    assert 1 == len(list(sms_report.inbox_lines(sms_report.inbox_facts(tmp_path))))
    with bookkeeper(tmp_path) as book:
        book.receive("TELKOMSEL", "satu", NOON)
        book.receive("+6281234567890", "dua\ntiga", NOON + 1)
    lines = list(sms_report.inbox_lines(sms_report.inbox_facts(tmp_path)))
    assert ["  dua", "  tiga", "  satu"] == [line for line in lines if line.startswith("  ")]
    assert lines[0].endswith("+6281234567890")


@pytest.fixture
def bare(shop: Any, tmp_path: Path) -> Path:
    """A folder with an empty ledger alone."""
    ledger.create(tmp_path, os.urandom(ledger.ID_BYTES))
    return tmp_path


@pytest.mark.usefixtures("reading")
def test_doctor_while_the_program_runs(bare: Path) -> None:
    """Goal: a checklist from what the program knows. Method: a ready modem, a low credit, then none plugged in."""
    (bare / "sms.toml").write_text(SETTINGS.replace("dummy", "at115200").replace('"modem"', '"/dev/ttyUSB0"'))
    with bookkeeper(bare) as book, running(bare):
        book.modem("ready", NOON, sim_used=45, sim_size=50, balance=5_000, balance_at=NOON)
        found = {finding.name: finding.state for finding in sms_doctor.examine(bare)}
        fine = {"settings": "fine", "gammu": "fine", "program": "fine", "waiting": "fine", "modem": "fine"}
        assert {**fine, "device": "attention", "sim": "attention", "credit": "attention"} == found
        book.modem("absent", NOON)
        said = list(sms_report.doctor_lines(list(sms_doctor.examine(bare))))
    assert any(line.startswith("✗") for line in said)
    assert not sms_report.doctor_facts(list(sms_doctor.examine(bare)))["well"]


@pytest.mark.usefixtures("reading")
def test_doctor_before_anything_is_set_up(bare: Path) -> None:
    """Goal: the first day. Method: no settings; wrong, with lines to write."""
    findings = list(sms_doctor.examine(bare))
    assert ("settings", "wrong") == findings[0][:2]
    assert any("[[modem]]" in line for line in sms_report.doctor_lines(findings))


def test_a_question_to_the_operator_that_nobody_can_ask(bare: Path) -> None:
    """Goal: words for each reason. Method: no settings, another modem's name, a device that is not there."""
    with pytest.raises(Relayed):
        sms_operator.ask(bare, "*888#", None)
    (bare / "sms.toml").write_text(SETTINGS.replace("dummy", "at115200").replace('"modem"', '"/dev/nichts"'))
    with pytest.raises(NoSuchModem):
        sms_operator.ask(bare, "*888#", "other")
    with pytest.raises(Relayed) as refused:
        sms_operator.ask(bare, "*888#", None)
    assert "sms_modem_not_ready" == refused.value.code
