"""Login, change of cashier, lock, own password: who is at the screen."""

import pytest
from cabang_visitor import PASSWORD, PIN

from crm import users
from sync.database import using
from ui.session import LOCK_MINUTES, PIN_HOURS

MINUTE, HOUR = 60, 3_600


@pytest.mark.row("H-10")
def test_login_leads_home(visitor) -> None:
    """Goal: name and password open the first room. Method: log in, follow."""
    assert visitor.log_in("sari").headers["Location"] == "/room0"
    assert visitor.client.get("/room0").status_code == 200


@pytest.mark.row("H-10")
def test_a_wrong_password_and_an_unknown_name_look_alike(visitor) -> None:
    """Goal: nobody learns who works here. Method: compare the two answers, the name typed aside."""
    wrong, unknown = (
        visitor.log_in(name, "salah").get_data(as_text=True).replace(name, "?") for name in ("sari", "siapa")
    )
    mark = "Nama atau kata sandi tidak cocok."
    assert wrong.count(mark) == unknown.count(mark) == 1
    assert len(wrong) == len(unknown)
    assert visitor.client.get("/room0").status_code == 302


@pytest.mark.parametrize("typed", ["x" * 65, ""])
def test_absurd_names_are_refused(visitor, typed) -> None:
    """Goal: no work for absurd input. Method: a very long name, an empty one, a very long password."""
    assert visitor.log_in(typed).status_code == 401
    assert visitor.log_in("sari", "x" * 201).status_code == 401


def test_wrong_tries_are_limited(visitor) -> None:
    """Goal: guessing is slow, right passwords are never limited. Method: ten wrong tries, then an eleventh."""
    assert [401] * 10 == [visitor.log_in("sari", "salah").status_code for _ in range(10)]
    assert visitor.log_in("sari").status_code == 429


def test_right_logins_do_not_count(visitor) -> None:
    """Goal: a busy shop is never locked out. Method: twelve right logins in a row."""
    for _ in range(12):
        assert visitor.log_in("sari").status_code == 302


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/room1?a=1", "/room1?a=1"),
        ("https://evil.example/", "/room0"),
        ("//evil.example", "/room0"),
        ("/\\evil.example", "/room0"),
        ("/a\r\nX: y", "/room0"),
        ("room1", "/room0"),
    ],
)
def test_after_login_only_our_own_pages(visitor, target, goes) -> None:
    """Goal: no open redirect. Method: targets inside and outside."""
    assert goes == visitor.log_in("sari", next=target).headers["Location"]


def test_the_door_remembers_where_one_wanted_to_go(visitor) -> None:
    """Goal: a deep link survives the login. Method: ask for a page without a session."""
    assert visitor.client.get("/room2?x=1").headers["Location"] == "/login?next=/room2?x%3D1"


def test_logout(visitor) -> None:
    """Goal: the session ends. Method: log out, ask for a room."""
    visitor.log_in("sari")
    assert visitor.send("/logout", "/password").headers["Location"] == "/login"
    assert visitor.client.get("/room0").status_code == 302


def test_a_role_that_may_not(visitor) -> None:
    """Goal: a page of another role answers 403 in words. Method: a cashier and an admin at the same page."""
    visitor.log_in("dewi")
    answer = visitor.client.get("/manage")
    assert answer.status_code == 403
    assert "Peran Anda tidak boleh melakukan ini." in answer.get_data(as_text=True)
    visitor.log_in("sari")
    assert visitor.client.get("/manage").status_code == 200


def test_rooms_of_the_role_only(visitor) -> None:
    """Goal: only what the role may use is shown. Method: the admin's and the cashier's rail."""
    visitor.log_in("dewi")
    assert "/room5" not in visitor.client.get("/password").get_data(as_text=True)
    visitor.log_in("sari")
    assert "/room5" in visitor.client.get("/password").get_data(as_text=True)


# --- the PIN ---------------------------------------------------------------------------------------------------


