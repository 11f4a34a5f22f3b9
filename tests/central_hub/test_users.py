"""Pengguna: making, changing, new passwords and PINs, archiving; nobody reaches above the own role."""

import pytest
from cabang_visitor import Visitor, value_of

from crm import users
from crm.users import User
from sync.database import using

PASSWORD = "kata sandi baru"
GOOD = {"username": "tini", "name": "Tini", "role": "cashier", "branch": "", "password": PASSWORD, "pin": "2468"}


def user(office, username: str) -> str:
    """The id, in hex, of the newest user of this name."""
    with using(office.hub.store):
        return bytes(User.select().where(User.username == username).order_by(User.id.desc()).get().id).hex()


def role_of(office, username: str) -> str:
    """The role head office holds."""
    with using(office.hub.store):
        return str(User.get(User.username == username).role)


@pytest.mark.row("G-30")
def test_a_new_user_logs_in(office, app, admin) -> None:
    """Goal: somebody made here gets in. Method: the form, then the login with that password."""
    admin.done("/users/new", **{**GOOD, "username": "masuk"})
    assert "masuk" in admin.get("/users")
    Visitor(app.test_client()).log_in("masuk", PASSWORD)


@pytest.mark.row("G-30")
def test_a_user_of_a_branch_logs_in_there(office, admin) -> None:
    """Goal: head office makes a branch's people. Method: make, sync, the password is known there and not here."""
    with using(office.hub.store):
        ptk = value_of_option(admin.get("/users/new"), "PTK")
    admin.done("/users/new", **{**GOOD, "username": "kasir.ptk", "branch": ptk})
    office.sync("PTK")
    with using(office.branches["PTK"].store):
        assert users.authenticate("kasir.ptk", PASSWORD) is not None
    with using(office.hub.store):
        assert users.authenticate("kasir.ptk", PASSWORD) is None


def value_of_option(page: str, words: str) -> str:
    """The value of the option whose words begin so."""
    return page.partition(f">{words}")[0].rpartition('value="')[2].partition('"')[0]


@pytest.mark.row("H-12", "G-30")
def test_a_forgotten_password_is_set_anew(office, app, admin) -> None:
    """Goal: an admin can change a password. Method: set it; the old one and its sessions are worth nothing."""
    admin.done("/users/new", **{**GOOD, "username": "lupa"})
    theirs = Visitor(app.test_client()).log_in("lupa", PASSWORD)
    admin.done(f"/users/{user(office, 'lupa')}/password", password="lain sama sekali")
    assert 302 == theirs.client.get("/").status_code
    Visitor(app.test_client()).log_in("lupa", "lain sama sekali")
    with using(office.hub.store):
        assert users.authenticate("lupa", PASSWORD) is None


@pytest.mark.row("H-12")
def test_the_own_password(office, app, owner) -> None:
    """Goal: a person changes the own password. Method: the page behind the name, then the login."""
    owner.done("/users/new", **{**GOOD, "username": "sendiri"})
    theirs = Visitor(app.test_client()).log_in("sendiri", PASSWORD)
    theirs.done("/password", what="password", current=PASSWORD, new="kalimat yang baru", again="kalimat yang baru")
    Visitor(app.test_client()).log_in("sendiri", "kalimat yang baru")


@pytest.mark.row("H-11")
def test_only_hashes_are_kept(office, admin) -> None:
    """Goal: no password lies in the file. Method: make a user, look for the words in the database's bytes."""
    admin.done("/users/new", **{**GOOD, "username": "rahasia", "password": "kuda-laut-terbang"})
    office.hub.journal.seal()
    files = [path.read_bytes() for path in office.hub.folder.iterdir() if path.is_file()]
    assert not any(b"kuda-laut-terbang" in content for content in files)
    hashed = office.hub.store.connection().execute("SELECT password_hash FROM credential").fetchall()
    assert all(value is None or value.startswith("$argon2id$") for (value,) in hashed)


@pytest.mark.row("G-30")
def test_changing_role_and_workplace(office, admin) -> None:
    """Goal: people change their work. Method: cashier of head office becomes supervisor of DPS."""
    admin.done("/users/new", **{**GOOD, "username": "pindah"})
    ident = user(office, "pindah")
    dps = value_of_option(admin.get(f"/users/{ident}"), "DPS")
    admin.done(f"/users/{ident}", name="Tini Pindah", role="supervisor", branch=dps)
    page = admin.get("/users").partition(f'href="/users/{ident}"')[2].partition("</tr>")[0]
    assert all(words in page for words in ("Tini Pindah", "Penyelia", "DPS"))


