"""Two cards of one person: the job that looks for them, the pages that ask, the card that shows both."""

import re
from itertools import count

import pytest
from cabang_visitor import PASSWORD, Visitor

from branch_node.app import create_app
from central_hub import duplicates, pages
from crm import customers, users
from crm.customers import links
from crm.reading import query
from sync.database import using

PLACES = count(10_000_000)


@pytest.fixture
def phone() -> str:
    """A number nobody has yet."""
    return f"0812{next(PLACES)}"


@pytest.fixture
def hub(office):
    """Head office's node, read from."""
    duplicates.look(office.hub)
    with using(office.hub.store):
        yield office.hub


def state(one: bytes, other: bytes) -> str | None:
    """What head office holds of two cards."""
    return next((said.state for said in links.said(99) if {said.first, said.second} == {one, other}), None)


def decide(visitor, one: bytes, other: bytes, verdict: str, status: int = 302):
    """Presses a button of the page."""
    answer = visitor.send(f"/customers/duplicates/{one.hex()}/{other.hex()}/{verdict}")
    assert status == answer.status_code
    return answer


def test_the_hub_links_what_is_clear(office, hub, phone) -> None:
    """Goal: nobody needs to be asked. Method: two branches' cards of one person; look twice, look from the start."""
    made = [office.customer(code, name, phones=[phone]) for code, name in (("PTK", "Ratna"), ("DPS", "Bu RATNA"))]
    assert [] == customers.card(made[0])["others"]
    duplicates.look(hub)
    assert ([made[1]], links.LINKED) == ([one.id for one in customers.card(made[0])["others"]], state(*made))
    before = hub.journal.seq
    for position in (hub.store.get("duplicates_position"), 0):
        with hub.store.write():
            hub.store.put("duplicates_position", position)
        duplicates.look(hub)
    assert before == hub.journal.seq


def test_a_change_makes_it_clear(office, hub, phone) -> None:
    """Goal: a name or number that is put right is seen. Method: another name, then the same; no number, then it."""
    one, other = (office.customer("PTK", name, phones=[phone]) for name in ("Komang A", "Komang B"))
    duplicates.look(hub)
    assert state(one, other) is None
    office.rename(hub, other, "Komang A")
    duplicates.look(hub)
    assert links.LINKED == state(one, other)
    third = office.customer("DPS", "Komang A")
    with hub.journal.unit() as unit:
        customers.change_customer(unit, third, {}, [phone], hub.company_key)
    duplicates.look(hub)
    assert 2 == len(customers.card(third)["others"])


@pytest.mark.parametrize("change", [{"name": "Luh B"}, {"birth_date": "1991-01-01"}, {"kind": "corporate"}])
def test_a_change_makes_it_unclear(office, hub, admin, phone, change) -> None:
    """Goal: a link of the program does not outlive its reason. Method: name, date, kind of one of three; asked then."""
    made = [office.customer("PTK", "Luh", phones=[phone], birth_date=born) for born in ("1990-01-01", None, None)]
    duplicates.look(hub)
    assert 2 == len(customers.card(made[2])["others"])
    with hub.journal.unit() as unit:
        customers.change_customer(unit, made[2], change)
    duplicates.look(hub)
    assert ([], 1) == (customers.card(made[2])["others"], len(customers.card(made[0])["others"]))
    assert made[2] in {card for pair in customers.duplicates.waiting(query) for card in pair[:2]}
    decide(admin, made[0], made[2], "linked")
    with hub.journal.unit() as unit:
        customers.change_customer(unit, made[2], {"name": "Luh C"})
    duplicates.look(hub)
    assert links.LINKED == state(made[0], made[2])


def test_many_changes_at_once_are_looked_at_slice_by_slice(office, hub, phone, monkeypatch) -> None:
    """Goal: an import of any size is gone through, and once. Method: slices of two rows, one unit of five cards."""
    monkeypatch.setattr(duplicates, "_CHANGED", duplicates._CHANGED.replace("LIMIT 200", "LIMIT 2"))
    with hub.journal.unit() as unit:
        numbers = [phone, "0813-9999-0001", "0813-9999-0002", "0813-9999-0003", phone]
        made = [
            customers.create_customer(unit, name="Sekali", phones=[number], hash_key=hub.company_key)
            for number in numbers
        ]
    duplicates.look(hub)
    assert links.LINKED == state(made[0], made[4])
    place = hub.store.get("duplicates_position")
    duplicates.look(hub)
    assert place == hub.store.get("duplicates_position")


def test_a_person_is_asked_and_may_take_it_back(office, hub, admin, phone) -> None:
    """Goal: each answer is one press, and one press takes it back. Method: each answer and its way back, counted."""
    one, other = (
        office.customer(code, name, phones=[phone]) for code, name in (("PTK", "Wayan A"), ("DPS", "Wayan B"))
    )
    duplicates.look(hub)
    waiting = duplicates.waiting(hub.store)
    assert waiting > 0
    assert "Pelanggan yang mungkin punya dua kartu" in admin.get("/")
    assert "Pelanggan yang mungkin punya dua kartu" in admin.get("/conflicts")
    for verdict, words in (("linked", "Orang yang sama"), ("family", "Keluarga"), ("different", "Orang yang berbeda")):
        page = admin.get("/customers/duplicates")
        assert all(text in page for text in ("Wayan A", "Wayan B", words))
        decide(admin, one, other, verdict)
        assert (verdict, waiting - 1) == (state(one, other), duplicates.waiting(hub.store))
        page = admin.get("/customers/duplicates")
        (undo,) = re.findall(r'action="([^"]+/open)"[^>]*><input[^>]+><button class="btn b-quiet">', page)[:1]
        assert 302 == admin.send(undo).status_code
        assert (None, waiting) == (state(one, other), duplicates.waiting(hub.store))
    page = admin.get("/customers/duplicates")
    assert "keputusan sebelumnya dibatalkan" in page
    decide(admin, one, other, "open")
    assert "tidak ada yang berubah" in admin.get("/customers/duplicates")


