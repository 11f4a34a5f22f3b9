"""A folder whose key counts no more at head office joins again with a code: nothing is lost, nothing twice."""

import pytest
from cabang_copies import check_whole, copied, put_back, twin
from cabang_keys import (
    admit,
    change_key,
    code_of,
    customers,
    held,
    home_of,
    new_code,
    refused,
    rejoined,
    start_again,
    withdraw,
    write,
)
from cabang_pair import BranchSide, keyring, make_branch, seeded

from sync import enrol, epochs, rejoin, rotation
from sync.errors import BadEnrolmentCode, KeyReplaced, RevokedSender, UsedEnrolmentCode, WrongHub
from sync.folder import Folder
from sync.keys import PrivateKeys

SEED, AGAIN = seeded("new keys")(64), seeded("joined again")(64)


@pytest.fixture
def home(company, tmp_path):
    """Branch 1's folder with its key."""
    return home_of(company.branches[0], tmp_path)


def lost_key(company, home, found_out: bool) -> BranchSide:
    """Branch 1 was copied, changed its key and sent X2; the copy was put back, with the old key, and wrote X3."""
    branch = company.branches[0]
    write(branch, "X1")
    company.until_done(branch)
    write(branch, "UNSENT")
    old, path = branch.keyring.seed, copied(branch, "backup.db")
    change_key(company, branch, home, SEED)
    write(branch, "X2")
    company.heal()
    home.key_file.write_bytes(old)
    made = put_back(company, branch, path, found_out)
    write(made, "X3")
    with pytest.raises(KeyReplaced):
        company.ask(made)
    return made


@pytest.mark.parametrize("found_out", [True, False])
def test_data_from_before_a_change_of_keys_comes_home(company, home, found_out) -> None:
    """Goal: the till's work of a restored folder reaches head office. Method: copy, change the key, put back, write,
    withdraw, join again; every customer once, all files whole, the old key's file gone, another change of keys after.
    """
    branch = lost_key(company, home, found_out)
    withdraw(company, branch)
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    write(branch, "X4")
    company.heal()
    assert ({"X1", "UNSENT", "X2", "X3", "X4"}, []) == (customers(company), held(company))
    check_whole(company)
    assert (AGAIN, False) == (home.key_file.read_bytes(), (home.path / rotation.NEXT).exists())
    change_key(company, branch, home, seeded("third")(64))
    write(branch, "X5")
    company.heal()
    check_whole(company)


def test_a_key_withdrawn_by_mistake(company, home) -> None:
    """Goal: what the branch sold meanwhile counts, sent or not. Method: withdrawn while it is cut off with a tail; it
    sends some of it in vain, restarts, writes on, joins again; each customer once, nothing is held any more.
    """
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    write(branch, "X2")
    withdraw(company, branch)
    write(branch, "X3")
    assert "revoked" == code_of(refused(company, branch))
    branch.restart()
    write(branch, "X4")
    refused(company, branch)
    write(branch, "X5")
    assert ({"X1"}, 3) == (customers(company), len(held(company)))
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    company.heal()
    assert ({f"X{n}" for n in range(1, 6)}, []) == (customers(company), held(company))
    check_whole(company)
    branch.restart()
    write(branch, "X6")
    company.heal()
    check_whole(company)


def test_what_the_withdrawn_key_wrote_elsewhere_does_not_count(company, home) -> None:
    """Goal: joining again vouches for this folder alone. Method: a copy writes under the withdrawn key as well."""
    branch = company.branches[0]
    company.heal()
    other = twin(company, branch)
    withdraw(company, branch)
    write(other, "THIEF")
    refused(company, other)
    write(branch, "MINE")
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    company.heal()
    write(other, "THIEF AGAIN")
    refused(company, other)
    withdraw(company, branch)
    rejoined(company, branch, home, SEED, new_code(company, 1, "third"))
    company.heal()
    assert ({"MINE"}, ["after_revocation"] * 2) == (customers(company), [why for _, why in held(company)])
    check_whole(company)


def test_a_copy_that_went_on_elsewhere_joins_again(company, home) -> None:
    """Goal: the newest epoch at head office may be one this file never held. Method: a twin opens one and changes its
    key; both files' logs verify, then and after another change of keys.
    """
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    other = put_back(company, branch, copied(branch, "twin.db"), True)
    write(other, "X2")
    change_key(company, other, home, SEED)
    write(other, "X3")
    company.heal()
    home.key_file.write_bytes(branch.keyring.seed)
    older = put_back(company, other, branch.path, False)
    write(older, "X4")
    withdraw(company, older)
    rejoined(company, older, home, AGAIN, new_code(company, 1))
    company.heal()
    assert {"X1", "X2", "X3", "X4"} == customers(company)
    check_whole(company)
    change_key(company, older, home, seeded("third")(64))
    write(older, "X5")
    company.heal()
    check_whole(company)


