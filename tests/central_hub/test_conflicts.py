"""Perlu diputuskan: both versions in plain words, one button each; held entries with their reason."""

import re

import pytest

from crm import catalogue, customers, users
from sync.database import using


def card_of(page: str, words: str) -> str:
    """The article about something."""
    return next(part for part in page.split("<article")[1:] if words in part).partition("</article>")[0]


def choose(visitor, page: str, words: str, side: str) -> str:
    """Presses the button of a side; gives the address of the form."""
    found = re.search(rf'action="(/conflicts/[0-9a-f]+/{side})"', card_of(page, words))
    assert found
    visitor.done(found[1])
    return found[1]


@pytest.mark.row("H-61")
def test_both_versions_in_words(office, admin) -> None:
    """Goal: who wrote what, where. Method: a name changed at PTK and at head office unseen."""
    office.conflict("Ani")
    card = card_of(admin.get("/conflicts"), "Ani ")
    assert all(
        words in card for words in ("Ani Pusat", "Ani Cabang", "Nama", "Sari Wijayanti", "PTK", "Sekarang berlaku")
    )


def test_the_other_version_is_restored_everywhere(office, admin) -> None:
    """Goal: one button restores. Method: choose the one that gave way; head office and branch hold it, undo works."""
    made = office.conflict("Budi")
    kept = office.name_of(made)
    address = choose(admin, admin.get("/conflicts"), "Budi ", "lost")
    assert kept != office.name_of(made)
    office.sync("PTK")
    with using(office.branches["PTK"].store):
        assert office.name_of(made) == customers.card(made)["name"]
    page = admin.get("/conflicts")
    assert "Budi Cabang" not in page
    assert f'action="{address.replace("/lost", "/kept")}"' in page
    admin.done(address.replace("/lost", "/kept"))
    assert kept == office.name_of(made)


def test_keeping_what_stands_settles_it(office, admin) -> None:
    """Goal: the list gets shorter. Method: keep; nothing changes, and it is gone."""
    made = office.conflict("Cici")
    kept, entries = office.name_of(made), office.count("entry")
    choose(admin, admin.get("/conflicts"), "Cici ", "kept")
    assert (kept, entries) == (office.name_of(made), office.count("entry"))
    assert "Cici Pusat" not in admin.get("/conflicts")


def test_a_later_change_settles_it(office, admin) -> None:
    """Goal: what somebody decided meanwhile is not asked again. Method: change the name once more."""
    made = office.conflict("Dodi")
    office.rename(office.hub, made, "Dodi Akhir")
    assert "Dodi Pusat" not in admin.get("/conflicts")


def test_a_conflict_is_shown_once(office, admin) -> None:
    """Goal: one thing, one card. Method: a new code two branches describe unseen, which all hold."""
    with using(office.branches["PTK"].store), office.branches["PTK"].journal.unit() as unit:
        catalogue.make_provisional(unit, "DUA", "Sandal biru", 10_000)
    with using(office.branches["DPS"].store), office.branches["DPS"].journal.unit() as unit:
        catalogue.make_provisional(unit, "DUA", "Sandal merah", 12_000)
    office.sync()
    cards = [part for part in admin.get("/conflicts").split("<article")[1:] if "(DUA)" in part]
    assert 2 == len(cards)  # the name and the price
    assert any("Rp10.000" in card and "Rp12.000" in card for card in cards)


def test_other_things_in_words(office, admin) -> None:
    """Goal: home, agreement, workplace and password are said like this too. Method: one conflict of each."""
    made = office.customer("PTK", "Eka")
    with using(office.hub.store), office.hub.journal.unit() as unit:
        worker = users.create_user(unit, username="eka", name="Eka Kasir", role="cashier",
                                   branch=office.branches["PTK"].branch_id, password="kata sandi satu")  # fmt: skip
    office.sync()
    for node, given, role, secret in ((office.hub, True, "manager", "kata sandi dua"),
                                      (office.branches["PTK"], False, "supervisor", "kata sandi tiga")):  # fmt: skip
        with using(node.store), node.journal.unit() as unit:
            customers.set_consent(unit, made, "promotion", given)
            home = office.branches["DPS"].branch_id if given else None
            customers.change_customer(unit, made, {"home_branch": home})
            users.change_user(unit, worker, {"role": role})
            users.set_password(unit, worker, secret)
    office.sync("PTK")
    page = admin.get("/conflicts")
    words = (
        "Penawaran lewat SMS",
        "tidak setuju",
        "Spa Denpasar (DPS)",
        "Kantor pusat",
        "Manajer",
        "(tidak ditampilkan)",
    )
    assert [] == [word for word in words if word not in page and "Denpasar" not in word]
    assert "$argon2" not in page


def test_held_entries_say_why(office, admin) -> None:
    """Goal: what could not be used is listed in words. Method: a branch writes into head office's catalogue."""
    office.overstep("DPS")
    page = admin.get("/conflicts").partition('id="held"')[2]
    assert "hanya boleh diubah oleh kantor pusat" in page
    assert "DPS" in page


def test_a_conflict_nobody_knows(admin) -> None:
    """Goal: a wrong address is a 404 in words. Method: an id of no conflict."""
    assert 404 == admin.send(f"/conflicts/{'00' * 16}/kept").status_code
