"""Customers: searching, the card, making and changing them, over HTTP."""

import pytest
from cabang_visitor import value_of

from crm.customers import Customer

pytestmark = pytest.mark.usefixtures("reading")
GOOD = {"name": "Sari Dewi", "kind": "individual", "phone1": "", "street": "", "city": "", "birth_date": ""}


def create(visitor, **values) -> str:
    """The address of a new customer's card."""
    answer = visitor.send("/customers/new", {**GOOD, **values})
    assert 303 == answer.status_code, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


@pytest.mark.row("P-18", "P-31")
def test_everybody_with_the_name_is_listed(leader) -> None:
    """Goal: homonyms can be told apart. Method: two of one name; number, phone and city of both in one list."""
    create(leader, name="Maya Homonim", phone1="0812 5000 0001", city="Pontianak")
    create(leader, name="Maya Homonim", phone1="0812 5000 0002", city="Singkawang")
    page = leader.get("/customers", q="maya hom")
    assert 2 == page.count("Maya Homonim</td>") or 2 == page.count(">Maya Homonim<")
    for fact in ("0812-5000-0001", "0812-5000-0002", "Pontianak", "Singkawang", "PTK-0000"):
        assert fact in page


@pytest.mark.row("P-21", "P-32")
def test_the_code_leads_to_the_card(leader) -> None:
    """Goal: the customer's code identifies and opens the card. Method: search by code, follow its link."""
    address = create(leader, name="Kode Pelanggan", phone1="0812 5000 0003")
    number = Customer.get(Customer.name == "Kode Pelanggan").number
    page = leader.get("/customers", q=number)
    link = page.partition('cell-link" href="')[2].partition('"')[0]
    assert (address, True) == (link, number in page)
    assert number in leader.get(link) and "0812-5000-0003" in leader.get(link)


@pytest.mark.parametrize("asked", ["5000-0004", "+62 812 5000 0004", "081250000004", "5000 0004"])
def test_any_part_of_the_phone(leader, asked) -> None:
    """Goal: the phone finds its owner however it is written. Method: parts and forms of one number."""
    if not Customer.select().where(Customer.name == "Punya Telepon").exists():
        create(leader, name="Punya Telepon", phone1="0812 5000 0004")
    assert "Punya Telepon" in leader.get("/customers", q=asked)


def test_a_search_without_hits_offers_the_form(leader) -> None:
    """Goal: an empty answer says what to do. Method: search for nobody, as page and as fragment."""
    page = leader.client.get("/customers?q=qqxx", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Tidak ada yang cocok" in page and "<html" not in page
    assert 'value="qqxx"' in leader.get("/customers/new", name="qqxx")


@pytest.mark.row("H-45", "C-21")
def test_the_card_tells_all(leader, hand) -> None:
    """Goal: needs, contacts and history at any time. Method: notes, a sale and consents, then the card."""
    address = create(leader, name="Tahu Semua", phone1="0812 5000 0005", caution="Alergi kacang")
    for kind, text in (("need", "Ban belakang 90/90"), ("interaction", "Ditelepon hari Senin")):
        assert 303 == leader.send(address + "/notes", {"kind": kind, "text": text}).status_code
    leader.send(address + "/consents", {"purpose": ["reminder", "greeting"]})
    hand.sell(("OLI-1", "2"), customer=address.rsplit("/", 1)[1])
    page = leader.get(address)
    for fact in ("Alergi kacang", "Ban belakang 90/90", "Ditelepon hari Senin", "Rp90.000", "Sari Wijayanti", "PTK-1-"):
        assert fact in page
    ticked = [part.partition(">")[0] for part in page.split('name="purpose" value="')[1:]]
    assert ["reminder", "greeting"] == [part.partition('"')[0] for part in ticked if " checked" in part]
    leader.send(address + "/consents", {"purpose": ["greeting"]})
    assert "hari ini" in leader.get("/customers", q="tahu semua")


def test_saving_the_same_consents_writes_nothing(shop, leader) -> None:
    """Goal: a double submit adds nothing. Method: the same answers twice, entries counted."""
    address = create(leader, name="Dua Kali")
    leader.send(address + "/consents", {"purpose": ["receipt"]})
    before = shop.count("entry")
    leader.send(address + "/consents", {"purpose": ["receipt"]})
    assert before == shop.count("entry")


@pytest.mark.row("H-49")
def test_changing_a_customer(leader) -> None:
    """Goal: cards are kept up to date. Method: change name, address and phones, then read the card."""
    address = create(leader, name="Lama", phone1="0812 5000 0006")
    page = leader.get(address + "/edit")
    assert ("Lama", "0812-5000-0006") == (value_of(page, "name"), value_of(page, "phone1"))
    change = {**GOOD, "name": "Baru", "phone1": "0812 5000 0007", "phone2": "0812 5000 0008", "city": "Sambas"}
    assert 303 == leader.send(address + "/edit", change).status_code
    card = leader.get(address)
    assert "Baru" in card and "0812-5000-0007" in card and "0812-5000-0008" in card and "Sambas" in card
    assert "0812-5000-0006" not in card


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("name", "Ana", ""),
        ("name", "Ny. Siti Nurhaliza binti H. Abdul Karim, S.E.", ""),
        ("name", "n" * 100, ""),
        ("name", "李小龍 ✓", ""),
        ("name", "   ", "name"),
        ("name", "n" * 101, "name"),
        ("name", "Sa\x00ri", "name"),
        ("phone1", "0812-5111-0001", ""),
        ("phone1", "+65 8123 4567", ""),
        ("phone1", "0812", "phone1"),
        ("phone1", "0561-555010", "phone1"),
        ("phone1", "<script>", "phone1"),
        ("phone1", "9" * 41, "phone1"),
        ("phone3", "bukan", "phone3"),
        ("kind", "corporate", ""),
        ("kind", "robot", "kind"),
        ("birth_date", "1990-05-31", ""),
        ("birth_date", "1990-02-30", "birth_date"),
        ("birth_date", "kemarin", "birth_date"),
        ("street", "s" * 200, ""),
        ("street", "s" * 201, "street"),
        ("city", "c" * 101, "city"),
        ("caution", "a\x07b", "caution"),
    ],
)
def test_values_of_every_class(shop, leader, field, value, wrong) -> None:
    """Goal: easy, typical, extreme and illegal values. Method: each; a refusal shows beside its field, nothing lost."""
    before = shop.count("customer")
    answer = leader.send("/customers/new", {**GOOD, "name": "Kelas Nilai", field: value})
    assert (422 if wrong else 303) == answer.status_code
    assert before + (not wrong) == shop.count("customer")
    if wrong:
        page = answer.get_data(as_text=True)
        assert f'id="e-{wrong}"' in page
        assert field == "name" or "Kelas Nilai" in page