@pytest.mark.row("G-30")
def test_archiving_shuts_out_and_lets_in_again(office, app, admin) -> None:
    """Goal: who left cannot log in. Method: archive with an open session, try, undo."""
    admin.done("/users/new", **{**GOOD, "username": "keluar", "name": "Keluar"})
    ident = user(office, "keluar")
    theirs = Visitor(app.test_client()).log_in("keluar", PASSWORD)
    admin.done(f"/users/{ident}/archive")
    assert 302 == theirs.client.get("/").status_code
    assert f'href="/users/{ident}"' in admin.get("/users", show="archived")
    admin.done(f"/users/{ident}/restore")
    Visitor(app.test_client()).log_in("keluar", PASSWORD)


def test_a_name_given_to_another_is_not_given_back(office, admin) -> None:
    """Goal: two people never share a user name. Method: archive, give the name away, restore."""
    admin.done("/users/new", **{**GOOD, "username": "ganda"})
    ident = user(office, "ganda")
    admin.done(f"/users/{ident}/archive")
    admin.done("/users/new", **{**GOOD, "username": "ganda"})
    assert 422 == admin.send(f"/users/{ident}/restore").status_code


def test_a_new_pin(office, admin) -> None:
    """Goal: set a PIN. Method: a right one, a wrong one beside its field."""
    admin.done("/users/new", **{**GOOD, "username": "pin"})
    ident = user(office, "pin")
    admin.done(f"/users/{ident}/pin", pin="778899")
    with using(office.hub.store):
        assert users.authenticate_pin(bytes.fromhex(ident), "778899")
    admin.refused(f"/users/{ident}/pin", pin="12")
    admin.refused(f"/users/{ident}/password", password="short")


def test_nobody_reaches_above_the_own_role(office, manager, admin) -> None:
    """Goal: a manager makes no owner and changes none. Method: roles offered, and forms sent all the same."""
    assert 'value="owner"' not in manager.get("/users/new")
    manager.refused("/users/new", **{**GOOD, "username": "naik", "role": "admin"})
    wati = office.people["wati"].hex()
    for visitor in (manager, admin):
        assert 403 == visitor.client.get(f"/users/{wati}").status_code
        assert 403 == visitor.send(f"/users/{wati}/password", {"password": PASSWORD}).status_code
        assert 403 == visitor.send(f"/users/{wati}/archive").status_code
    assert f'href="/users/{wati}"' not in manager.get("/users")


def test_nobody_changes_the_own_role(office, admin) -> None:
    """Goal: nobody locks the own door. Method: own role, archive and password by this page."""
    sari = office.people["sari"].hex()
    admin.done(f"/users/{sari}", name="Sari Wijayanti", role="cashier", branch="")
    assert "admin" == role_of(office, "sari")
    assert 403 == admin.send(f"/users/{sari}/archive").status_code
    assert "/password" == admin.done(f"/users/{sari}/password", password=PASSWORD)


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "values",
    [{"username": "ab", "name": "A", "password": "p" * 8, "pin": ""},
     {"username": "dewi.lestari", "name": "Dewi Lestari"},
     {"username": "z" * 32, "name": "ẞ" * 100, "password": "p" * 200, "pin": "123456"}],
    ids=["easy", "typical", "extreme"],
)  # fmt: skip
def test_allowed_values(admin, values) -> None:
    """Goal: what is allowed is taken. Method: shortest, usual and longest values."""
    assert "/users" == admin.done("/users/new", **{**GOOD, **values})


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "wrong",
    [{"username": ""}, {"username": "a"}, {"username": "A B"}, {"username": "x" * 33}, {"username": "sari"},
     {"name": ""}, {"name": "x" * 101}, {"name": "a\0b"}, {"role": "god"}, {"branch": "x"}, {"password": ""},
     {"password": "seven77"}, {"password": "p" * 201}, {"password": " " * 9}, {"pin": "123"}, {"pin": "1234567"},
     {"pin": "12a4"}],
    ids=repr,
)  # fmt: skip
def test_illegal_values(office, admin, wrong) -> None:
    """Goal: each mistake is said beside its field, nothing is made. Method: one wrong value at a time."""
    before = office.count("user"), office.count("credential")
    page = admin.refused("/users/new", **{**GOOD, "username": "salah", **wrong})
    assert before == (office.count("user"), office.count("credential"))
    assert "" == value_of(page, "password")
