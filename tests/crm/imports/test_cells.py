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
    assert (rupiah, rounded) == cells.rupiah(cells.pounds(cell(pounds)))


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
    ("text", "ms"),
    [
        ("2010-12-01 08:26:00", 1_291_166_760_000),
        ("2010-12-01T08:26", 1_291_166_760_000),
        ("2012-02-29 00:00:00", 1_330_448_400_000),
    ],
)
def test_local_times(text, ms) -> None:
    """Goal: local time to ms UTC. Method: Jakarta, seven hours ahead."""
    assert ms == cells.moment(cell(text), 7 * 3_600_000)


@pytest.mark.parametrize("text", ["", "2011-02-29 08:00:00", "2010-12-01", "1/12/2010 08:26", "2010-12-01 25:00:00"])
def test_times_that_are_none_are_refused(text) -> None:
    """Goal: no invented time. Method: a day that never was, a day alone, other orders, hour 25."""
    with pytest.raises(WrongLine):
        cells.moment(cell(text), 0)


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
