"""The `cabang` command with nodes that run: hand-over, enrolment, the line, imports and reports."""

import csv
import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cabang_inside import cabang
from cabang_nodes import ENROLMENT, STOP_S, Company, digest, findings, last_line, start
from cabang_testing import good, run_cli

from sync import keys

pytestmark = pytest.mark.journey  # it takes long: it must not come last


@pytest.fixture(scope="module")
def company(hub_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Made by commands alone; the hub runs meanwhile."""
    folder = tmp_path_factory.mktemp("company")
    hub, branch = shutil.copytree(hub_template, folder / "hub"), folder / "ptk"
    running = start("hub", hub)
    code = last_line(run_cli("hub", "add-branch", hub, "PTK", "--name", "Pontianak"))
    good("branch", "init", branch, "--hub", running.url, "--code", code)
    yield Company(hub, branch, running)
    running.stop()


REFUSED = (
    (("hub", "add-branch", "HUB", "P", "--name", "x"), "bad_branch_code"),
    (("hub", "add-branch", "HUB", "NEW", "--name", "x", "--kind", "shop"), "bad_choice"),
    (("hub", "add-branch", "HUB", "NEW", "--name", "x", "--zone", "GMT"), "bad_choice"),
    (("hub", "add-branch", "HUB", "NEW", "--name", ""), "bad_text"),
    (("digest", "HUB", "--for", "XX"), "unknown_branch"),
    (("report", "sales", "HUB", "--by", "day", "--from", "31-12-2026"), "bad_period"),
    (("report", "sales", "HUB", "--by", "day", "--from", "2026-02-02", "--to", "2026-02-01"), "bad_period"),
    (("sync", "HUB"), "only_at_a_branch"),
    (("add-user", "HUB", "ani", "--role", "admin"), "no_terminal"),
    (("add-user", "HUB", "ani", "--role", "boss"), "bad_choice"),
    (("add-user", "HUB", "A B", "--role", "admin"), "bad_username"),
    (("add-user", "HUB", "ani", "--role", "admin", "--password-stdin"), "nothing_on_stdin"),
)


def filled(words: tuple[str, ...], company: Company) -> list[str]:
    """The words of a command, with the hub's folder in its place."""
    return [str(company.hub) if word == "HUB" else word for word in words]


@pytest.mark.parametrize(("words", "code"), REFUSED)
def test_what_the_hub_refuses(company: Company, words: tuple[str, ...], code: str) -> None:
    """Goal: each mistake is named and changes nothing. Method: mistakes given to a running hub, its digest compared."""
    before = digest(company.hub)
    done = cabang(*filled(words, company), "--json")
    assert (1, code) == (done.exit_code, json.loads(done.stdout)["error"]["code"])
    assert done.stderr
    assert before == digest(company.hub)


def test_a_process_refuses_alike(company: Company) -> None:
    """Goal: a script sees the same. Method: mistakes in processes of their own, each found elsewhere; no such node.

    Found by the reader of words, the running hub, a report, a terminal that is absent, an empty standard input.
    """
    before = digest(company.hub)
    for code in ("bad_choice", "bad_branch_code", "bad_period", "no_terminal", "nothing_on_stdin"):
        words = next(words for words, found in REFUSED if found == code)
        done = run_cli(*filled(words, company), "--json")
        assert (1, code) == (done.returncode, json.loads(done.stdout)["error"]["code"])
        assert done.stderr
    wrong = run_cli("branch", "run", company.hub)
    assert (1, "") == (wrong.returncode, wrong.stdout)
    assert wrong.stderr
    assert before == digest(company.hub)


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
    again = cabang(*words, "--json", stdin="kata-sandi-joko\n2580\n")
    assert "username_taken" == json.loads(again.stdout)["error"]["code"]


# --- while the hub runs --------------------------------------------------------------------------------------------


def test_a_branch_is_added_while_the_hub_runs(company: Company) -> None:
    """Goal: the running hub does it; the code stands alone on the last line. Method: the branch is in its digest."""
    done = run_cli("hub", "add-branch", company.hub, "SKW", "--name", "Sekadau", "--zone", "WIB")
    assert 1 == len(done.stdout.splitlines())
    assert ENROLMENT.fullmatch(last_line(done))
    assert digest(company.hub, "--for", "SKW")


def test_hub_and_branch_hold_the_same(company: Company) -> None:
    """Goal: after a sync both digests are equal. Method: read the running hub's and the stopped branch's files."""
    done = run_cli("sync", company.branch, "--json")
    assert {"sent", "taken"} == json.loads(done.stdout).keys()
    assert digest(company.hub, "--for", "PTK") == digest(company.branch)


def test_a_command_handed_to_a_running_branch(company: Company) -> None:
    """Goal: writing and reading commands work while the branch runs. Method: give each; end with its stdin.

    What was made until then lies on the mirror stick that the branch's settings name.
    """
    stick = company.branch.parent / "stick"
    stick.mkdir()
    (company.branch / "branch.toml").write_text(f'mirror = "{stick}"', encoding="utf-8")
    running = start("branch", company.branch)
    try:
        added = run_cli(
            "add-user", company.branch, "sari", "--role", "cashier", "--password-stdin", stdin="rahasia-sari\n"
        )
        assert (0, "") == (added.returncode, added.stderr)
        assert 0 == run_cli("sync", company.branch).returncode
        assert digest(company.hub, "--for", "PTK") == digest(company.branch)
        assert "fine" == findings(company.branch)["node"]["state"]
        assert 0 == run_cli("verify", company.branch).returncode
    finally:
        assert 0 == running.stop()
    assert 0 == findings(company.branch)["mirror"]["count"]


def test_a_taken_port_is_named(company: Company, hub: Path) -> None:
    """Goal: no traceback when the port is taken. Method: a second hub on the first one's port."""
    done = run_cli("hub", "run", hub, "--port", company.running.url.rstrip("/").rpartition(":")[2])
    assert (1, "") == (done.returncode, done.stdout)
    port = int(company.running.url.rstrip("/").rpartition(":")[2])
    assert f"Port {port} of this computer is in use already, by" in done.stderr
    assert (f"--port {port + 1}" in done.stderr, "Errno" in done.stderr) == (True, False)


def test_a_second_node_in_one_folder(company: Company) -> None:
    """Goal: one writer per file, and its address for who looks for it. Method: run the running hub once more."""
    done = run_cli("hub", "run", company.hub, "--port", "0", env={"CABANG_LANG": "id"})
    assert (1, "") == (done.returncode, done.stdout)
    pid, where = (
        str(company.running.process.pid),
        f"sudah berjalan di folder {company.hub}, dengan alamat {company.running.url}",
    )
    assert (pid in done.stderr, where in done.stderr) == (True, True)


def test_a_branch_without_a_hub_is_not_made(tmp_path: Path) -> None:
    """Goal: nobody without a branch is told to go on selling. Method: an address where nothing answers."""
    code = keys.EnrolmentCode(b"f" * keys.FINGERPRINT_BYTES, b"ten bytes!").text()
    done = cabang("branch", "init", tmp_path / "ptk", "--hub", "http://127.0.0.1:9", "--code", code, wanted="id")
    assert (1, "", False) == (done.exit_code, done.stdout, "berjualan" in done.stderr)
    assert "Tidak ada kantor pusat yang menjawab di http://127.0.0.1:9;" in done.stderr


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
    refused = cabang(*words, wrong)
    assert (1, "bad_enrolment_code") == (refused.exit_code, json.loads(refused.stdout)["error"]["code"])
    assert not (tmp_path / "bky" / "branch.db").exists()
    assert "BKY" == json.loads(run_cli(*words, code).stdout)["code"]


def test_a_code_works_once(company: Company, tmp_path: Path) -> None:
    """Goal: an overheard code is of no use. Method: two folders with one code."""
    code = last_line(run_cli("hub", "add-branch", company.hub, "LDK", "--name", "Landak"))
    words = ("--hub", company.running.url, "--json", "--code", code)
    assert 0 == cabang("branch", "init", tmp_path / "one", *words).exit_code
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
    assert 0 == cabang("verify", branch).exit_code


# --- imports and reports -------------------------------------------------------------------------------------------


def test_import_and_report(company: Company, tmp_path: Path) -> None:
    """Goal: a price list in, refused rows named, exit code 1 for them. Method: one good row, one below zero."""
    prices = tmp_path / "prices.csv"
    prices.write_text("code,name,price\nOLI-9,Oli,45000\nBAN-9,Ban,-5\n", encoding="utf-8")
    done = run_cli("import", "products", company.hub, prices, "--json")
    result = json.loads(done.stdout)
    assert (1, 1, [3]) == (done.returncode, result["made"], [row["line"] for row in result["refused_rows"]])
    said = cabang("import", "products", company.hub, prices, wanted="id")
    refusal, _todo, advice = said.stdout.splitlines()[-3:]
    assert (True, True) == (refusal.startswith("Baris 3 ditolak:"), advice.endswith("; baris lain sudah masuk."))


def test_the_import_says_which_money_it_took(company: Company, tmp_path: Path) -> None:
    """Goal: a wrong currency is seen at once. Method: a file that may be either, refused, then with the option."""
    sales = tmp_path / "penjualan.csv"
    sales.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "N-1,NO-1,Oli,1,2010-12-02 08:26:00,17500,\n"
    )
    refused = cabang("import", "sales", company.branch, sales, wanted="id")
    assert (1, "", True) == (refused.exit_code, refused.stdout, "--currency rupiah" in refused.stderr)
    done = cabang("import", "sales", company.branch, sales, "--currency", "rupiah", wanted="id")
    assert (0, "Harga dibaca sebagai rupiah\n") == (done.exit_code, done.stderr)
    assert "Harga dalam rupiah." == done.stdout.splitlines()[0]
    back = sales.with_name("kembali.csv")
    back.write_text(sales.read_text().replace("N-1,NO-1,Oli,1", "CN-1,NO-1,Oli,-1"))
    assert 0 == cabang("import", "sales", company.branch, back, "--currency", "rupiah").exit_code


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
    words = ("report", "sales", company.branch, "--by", "product", "--to", "2010-12-01")
    rows = json.loads(run_cli(*words, "--json").stdout)["rows"]
    assert [("71053", 2), ("85123A", 6)] == [(row["key"], row["quantity"]) for row in rows]
    as_csv = list(csv.DictReader(cabang(*words, "--csv").stdout.splitlines()))
    assert [{name: str(value) for name, value in row.items()} for row in rows] == as_csv
    kept = tmp_path / "kept.pdf"
    assert f"Ditulis: {kept}\n" == cabang(*words, "--format", "pdf", "--output", kept, wanted="id").stdout
    assert b"%PDF" == kept.read_bytes()[:4]
    refused = cabang(*words, "--format", "xlsx", wanted="id")
    assert (1, "", True) == (refused.exit_code, refused.stdout, "--output" in refused.stderr)
    moved = cabang("report", "movements", company.branch, "--by", "product", "--to", "2010-12-01", "--csv").stdout
    assert ["key,came_in,went_out,movements", "71053,0,2,1", "85123A,0,6,1"] == moved.splitlines()
    table = cabang(*words).stdout.splitlines()
    assert [list(as_csv[0]), *(list(row.values()) for row in as_csv)] == [line.split() for line in table]