def test_change_of_cashier(visitor, node) -> None:
    """Goal: a name and a PIN hand the till over. Method: sari opens, dewi takes over, then may not manage."""
    visitor.log_in("sari")
    page = visitor.client.get("/pin").get_data(as_text=True)
    assert "Dewi Lestari" in page
    assert "Budi" not in page
    answer = visitor.send("/pin", "/pin", user=node.people["dewi"].hex(), pin=PIN)
    assert answer.headers["Location"] == "/room0"
    assert visitor.client.get("/manage").status_code == 403


@pytest.mark.parametrize(("who", "pin"), [("dewi", "1111"), ("dewi", ""), ("budi", PIN), (None, PIN)])
def test_a_wrong_pin(visitor, node, who, pin) -> None:
    """Goal: neither a wrong PIN nor a person without one comes in. Method: wrong, empty, no PIN, nobody."""
    visitor.log_in("sari")
    user = node.people[who].hex() if who else "zz"
    answer = visitor.send("/pin", "/pin", user=user, pin=pin)
    assert answer.status_code == 401
    assert "Tidak cocok. Coba lagi." in answer.get_data(as_text=True)


def test_pin_tries_are_limited_for_each_person(visitor, node) -> None:
    """Goal: four digits cannot be guessed. Method: five wrong PINs, then the right one; another person still may."""
    visitor.log_in("sari")
    for _ in range(5):
        assert visitor.send("/pin", "/pin", user=node.people["dewi"].hex(), pin="0000").status_code == 401
    assert visitor.send("/pin", "/pin", user=node.people["dewi"].hex(), pin=PIN).status_code == 429
    assert visitor.send("/pin", "/pin", user=node.people["sari"].hex(), pin=PIN).status_code == 302


def test_no_pin_without_a_password_before(visitor, node) -> None:
    """Goal: a strange browser cannot use a PIN. Method: post a right PIN without a session."""
    visitor.client.get("/login")
    answer = visitor.send("/pin", user=node.people["dewi"].hex(), pin=PIN)
    assert answer.headers["Location"] == "/login"


def test_a_pin_does_for_a_working_day(visitor, moments) -> None:
    """Goal: once a day the password. Method: stay active for longer than PIN_HOURS, ask for the pad."""
    visitor.log_in("sari")
    for _ in range(PIN_HOURS * 10 + 1):
        moments.shift(6 * MINUTE)
        assert visitor.client.get("/room0").status_code == 200
    assert visitor.client.get("/pin").headers["Location"] == "/login?next=/pin"


# --- the lock --------------------------------------------------------------------------------------------------


def test_the_screen_locks_when_idle(visitor, node, moments) -> None:
    """Goal: an idle screen shows nobody's data. Method: wait, ask, unlock with the PIN, be where one was."""
    visitor.log_in("sari")
    moments.shift(LOCK_MINUTES * MINUTE + 1)
    assert visitor.client.get("/room3").headers["Location"] == "/pin?next=/room3"
    answer = visitor.send("/pin", "/pin?next=/room3", user=node.people["sari"].hex(), pin=PIN, next="/room3")
    assert answer.headers["Location"] == "/room3"
    assert visitor.client.get("/room3").status_code == 200


def test_work_keeps_it_open_and_the_badge_does_not(visitor, moments) -> None:
    """Goal: only people count as activity. Method: pages every five minutes, then only the badge's own requests."""
    visitor.log_in("sari")
    for _ in range(4):
        moments.shift(5 * MINUTE)
        assert visitor.client.get("/room0").status_code == 200
    for _ in range(2):
        moments.shift(5 * MINUTE + 1)
        last = visitor.client.get("/line")
    assert last.status_code == 302


def test_lock_at_once(visitor, node) -> None:
    """Goal: a person can lock the screen. Method: lock, ask for a room as a page and as htmx, unlock in place."""
    visitor.log_in("sari")
    assert visitor.send("/lock", "/password").status_code == 303
    assert visitor.client.get("/room0").headers["Location"] == "/pin?next=/room0"
    part = visitor.client.get("/room0", headers={"HX-Request": "true"})
    assert (401, "cabang:locked") == (part.status_code, part.headers["HX-Trigger"])
    sari, htmx = node.people["sari"].hex(), {"HX-Request": "true"}
    answer = visitor.send("/pin", "/pin", headers=htmx, user=sari, pin=PIN)
    assert (204, "cabang:unlocked") == (answer.status_code, answer.headers["HX-Trigger"])


