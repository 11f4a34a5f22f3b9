"""What cells mean: easy, typical, extreme and illegal values."""

from decimal import Decimal

import pytest

from crm.imports import cells
from crm.imports.errors import WrongLine
from crm.imports.table import Cell


def cell(text: str) -> Cell:
    """A cell with *text*."""
    return Cell(7, "x", text)


@pytest.mark.parametrize(
    ("pounds", "rupiah", "rounded"),
    [
        ("0", 0, False),
        ("2.55", 51_000, False),
        ("0.00005", 1, False),
        ("0.000025", 1, True),
        ("0.0000249", 0, True),
        ("0.123475", 2_470, True),
        ("0.123474", 2_469, True),
        ("-0.123475", -2_470, True),
        (".55", 11_000, False),
        ("+1.", 20_000, False),
        ("49999999999.99", 999_999_999_999_800, False),
    ],
)
def test_pounds_become_rupiah(pounds, rupiah, rounded) -> None:
    """Goal: half up for one piece, and a word when something was rounded. Method: values around the halves."""
    assert (rupiah, rounded) == cells.from_pounds(cells.pounds(cell(pounds)))


@pytest.mark.parametrize(("text", "number"), [("6", 6), ("-12", -12), ("+3", 3), ("6.0", 6), ("6.00", 6), ("007", 7)])
def test_whole_numbers(text, number) -> None:
    """Goal: whole numbers as spreadsheets write them. Method: with sign, zeros and an empty fraction."""
    assert number == cells.whole(cell(text))


@pytest.mark.parametrize("text", ["", "six", "6.000", "1,000", "6.5", "1e3", "٣", "0x10", "1_000", "--1", "9" * 17])
def test_what_could_mean_two_things_is_refused(text) -> None:
    """Goal: never guess. Method: thousands, fractions, other digits and signs."""
    with pytest.raises(WrongLine):
        cells.whole(cell(text))


@pytest.mark.parametrize("text", ["", "2,55", "£2.55", "NaN", "Infinity", "1e3", ".", "1.2.3", "9" * 16, "1" * 30])
def test_amounts_that_are_none_are_refused(text) -> None:
    """Goal: the same for prices. Method: commas, signs, words and numbers beyond all money."""
    with pytest.raises(WrongLine):
        cells.pounds(cell(text))


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("0", 0),
        ("17500", 17_500),
        ("17.500", 17_500),
        ("1.250.000", 1_250_000),
        ("Rp 72.500", 72_500),
        ("Rp72.500,-", 72_500),
        ("rp. 72500", 72_500),
        ("IDR\N{NO-BREAK SPACE}5.000,00", 5_000),
        ("-Rp 5.000", -5_000),
        ("90000.00", 90_000),
        ("17500.0", 17_500),
    ],
)
def test_rupiah_as_people_write_them(text, rupiah) -> None:
    """Goal: Indonesian lists are read. Method: with dots for thousands, Rp before and an empty fraction behind."""
    assert rupiah == cells.rupiah(cell(text))


@pytest.mark.parametrize(
    "text",
    ["", "17.50", "17.5", "17,500", "1,250,000", "0.500", "17.500,50", "1250.000", "1.25.000", "Rp", "USD 5", "5 rb",
     "1e3", "٣", "9" * 17],
)  # fmt: skip
def test_rupiah_that_could_mean_two_things_are_refused(text) -> None:
    """Goal: never guess about money. Method: fractions, commas for thousands, broken groups, other money and words."""
    with pytest.raises(WrongLine):
        cells.rupiah(cell(text))


@pytest.mark.parametrize(
    ("text", "kept"), [("17850.0", "17850"), ("17850.00", "17850"), ("1.000", "1.000"), ("A.0", "A.0"), ("007", "007")]
)
def test_numbers_that_name_something(text, kept) -> None:
    """Goal: a spreadsheet's .0 goes, everything else stays. Method: numbers and what looks like one."""
    assert kept == cells.without_point(text)


def test_texts_become_readable() -> None:
    """Goal: a name fits a card, and it is told when it did not. Method: a bell, a line break, three hundred signs."""
    assert ("Gelas merah", False) == cells.readable(" Gelas  merah ")
    assert ("Gelas merah", True) == cells.readable("Gelas\x07merah")
    assert ("x" * 200, True) == cells.readable("x" * 300)
    assert Decimal("2.55") == cells.pounds(cell("2.55"))
