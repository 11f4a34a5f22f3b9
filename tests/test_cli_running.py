"""The `cabang` command with nodes that run: hand-over, enrolment, the line, imports and reports."""

import csv
import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cabang_nodes import DIGEST, ENROLMENT, STOP_S, Company, findings, last_line, start
from cabang_testing import run_cli

INDONESIAN = {"CABANG_LANG": "id"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Made by commands alone; the hub runs meanwhile."""
    folder = tmp_path_factory.mktemp("company")
    hub, branch = folder / "hub", folder / "ptk"
    assert 0 == run_cli("hub", "init", hub).returncode
    running = start("hub", hub)
    code = last_line(run_cli("hub", "add-branch", hub, "PTK", "--name", "Pontianak"))
    made = run_cli("branch", "init", branch, "--hub", running.url, "--code", code)
    assert 0 == made.returncode, made.stderr
    yield Company(hub, branch, running)
    running.stop()


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """The folder of a new hub that does not run."""
    assert 0 == run_cli("hub", "init", tmp_path / "hub").returncode
    return tmp_path / "hub"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["hub", "add-branch", "HUB", "P", "--name", "x"], "bad_branch_code"),
        (["hub", "add-branch", "HUB", "NEW", "--name", "x", "--kind", "shop"], "bad_choice"),
        (["hub", "add-branch", "HUB", "NEW", "--name", "x", "--zone", "GMT"], "bad_choice"),
        (["hub", "add-branch", "HUB", "NEW", "--name", ""], "bad_text"),
        (["digest", "HUB", "--for", "XX"], "unknown_branch"),
        (["report", "sales", "HUB", "--by", "day", "--from", "31-12-2026"], "bad_period"),
        (["report", "sales", "HUB", "--by", "day", "--from", "2026-02-02", "--to", "2026-02-01"], "bad_period"),
        (["sync", "HUB"], "only_at_a_branch"),
        (["branch", "run", "HUB"], "only_at_a_branch"),
        (["add-user", "HUB", "ani", "--role", "admin"], "no_terminal"),
        (["add-user", "HUB", "ani", "--role", "admin", "--password-stdin"], "nothing_on_stdin"),
    ],
)
def test_what_the_hub_refuses(company: Company, words: list[str], code: str) -> None:
    """Goal: each mistake is named and changes nothing. Method: mistakes given to a running hub, its digest compared."""
    before = run_cli("digest", company.hub).stdout
    texts = [str(company.hub) if word == "HUB" else word for word in words]
    done = run_cli(*texts, *(["--json"] if words[1] != "run" else []))
    assert 1 == done.returncode
    assert words[1] == "run" or code == json.loads(done.stdout)["error"]["code"]
    assert done.stderr
    assert before == run_cli("digest", company.hub).stdout


@pytest.mark.row("G-30")
@pytest.mark.row("H-11")
def test_add_user_reads_password_and_pin(company: Company) -> None:
    """Goal: people can be added from a program; secrets are kept as hashes. Method: both secrets on standard input."""
    words = ("add-user", company.hub, "joko", "--role", "cashier", "--branch", "PTK", "--password-stdin", "--pin-stdin")
    assert 0 == run_cli(*words, stdin="kata-sandi-joko\r\n2580\n").returncode
    with closing(sqlite3.connect(f"file:{company.hub}/hub.db?mode=ro", uri=True)) as file:
        sql = "SELECT password_hash, pin_hash FROM credential c JOIN user u ON u.id = c.user WHERE u.username = 'joko'"
        kept = file.execute(sql).fetchone()
    assert ["$argon2id$"] * 2 == [text[:10] for text in kept]
    again = run_cli(*words, "--json", stdin="kata-sandi-joko\n2580\n")
    assert "username_taken" == json.loads(again.stdout)["error"]["code"]


# --- while the hub runs --------------------------------------------------------------------------------------------


def test_a_branch_is_added_while_the_hub_runs(company: Company) -> None:
    """Goal: the running hub does it; the code stands alone on the last line. Method: the branch is in its digest."""
    done = run_cli("hub", "add-branch", company.hub, "SKW", "--name", "Sekadau", "--zone", "WIB")
    assert 1 == len(done.stdout.splitlines())
    assert ENROLMENT.fullmatch(last_line(done))
    assert DIGEST.fullmatch(last_line(run_cli("digest", company.hub, "--for", "SKW")))


def test_hub_and_branch_hold_the_same(company: Company) -> None:
    """Goal: after a sync both digests are equal. Method: read the running hub's and the stopped branch's files."""
    done = run_cli("sync", company.branch, "--json")
    assert {"sent", "taken"} == json.loads(done.stdout).keys()
    at_hub, at_branch = run_cli("digest", company.hub, "--for", "PTK"), run_cli("digest", company.branch)
    assert last_line(at_hub) == last_line(at_branch)


def test_a_command_handed_to_a_running_branch(company: Company) -> None:
    """Goal: writing and reading commands work while the branch runs. Method: give each; end with its stdin."""
    running = start("branch", company.branch)
    try:
        added = run_cli(
            "add-user", company.branch, "sari", "--role", "cashier", "--password-stdin", stdin="rahasia-sari\n"
        )
        assert (0, "") == (added.returncode, added.stderr)
        assert 0 == run_cli("sync", company.branch).returncode
        at_hub, at_branch = run_cli("digest", company.hub, "--for", "PTK"), run_cli("digest", company.branch)
        assert last_line(at_hub) == last_line(at_branch)
        assert "fine" == findings(company.branch)["node"]["state"]
        assert 0 == run_cli("verify", company.branch).returncode
    finally:
        assert 0 == running.stop()


def test_a_taken_port_is_named(company: Company, hub: Path) -> None:
    """Goal: no traceback when the port is taken. Method: a second hub on the first one's port."""
    done = run_cli("hub", "run", hub, "--port", company.running.url.rstrip("/").rpartition(":")[2])
    assert (1, "") == (done.returncode, done.stdout)
    assert "--port" in done.stderr


def test_a_second_node_in_one_folder(company: Company) -> None:
    """Goal: one writer per file. Method: run the running hub once more."""
    done = run_cli("hub", "run", company.hub, "--port", "0")
    assert (1, "") == (done.returncode, done.stdout)
    assert str(company.running.process.pid) in done.stderr


def test_the_network_needs_a_word(hub: Path) -> None:
    """Goal: passwords never cross a network by accident. Method: --host beyond this computer without --plain-http."""
    done = run_cli("hub", "run", hub, "--host", "192.0.2.1")
    assert (1, "") == (done.returncode, done.stdout)
    assert "--plain-http" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_node_tidily(hub: Path, number: signal.Signals) -> None:
    """Goal: services and Ctrl-C can stop it. Method: the signal; exit code 0, no socket left, lock free."""
    running = start("hub", hub)
    running.process.send_signal(number)
    assert 0 == running.process.wait(STOP_S)
    assert "fine" == findings(hub)["node"]["state"]
    assert not (hub / "node.sock").exists()


# --- enrolment and the line ----------------------------------------------------------------------------------------


def test_a_wrong_code_leaves_nothing_half_made(company: Company, tmp_path: Path) -> None:
    """Goal: after a wrong code the right one works in the same folder. Method: a code with one letter changed."""
    code = last_line(run_cli("hub", "add-branch", company.hub, "BKY", "--name", "Bengkayang"))
    wrong = ("B" if code[0] == "A" else "A") + code[1:]
    words = ("branch", "init", tmp_path / "bky", "--hub", company.running.url, "--json", "--code")
    refused = run_cli(*words, wrong)
    assert (1, "bad_enrolment_code") == (refused.returncode, json.loads(refused.stdout)["error"]["code"])
    assert not (tmp_path / "bky" / "branch.db").exists()
    assert "BKY" == json.loads(run_cli(*words, code).stdout)["code"]


def test_a_code_works_once(company: Company, tmp_path: Path) -> None:
    """Goal: an overheard code is of no use. Method: two folders with one code."""
    code = last_line(run_cli("hub", "add-branch", company.hub, "LDK", "--name", "Landak"))
    words = ("--hub", company.running.url, "--json", "--code", code)
    assert 0 == run_cli("branch", "init", tmp_path / "one", *words).returncode
    second = run_cli("branch", "init", tmp_path / "two", *words)
    assert (1, "used_enrolment_code") == (second.returncode, json.loads(second.stdout)["error"]["code"])


def test_sync_says_why_not(hub: Path, tmp_path: Path) -> None:
    """Goal: with the hub away, sync fails with the reason and loses nothing. Method: stop the hub, then sync."""
    running = start("hub", hub)
    code = last_line(run_cli("hub", "add-branch", hub, "PTK", "--name", "Pontianak"))
    branch = tmp_path / "ptk"
    assert 0 == run_cli("branch", "init", branch, "--hub", running.url, "--code", code).returncode
    assert 0 == running.stop()
    done = run_cli("sync", branch, "--json")
    assert (1, "hub_unreachable") == (done.returncode, json.loads(done.stdout)["error"]["code"])
    assert "attention" == findings(branch)["hub"]["state"]
    assert 0 == run_cli("verify", branch).returncode


# --- imports and reports -------------------------------------------------------------------------------------------


def test_import_and_report(company: Company, tmp_path: Path) -> None:
    """Goal: a price list in, refused rows named, exit code 1 for them. Method: one good row, one below zero."""
    prices = tmp_path / "prices.csv"
    prices.write_text("code,name,price\nOLI-9,Oli,45000\nBAN-9,Ban,-5\n", encoding="utf-8")
    done = run_cli("import", "products", company.hub, prices, "--json")
    result = json.loads(done.stdout)
    assert (1, 1, [3]) == (done.returncode, result["made"], [row["line"] for row in result["refused_rows"]])
    said = run_cli("import", "products", company.hub, prices, env=INDONESIAN)
    assert "Baris 3 ditolak:" in said.stdout


def test_the_report_in_three_shapes(company: Company, tmp_path: Path) -> None:
    """Goal: one report as table, CSV and JSON. Method: two imported invoices at the branch, compared."""
    sales = tmp_path / "sales.csv"
    sales.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "536366,71053,LANTERN,2,2010-12-01 08:28:00,3.39,,United Kingdom\n",
        encoding="utf-8",
    )
    imported = run_cli("import", "sales", company.branch, sales)
    assert 0 == imported.returncode, imported.stderr
    words = ("report", "sales", company.branch, "--by", "product")
    rows = json.loads(run_cli(*words, "--json").stdout)["rows"]
    assert [("71053", 2), ("85123A", 6)] == [(row["key"], row["quantity"]) for row in rows]
    as_csv = list(csv.DictReader(run_cli(*words, "--csv").stdout.splitlines()))
    assert [{name: str(value) for name, value in row.items()} for row in rows] == as_csv
    table = run_cli(*words).stdout.splitlines()
    assert [list(as_csv[0]), *(list(row.values()) for row in as_csv)] == [line.split() for line in table]
