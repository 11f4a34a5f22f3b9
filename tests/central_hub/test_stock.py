"""Stok: product × branch, search, age of what the branches told."""

import re

import pytest


def row_of(page: str, code: str) -> list[str]:
    """The cells of a product's row as text."""
    row = next(row for row in page.split("<tr")[1:] if f">{code}<" in row)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]


@pytest.mark.row("H-61")
def test_a_column_for_each_branch(office, admin) -> None:
    """Goal: what lies where, and the sum. Method: goods received at one branch, then at the other."""
    office.receive("PTK", "BAN-2", 7)
    office.sync("PTK")
    first = row_of(admin.get("/stock", q="BAN-2"), "BAN-2")
    office.receive("DPS", "BAN-2", 3)
    office.sync("DPS")
    second = row_of(admin.get("/stock", q="BAN-2"), "BAN-2")
    assert int(first[-1].replace("−", "-")) + 3 == int(second[-1].replace("−", "-"))


def test_search(office, admin) -> None:
    """Goal: search, not scrolling. Method: by name, by code, by nothing that fits, as htmx asks."""
    assert "Oli mesin" in admin.get("/stock", q="mes")
    assert "Oli mesin" in admin.get("/stock", q="oli-1")
    assert "Tidak ada yang cocok" in admin.get("/stock", q="zzzz")
    assert "Tidak ada yang cocok" in admin.get("/stock", q="!!")
    part = admin.client.get("/stock?q=mes", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert "Oli mesin" in part


def test_the_age_of_each_branch(admin) -> None:
    """Goal: nobody takes old stock for new. Method: the sentence above the table."""
    page = admin.get("/stock")
    assert "Menurut kabar dari cabang" in page
    assert re.search(r"DPS [^·<]+·|DPS [^·<]+\.", page)


def test_below_zero_is_red(office, admin) -> None:
    """Goal: sold more than was there is seen. Method: sell what never came in."""
    office.sell("DPS", "BUSI", 4, 15_500)
    office.sync("DPS")
    page = admin.get("/stock", q="BUSI")
    assert '<span class="negative">−' in page


def test_a_strange_cursor_begins_anew(admin) -> None:
    """Goal: an old bookmark still works. Method: cursors nobody gave out."""
    for after in ("xyz", "00"):
        assert "Oli mesin" in admin.get("/stock", after=after)
