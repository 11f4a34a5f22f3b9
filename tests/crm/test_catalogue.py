"""Products: head office's, provisional ones, finding them."""

from typing import Any

import pytest

from crm import catalogue
from crm.catalogue import category_list
from crm.errors import (
    BadChoice,
    BadPrice,
    BadProductCode,
    BadText,
    BusinessError,
    CategoryTaken,
    ProductCodeTaken,
    UnknownCategory,
    UnknownProduct,
)
from sync import limits
from sync.errors import NotAllowedHere

OIL = {"code": "oli-1 ", "name": "Oli mesin", "price": 45_000}


def make(hub: Any, **values: Any) -> bytes:
    with hub.unit() as unit:
        return catalogue.create_product(unit, {**OIL, **values})


def names(text: str = "", **options: Any) -> list[str]:
    return [item.name for item in catalogue.search(text, **options)]


@pytest.mark.row("H-23", "H-21")
def test_a_product_is_made_changed_and_taken_out(hub: Any) -> None:
    """Goal: head office keeps the catalogue. Method: make, read every field, change, archive."""
    with hub.unit() as unit:
        category = catalogue.make_category(unit, " Oli  dan cairan ")
        assert category == catalogue.make_category(unit, "oli dan Cairan")
    made = make(hub, category=category, barcode="8990001", type="10W-30", unit="botol", description="Satu liter.")
    item = catalogue.item(made)
    assert item
    assert ("OLI-1", "Oli mesin", "8990001", category, "10W-30") == item[1:6]
    assert ("goods", "botol", 45_000, 0, "Satu liter.", False, False) == item[6:]
    with hub.unit() as unit:
        assert catalogue.change_product(unit, made, {"price": 47_500})
        assert catalogue.change_product(unit, made, {"price": 47_500}) is False
    assert ["Oli mesin"] == names()
    with hub.unit() as unit:
        assert catalogue.archive_product(unit, made)
    found = catalogue.find("OLI-1")
    assert found
    assert ([], 47_500, True) == (names(), found.price, found.archived)


@pytest.mark.row("H-62", "H-23")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": ""}, BadProductCode),
        ({"code": "x" * 65}, BadProductCode),
        ({"code": "A\x00"}, BadProductCode),
        ({"code": "OLI-1"}, ProductCodeTaken),
        ({"code": " oli-1"}, ProductCodeTaken),
        ({"name": " "}, BadText),
        ({"name": "x" * 201}, BadText),
        ({"price": -1}, BadPrice),
        ({"price": limits.RUPIAH_MAX + 1}, BadPrice),
        ({"price": 45_000.5}, BadPrice),
        ({"price": "45000"}, BadPrice),
        ({"price": True}, BadPrice),
        ({"price": None}, BadPrice),
        ({"kind": "gift"}, BadChoice),
    ],
)
def test_a_wrong_product_is_refused(hub: Any, change: dict[str, Any], error: type[BusinessError]) -> None:
    """Goal: illegal codes, names and prices make nothing. Method: a table; count products."""
    make(hub)
    with pytest.raises(error):
        make(hub, **{"code": "NEW", **change})
    assert 1 == hub.count("product")


@pytest.mark.row("H-62")
@pytest.mark.parametrize("price", [0, 1, 45_000, limits.RUPIAH_MAX])
def test_legal_prices(hub: Any, price: int) -> None:
    """Goal: nothing, easy, typical and extreme prices pass. Method: a table."""
    item = catalogue.item(make(hub, price=price))
    assert item
    assert price == item.price


def test_a_branch_does_not_change_the_catalogue(branch: Any, oil: bytes) -> None:
    """Goal: prices are head office's. Method: make and change one at a branch."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        catalogue.create_product(unit, {**OIL, "code": "NEW"})
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        catalogue.change_product(unit, oil, {"price": 1})
    with pytest.raises(UnknownProduct), branch.unit() as unit:
        catalogue.change_product(unit, b"?" * 16, {"price": 1})


def test_an_unknown_code_becomes_a_provisional_product(hub: Any, branch: Any, oil: bytes) -> None:
    """Goal: two branches make one product of one code. Method: spellings, a known code, another node."""
    with branch.unit() as unit:
        made = [catalogue.make_provisional(unit, code, "LAMPU", 20_000) for code in ("85123A", "85123a", " 85123A ")]
        assert oil == catalogue.make_provisional(unit, "oli-1", "other", 1)
    with hub.unit() as unit:
        made.append(catalogue.make_provisional(unit, "85123a"))
    assert 1 == len(set(made))
    item = catalogue.item(made[0])
    assert item
    assert ("85123A", "LAMPU", 20_000, True) == (item.code, item.name, item.price, item.provisional)
    assert 1 == branch.count("provisional_product")
    with pytest.raises(BadPrice), branch.unit() as unit:
        catalogue.make_provisional(unit, "X", price=-1)


@pytest.mark.row("H-20")
def test_a_scanner_finds_code_or_barcode(branch: Any) -> None:
    """Goal: one beep, one product. Method: code in any case, barcode, nothing."""
    found = [catalogue.find(text) for text in ("oli-1", " OLI-1 ", "899001", "899", "")]
    assert ["OLI-1", "OLI-1", "OLI-1", None, None] == [item and item.code for item in found]


@pytest.mark.row("H-19", "H-20")
def test_goods_are_browsed_and_searched(branch: Any) -> None:
    """Goal: all by name, by words, by kind; head office's and provisional ones. Method: lists."""
    with branch.unit() as unit:
        catalogue.make_provisional(unit, "BAN-X", "ban dalam")
    assert ["ban dalam", "Ban luar", "Oli mesin", "Pijat bayi"] == names()
    assert ["ban dalam", "Ban luar"] == names("ban")
    assert ["Ban luar"] == names("luar BAN")
    assert ["Pijat bayi"] == names(kind="service")
    assert [] == names("ban", kind="service")
    assert [[], []] == [names('"'), names("zzz")]


