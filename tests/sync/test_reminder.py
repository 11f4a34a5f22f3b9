"""A hub that has forgotten a change of keys, being an old backup, is reminded by its own signature alone."""

import shutil

import pytest
from cabang_keys import change_key, customers, held, home_of, whole, write
from cabang_pair import seeded

from sync import reminder
from sync.errors import (
    BadSignature,
)


def told(company, data: bytes) -> bytes:
    return reminder.be_reminded(company.hub.store, company.hub.keyring.sign_public, data)


def reminded(company, branch) -> bytes:
    return told(company, reminder.remind(branch.keyring, branch.store.get("certificate")))


@pytest.fixture
def restored(company, tmp_path):
    """The hub is an old copy again; since it was made the branch has sent X2, changed its key and sent X3."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    copy = tmp_path / "backup.db"
    company.hub.journal.seal()
    company.hub.store.connection().execute("VACUUM INTO ?", (str(copy),))
    write(branch, "X2")
    company.heal()
    change_key(company, branch, home_of(branch, tmp_path), seeded("changed")(64))
    write(branch, "X3")
    company.heal()
    company.hub.store.close()
    for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
        (company.folder / name).unlink(missing_ok=True)
    shutil.copy(copy, company.folder / "hub.db")
    company.hub.open()
    return company


def test_everything_comes_back_under_the_keys_it_was_sealed_with(restored) -> None:
    """Goal: a change of keys does not cut a branch off from a restored hub. Method: refuse, remind, heal, walk."""
    branch = restored.branches[0]
    with pytest.raises(BadSignature):
        restored.hub.exchange.answer(branch.link.ask(0))
    reminded(restored, branch)
    restored.until_done(branch)
    write(branch, "X4")
    restored.heal()
    assert ({"X1", "X2", "X3", "X4"}, []) == (customers(restored), held(restored))
    assert whole(restored).segments and whole(restored, branch).segments


def test_twice_is_once(restored) -> None:
    """Goal: idempotence. Method: the same reminder again, before and after entries."""
    branch = restored.branches[0]
    assert reminded(restored, branch) == reminded(restored, branch)
    restored.until_done(branch)
    reminded(restored, branch)
    assert 2 == restored.hub.one("SELECT count(*) FROM certificate WHERE stream = 1")
