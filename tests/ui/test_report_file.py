"""Reports as files: figures as figures, text that nothing runs, pages that say what they are."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from fpdf import FPDF
from openpyxl import load_workbook

from ui import pdf_file
from ui.report_file import Column, Sheet, content

HEADINGS = [Column("text", "Barang"), Column("text", "Kode"), Column("number", "Banyaknya"), Column("rupiah", "Rupiah")]
SHOWN = [["Oli mesin", "0899", 3, 135_000], ["=1+1", "+62", -1, -45_000], ["Kampas\x01 rem", "B", 0, 0]]


def sheet(shown=SHOWN, **more) -> Sheet:
    """A small report."""
    facts = {
        "name": "sales",
        "title": "Laporan penjualan",
        "about": ["Toko Pontianak (PTK)", "1 Mei 2026 – 31 Mei 2026"],
        "columns": ("key", "quantity", "rupiah"),
        "rows": [row[1:] for row in shown],
        "headings": HEADINGS,
        "shown": shown,
        "total": "Jumlah",
        "language": "id",
    }
    return Sheet(**{**facts, **more})


def pages_of(made: bytes) -> int:
    """How many pages a PDF has."""
    return made.count(b"/Type /Page\n")


def test_the_workbook_holds_figures_and_text() -> None:
    """Goal: sums can be reckoned on, nothing runs. Method: read the cells back with their types."""
    page = load_workbook(BytesIO(content(sheet(), "xlsx"))).active
    head, oil, formula, brake = page.iter_rows()
    assert ["Barang", "Kode", "Banyaknya", "Rupiah"] == [cell.value for cell in head]
    assert [("Oli mesin", "s"), ("0899", "s"), (3, "n"), (135_000, "n")] == [(one.value, one.data_type) for one in oil]
    assert [("=1+1", "s"), ("+62", "s")] == [(one.value, one.data_type) for one in formula[:2]]
    assert (-45_000, "#,##0", "Kampas rem") == (formula[3].value, formula[3].number_format, brake[0].value)


def test_the_csv_holds_the_same_rows() -> None:
    """Goal: three files, one report. Method: keys and figures of the CSV, guarded."""
    found = list(csv.reader(StringIO(content(sheet(), "csv").decode())))
    assert [["key", "quantity", "rupiah"], ["0899", "3", "135000"], ["'+62", "-1", "-45000"], ["B", "0", "0"]] == found


def test_the_last_line_adds_up() -> None:
    """Goal: totals of all rows. Method: the sums below the figures, a word below the names."""
    assert ["Jumlah", "", 2, 90_000] == list(sheet().sums)


def test_paper_has_words_figures_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: a printed report says whose it is and where one is in it. Method: every text the pages are given."""
    said: list[str] = []
    cell = FPDF.cell

    def heard(paper: FPDF, width: float, height: float, words: str, **more: Any) -> Any:
        said.append(words)
        return cell(paper, width, height, words, **more)

    monkeypatch.setattr(FPDF, "cell", heard)
    made = content(sheet(SHOWN * 25), "pdf")
    assert (b"%PDF", 2) == (made[:4], pages_of(made))
    assert (1, 2) == (said.count("Toko Pontianak (PTK)"), said.count("Barang"))
    assert [1, 1] == [said.count(f"Halaman {page} dari {{nb}}") for page in (1, 2)]
    assert {"Rp135.000", "−Rp45.000", "Jumlah", "Rp2.250.000"} <= set(said)


def test_endless_reports_end_on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: a PDF never keeps the shop waiting. Method: more rows than go on paper; the totals count all."""
    monkeypatch.setattr(pdf_file, "ROWS_MAX", 5)
    assert 1 == pages_of(content(sheet(SHOWN * 40), "pdf"))


def test_a_long_name_is_cut_at_its_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: no name runs into the figures. Method: the width of what is printed."""
    paper = pdf_file._Paper(sheet())
    paper.add_page()
    words = pdf_file._fitting(paper, "Panjang " * 40, 40)
    assert (True, True) == (words.endswith("…"), paper.get_string_width(words) <= 40)
