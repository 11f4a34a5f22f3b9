"""A report as a workbook: one line of headings, figures as figures, text that no spreadsheet runs."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ui.report_file import Sheet

FIGURES = "#,##0"
WIDTHS = {"text": 32, "number": 14, "rupiah": 20}  # characters
TITLE_CHARACTERS_MAX = 31  # of a sheet's name, by the format


def made(sheet: Sheet) -> bytes:
    """The workbook's bytes, with the rows as people read them."""
    book = Workbook(write_only=True)
    book.properties.title = f"{sheet.title}: {', '.join(sheet.about)}"
    page = book.create_sheet(sheet.title[:TITLE_CHARACTERS_MAX])
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.headings, 1):
        page.column_dimensions[get_column_letter(place)].width = WIDTHS[column.kind]
    page.append(_headings(page, sheet))
    for row in sheet.shown:
        page.append([_cell(page, value) for value in row])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _headings(page: Any, sheet: Sheet) -> Iterator[Any]:
    for column in sheet.headings:
        cell = _cell(page, column.word)
        cell.font = Font(bold=True)
        yield cell


def _cell(page: Any, value: str | int) -> Any:
    if isinstance(value, int):
        cell = WriteOnlyCell(page, value)
        cell.number_format = FIGURES
        return cell
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # whatever it begins with: never a formula
    cell.quotePrefix = True
    return cell