def test_a_link_of_the_program_is_parted_on_the_card(office, hub, admin, cashier, phone) -> None:
    """Goal: a wrong link is undone where it is seen. Method: the button on the card; lists show one row, then two."""
    made = [office.customer(code, "Nyoman Putra", phones=[phone], birth_date="1990-01-02") for code in ("PTK", "DPS")]
    office.sell("DPS", "PIJAT", 1, 90_000, customer=made[1])
    office.sync()
    duplicates.look(hub)
    path, numbers = f"/customers/{made[0].hex()}", [customers.card(card)["number"] for card in made]
    page = admin.get(path)
    assert all(text in page for text in ("Juga dikenal sebagai", numbers[1], "Rp90.000", "Dibeli dengan kartu"))
    assert "otomatis" in admin.get("/customers/duplicates", show="settled")
    assert f"{numbers[1]}, {numbers[0]}" in admin.get("/customers", q="Nyoman Putra")
    assert "/different" not in cashier.get(path)
    assert f"{path}?" not in decide(admin, made[0], made[1], "different").headers["Location"]
    assert "Juga dikenal" not in admin.get(path)
    assert f"{numbers[1]}, {numbers[0]}" not in admin.get("/customers", q="Nyoman Putra")


def test_a_branch_shows_both_numbers(office, hub, phone) -> None:
    """Goal: staff know the person by either card. Method: the branch's card, list, till; no way to part them."""
    made = [office.customer(code, "Gede Arta", phones=[phone], caution=code) for code in ("PTK", "DPS")]
    duplicates.look(hub)
    office.sync()
    numbers = [customers.card(card)["number"] for card in made]
    node = office.branches["PTK"]
    with using(node.store):
        with node.journal.unit() as unit:
            who, here = "kasir.ganda", node.branch_id
            users.create_user(unit, username=who, name="Kasir", role="cashier", branch=here, password=PASSWORD)
        visitor = Visitor(create_app(node).test_client()).log_in(who)
        page = visitor.get(f"/customers/{made[0].hex()}")
        assert all(text in page for text in ("Juga dikenal sebagai", numbers[1], "DPS"))
        assert "/duplicates/" not in page
        found = [visitor.get("/customers", q="gede arta"), visitor.get("/till/customers", q="gede arta")]
    for page in found:
        assert any(", ".join(pair) in page for pair in (numbers, numbers[::-1]))


def test_only_leaders_decide(office, hub, cashier, manager, phone) -> None:
    """Goal: the pages are guarded. Method: a cashier and a manager: page, answer, and the way there."""
    one, other = (office.customer("PTK", name, phones=[phone]) for name in ("Made A", "Made B"))
    assert "/customers/duplicates" not in cashier.get("/customers")
    cashier.get("/customers/duplicates", 403)
    decide(cashier, one, other, "linked", 403)
    assert state(one, other) is None
    assert "/customers/duplicates" in manager.get("/customers")
    decide(manager, one, other, "linked")
    assert links.LINKED == state(one, other)


def test_wrong_addresses_are_answered_in_words(office, hub, admin, phone) -> None:
    """Goal: nothing breaks. Method: unknown customers, one twice, an unknown answer, places nobody gave out."""
    one = office.customer("PTK", "Sendiri", phones=[phone])
    for other, verdict in ((one, "linked"), (bytes(14), "linked"), (one, "twins")):
        decide(admin, one, other, verdict, 404)
    for after in ("x", "ff", "0" * 500):
        admin.get("/customers/duplicates", after=after)
        admin.get("/customers/duplicates", after=after, show="settled")


def test_a_long_list_goes_on(office, hub, admin, phone, monkeypatch) -> None:
    """Goal: everything is reached. Method: pages of one phone, of one answer; each name once, walking on."""
    monkeypatch.setattr(pages.duplicates, "PAGE", 1)
    names = [f"Panjang {letter}" for letter in "ABCD"]
    for place, name in enumerate(names):
        office.customer("PTK", name, phones=[phone if place < 2 else f"0813{next(PLACES)}"])
    with hub.journal.unit() as unit:
        for card in [row.id for row in customers.Customer.select().where(customers.Customer.name.in_(names[2:]))]:
            customers.change_customer(unit, card, {}, ["0813-8888-7777"], hub.company_key)
    shown, path = "", "/customers/duplicates"
    while path:
        page = admin.get(path)
        shown += page
        path = next(iter(re.findall(r'href="([^"]+)" rel="next"', page)), "").replace("&amp;", "&")
    assert all(name in shown for name in names)
