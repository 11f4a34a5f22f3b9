"""Search as you type over customers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cabang_crm_nodes import Node, crowd, run_copy

from crm import customers
from crm.customers import Customer

PEOPLE = (
    ("Sari Dewi", "0812-3456-7890"),
    ("Sari Dewi", "0811-123-456"),
    ("Sarina Wijaya", "0895-1234-56789"),
    ("Budi Sari", ""),
    ("José Álvarez", "+65 9123 4567"),
    ("Sari Dewi", ""),
    ("Ni'mah O'Brien", ""),
    ("Tan 99", ""),
)


@pytest.fixture(scope="module", params=["new", "indexed"])
def filled(request: Any, templates: Path, tmp_path_factory: pytest.TempPathFactory, key: bytes) -> Path:
    """Nine customers, three of one name; just made, or long enough ago to be in the index."""
    path = tmp_path_factory.mktemp("people") / "branch.db"
    with run_copy(templates / "branch.db", path, 1) as branch:
        with branch.unit() as unit:
            for name, phone in PEOPLE:
                customers.create_customer(unit, name=name, phones=[phone], hash_key=key)
            customers.create_customer(unit, name="Toko Jaya", number="17850", kind="corporate", hash_key=key)
        if request.param == "indexed":
            crowd(branch)
    return path


@pytest.fixture
def people(filled: Path, tmp_path: Path) -> Iterator[Node]:
    """The branch with these customers."""
    with run_copy(filled, tmp_path / "branch.db", 1, first=2_000) as branch:
        yield branch


def found(text: str, **options: Any) -> list[str]:
    return [customer.number.removeprefix("PTK-00000") for customer in customers.search(text, **options)]


@pytest.mark.row("P-18", "P-31")
def test_everybody_of_one_name_is_listed(people: Node) -> None:
    """Goal: homonyms stand together for choice, whole words before begun ones. Method: one name, part and whole."""
    assert ["6", "2", "1"] == found("sari dewi")
    assert ["6", "4", "2", "1", "3"] == found("Sari")
    assert ["6", "4", "3", "2", "1"] == found("sar")
    assert ["6", "2", "1"] == found("dew sar")


@pytest.mark.row("P-21")
def test_the_number_itself_comes_first(people: Node, key: bytes) -> None:
    """Goal: the customer code finds its customer, short too. Method: whole, lower case, digits alone, begun."""
    with people.unit() as unit:
        customers.create_customer(unit, name="Orang 17850", hash_key=key)
    assert [["1"], ["1"], ["1"]] == [found(text)[:1] for text in ("PTK-000001", "ptk-000001", "1")]
    assert ["17850", "PTK-000009"] == [c.number for c in customers.search("17850")]
    assert ["9", "8", "7", "6", "5", "4", "3", "2", "1"] == found("PTK-00")
    assert ["PTK-000009", "17850"] == [c.number for c in customers.search("178")]


@pytest.mark.row("C-17")
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0812-3456-7890", ["1"]),
        ("081234567890", ["1"]),
        ("+62 812 3456 7890", ["1"]),
        ("6281234567890", ["1"]),
        ("0062 812 3456 7890", ["1"]),
        ("7890", ["1"]),
        ("0811 123", ["2"]),
        ("+65 9123 4567", ["5"]),
        ("9123", ["5"]),
        ("123456", ["1", "2", "3", "5"]),
        ("0813", []),
    ],
)
def test_a_phone_finds_its_owner(people: Node, text: str, numbers: list[str]) -> None:
    """Goal: the phone is the member identity in any national or international form. Method: a table."""
    assert sorted(numbers) == sorted(found(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("jose", ["5"]), ("ÁLV", ["5"]), ("alvarez jose", ["5"]), ("o'brien", ["7"]), ("nimah", []), ("99", ["8"])],
)
def test_accents_and_signs_do_not_matter(people: Node, text: str, numbers: list[str]) -> None:
    """Goal: what a person types finds what another entered. Method: accents, apostrophes, digits in names."""
    assert numbers == found(text)


@pytest.mark.parametrize(
    "text", ['"', "*", "sari OR", "name:sari", "sari NOT dewi", "a" * 9_999, "' --", "(", "^", "\x00"]
)
def test_any_text_is_only_text(people: Node, text: str) -> None:
    """Goal: no text is an error or query language. Method: signs of the query language."""
    assert [] == found(text)


def test_without_text_everybody_stands_by_name(people: Node, key: bytes) -> None:
    """Goal: somebody is found by eye, too. Method: all, capitals apart, equal names, one without a name, blanks."""
    with people.unit() as unit:
        customers.create_customer(unit, name="budi kecil", number="A1", hash_key=key)
        unit.insert(Customer, {"number": "M-7", "name": None})
    shown = [one.name or one.number for one in customers.search("", limit=2_000)]
    assert sorted(shown, key=str.lower) == shown
    named = [one for one in found("", limit=2_000) if one in ("1", "2", "6", "A1", "4", "M-7")]
    assert ["A1", "4", "M-7", "1", "2", "6"] == named
    assert found("") == found("   ")


@pytest.mark.parametrize("text", ["", "sari", "s", "123456", "PTK-0", "1"])
def test_pages_together_are_the_whole_list(people: Node, text: str) -> None:
    """Goal: nobody is lost or repeated between pages. Method: pages of one against one large page."""
    pages, cursor = [], None
    while page := customers.search(text, limit=1, after=cursor):
        cursor = page[0].cursor
        pages += page
    assert [c.id for c in customers.search(text)] == [c.id for c in pages]


@pytest.mark.parametrize("cursor", ["", "x", "1.", ".1", "1.x", "99.1", "-1.5", "1." + "9" * 30, "²." + "1"])
def test_a_made_up_cursor_breaks_nothing(people: Node, cursor: str) -> None:
    """Goal: an address typed by hand is harmless. Method: wrong cursors."""
    assert len(found("sari", after=cursor)) <= 5


def test_a_list_shows_what_tells_people_apart(people: Node) -> None:
    """Goal: choose among equals without opening each. Method: one row; two phones."""
    with people.unit() as unit:
        first = customers.search("PTK-000001")[0]
        customers.change_customer(unit, first.id, {"city": "Pontianak"}, ["081234567890", "+6591234567"], b"k" * 32)
    row = customers.search("PTK-000001")[0]
    assert ("Sari Dewi", "Pontianak", "PTK") == (row.name, row.city, row.home)
    assert ("0812-3456-7890", "+65 9123 4567") == row.phones


def test_changes_are_found_at_once(people: Node, key: bytes) -> None:
    """Goal: the index follows every change. Method: rename, new phone, archive."""
    sarina = customers.search("sarina")[0].id
    with people.unit() as unit:
        customers.change_customer(unit, sarina, {"name": "Rina Wijaya"}, ["0813-5555-6666"], key)
    assert [[], ["3"], [], ["3"]] == [found(text) for text in ("sarina", "rina wij", "0895", "0813")]
    with people.unit() as unit:
        customers.change_customer(unit, sarina, {"archived": True})
    assert [[], []] == [found(text) for text in ("rina", "0813")]