def test_errors_in_english(leader) -> None:
    """Goal: validation in the person's language. Method: a bad phone in English."""
    leader.speak("en")
    page = leader.send("/customers/new", {**GOOD, "phone1": "0812"}).get_data(as_text=True)
    leader.speak("id")
    assert "is not a mobile phone number" in page


@pytest.mark.row("C-17")
def test_a_known_phone_is_told_while_typing(shop, leader) -> None:
    """Goal: no second card for one phone by mistake. Method: the note while typing, the refusal, the family's yes."""
    address = create(leader, name="Ibu", phone1="0812 5000 0009")
    told = leader.get("/customers/known", phone1="+62812-5000-0009")
    assert "Sudah dikenal" in told and "Ibu" in told and address in told
    assert "" == leader.get("/customers/known", phone1="0812-50").strip()
    besides = address.rsplit("/", 1)[1]
    assert "" == leader.get("/customers/known", phone1="0812 5000 0009", besides=besides).strip()
    twin = {**GOOD, "name": "Anak", "phone1": "0812 5000 0009"}
    before = shop.count("customer")
    refused = leader.send("/customers/new", twin)
    assert (422, before) == (refused.status_code, shop.count("customer"))
    page = refused.get_data(as_text=True)
    assert 'name="shared"' in page
    assert (True, True) == ("sudah dipakai pelanggan lain" in page, address in page.partition('id="known"')[2])
    create(leader, **{**twin, "shared": "1"})
    assert before + 1 == shop.count("customer")


@pytest.mark.parametrize(("kind", "text"), [("need", ""), ("gossip", "Halo"), ("need", "x" * 2001), ("need", "a\x00b")])
def test_a_note_that_cannot_be(shop, leader, kind, text) -> None:
    """Goal: illegal notes are refused in place. Method: empty, unknown kind, too long, unreadable."""
    address = create(leader, name="Catatan")
    before = shop.count("customer_note")
    answer = leader.send(address + "/notes", {"kind": kind, "text": text})
    assert (422, before) == (answer.status_code, shop.count("customer_note"))
    assert "field-error" in answer.get_data(as_text=True)


def test_a_sale_begins_at_the_card(leader) -> None:
    """Goal: from the card to the till with the customer chosen. Method: follow the button."""
    address = create(leader, name="Mau Beli")
    ident = address.rsplit("/", 1)[1]
    assert f"/till?customer={ident}" in leader.get(address)
    page = leader.get("/till", customer=ident)
    assert ("Mau Beli" in page, ident) == (True, value_of(page, "customer"))


def test_a_long_list_goes_on(leader) -> None:
    """Goal: more customers than one page holds. Method: page by page, nobody twice."""
    for place in range(51):
        create(leader, name=f"Banyak {place:02}")
    first = leader.get("/customers", q="banyak")
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = leader.get(link)
    shown = [f"Banyak {place:02}" for place in range(51)]
    assert 51 == sum((name in first) + (name in second) for name in shown)
    leader.get("/customers", q="banyak", after="nonsense")


def test_the_list_stands_by_name(leader) -> None:
    """Goal: one finds somebody by eye and opens the card at the name. Method: two made the wrong way round."""
    later, first = create(leader, name="Aaz Urutan"), create(leader, name="Aab Urutan")
    page = leader.get("/customers")
    assert "Urut nama" in page and "Urut nama" not in leader.get("/customers", q="urutan")
    assert f'href="{first}">Aab Urutan</a>' in page
    assert page.index(first) < page.index(later)
