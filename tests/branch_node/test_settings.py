"""Settings of the branch over HTTP: the form, the receipt, the lock."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from cabang_visitor import Visitor, value_of

from crm import settings
from sync.database import using

HEAD, FOOT = "Buka setiap hari 08.00-21.00", "Barang yang sudah dibeli\r\ntidak dapat dikembalikan"
USUAL = {"receipt_head": "", "receipt_foot": "", "lock_minutes": "10", "sms_language": "id"}


def held(shop: Any) -> dict[str, str]:
    """What the branch has set, as text."""
    with using(shop.node.store):
        return {name: settings.as_text(value) for name, value in settings.read_all(shop.node.stream).items()}


@pytest.fixture(autouse=True)
def _usual(shop: Any) -> Iterator[None]:
    """The branch is shared: each test leaves the usual settings."""
    yield
    with using(shop.node.store), shop.node.journal.unit() as unit:
        settings.write(unit, USUAL)


@pytest.fixture
def newcomer(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Dewi, in a browser of her own: tests that move the clock keep to themselves."""
    return signed_in("dewi")


def test_the_form_shows_what_was_saved(shop: Any, leader: Visitor) -> None:
    """Goal: set once, seen again. Method: save all three, follow, read the form and its paper."""
    form = {"receipt_head": HEAD, "receipt_foot": FOOT, "lock_minutes": "25", "sms_language": "en"}
    answer = leader.send("/settings", form)
    assert (303, "/settings") == (answer.status_code, answer.headers["Location"])
    assert {**form, "receipt_foot": FOOT.replace("\r", "")} == held(shop)
    page = leader.get("/settings")
    assert "Pengaturan disimpan." in page and "25" == value_of(page, "lock_minutes")
    assert '<option value="en" selected>English</option>' in page
    assert 2 == page.count(HEAD) and "Barang yang sudah dibeli<br>tidak dapat dikembalikan" in page


def test_sending_it_twice_changes_nothing_more(shop: Any, leader: Visitor) -> None:
    """Goal: an impatient finger does no harm. Method: the same form twice; entries of the log."""
    form = {"receipt_head": HEAD, "receipt_foot": "", "lock_minutes": "10"}
    before = shop.count("entry")
    assert [303, 303] == [leader.send("/settings", form).status_code for _ in range(2)]
    assert 1 == shop.count("entry") - before


def test_what_is_not_sent_stays(shop: Any, leader: Visitor) -> None:
    """Goal: a form with one field takes nothing away. Method: all, then one alone."""
    leader.send("/settings", {"receipt_head": HEAD, "receipt_foot": FOOT, "lock_minutes": "25"})
    leader.send("/settings", {"lock_minutes": "30"})
    assert (HEAD, "30") == (held(shop)["receipt_head"], held(shop)["lock_minutes"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"receipt_head": "x" * 33}, "Baris 1 lebih dari 32 huruf"),
        ({"receipt_foot": "a\nb\nc\nd"}, "Ada 4 baris; yang muat 3."),
        ({"receipt_foot": "a\nb\0"}, "Baris 2 lebih dari"),
        ({"lock_minutes": "0"}, "“0” bukan angka bulat dari 1 sampai 120."),
        ({"lock_minutes": "121"}, "“121” bukan angka"),
        ({"lock_minutes": "<b>"}, "“&lt;b&gt;” bukan angka"),
        ({"lock_minutes": ""}, "“” bukan angka"),
        ({"sms_language": "jv"}, "“jv” bukan pilihan untuk Bahasa SMS."),
    ],
)
def test_a_mistake_is_said_and_nothing_is_saved(shop: Any, leader: Visitor, wrong: dict[str, str], said: str) -> None:
    """Goal: each mistake beside its field, what was typed stays. Method: one wrong value beside right ones."""
    before = held(shop)
    answer = leader.send("/settings", {"receipt_head": "Jl. Merdeka 1", "lock_minutes": "77", **wrong})
    page = answer.get_data(as_text=True)
    assert (422, 1) == (answer.status_code, page.count("field-error"))
    assert said in page and ("77" == value_of(page, "lock_minutes") or "lock_minutes" in wrong)
    assert before == held(shop)


