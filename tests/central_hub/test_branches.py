"""Cabang: adding a branch, its one-time code, changing what head office says of it."""

import re

import pytest
from cabang_visitor import value_of

from branch_node.node import BranchNode
from crm import settings
from sync.database import using
from sync.errors import UsedEnrolmentCode
from sync.folder import Folder

GOOD = {"name": "Singkawang", "kind": "outlet", "zone": "WIB"}
SECRET = re.compile(r'id="secret"[^>]*>([^<]+)<')


def add(visitor, **values: str) -> str:
    """Adds a branch and gives its code from the page."""
    answer = visitor.send("/branches/new", {**GOOD, **values})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = SECRET.search(answer.get_data(as_text=True))
    assert found
    return found[1]


def test_a_branch_joins_with_the_code_shown_once(office, admin) -> None:
    """Goal: from the form to a working branch. Method: add, enrol over HTTP, the list says online."""
    secret = add(admin, code="sgw")
    assert secret not in admin.get("/branches/SGW")
    assert "Belum ada komputer" in admin.get("/branches/SGW")
    node = office.enrol("SGW", secret)
    assert "SGW" == node.code
    assert "Tersambung" in admin.get("/branches/SGW")


def test_the_page_of_the_code_says_what_to_type(admin) -> None:
    """Goal: nobody needs a manual. Method: the command with this hub's address and the code."""
    answer = admin.send("/branches/new", {**GOOD, "code": "CMD"})
    page = answer.get_data(as_text=True)
    found = SECRET.search(page)
    assert found
    init, people, run = f"branch init FOLDER --hub http://localhost/ --code {found[1]}", "add-user FOLDER", "branch run"
    assert sorted(places := [page.index(f"cabang {step}") for step in (init, people, run)]) == places
    assert ("here-only" in page, "--host 0.0.0.0 --plain-http" in page) == (True, True)
    assert "no-store" == answer.headers["Cache-Control"]


def test_a_lost_code_is_replaced(office, admin) -> None:
    """Goal: whoever lost the code gets a new one. Method: add, ask for another code, enrol with that."""
    first = add(admin, code="NEW")
    found = SECRET.search(admin.send("/branches/NEW/code").get_data(as_text=True))
    assert found
    assert first != found[1]
    assert "NEW" == office.enrol("NEW", found[1]).code


def test_a_code_works_once(office, admin, tmp_path) -> None:
    """Goal: a second computer does not become the branch. Method: the same code in another folder."""
    secret = add(admin, code="ONE")
    office.enrol("ONE", secret)
    with pytest.raises(UsedEnrolmentCode):
        BranchNode.create(Folder(tmp_path / "other"), office.server.url, secret)


def test_a_branch_at_work_gets_no_second_computer(admin) -> None:
    """Goal: nobody locks a working branch out by a click. Method: ask for a code for PTK."""
    answer = admin.send("/branches/PTK/code")
    assert (422, True) == (answer.status_code, "sudah bergabung" in answer.get_data(as_text=True))
    assert "/branches/PTK/code" not in admin.get("/branches/PTK")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("code", "name"),
    [("AB", "B"), ("AMB", "Ambon Plaza"), ("ZZZZZ9", "Å" * 100)],
    ids=["easy", "typical", "extreme"],
)
def test_allowed_values(office, admin, code, name) -> None:
    """Goal: what is allowed is taken. Method: shortest, usual and longest code and name."""
    add(admin, code=code, name=name)
    assert name in admin.get(f"/branches/{code}")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "wrong",
    [{"code": ""}, {"code": "A"}, {"code": "ABCDEFG"}, {"code": "P T"}, {"code": "HO"}, {"code": "ptk"}, {"code": "É1"},
     {"name": ""}, {"name": "x" * 101}, {"name": "a\0b"}, {"kind": "bank"}, {"zone": "UTC"}],
    ids=repr,
)  # fmt: skip
def test_illegal_values(office, admin, wrong) -> None:
    """Goal: each mistake is said beside its field, nothing is made. Method: one wrong value at a time."""
    before = office.count("branch"), office.count("enrolment")
    admin.refused("/branches/new", **{**GOOD, "code": "OK1", **wrong})
    assert before == (office.count("branch"), office.count("enrolment"))


def test_what_was_typed_stays_in_the_form(admin) -> None:
    """Goal: a mistake costs one field. Method: a taken code with a long name."""
    page = admin.refused("/branches/new", **{**GOOD, "code": "PTK", "name": "Nama yang panjang"})
    assert "Nama yang panjang" == value_of(page, "name")
    assert "sudah ada cabang dengan kode PTK" in page.replace("S", "s")


def test_changing_a_branch(office, admin) -> None:
    """Goal: name, address, phone and zone reach the branch. Method: change, sync, read at the branch."""
    values = {"name": "Spa Denpasar Baru", "address": "Jl. Teuku Umar 8", "phone": "0361-555010", "zone": "WITA"}
    assert "/branches/DPS" == admin.done("/branches/DPS/edit", **values)
    office.sync("DPS")
    rows = (
        office.branches["DPS"].store.connection().execute("SELECT name, address, phone FROM branch WHERE code = 'DPS'")
    )
    assert [("Spa Denpasar Baru", "Jl. Teuku Umar 8", "0361-555010")] == rows.fetchall()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": " "}, {"zone": "XX"}, {"address": "x" * 201}, {"phone": "1" * 41}], ids=repr
)
def test_a_wrong_change_changes_nothing(office, admin, wrong) -> None:
    """Goal: nothing half-written. Method: one wrong value at a time."""
    before = office.hub.store.connection().execute("SELECT * FROM branch WHERE code = 'PTK'").fetchall()
    admin.refused("/branches/PTK/edit", **{"name": "X", "address": "", "phone": "", "zone": "WIB", **wrong})
    assert before == office.hub.store.connection().execute("SELECT * FROM branch WHERE code = 'PTK'").fetchall()


def test_what_a_branch_sets_itself_is_seen_here(office, owner) -> None:
    """Goal: head office sees a branch's settings once they have come, and cannot write them.

    Method: the page before, after setting and after the exchange; then the branch's names sent with head office's form.
    """
    node = office.branches["DPS"]
    with using(node.store), node.journal.unit() as unit:
        settings.write(unit, {"receipt_head": "Jl. Sunset 1\n<b>WA", "lock_minutes": "15"})
    assert "Jl. Sunset 1" not in owner.get("/branches/DPS")
    office.sync("DPS")
    page = owner.get("/branches/DPS")
    assert "Hanya cabang itu sendiri yang mengubahnya." in page
    assert "Jl. Sunset 1<br>&lt;b&gt;WA</dd>" in page and ">15</dd>" in page
    assert "Jl. Sunset 1" not in owner.get("/branches/PTK")
    form = {"name": "Spa Denpasar", "address": "", "phone": "", "zone": "WITA"}
    owner.done("/branches/DPS/edit", **form, lock_minutes="1", receipt_head="Pusat")
    assert ">15</dd>" in owner.get("/branches/DPS")
    assert 405 == owner.send("/branches/DPS", {"lock_minutes": "1"}).status_code
    owner.send("/settings", {"lock_minutes": "1"})
    assert ">15</dd>" in owner.get("/branches/DPS")
