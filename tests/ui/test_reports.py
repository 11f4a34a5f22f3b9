"""The report of sales on a terminal and in a pipe."""

import pytest

from ui.console import reports

COLUMNS = ("key", "quantity", "rupiah", "lines")
ROWS = [("OLI-1", 1_200, -72_500_000, 3)]


def test_a_terminal_gets_words_and_grouped_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: people read their own language, programs fixed names. Method: one row in both forms."""
    monkeypatch.setattr(reports, "LANGUAGE", "id")
    heading, row = reports._for_people("product", COLUMNS, ROWS)
    assert ["OLI-1", "1.200", "\N{MINUS SIGN}72.500.000", "3"] == row
    assert 4 == len(heading)
    assert [list(COLUMNS), ["OLI-1", "1200", "-72500000", "3"]] == reports._plain(COLUMNS, ROWS)
    assert ["A     1", "long  2"] == [line[:7] for line in reports._table([["A", "1", "", ""], ["long", "2", "", ""]])]
