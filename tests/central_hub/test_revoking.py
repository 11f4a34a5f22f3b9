"""Withdrawing the key of a branch's computer: on its page, by command, and what the branch is told."""

from collections.abc import Iterator

import pytest
from cabang_office import Office
from cabang_visitor import Visitor

from central_hub.commands import COMMANDS
from crm import customers
from crm.errors import NoKeyToWithdraw
from sync.database import using
from sync.errors import RevokedSender, UnknownBranch

BUTTON = 'action="/branches/%s/revoke"'


@pytest.fixture
def joined(office: Office) -> Iterator[str]:
    """The code of a branch of its own, whose computer has joined."""
    code = f"R{office.count('branch')}"
    office.enrol(code, office.hub.add_branch(code, f"Cabang {code}"))
    yield code
    office.branches.pop(code).sync.line.close()


def _write(office: Office, code: str, name: str) -> None:
    node = office.branches[code]
    with using(node.store), node.journal.unit() as unit:
        customers.create_customer(unit, name=name, hash_key=node.company_key)


def _withdraw(admin: Visitor, code: str) -> str:
    assert f"/branches/{code}" == admin.done(f"/branches/{code}/revoke")
    return admin.get(f"/branches/{code}")


def test_the_page_withdraws_after_asking_once_more(office, admin, joined) -> None:
    """Goal: a stolen computer is expelled in two taps. Method: the button's question, the press, the page after it."""
    page = admin.get(f"/branches/{joined}")
    assert BUTTON % joined in page and "Ini tidak bisa dibatalkan" in page
    after = _withdraw(admin, joined)
    assert "Sari Wijayanti mencabut kuncinya pada" in after and "Kunci dicabut" in after
    assert BUTTON % joined not in after
    rows = office.hub.store.connection().execute("SELECT author FROM revocation ORDER BY at DESC LIMIT 1").fetchall()
    assert [(office.people["sari"],)] == rows


def test_the_branch_is_told_in_words_and_goes_on_selling(office, admin, joined) -> None:
    """Goal: nobody at the till is left guessing. Method: withdraw, exchange, write; state, words, rows."""
    _withdraw(admin, joined)
    _write(office, joined, "Sesudah dicabut")
    node = office.branches[joined]
    with pytest.raises(RevokedSender):
        node.sync.round()
    assert isinstance(node.sync.state.error, RevokedSender)
    _write(office, joined, "Masih berjalan")
    assert not office.hub.store.connection().execute("SELECT 1 FROM customer WHERE name LIKE '%dicabut'").fetchall()
    assert "dari komputer yang kuncinya sudah dicabut" in admin.get("/conflicts")


def test_only_who_manages_branches_withdraws(office, manager, cashier, joined) -> None:
    """Goal: a right of its own. Method: others press; nothing happens."""
    for person in (manager, cashier):
        assert 403 == person.send(f"/branches/{joined}/revoke").status_code
    assert BUTTON % joined not in cashier.get(f"/branches/{joined}")
    office.branches[joined].sync.round()


def test_a_second_press_says_so(office, admin, joined) -> None:
    """Goal: no error page. Method: press twice; then a branch that is not there."""
    _withdraw(admin, joined)
    answer = admin.send(f"/branches/{joined}/revoke")
    assert (422, True) == (answer.status_code, "kuncinya bisa dicabut" in answer.get_data(as_text=True))
    assert 404 == admin.send("/branches/NONE/revoke").status_code


def test_the_command_does_the_same(office, admin, joined) -> None:
    """Goal: it works without a browser. Method: the command's function; the page names no person."""
    done = COMMANDS["revoke"](office.hub, {"code": joined.lower()}, lambda *told: None)
    assert {"last"} == done.keys()
    assert "Sebuah perintah mencabut kuncinya" in admin.get(f"/branches/{joined}")
    with pytest.raises(NoKeyToWithdraw):
        office.hub.revoke(joined)
    with pytest.raises(UnknownBranch):
        office.hub.revoke("NONE")


def test_then_there_is_a_new_code(office, admin, joined) -> None:
    """Goal: the branch gets another computer. Method: no code before, one after, on the page."""
    assert 422 == admin.send(f"/branches/{joined}/code").status_code
    assert f"/branches/{joined}/code" in _withdraw(admin, joined)
    assert 'id="secret"' in admin.send(f"/branches/{joined}/code").get_data(as_text=True)
