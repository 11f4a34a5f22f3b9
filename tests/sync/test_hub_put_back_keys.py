"""A head office put back to before a change of keys: whose key is forgotten joins again, and its log comes home."""

from pathlib import Path

import pytest
from cabang_copies import check_whole, copied, put_hub_back, twin, working
from cabang_keys import change_key, customers, held, home_of, new_code, rejoined, withdraw, write
from cabang_pair import seeded

from sync import reminder
from sync.errors import BadSignature, KeyReplaced

FIRST, SECOND, AGAIN = (seeded(name)(64) for name in ("first", "second", "joined again"))


@pytest.fixture
def home(company, tmp_path):
    """Branch 1's folder with its key."""
    return home_of(company.branches[0], tmp_path)


def reminded(company, branch) -> None:
    said = reminder.remind(branch.keyring, branch.store.get("certificate"))
    reminder.be_reminded(company.hub.store, company.hub.keyring.sign_public, said)


def before_a_change(company, home) -> Path:
    """A copy of head office that knows X1; the branch changed its key since, and told X2 under it."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    old = copied(company.hub, "old hub.db")
    change_key(company, branch, home, FIRST)
    write(branch, "X2")
    company.heal()
    return old


def test_what_was_sealed_before_another_copys_key(company, home) -> None:
    """Goal: what the hub lost comes back where a later key has its place before it. Method: X2 is acknowledged and
    lost; a twin changes the key there; the branch, shut out, joins again.
    """
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    old, other = copied(company.hub, "old hub.db"), twin(company, branch)
    write(branch, "X2")
    company.heal()
    put_hub_back(company, old)
    change_key(company, working(company, other), home, FIRST)
    with pytest.raises(KeyReplaced):
        company.ask(working(company, branch))
    withdraw(company, branch)
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    write(branch, "X3")
    company.heal()
    assert ({"X1", "X2", "X3"}, []) == (customers(company), held(company))
    check_whole(company, other)


def test_what_a_forgotten_key_sealed(company, home) -> None:
    """Goal: what was acknowledged under a key that the hub forgot, after another that it is not reminded of, is sealed
    anew. Method: two changes of keys and a put back hub, which is reminded of the last.
    """
    branch = company.branches[0]
    old = before_a_change(company, home)
    change_key(company, branch, home, SECOND)
    write(branch, "X3")
    put_hub_back(company, old)
    with pytest.raises(BadSignature):
        company.ask(branch)
    reminded(company, branch)
    company.heal()
    assert ({"X1", "X2", "X3"}, []) == (customers(company), held(company))
    check_whole(company)


def test_a_forgotten_key_joins_again(company, home) -> None:
    """Goal: no number of a certificate is given twice to one branch. Method: a change of keys is forgotten, the key
    before it withdrawn, the branch joins again; and again after one more change.
    """
    branch = company.branches[0]
    old = before_a_change(company, home)
    put_hub_back(company, old)
    withdraw(company, branch)
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    write(branch, "X3")
    company.heal()
    assert ({"X1", "X2", "X3"}, []) == (customers(company), held(company))
    change_key(company, branch, home, SECOND)
    write(branch, "X4")
    company.heal()
    check_whole(company)


def test_joining_again_after_a_reminder(company, home) -> None:
    """Goal: the hub, too, gives no number twice. Method: two changes forgotten, the last one brought back to mind, its
    key withdrawn; the branch joins again.
    """
    branch = company.branches[0]
    company.heal()
    old = copied(company.hub, "old hub.db")
    change_key(company, branch, home, FIRST)
    change_key(company, branch, home, SECOND)
    put_hub_back(company, old)
    reminded(company, branch)
    withdraw(company, branch)
    write(branch, "X1")
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    company.heal()
    assert ({"X1"}, []) == (customers(company), held(company))
    check_whole(company)


def test_an_epoch_of_a_forgotten_key_comes_home(company, home) -> None:
    """Goal: a branch does not join again without end. Method: what it wrote in an epoch that it had joined again with
    is acknowledged, and the hub put back to before that, so that key and epoch are forgotten; it joins once more.
    """
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    old = copied(company.hub, "old hub.db")
    withdraw(company, branch)
    rejoined(company, branch, home, AGAIN, new_code(company, 1, "again"))
    write(branch, "X2")
    company.heal()
    put_hub_back(company, old)
    withdraw(company, branch)
    rejoined(company, branch, home, SECOND, new_code(company, 1, "once more"))
    write(branch, "X3")
    company.heal()
    assert ({"X1", "X2", "X3"}, []) == (customers(company), held(company))
    check_whole(company)