def test_another_change_of_keys_before_the_first_word(company, home) -> None:
    """Goal: what a withdrawn key goes on writing is never ascribed to a later one. Method: join again, change the key
    before anything is sent; a copy under the withdrawn key goes on in the old epoch; every file verifies.
    """
    branch = company.branches[0]
    company.heal()
    other = twin(company, branch)
    withdraw(company, branch)
    rejoined(company, branch, home, AGAIN, new_code(company, 1))
    write(branch, "MINE")
    change_key(company, branch, home, SEED)
    write(other, "THIEF")
    refused(company, other)
    company.heal()
    assert ({"MINE"}, ["after_revocation"]) == (customers(company), [why for _, why in held(company)])
    check_whole(company)


def new_computer(company, name: str, code, number: int) -> BranchSide:
    """Another computer joins as branch 1 with a code, as ``cabang branch init`` does it."""
    ring, path = keyring(number), company.folder / name
    welcome = enrol.read_welcome(admit(company, enrol.apply(code, ring)), code, ring, "hub")
    make_branch(path, ring, seeded(name), *welcome)
    made = BranchSide(path, 1, name)
    made.keyring, made.now = ring, company.hub.now
    made.restart()
    company.branches[0].store.close()
    company.branches[0] = made
    return made


def test_a_log_head_office_never_saw(company, tmp_path) -> None:
    """Goal: where nothing is known to be common, the log stays as it is under other seals. Method: a second computer
    of the branch sells and never talks before its key is withdrawn too; it joins again.
    """
    write(company.branches[0], "X1")
    company.heal()
    withdraw(company, company.branches[0])
    second = new_computer(company, "second.db", new_code(company, 1), 11)
    write(second, "X2")
    withdraw(company, second)
    epoch = second.journal.epoch_name
    home = Folder(tmp_path / "second")
    home.path.mkdir()
    rejoined(company, second, home, AGAIN, new_code(company, 1, "third"))
    write(second, "X3")
    company.heal()
    assert ({"X1", "X2", "X3"}, [], epoch) == (customers(company), held(company), second.journal.epoch_name)
    check_whole(company)


def test_an_acknowledgement_that_was_lost(company, home) -> None:
    """Goal: head office may hold more than the branch knows. Method: everything acknowledged is forgotten in a copy
    made before the first answer was heard; only head office's word says where the log ends.
    """
    withdraw(company, company.branches[0])
    second = new_computer(company, "second.db", new_code(company, 1), 11)
    write(second, "X2")
    company.ask(second)  # what it answers is lost
    withdraw(company, second)
    write(second, "X3")
    rejoined(company, second, home, AGAIN, new_code(company, 1, "third"))
    company.heal()
    assert ({"X2", "X3"}, []) == (customers(company), held(company))
    check_whole(company)


@pytest.mark.parametrize("at", [1, 3])
def test_a_stop_on_the_way(company, home, at, monkeypatch) -> None:
    """Goal: crash safety. Method: stop before or after the transaction that takes the answer; start, do it again."""
    branch = lost_key(company, home, True)
    withdraw(company, branch)
    code = new_code(company, 1)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        _stop(patch, at)
        rejoined(company, branch, home, AGAIN, code)
    start_again(branch, home)
    write(branch, "X4")
    if at == 1:
        rejoined(company, branch, home, AGAIN, code)
    company.heal()
    assert ({"X1", "UNSENT", "X2", "X3", "X4"}, []) == (customers(company), held(company))
    check_whole(company)


def _stop(patch: pytest.MonkeyPatch, at: int) -> None:
    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    patch.setattr(epochs if at == 1 else rotation, "open_behind" if at == 1 else "settle", stopped)


def test_codes_that_are_not_for_this_folder(company, home) -> None:
    """Goal: a mistake burns no code and changes nothing. Method: another branch's code, another hub's, a used one."""
    branch = company.branches[0]
    company.heal()
    withdraw(company, branch)
    withdraw(company, company.branches[1])
    foreign, own = new_code(company, 2), new_code(company, 1, "own")
    before = branch.rows("SELECT * FROM epoch"), branch.rows("SELECT * FROM certificate")
    with pytest.raises(BadEnrolmentCode):
        rejoined(company, branch, home, AGAIN, foreign)
    with pytest.raises(WrongHub):
        rejoined(company, branch, home, AGAIN, own._replace(fingerprint=bytes(16)))
    with pytest.raises(RevokedSender):
        rejoined(company, branch, home, branch.keyring.seed, own)
    assert before == (branch.rows("SELECT * FROM epoch"), branch.rows("SELECT * FROM certificate"))
    rejoined(company, branch, home, AGAIN, own)
    with pytest.raises(UsedEnrolmentCode):
        rejoined(company, branch, home, SEED, own)
    write(branch, "X1")
    company.until_done(branch)
    assert {"X1"} == customers(company)


def test_an_answer_about_somebody_else(company, home) -> None:
    """Goal: the branch keeps only a certificate for its own log and keys. Method: head office's word on branch 2."""
    branch, code, ring = company.branches[0], new_code(company, 2), PrivateKeys(AGAIN)
    withdraw(company, company.branches[1])
    code = new_code(company, 2)
    welcome = enrol.read_welcome(admit(company, enrol.apply(code, ring)), code, ring, "hub")
    rotation.prepare(home, AGAIN)
    with pytest.raises(WrongHub):
        rejoin.take(home, branch.journal, ring, *welcome)
    assert 1 == len(branch.rows("SELECT 1 FROM certificate"))
