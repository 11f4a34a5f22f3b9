"""Perlu diputuskan: both versions in plain words, one button each; new codes apart; held entries with their reason."""

import re

import pytest
from cabang_words import jargon, link

from crm import catalogue, conflicts, customers, users
from sync.database import using


def card_of(page: str, words: str) -> str:
    """The article about something."""
    return next(part for part in page.split("<article")[1:] if words in part).partition("</article>")[0]


def press(visitor, page: str, words: str, button: str) -> None:
    """Presses "use" or "leave" of what is about something."""
    found = re.search(rf'action="(/conflicts/[0-9a-f]+/{button})"', card_of(page, words))
    assert found
    assert 303 == visitor.send(found[1]).status_code


def undo(visitor, page: str) -> str:
    """Presses the undo of the notice; gives its address."""
    found = re.search(r'action="(/conflicts/[0-9a-f]+/undo/[0-9a-f]+)"', page)
    assert found
    visitor.send(found[1])
    return found[1]


def is_open(page: str, words: str) -> bool:
    """Is there a button about something?"""
    return any(words in part and "/use" in part for part in page.split("<article")[1:])


@pytest.mark.row("H-61")
def test_both_versions_in_words(office, admin) -> None:
    """Goal: who wrote what, where. Method: a name changed at PTK and at head office unseen."""
    made = office.conflict("Ani")
    card = card_of(admin.get("/conflicts"), "Ani ")
    assert all(words in card for words in ("Ani Pusat", "Ani Cabang", "Nama", "Sari Wijayanti", "PTK", "Berlaku"))
    assert f'href="/customers/{made.hex()}"' in card


def test_found_by_text_in_two_taps_and_told_without_jargon(office, admin) -> None:
    """Goal: nobody searches for a conflict, nor learns our words. Method: home page, each of the two links that say so;
    the page's words in both languages, a held entry beside the conflict.
    """
    office.conflict("Ketukan")
    office.overstep("DPS")
    home = admin.get("/")
    for words in ("Perlu diputuskan", "Dua versi untuk satu hal"):
        assert "Ketukan Cabang" in admin.get(link(home, words))
    for language in ("en", "id"):
        admin.speak(language)
        page = admin.get("/conflicts")
        assert "Ketukan Cabang" in page and 'id="held"' in page
        assert set() == jargon(page)


def test_the_other_version_is_restored_everywhere(office, admin) -> None:
    """Goal: one button restores, undo works once. Method: use the other one; both nodes hold it; take it back twice."""
    made = office.conflict("Budi")
    kept = office.name_of(made)
    press(admin, admin.get("/conflicts"), "Budi ", "use")
    assert kept != office.name_of(made)
    office.sync("PTK")
    with using(office.branches["PTK"].store):
        assert office.name_of(made) == customers.card(made)["name"]
    page = admin.get("/conflicts")
    assert not is_open(page, "Budi Cabang")
    address = undo(admin, page)
    assert kept == office.name_of(made)
    assert "versi yang sebelumnya berlaku lagi" in admin.get("/conflicts")
    entries = office.count("entry")
    admin.send(address)
    assert entries == office.count("entry")
    assert "tidak ada yang berubah" in admin.get("/conflicts")


def test_leaving_it_settles_it_everywhere(office, admin) -> None:
    """Goal: the list gets shorter, on every node. Method: leave it; the value stays, an entry of the person says so."""
    made = office.conflict("Cici")
    kept, entries = office.name_of(made), office.count("entry")
    press(admin, admin.get("/conflicts"), "Cici ", "leave")
    assert (kept, entries + 1) == (office.name_of(made), office.count("entry"))
    page = admin.get("/conflicts")
    assert not is_open(page, "Cici Pusat")
    assert "Cici Cabang" in page.partition('id="settled-title"')[2]
    office.sync("PTK")
    with using(office.branches["PTK"].store):
        assert made not in [pair.row for pair in conflicts.decisions(100)]