def test_another_person_leaves_the_locked_page(visitor, node) -> None:
    """Goal: what one person typed is not shown to the next. Method: unlock in place as somebody else."""
    visitor.log_in("sari")
    visitor.send("/lock", "/password")
    htmx = {"HX-Request": "true"}
    answer = visitor.send("/pin", "/pin", headers=htmx, user=node.people["dewi"].hex(), pin=PIN)
    assert answer.headers["HX-Redirect"] == "/room0"


def test_who_has_no_pin_unlocks_by_password(visitor) -> None:
    """Goal: nobody is locked out. Method: budi, who has no PIN, locks and types the password."""
    visitor.log_in("budi")
    visitor.send("/lock", "/password")
    assert visitor.send("/pin", "/pin", password="salah").status_code == 401
    assert visitor.send("/pin", "/pin", password=PASSWORD).status_code == 302
    assert visitor.client.get("/room0").status_code == 200


# --- own password ----------------------------------------------------------------------------------------------


@pytest.mark.row("H-12")
def test_a_new_password_ends_other_sessions(visitor, another) -> None:
    """Goal: whoever has the old password is out. Method: two browsers, one changes the password."""
    visitor.log_in("dewi")
    another.log_in("dewi")
    new = "kata sandi yang baru"
    answer = visitor.send("/password", "/password", what="password", current=PASSWORD, new=new, again=new)
    assert answer.headers["Location"] == "/password"
    assert "sudah diganti" in visitor.client.get("/password").get_data(as_text=True)
    assert another.client.get("/room0").headers["Location"].startswith("/login")
    assert another.log_in("dewi").status_code == 401
    assert another.log_in("dewi", new).status_code == 302


@pytest.mark.row("H-12")
@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"current": "salah", "new": "x" * 9, "again": "x" * 9}, 401, "Ini bukan kata sandi Anda."),
        ({"current": PASSWORD, "new": "x" * 9, "again": "y" * 9}, 422, "Keduanya tidak sama."),
        ({"current": PASSWORD, "new": "pendek", "again": "pendek"}, 422, "Kata sandi ini tidak bisa dipakai."),
        ({"what": "pin", "current_pin": PASSWORD, "pin": "12"}, 422, "PIN ini tidak bisa dipakai."),
        ({"what": "pin", "current_pin": "salah", "pin": "1234"}, 401, "Ini bukan kata sandi Anda."),
    ],
)
def test_what_is_refused(visitor, form, status, said) -> None:
    """Goal: a wrong change says why beside its field. Method: each mistake once."""
    visitor.log_in("dewi")
    answer = visitor.send("/password", "/password", **form)
    assert status == answer.status_code
    assert said in answer.get_data(as_text=True)


@pytest.mark.row("H-12")
def test_a_first_pin(visitor, node) -> None:
    """Goal: everybody can set a PIN and stays logged in. Method: budi sets one and appears on the pad."""
    visitor.log_in("budi")
    assert "Buat PIN" in visitor.client.get("/password").get_data(as_text=True)
    assert visitor.send("/password", "/password", what="pin", current_pin=PASSWORD, pin="4711").status_code == 302
    assert "Budi" in visitor.client.get("/pin").get_data(as_text=True)
    with using(node.store):
        assert users.authenticate_pin(node.people["budi"], "4711")


def test_an_archived_person_is_out(visitor, node) -> None:
    """Goal: who left has no session. Method: archive dewi while she is logged in."""
    visitor.log_in("dewi")
    with using(node.store), node.journal.unit() as unit:
        users.change_user(unit, node.people["dewi"], {"archived": True})
    assert visitor.client.get("/room0").headers["Location"].startswith("/login")
    assert visitor.log_in("dewi").status_code == 401


def test_a_forged_cookie_is_nobody(visitor, app) -> None:
    """Goal: only our own cookies count. Method: ids that are no ids, signed with our key."""
    for forged in ("zz.00", "", "00", f"{'0' * 28}.{'0' * 24}"):
        with visitor.client.session_transaction() as session:
            session["_user_id"] = forged
        assert visitor.client.get("/room0").status_code == 302
