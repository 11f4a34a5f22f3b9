"""Bad input, case by case: refused in both languages with what to do, nothing half-written, nothing lost.

Each case goes the real road (a command, the line, a page), twice: in Indonesian and in English.  Then both nodes are
as they were; then the right input goes through, and both nodes are whole.  How each door holds in depth is proved in
``tests/sync/test_door*.py``, ``tests/crm/imports`` and the tests of the pages.
"""

import html
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from cabang_bad_input import LANGUAGES, Company, check_plain, check_translated, check_words, facts, open_company
from cabang_forge import changed_envelope, flipped
from cabang_meddling import ANOTHER_HUB, Change, bomb, by_another_hub, other_name, page, same, signed
from cabang_testing import run_cli
from cabang_values import ROADS, VALUES, Value

from crm.errors import BadPhone, ProductCodeTaken
from sync import keys, limits
from ui.problems import PROBLEMS
from ui.translate import text


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A head office and its branch PTK, both running; each case leaves them whole."""
    yield from open_company(tmp_path_factory.mktemp("company"))


def errors_of(company: Company, *words: str | Path) -> dict[str, dict[str, Any]]:
    """What a command that must fail says, as fields of an error, by language; people read the same as programs."""
    told = {}
    for wanted in LANGUAGES:
        done = company.cabang(*words, "--json", wanted=wanted)
        assert 1 == done.exit_code, done.output
        told[wanted] = facts(done)["error"]
        assert f"{told[wanted]['happened']}\n{told[wanted]['todo']}\n" == done.stderr
    return told


# --- enrolment: wrong code, used code, another hub's key -------------------------------------------------------


def typed_wrong(company: Company, right: str, folder: Path) -> str:
    return ("B" if right[0] == "A" else "A") + right[1:]


def guessed(company: Company, right: str, folder: Path) -> str:
    return keys.EnrolmentCode(keys.read_code(right).fingerprint, b"ten bytes!").text()


def used(company: Company, right: str, folder: Path) -> str:
    company.done("branch", "init", folder.with_name("first"), "--hub", company.line.url, "--code", right)
    return right


def of_another_hub(company: Company, right: str, folder: Path) -> str:
    """The code is for a hub with another key than the one that answers."""
    return keys.EnrolmentCode(keys.fingerprint(ANOTHER_HUB.sign_public), keys.read_code(right).secret).text()


def right_but_changed_on_the_way(company: Company, right: str, folder: Path) -> str:
    return right


ENROLMENTS = [
    ("wrong code: typed wrong", typed_wrong, same, "bad_enrolment_code"),
    ("wrong code: guessed", guessed, same, "bad_enrolment_code"),
    ("wrong code: right, changed on the way", right_but_changed_on_the_way, lambda data: flipped(data, len(data) - 1),
     "bad_enrolment_code"),
    ("used code", used, same, "used_enrolment_code"),
    ("another hub's key", of_another_hub, same, "wrong_hub"),
    ("truncated: enrolment", right_but_changed_on_the_way, lambda data: data[:40], "malformed"),
    ("oversize: enrolment", right_but_changed_on_the_way, lambda data: data + bytes(2 * limits.REQUEST_BYTES_MAX),
     "too_large"),
]  # fmt: skip


def new_code(company: Company) -> str:
    """The enrolment code of a branch just added."""
    return company.done("hub", "add-branch", "@hub", f"B{company.number()}", "--name", "Cabang baru").strip()


@pytest.mark.parametrize(("bad", "asked", "code"), [one[1:] for one in ENROLMENTS], ids=[one[0] for one in ENROLMENTS])
def test_enrolment(company: Company, tmp_path: Path, bad: Callable[..., str], asked: Change, code: str) -> None:
    """Goal: whoever enrols wrongly can enrol rightly. Method: a bad code or line, then the right one, same folder."""
    folder, right = tmp_path / "baru", new_code(company)
    given = bad(company, right, folder)
    right = new_code(company) if bad is used else right
    before = company.state()
    with company.line.meddling(asked):
        told = errors_of(company, "branch", "init", folder, "--hub", company.line.url, "--code", given)
    check_words(told, code)
    assert before == company.state()
    assert [] == list(folder.glob("branch.db*"))
    company.done("branch", "init", folder, "--hub", company.line.url, "--code", right)
    company.done("verify", folder)
    company.whole()


def test_the_program_says_what_the_table_says(company: Company, tmp_path: Path) -> None:
    """Goal: the table is about the program people start. Method: the wrong code once more, in a process of its own."""
    words = ("branch", "init", tmp_path, "--hub", company.line.url, "--code", "AAAAA-AAAAA")
    told = errors_of(company, *words)["id"]
    done = run_cli(*words, env={"CABANG_LANG": "id"})
    assert (1, "", f"{told['happened']}\n{told['todo']}\n") == (done.returncode, done.stdout, done.stderr)


# --- the line: unknown branch, tampered, truncated, oversize, a bomb, another hub's key --------------------------


class Meddled(NamedTuple):
    """What happens on the way ``up`` or ``down``; ``status``: what the hub answers in HTTP."""

    name: str
    code: str
    status: int
    up: Callable[[Company], Change] | None = None
    down: Callable[[Company], Change] = lambda company: same


OVER, A_LITTLE = bytes(2 * limits.REQUEST_BYTES_MAX), limits.REQUEST_BYTES_MAX + 500
INFLATING, INFLATING_PAGE = bomb(limits.SEGMENT_BYTES_MAX), bomb(limits.PAGE_BYTES_MAX)
LINE = [
    Meddled("unknown branch", "unknown_sender", 400, lambda c: signed(c.branch.keyring, stream=999)),
    Meddled("tampered: on the way", "bad_signature", 400, lambda c: lambda data: flipped(data, len(data) - 65)),
    Meddled("tampered: segment", "bad_signature", 200, lambda c: signed(c.branch.keyring, change=other_name)),
    Meddled("truncated: on the way", "malformed", 400, lambda c: lambda data: data[:-1]),
    Meddled("truncated: half", "malformed", 400, lambda c: lambda data: data[: len(data) // 2]),
    Meddled("truncated: segment", "malformed", 200, lambda c: signed(c.branch.keyring, change=lambda data: data[:-1])),
    Meddled("oversize: body", "too_large", 413, lambda c: lambda data: data + OVER),
    Meddled("oversize: a little", "too_large", 400, lambda c: lambda data: data + OVER[: A_LITTLE - len(data)]),
    Meddled("oversize: segment", "too_large", 200,
            lambda c: signed(c.branch.keyring, change=lambda data: data + bytes(limits.SEGMENT_WIRE_BYTES_MAX))),
    Meddled("bomb: up", "too_large", 200,
            lambda c: signed(c.branch.keyring, change=lambda one: changed_envelope(one, **INFLATING))),
    Meddled("bomb: down", "too_large", 200,
            down=lambda c: page(lambda found: msgspec.structs.replace(found, **INFLATING_PAGE))),
    Meddled("another hub's key: its page", "bad_signature", 200, down=lambda c: by_another_hub(c.branch.link)),
    Meddled("truncated: the hub's answer", "hub_answer_unreadable", 200, down=lambda c: lambda data: data[:-1]),
]  # fmt: skip


@pytest.mark.parametrize("case", LINE, ids=[case.name for case in LINE])
def test_the_line(company: Company, case: Meddled) -> None:
    """Goal: no bytes hurt or stop a node. Method: meddle while something waits; see command and page; stop."""
    product = f"TUNGGU-{company.number()}"
    waiting = company.wait_to_be_sent() if case.up else company.wait_to_come(product)
    before = company.state()
    with company.line.meddling(case.up(company) if case.up else same, case.down(company)):
        told = errors_of(company, "sync", "@ptk")
    assert case.status == company.line.status
    check_words(told, case.code)
    for wanted in LANGUAGES:
        company.people["branch"].speak(wanted)
        shown = html.unescape(company.people["branch"].get("/status"))
        assert told[wanted]["happened"] in shown and told[wanted]["todo"] in shown
    assert before == company.state()
    company.whole()
    other, table = (company.hub, "customer") if case.up else (company.branch, "product")
    assert [(1,)] == company.rows(other, f"SELECT count(*) FROM {table} WHERE id = ?", waiting)


@pytest.mark.parametrize(
    "words",
    [
        ("digest", "@hub", "--for", "XX"),
        ("digest", "@ptk", "--for", "XX"),
        ("add-user", "@hub", "joko", "--role", "cashier", "--branch", "XX", "--password-stdin"),
    ],
    ids=lambda words: words[0],
)
def test_unknown_branch(company: Company, words: tuple[str, ...]) -> None:
    """Goal: a branch code nobody gave is named. Method: commands with it; then the branch there is."""
    before = company.state()
    told = {}
    for wanted in LANGUAGES:
        done = company.cabang(*words, "--json", wanted=wanted, stdin="kata sandi panjang\n")
        told[wanted] = facts(done)["error"]
        assert 1 == done.exit_code
    check_words(told, "unknown_branch")
    assert before == company.state()
    right = [word.replace("XX", "PTK") for word in words]
    assert 0 == company.cabang(*right, stdin="kata sandi panjang\n").exit_code
    company.whole()


# --- files: malformed, wrong encoding, duplicate product, negative price, illegal phone --------------------------


class File(NamedTuple):
    """A file with something ``bad`` and as it is when ``repaired``; ``row``: only that line is refused, as ``code``."""

    name: str
    kind: str
    code: str
    bad: str | bytes
    repaired: str
    row: int | None = None


PRODUCTS = "code,name,price\n"
CUSTOMERS = "number,name,phone\n"
STOCK = "code,quantity\n"
SALES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
LONG = PRODUCTS + "".join(f"PANJANG-{n},Barang {n},1000\n" for n in range(60))
ADVICE = "Correct the line and import the file again; the other lines are in."
ALONE = "Correct the line and import the file again; nothing of it is in."  # the refused line was the only one
FILES = [
    File("malformed: header", "products", "wrong_columns", "code;name\nF1;Oli\n", PRODUCTS + "F1,Oli,1000\n"),
    File("malformed: old line ends", "products", "wrong_line", PRODUCTS.replace("\n", "\r") + "F2,Oli,1000\r",
         PRODUCTS + "F2,Oli,1000\n"),
    File("malformed: quote never closed", "products", "wrong_line",
         'code,price,name\nF3,1000,"Oli\nF4,1000,Ban\n', 'code,price,name\nF3,1000,"Oli"\nF4,1000,Ban\n'),
    File("malformed: too few columns", "products", "wrong_line", f"{PRODUCTS}F5,Oli\n", f"{PRODUCTS}F5,Oli,1000\n", 2),
    File("malformed: comma in a text", "products", "wrong_line", f"{PRODUCTS}F6,Oli,mesin,1000\n",
         f'{PRODUCTS}F6,"Oli, mesin",1000\n', 2),
    File("malformed: stock", "stock", "wrong_line", f"{STOCK}F7,3\nF8,tiga\n", f"{STOCK}F7,3\nF8,3\n"),
    File("malformed: sales", "sales", "wrong_line", f"{SALES}8001,F9,Oli,1,kemarin,2.55,\n",
         f"{SALES}8001,F9,Oli,1,2010-12-01 08:26:00,2.55,\n"),
    File("malformed: JSON", "products", "file_unreadable", '[{"code": "F10", "name": "Oli", "price": 1000}',
         '[{"code": "F10", "name": "Oli", "price": 1000}]'),
    File("wrong encoding: UTF-16", "products", "wrong_line", f"{PRODUCTS}F11,Oli,1000\n".encode("utf-16"),
         f"{PRODUCTS}F11,Oli,1000\n"),
    File("wrong encoding: neither", "customers", "wrong_line", CUSTOMERS.encode() + b"F12,Sar\x81,0812-3456-7812\n",
         f"{CUSTOMERS}F12,Sari,0812-3456-7812\n"),
    File("wrong encoding: in the last line of many", "products", "wrong_line", LONG.encode() + b"F13,O\x81li,1000\n",
         f"{LONG}F13,Oli,1000\n"),
    File("duplicate product", "products", "wrong_line", f"{PRODUCTS}OLI-1,Oli mesin,45000\n oli-1 ,Oli lain,1000\n",
         f"{PRODUCTS}OLI-1,Oli mesin,45000\nF14,Oli lain,1000\n", 3),
    File("duplicate product: stock", "stock", "wrong_line", f"{STOCK}F15,3\nf15,4\n", f"{STOCK}F15,7\n"),
    File("negative price", "products", "bad_price", f"{PRODUCTS}F16,Oli,-1\n", f"{PRODUCTS}F16,Oli,1\n", 2),
    File("illegal phone", "customers", "bad_phone", f"{CUSTOMERS}F17,Budi,0812\n",
         f"{CUSTOMERS}F17,Budi,0812-3456-7817\n", 2),
    File("illegal phone: a land line", "customers", "bad_phone", f"{CUSTOMERS}F18,Budi,021-5550100\n",
         f"{CUSTOMERS}F18,Budi,+65 8123 4599\n", 2),
]  # fmt: skip


def refused_rows(company: Company, case: File, path: Path) -> dict[str, dict[str, Any]]:
    """The refused row by language; people read the same as programs."""
    told = {}
    for wanted in LANGUAGES:
        done = company.cabang("import", case.kind, node_of(case), path, "--json", wanted=wanted)
        (row,) = facts(done)["refused_rows"]
        assert (1, case.row) == (done.exit_code, row["line"])
        told[wanted] = row
        read = company.cabang("import", case.kind, node_of(case), path, wanted=wanted)
        times = [read.stdout.count(row[part]) for part in ("happened", "todo")]
        assert [1, 1, 1] == [read.exit_code, *times], read.stdout
    return told


def node_of(case: File) -> str:
    return "@hub" if case.kind == "products" else "@ptk"


@pytest.mark.parametrize("case", FILES, ids=[case.name for case in FILES])
def test_files(company: Company, case: File) -> None:
    """Goal: a bad file costs nobody anything. Method: import it, compare all tables, repair it, import it."""
    before, path = company.state(), company.file(case.bad)
    if case.row is None:
        check_words(errors_of(company, "import", case.kind, node_of(case), path), case.code)
    else:
        told = refused_rows(company, case, path)
        advice = ALONE if case.row == 2 else ADVICE
        check_words(told, case.code, advice if case.code == "wrong_line" else "")
    assert before == company.state()
    company.file(case.repaired, path.name)
    company.done("import", case.kind, node_of(case), path)
    assert before != company.state()
    company.whole()


# --- pages -------------------------------------------------------------------------------------------------------


Sentences = tuple[tuple[str, dict[str, Any]], ...]


class Form(NamedTuple):
    """A form with something bad, the sentences (message id, places) it must be answered with, and what is right."""

    name: str
    node: str
    path: str
    bad: dict[str, str]
    said: Sentences
    right: dict[str, str]
    status: int = 422


GOODS = {"code": "HAL-1", "name": "Minyak telon", "price": "25.000", "kind": "goods"}
CARD = {"name": "Rina Wati", "kind": "individual", "phone1": "0813-1111-2222"}
NOT_A_PHONE: Sentences = ((BadPhone.happened, {"text": "0812"}), (BadPhone.todo, {}))
TAKEN: Sentences = ((ProductCodeTaken.happened, {"text": "OLI-1"}), (ProductCodeTaken.todo, {}))
LEAST: Sentences = (("At least %(least)s, please.", {"least": 0}),)
TOO_LARGE: Sentences = ((PROBLEMS[413].happened, {}), (PROBLEMS[413].todo, {}))
FORMS = [
    Form("duplicate product", "hub", "/products/new", {**GOODS, "code": "oli-1"}, TAKEN, {**GOODS, "code": "HAL-2"}),
    Form("negative price", "hub", "/products/new", {**GOODS, "price": "-1"}, LEAST, {**GOODS, "code": "HAL-3"}),
    Form("illegal phone: head office", "hub", "/customers/new", {**CARD, "phones": "0812"}, NOT_A_PHONE, CARD),
    Form("illegal phone: branch", "branch", "/customers/new", {**CARD, "phone1": "0812"}, NOT_A_PHONE, CARD),
    Form("oversize: head office", "hub", "/products/new", {**GOODS, "name": "x" * 3 * limits.REQUEST_BYTES_MAX},
         TOO_LARGE, {**GOODS, "code": "HAL-4"}, 413),
    Form("oversize: branch", "branch", "/customers/new", {**CARD, "name": "x" * 3 * limits.REQUEST_BYTES_MAX},
         TOO_LARGE, {"name": "Rina", "kind": "individual"}, 413),
]  # fmt: skip


@pytest.mark.row("H-62")
@pytest.mark.parametrize("case", FORMS, ids=[case.name for case in FORMS])
def test_pages(company: Company, case: Form) -> None:
    """Goal: a form says what is wrong and keeps what was right. Method: send it in both languages, then rightly."""
    before, visitor = company.state(), company.people[case.node]
    for wanted in LANGUAGES:
        visitor.speak(wanted)
        answer = visitor.send(case.path, case.bad)
        shown = html.unescape(answer.get_data(as_text=True))
        sentences = [text(message, wanted, **places) for message, places in case.said]
        assert (case.status, []) == (answer.status_code, [one for one in sentences if one not in shown])
        assert case.status == 413 or case.bad["name"] in shown
        check_plain(*sentences)
    for message, places in case.said:
        check_translated({wanted: {"said": text(message, wanted, **places)} for wanted in LANGUAGES}, "said")
    assert before == company.state()
    assert visitor.send(case.path, case.right).status_code in (302, 303)
    company.whole()


# --- values: easy, typical, extreme, illegal ---------------------------------------------------------------------


@pytest.mark.row("H-62")
@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values(company: Company, value: Value) -> None:
    """Goal: what is allowed is kept as it was meant, everywhere. Method: the real road, then both nodes' rows."""
    give, rows = ROADS[value.road]
    if value.kept is None:
        before = company.state()
        assert not give(company, value.typed)
        assert before == company.state()
        return
    held = [Counter(company.rows(node, rows)) for node in company.nodes]
    assert give(company, value.typed)
    company.done("sync", "@ptk")
    new = [Counter(company.rows(node, rows)) - old for node, old in zip(company.nodes, held, strict=True)]
    assert [[(value.kept,)]] * 2 == [list(one.elements()) for one in new]


def test_after_all_values_both_nodes_are_whole(company: Company) -> None:
    """Goal: no value hurts what is kept. Method: exchange once more, compare digests, verify both."""
    company.whole()