def test_the_card_leads_to_it(office, cashier, admin) -> None:
    """Goal: nobody has to find the room. Method: a card at head office; a cashier decides there."""
    made = office.conflict("Dodi")
    address = f"/customers/{made.hex()}"
    waiting = re.search(r'class="room-count">(\d+)<', admin.get(address))
    page = cashier.get(address)
    assert waiting and all(words in page for words in ("Perlu diputuskan", "Dodi Pusat", "Dodi Cabang"))
    found = re.search(r'action="(/conflicts/[0-9a-f]+/leave\?back=[^"]+)"', page)
    assert found
    assert address == cashier.send(found[1]).headers["Location"]
    after = re.search(r'class="room-count">(\d+)<', admin.get(address))
    assert int(waiting[1]) - 1 == (int(after[1]) if after else 0)
    assert 'id="decide"' not in admin.get(address)


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
    words = ("Penawaran lewat SMS", "tidak setuju", "Kantor pusat", "Manajer", "(tidak ditampilkan)")
    assert [] == [word for word in words if word not in page]
    assert "$argon2" not in page


def test_new_codes_have_a_page_of_their_own(office, admin, cashier) -> None:
    """Goal: guesses hide no decision. Method: two codes two branches describe unseen; use, leave, leave all, again."""
    for place, code in enumerate(("PTK", "DPS"), 1):
        node = office.branches[code]
        with using(node.store), node.journal.unit() as unit:
            for product in ("DUA", "TIGA"):
                catalogue.make_provisional(unit, product, f"Sandal {code}", 10_000 * place)
    office.sync()
    page = admin.get("/conflicts")
    assert "2 kode baru punya dua nama atau harga" in page
    assert "Sandal" not in page
    page = admin.get("/conflicts/codes")
    rows = {code: page.partition(f">{code}</a>")[2].partition("</li>")[0] for code in ("DUA", "TIGA")}
    assert all(words in rows["DUA"] for words in ("Sandal PTK", "Sandal DPS", "Rp10.000", "Rp20.000", "Biarkan begini"))
    use = re.findall(r'action="(/conflicts/[0-9a-f]+/use)"', rows["DUA"])
    assert 2 == len(use)
    assert "/conflicts/codes" == admin.send(use[0]).headers["Location"]
    assert 403 == cashier.send("/conflicts/codes").status_code
    assert use[0] not in admin.get("/conflicts/codes") and use[1] in admin.get("/conflicts/codes")
    leave = re.search(r'action="(/conflicts/codes/[0-9a-f]+)"', rows["DUA"])
    assert leave
    admin.send(leave[1])
    assert "Satu kode baru punya dua nama" in admin.get("/conflicts")
    admin.send("/conflicts/codes")
    assert "Semua kode baru dibiarkan" in admin.get("/conflicts/codes")
    admin.send("/conflicts/codes")
    assert "sudah diputuskan; tidak ada yang berubah" in admin.get("/conflicts/codes")
    office.sync()
    for node in (office.hub, *office.branches.values()):
        with using(node.store):
            assert 0 == conflicts.counts().codes


def test_held_entries_say_why(office, admin) -> None:
    """Goal: what could not be used is listed in words. Method: a branch writes into head office's catalogue."""
    office.overstep("DPS")
    page = admin.get("/conflicts").partition('id="held"')[2]
    assert "hanya boleh diubah oleh kantor pusat" in page
    assert "DPS" in page


def test_a_held_entry_is_tried_again_by_a_person(office, admin) -> None:
    """Goal: who has seen to the cause need not wait. Method: held, tried in vain; an entry nobody knows."""
    office.overstep("DPS")
    names = re.findall(r'name="entry" value="([0-9a-f]+)"', admin.get("/conflicts"))
    admin.send("/held/again", {"entry": names[0]})
    assert "Masih belum bisa dipakai" in admin.get("/conflicts")
    for wrong in ("xyz", "00"):
        admin.send("/held/again", {"entry": wrong})
        assert "percobaan apa pun tidak mengubahnya" in admin.get("/conflicts")


@pytest.mark.parametrize("address", ["/conflicts/{}/use", "/conflicts/{}/leave", "/conflicts/{}/undo/{}"])
def test_a_conflict_nobody_knows(admin, address) -> None:
    """Goal: a wrong address is a 404 in words. Method: an id of no conflict, and texts that are none."""
    for ident in ("00" * 16, "xyz", "00"):
        assert 404 == admin.send(address.format(ident, ident)).status_code
