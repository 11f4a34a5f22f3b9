"""Staff: making them, their rights, their secrets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cabang_crm_nodes import Node, run_copy

from crm import users
from crm.branches import by_code
from crm.errors import BadChoice, BadPassword, BadPin, BadText, BadUsername, BusinessError, UnknownUser, UsernameTaken
from crm.users import Credential, User

PASSWORD = "kucing-hitam"


@pytest.fixture(scope="module")
def staffed(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch with a cashier who has password and PIN."""
    path = tmp_path_factory.mktemp("staffed") / "branch.db"
    with run_copy(templates / "branch.db", path, 1) as branch:
        here = by_code("PTK")
        assert here
        facts: dict[str, Any] = {"username": "ayu", "name": "Ayu Lestari", "role": "cashier", "branch": here.id}
        with branch.unit() as unit:
            users.create_user(unit, **facts, password=PASSWORD, pin="1234")
    return path


@pytest.fixture
def branch(staffed: Path, tmp_path: Path) -> Iterator[Node]:
    """The branch with its cashier."""
    with run_copy(staffed, tmp_path / "branch.db", 1, first=2_000) as made:
        yield made


@pytest.fixture
def ayu(branch: Node) -> bytes:
    """The cashier's id."""
    return bytes(User.get(User.username == "ayu").id)


def logged_in(username: str, password: str) -> str | None:
    user = users.authenticate(username, password)
    return user.username if user else None


@pytest.mark.row("H-10")
def test_name_and_password_are_checked_against_the_users(ayu: bytes) -> None:
    """Goal: only the right pair opens. Method: right, wrong and unknown pairs."""
    pairs = [("ayu", PASSWORD), (" AYU ", PASSWORD), ("ayu", "kucing-putih"), ("ayu", ""), ("budi", PASSWORD), ("", "")]
    assert ["ayu", "ayu", None, None, None, None] == [logged_in(*pair) for pair in pairs]


def test_a_pin_belongs_to_one_person(branch: Any, ayu: bytes) -> None:
    """Goal: a quick change of cashier needs the cashier's own PIN. Method: right, wrong, nobody's."""
    assert [True, False, False] == [users.authenticate_pin(ayu, pin) for pin in ("1234", "4321", "")]
    assert users.authenticate_pin(b"?" * 14, "1234") is False


@pytest.mark.row("H-12")
def test_a_new_password_and_pin_replace_the_old(branch: Any, ayu: bytes) -> None:
    """Goal: the old ones open nothing. Method: change both and try."""
    with branch.unit() as unit:
        users.set_password(unit, ayu, "anjing-putih")
        users.set_pin(unit, ayu, "987654")
    assert [None, "ayu"] == [logged_in("ayu", PASSWORD), logged_in("ayu", "anjing-putih")]
    assert [False, True] == [users.authenticate_pin(ayu, "1234"), users.authenticate_pin(ayu, "987654")]
    assert 1 == Credential.select().count()


def test_who_has_left_cannot_log_in(branch: Any, ayu: bytes) -> None:
    """Goal: archiving closes both doors. Method: archive, try, take back."""
    with branch.unit() as unit:
        assert users.change_user(unit, ayu, {"archived": True})
    assert [None, False] == [logged_in("ayu", PASSWORD), users.authenticate_pin(ayu, "1234")]
    with branch.unit() as unit:
        users.change_user(unit, ayu, {"archived": False})
    assert "ayu" == logged_in("ayu", PASSWORD)


def test_a_branch_cannot_make_itself_head_office(hub: Any) -> None:
    """Goal: an "owner" made by a branch opens nothing at head office. Method: log in at the hub as each."""
    there = by_code("PTK")
    assert there
    with hub.unit() as unit:
        users.create_user(unit, username="ratna", name="Ratna", role="admin", password=PASSWORD, pin="1111")
        rogue = users.create_user(
            unit, username="raja", name="Raja", role="owner", branch=there.id, password=PASSWORD, pin="2222"
        )
    assert ["ratna", None] == [logged_in("ratna", PASSWORD), logged_in("raja", PASSWORD)]
    assert users.authenticate_pin(rogue, "2222") is False


@pytest.mark.row("G-30")
def test_a_user_can_be_changed_but_not_renamed(branch: Any, ayu: bytes) -> None:
    """Goal: role and name change, what is equal is not logged. Method: change twice."""
    with branch.unit() as unit:
        assert users.change_user(unit, ayu, {"role": "supervisor", "name": " Ayu  L. "})
        assert users.change_user(unit, ayu, {"role": "supervisor"}) is False
    user = User.get(User.id == ayu)
    assert ("ayu", "supervisor", "Ayu L.") == (user.username, user.role, user.name)


@pytest.mark.row("H-62", "G-30")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"username": "a"}, BadUsername),
        ({"username": "x" * 33}, BadUsername),
        ({"username": "Ayu"}, BadUsername),
        ({"username": "ayu lestari"}, BadUsername),
        ({"username": "ayu;--"}, BadUsername),
        ({"username": "аyu"}, BadUsername),
        ({"username": "ayu"}, UsernameTaken),
        ({"name": " "}, BadText),
        ({"role": "king"}, BadChoice),
        ({"password": "1234567"}, BadPassword),
        ({"password": "x" * 201}, BadPassword),
        ({"password": " " * 10}, BadPassword),
        ({"pin": "123"}, BadPin),
        ({"pin": "1234567"}, BadPin),
        ({"pin": "12a4"}, BadPin),
        ({"pin": "١٢٣٤"}, BadPin),
    ],
)
def test_a_wrong_user_is_refused_whole(
    branch: Any, ayu: bytes, change: dict[str, Any], error: type[BusinessError]
) -> None:
    """Goal: illegal names, passwords and PINs make nobody. Method: a table; count users before and after."""
    values = {"username": "budi", "name": "Budi", "role": "cashier", "branch": User.get().branch, **change}
    with pytest.raises(error), branch.unit() as unit:
        users.create_user(unit, **values)
    assert (1, 1) == (branch.count("user"), branch.count("credential"))


@pytest.mark.row("H-62")
@pytest.mark.parametrize("username", ["ab", "kasir.1", "x" * 32, "a-b_c.9"])
def test_legal_user_names(username: str) -> None:
    """Goal: easy, typical and extreme names pass. Method: a table."""
    assert username == users.clean_username(f" {username} ")


def test_nobody_has_no_secret(branch: Any) -> None:
    """Goal: a stale id is an error, not a new credential. Method: an id nobody made."""
    for change in (users.set_password, users.set_pin):
        with pytest.raises(UnknownUser), branch.unit() as unit:
            change(unit, b"?" * 14, "12345678" if change is users.set_password else "1234")
    with pytest.raises(UnknownUser), branch.unit() as unit:
        users.change_user(unit, b"?" * 14, {"role": "cashier"})


def test_roles_and_what_they_may() -> None:
    """Goal: the table of rights. Method: the roles of each permission, written out."""
    may = {p: "".join(r[0] for r in users.ROLES if users.may(r, p)) for p in users.PERMISSIONS}
    assert {
        "sell": "oamsc",
        "customers.edit": "oamsct",
        "stock.move": "oams",
        "catalogue.edit": "oa",
        "users.manage": "oam",
        "reports.view": "oams",
        "conflicts.settle": "oams",
        "sync.view": "oamsct",
        "branches.manage": "oa",
        "settings.edit": "oams",
        "sms.send": "oamsc",
    } == may
    assert users.may("king", "sell") is False