def test_all_mistakes_are_said_at_once(leader: Visitor) -> None:
    """Goal: nobody mends a form three times. Method: three wrong fields."""
    page = leader.send("/settings", {"receipt_head": "x" * 33, "receipt_foot": "x" * 33, "lock_minutes": "x"})
    assert 3 == page.get_data(as_text=True).count("field-error")


def test_the_paper_follows_what_is_typed(shop: Any, leader: Visitor) -> None:
    """Goal: one sees the receipt before saving. Method: ask for the part with right, wrong and hostile lines."""
    before = held(shop)
    shown = leader.send("/settings/preview", {"receipt_head": "<i>Halo</i>", "receipt_foot": "x" * 40})
    part = shown.get_data(as_text=True)
    assert "<html" not in part and "Toko Pontianak" in part and "&lt;i&gt;Halo&lt;/i&gt;" in part
    assert "x" * 40 in part and "Baris di bawah struk: Baris 1 lebih dari 32 huruf" in part
    assert "Terima kasih, sampai jumpa lagi." in leader.send("/settings/preview").get_data(as_text=True)
    assert before == held(shop)


def test_who_may(leader: Visitor, cashier: Visitor, therapist: Visitor) -> None:
    """Goal: those who lead the branch, found behind their name. Method: the page and its link for three roles."""
    assert 'href="/settings"' in leader.get("/customers")
    for other in (cashier, therapist):
        assert 'href="/settings"' not in other.get("/customers")
        other.get("/settings", status=403)
        assert [403, 403] == [other.send(path, USUAL).status_code for path in ("/settings", "/settings/preview")]


def test_the_receipt_carries_the_lines(shop: Any, leader: Visitor, hand: Any) -> None:
    """Goal: the lines stand on the paper, safely. Method: a sale's receipt before, and after two were set."""
    address = hand.sell(("BUSI", "1"))
    assert "Terima kasih, sampai jumpa lagi." in hand.visitor.get(address)
    leader.send("/settings", {"receipt_head": "Jl. Merdeka 1\n<b>WA 0812", "receipt_foot": FOOT})
    page = hand.visitor.get(address)
    head = page.partition('class="receipt-head')[2].partition("</header>")[0]
    assert "Toko Pontianak</strong><br>Jl. Merdeka 1<br>&lt;b&gt;WA 0812<br><strong data-copy>" in head
    foot = page.partition('class="receipt-foot')[2].partition("</footer>")[0]
    assert foot.endswith("Barang yang sudah dibeli<br>tidak dapat dikembalikan")
    assert "Terima kasih, sampai jumpa lagi." not in page


@pytest.fixture
def moments() -> Iterator[Any]:
    """Stops the clock at the present; ``moments.shift(seconds)`` moves it."""
    with time_machine.travel(time.time(), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(("minutes", "locked"), [("4", True), ("10", False)])
def test_the_screen_locks_when_the_branch_says(
    leader: Visitor, newcomer: Visitor, moments: Any, minutes: str, locked: bool
) -> None:
    """Goal: an idle screen locks after the minutes set here. Method: set them, five idle minutes, ask for a page."""
    leader.send("/settings", {"lock_minutes": minutes})
    assert f'data-lock-ms="{int(minutes) * 60_000}"' in newcomer.get("/customers")
    moments.shift(301)
    answer = newcomer.client.get("/customers")
    assert (302 if locked else 200) == answer.status_code
    assert ("/pin" in answer.headers.get("Location", "")) is locked


def test_typing_keeps_the_screen_open(leader: Visitor, newcomer: Visitor, moments: Any) -> None:
    """Goal: a long form is not locked away. Method: two minutes of the badge that tells of typing, then of it alone."""
    leader.send("/settings", {"lock_minutes": "1"})
    newcomer.get("/customers")
    for headers, status in (({"X-Cabang-Touched": "1"}, 200), ({}, 302)):
        for _ in range(4):
            moments.shift(30)
            last = newcomer.client.get("/line", headers=headers)
        assert status == last.status_code
