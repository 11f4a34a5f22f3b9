"""Pelanggan: search, card, making and changing, agreements, notes, archiving."""

import pytest
from cabang_visitor import value_of

GOOD = {"name": "Bu Ratna", "phones": "0812-3456-7890", "kind": "individual", "home_branch": ""}


@pytest.mark.row("H-49")
def test_a_new_customer_is_known_at_the_branch(office, admin) -> None:
    """Goal: add and find. Method: the form, search by name, number and phone, then the branch's table."""
    address = admin.done(
        "/customers/new", **{**GOOD, "name": "Ratna Kartika", "phones": "0813-1111-2222\n+65 8123 4567"}
    )
    page = admin.get(address)
    assert all(words in page for words in ("Ratna Kartika", "HO-", "0813-1111-2222", "+65 8123 4567"))
    for text in ("ratna kart", "13-1111-22", "0813 1111"):
        assert "Ratna Kartika" in admin.get("/customers", q=text)
    office.sync("PTK")
    rows = (
        office.branches["PTK"].store.connection().execute("SELECT count(*) FROM customer WHERE name = 'Ratna Kartika'")
    )
    assert 1 == rows.fetchone()[0]


@pytest.mark.row("H-49")
def test_changing_a_customer(office, admin) -> None:
    """Goal: change. Method: a card made at a branch gets a street, other phones, a home; read back."""
    made = office.customer("PTK", "Pak Joko", phones=["0812-0000-1111"]).hex()
    page = admin.get(f"/customers/{made}/edit")
    assert ("Pak Joko", True) == (value_of(page, "name"), "0812-0000-1111" in page)
    more = {"street": "Jl. Imam Bonjol 3", "city": "Pontianak", "birth_date": "1980-02-29", "caution": "Asma"}
    admin.done(f"/customers/{made}/edit", **{**GOOD, "name": "Pak Joko S", "phones": "0812-0000-2222", **more})
    page = admin.get(f"/customers/{made}")
    assert all(words in page for words in ("Pak Joko S", "0812-0000-2222", "Imam Bonjol", "1980-02-29", "Asma"))
    assert "0812-0000-1111" not in page


@pytest.mark.row("H-49")
def test_archiving_and_taking_it_back(office, admin) -> None:
    """Goal: remove with a way back. Method: archive, search, undo."""
    made = office.customer("PTK", "Pelanggan Lama").hex()
    admin.done(f"/customers/{made}/archive")
    page = admin.get("/customers", q="Pelanggan Lama")
    assert f'href="/customers/{made}"' not in page
    admin.done(f"/customers/{made}/restore")
    assert f'href="/customers/{made}"' in admin.get("/customers", q="Pelanggan Lama")


@pytest.mark.row("H-45")
def test_the_card_knows_needs_dealings_and_history(office, admin) -> None:
    """Goal: all that is known of one customer. Method: need, talk, sale, agreements; read the card."""
    made = office.customer("DPS", "Ibu Komang")
    office.sell("DPS", "PIJAT", 1, 90_000, customer=made)
    office.sync("DPS")
    path = f"/customers/{made.hex()}"
    admin.done(f"{path}/notes", kind="need", text="Mencari paket pijat ibu hamil")
    admin.done(f"{path}/notes", kind="interaction", text="Menelepon, minta jadwal Sabtu")
    admin.done(f"{path}/agreements", reminder="1")
    page = admin.get(path)
    assert all(words in page for words in ("Mencari paket", "Menelepon", "Sari Wijayanti", "Rp90.000", "DPS-1-"))
    reminder = page.partition('name="reminder"')[2].partition(">")[0]
    promotion = page.partition('name="promotion"')[2].partition(">")[0]
    assert (True, False) == ("checked" in reminder, "checked" in promotion)
    admin.done(f"{path}/agreements")
    assert "checked" not in admin.get(path).partition('name="reminder"')[2].partition(">")[0]


@pytest.mark.parametrize(
    "form", [{"kind": "need", "text": " "}, {"kind": "gossip", "text": "x"}, {"kind": "need", "text": "x" * 2001}]
)
def test_a_wrong_note_is_refused_in_words(office, admin, form) -> None:
    """Goal: nothing half-written. Method: empty, of no kind, too long."""
    made = office.customer("DPS", "Tanpa Catatan")
    before = office.count("customer_note")
    admin.done(f"/customers/{made.hex()}/notes", **form)
    assert before == office.count("customer_note")
    assert 'role="alert"' in admin.get(f"/customers/{made.hex()}")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "values",
    [{"name": "A", "phones": ""}, {"name": "Dewi Lestari", "phones": "+62 812 3456 7891"},
     {"name": "ẞ" * 100, "number": "N" * 32, "phones": "\n".join(f"0812-0000-10{n:02}" for n in range(12)),
      "street": "s" * 200, "city": "c" * 100, "birth_date": "1900-01-01"}],
    ids=["easy", "typical", "extreme"],
)  # fmt: skip
def test_allowed_values(admin, values) -> None:
    """Goal: what is allowed is taken. Method: least, usual and greatest values."""
    assert values["name"] in admin.get(admin.done("/customers/new", **{**GOOD, **values}))


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"name": "a\0b"}, {"phones": "0812-34"}, {"phones": "0812-3456-7890\nabc"},
     {"phones": "021-555-0101"}, {"phones": "1" * 300}, {"number": "a b"}, {"number": "N" * 33},
     {"number": "PTK-000001"}, {"kind": "x"}, {"home_branch": "x"}, {"birth_date": "2025-02-30"},
     {"birth_date": "kemarin"}, {"street": "x" * 201}, {"city": "x" * 101}],
    ids=repr,
)  # fmt: skip
def test_illegal_values(office, admin, wrong) -> None:
    """Goal: each mistake is said beside its field, nothing is made. Method: one wrong value at a time."""
    office.customer("PTK", "Yang Pertama")  # PTK-000001 is taken
    before = office.count("customer"), office.count("contact_point")
    admin.refused("/customers/new", **{**GOOD, **wrong})
    assert before == (office.count("customer"), office.count("contact_point"))