def test_a_name_comes_before_a_code(hub: Any) -> None:
    """Goal: "oli" offers oil, not the brake fluid with an oil's code. Method: names and codes that begin so."""
    for code, name in (("OLI-05", "Minyak rem"), ("F-1", "Filter oli"), ("Z-1", "Oli gardan"), ("OLI-9", "Oli mesin")):
        make(hub, code=code, name=name)
    suggested = [[item.name for item in catalogue.suggest(text)] for text in ("oli", "OLI m", "oli-05", "", '"')]
    oils = ["Oli gardan", "Oli mesin", "Filter oli", "Minyak rem"]
    assert [oils, ["Oli mesin", "Minyak rem"], ["Minyak rem"], [], []] == suggested
    assert oils[:2] == [item.name for item in catalogue.suggest("oli", "goods", limit=2)]
    assert [] == catalogue.suggest("oli", "service")


@pytest.mark.row("H-20")
def test_goods_are_filtered_by_category(hub: Any) -> None:
    """Goal: the categories in use narrow the list. Method: two categories, one product each."""
    with hub.unit() as unit:
        tyres, oils = catalogue.make_category(unit, "Ban"), catalogue.make_category(unit, "Oli")
    make(hub, category=oils)
    make(hub, code="BAN-1", name="Ban luar", category=tyres)
    assert ["Ban", "Oli"] == [category.name for category in catalogue.categories()]
    assert [["Ban luar"], ["Oli mesin"]] == [names(category=category) for category in (tyres, oils)]


@pytest.mark.parametrize("text", ["", "an"])
def test_pages_of_goods_are_the_whole_list(branch: Any, text: str) -> None:
    """Goal: nothing lost or repeated between pages. Method: equal names, pages of two."""
    with branch.unit() as unit:
        for number in range(7):
            catalogue.make_provisional(unit, f"AN{number}", "Anting")
    whole, pages, cursor = catalogue.search(text), [], None
    while page := catalogue.search(text, limit=2, after=cursor):
        cursor = page[-1].cursor
        pages += page
    assert whole == pages
    assert len(whole) >= 7


@pytest.mark.row("H-22")
def test_a_category_is_renamed_and_archived(hub: Any) -> None:
    """Goal: a group keeps its goods whatever it is called. Method: rename, archive, and names old and new."""
    with hub.unit() as unit:
        oils = category_list.add_category(unit, " Oli ")
        make_in = catalogue.create_product(unit, {**OIL, "category": oils})
        assert category_list.rename_category(unit, oils, "Pelumas")
        assert category_list.rename_category(unit, oils, "Pelumas") is False
        assert [oils, oils] == [catalogue.make_category(unit, name) for name in ("oli", "PELUMAS")]
        assert category_list.archive_category(unit, oils)
    item = catalogue.item(make_in)
    assert item
    assert ([], "Pelumas") == (catalogue.categories(), catalogue.category_name(item.category))
    assert [(oils, "Pelumas", True, 1)] == category_list.listed()
    with hub.unit() as unit:
        assert oils == catalogue.make_category(unit, "Pelumas")
    assert [(oils, "Pelumas", False, 1)] == category_list.listed()


@pytest.mark.row("H-22", "H-62")
@pytest.mark.parametrize(
    ("name", "error"),
    [("", BadText), ("x" * 101, BadText), ("a\x00", BadText), ("ban", CategoryTaken), ("OLI ", CategoryTaken)],
)
def test_a_wrong_name_of_a_category_is_refused(hub: Any, name: str, error: type[BusinessError]) -> None:
    """Goal: no empty, odd or second name. Method: a table, for a new category and a new name; "Oli" is a former one."""
    with hub.unit() as unit:
        tyres, oils = category_list.add_category(unit, "Ban"), category_list.add_category(unit, "Oli")
        category_list.rename_category(unit, oils, "Pelumas")
        other = category_list.add_category(unit, "Busi")
    for act in (lambda u: category_list.add_category(u, name), lambda u: category_list.rename_category(u, other, name)):
        with pytest.raises(error), hub.unit() as unit:
            act(unit)
    assert (3, "Ban") == (hub.count("category"), catalogue.category_name(tyres))


def test_a_branch_reads_categories(branch: Any) -> None:
    """Goal: groups are head office's. Method: make one at a branch, rename and archive one nobody knows."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        category_list.add_category(unit, "Ban")
    for act in (category_list.archive_category, lambda unit, row: category_list.rename_category(unit, row, "X")):
        with pytest.raises(UnknownCategory), branch.unit() as unit:
            act(unit, b"?" * 16)
