"""Yang hilang di pusat: what branches hand back of head office's own writing, shown, taken over and dropped."""

import re
from collections.abc import Iterator

import pytest
from cabang_lost import hand_back
from cabang_office import Office
from cabang_visitor import Visitor
from cabang_words import jargon

from central_hub import lost
from crm.catalogue import Category, Product
from crm.users import User
from sync.database import using
from sync.errors import N_, BadValue
from sync.taking_over import Outcome


@pytest.fixture
def handed(office: Office) -> Iterator[Office]:
    """A branch hands back a price, a right to greet, a category, a branch and a user."""
    hand_back(office)
    with using(office.hub.store):
        yield office
        lost.decide(office.hub, None, False, office.people["sari"])
    office.sync()


def card(page: str, words: str) -> str:
    """The article about something."""
    return next((part for part in page.split("<article")[1:] if words in part), "").partition("</article>")[0]


def press(visitor: Visitor, verdict: str, words: str) -> str:
    """Presses a button of one card, and gives the page after it."""
    found = re.search(r'name="name" value="([^"]+)"', card(visitor.get("/lost"), words))
    assert found
    assert 303 == visitor.send(f"/lost/{verdict}", {"name": found[1]}).status_code
    return visitor.get("/lost")


def test_taking_over_and_dropping(handed, admin) -> None:
    """Goal: one page puts right what a restore lost. Method: each row in plain words; take, drop, take all."""
    page = admin.get("/lost")
    oil = card(page, "Oli mesin")
    assert all(words in oil for words in ("Rp51.000", "Berlaku", "PTK", "Ambil alih"))
    assert set() == jargon(page)
    assert "b&#39;" not in page and card(page, "Hak memberi ucapan lewat SMS")
    assert "Yang hilang di pusat" in admin.get("/conflicts")
    assert "Diambil alih: 1" in press(admin, "take", "Oli mesin")
    assert 51_000 == Product.get(Product.code == "OLI-1").price
    assert "Dilepas: 1" in press(admin, "drop", "Ban")
    assert Category.get(Category.name == "Ban").archived
    assert 303 == admin.send("/lost/take").status_code
    assert "Tidak ada yang hilang" in admin.get("/lost")
    assert ["Tono"] == [user.name for user in User.select().where(User.username == "tono")]
    assert [(77,)] == handed.hub.store.connection().execute("SELECT stream FROM stream WHERE code = 'MKS'").fetchall()


def test_what_was_settled_meanwhile(office, admin) -> None:
    """Goal: an old page does no harm. Method: a name nobody gave out."""
    before = office.hub.journal.seq
    assert 303 == admin.send("/lost/take", {"name": "0" * 32}).status_code
    assert before == office.hub.journal.seq


def test_why_it_cannot_be_taken_over(office, admin, monkeypatch) -> None:
    """Goal: the reason is in the person's language, all of it. Method: an error whose own values are sentences."""
    refused = BadValue(what=N_("it does not go with what is there"), said="product")
    monkeypatch.setattr(lost, "decide", lambda *args: Outcome(0, [refused]))
    admin.send("/lost/take")
    assert "1 tidak dapat diambil alih" in (page := admin.get("/lost")) and "bertentangan dengan yang sudah ada" in page


def test_not_for_everybody(office, cashier) -> None:
    """Goal: only who manages users decides. Method: a cashier presses."""
    before = office.hub.journal.seq
    assert 403 == cashier.send("/lost/take").status_code
    assert before == office.hub.journal.seq
