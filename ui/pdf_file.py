"""A report on paper: A4, whose figures of which days on top, headings and page numbers on each page, totals below."""

from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from sync.errors import N_
from ui import formats
from ui.report_file import Cells, Column, Sheet
from ui.translate import text
from ui.vendor import package_folder

ROWS_MAX = 1_000  # a second's work and twenty pages; nobody prints more, and the other files hold all
FONT = "NotoSans[wdth,wght].ttf"
PARTS = {"text": 3, "number": 2, "rupiah": 3}  # how wide the columns are to each other
ROW_MM, TEXT_PT, SMALL_PT, TITLE_PT = 6.5, 9, 8, 15
INK, SOFT, HAIR = (38, 32, 25), (102, 91, 79), (200, 190, 176)


class _Paper(FPDF):
    """Pages that know their headings and their number."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self.sheet = sheet
        self.add_font("Noto", fname=package_folder("fontpkg_noto_sans") / "files" / FONT)
        self.set_auto_page_break(True, 18)
        self.set_title(sheet.title)
        self.set_draw_color(*HAIR)
        parts = sum(PARTS[column.kind] for column in sheet.headings)
        self.widths = [self.epw * PARTS[column.kind] / parts for column in sheet.headings]

    def header(self) -> None:
        if self.page_no() == 1:
            self._top()
        self._letters(SMALL_PT, SOFT)
        self.line_of([column.word for column in self.sheet.headings], "B")
        self._letters(TEXT_PT, INK)

    def _top(self) -> None:
        self._letters(TITLE_PT, INK)
        self.cell(0, 9, self.sheet.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._letters(TEXT_PT, SOFT)
        for words in self.sheet.about:
            self.cell(0, 5.5, words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-13)
        self._letters(SMALL_PT, SOFT)
        page = text(N_("Page %(page)s of %(pages)s"), self.sheet.language, page=self.page_no(), pages="{nb}")
        self.cell(0, 6, f"{self.sheet.title} · {', '.join(self.sheet.about)}")
        self.set_x(self.l_margin)
        self.cell(0, 6, page, align="R")

    def line_of(self, cells: Cells, border: str = "") -> None:
        """One row of the table, figures at the right."""
        for width, column, cell in zip(self.widths, self.sheet.headings, cells, strict=True):
            words = _fitting(self, _said(cell, column, self.sheet.language), width)
            self.cell(width, ROW_MM, words, border=border, align="L" if column.kind == "text" else "R")
        self.ln(ROW_MM)

    def _letters(self, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font("Noto", size=size)
        self.set_text_color(*colour)


def made(sheet: Sheet) -> bytes:
    """The file's bytes, with the first ROWS_MAX rows and the totals of all."""
    paper = _Paper(sheet)
    paper.add_page()
    for row in sheet.shown[:ROWS_MAX]:
        paper.line_of(row)
    paper.line_of(list(sheet.sums), "T")
    if len(sheet.shown) > ROWS_MAX:
        words = N_("The first %(shown)s of %(count)s rows; the total counts all.")
        counts = {"shown": ROWS_MAX, "count": len(sheet.shown)}
        said = {name: formats.number(count, sheet.language) for name, count in counts.items()}
        paper.cell(0, ROW_MM, text(words, sheet.language, **said))
    return bytes(paper.output())


def _said(cell: str | int, column: Column, language: str) -> str:
    if isinstance(cell, str):
        return cell
    return formats.rupiah(cell, language) if column.kind == "rupiah" else formats.number(cell, language)


def _fitting(paper: Any, words: str, width: float) -> str:
    """*words*, cut where the column ends."""
    room = width - 2 * paper.c_margin
    if paper.get_string_width(words) <= room:
        return words
    while words and paper.get_string_width(f"{words}…") > room:
        words = words[:-1]
    return f"{words}…"
