"""Shifts at head office: every branch's, with their differences, and down to the report of each."""

import csv
from io import StringIO

import pytest

from crm import money
from sync.database import using


@pytest.fixture(scope="module")
def shifts(office) -> dict[str, bytes]:
    """One at PTK, 500 too little; one at DPS, still open; both with a sale."""
    made = {}
    for code in ("PTK", "DPS"):
        node = office.branches[code]
        with using(node.store), node.journal.unit() as unit:
            made[code] = money.open_shift(unit, 100_000)
        office.sell(code, "OLI-1", 1, 45_000)
        with using(node.store), node.journal.unit() as unit:
            money.move_cash(unit, made[code], money.OUT, 10_000, "Galon air")
            if code == "PTK":
                money.close_shift(unit, made[code], 134_500)
    office.sync()
    return made


def test_shifts_of_all_branches(manager, shifts) -> None:
    """Goal: management sees where cash is missing. Method: the list, one branch, a day without any, a bad cursor."""
    page = manager.get("/shifts")
    assert all(f"/shifts/{shift.hex()}" in page for shift in shifts.values())
    assert "−Rp500" in page and "Rp135.000" in page and "Terbuka" in page and "Kurang" in page
    one = manager.get("/shifts", branch="DPS", after="zz")
    assert shifts["DPS"].hex() in one and shifts["PTK"].hex() not in one
    assert "Tidak ada sif pada masa ini" in manager.get("/shifts", **{"from": "2020-01-01", "to": "2020-01-02"})


def test_down_to_the_report(manager, shifts) -> None:
    """Goal: what the cashier printed is what head office reads. Method: Z and X report with their accounts."""
    z = manager.get(f"/shifts/{shifts['PTK'].hex()}")
    for words in ("Laporan Z", "Rp135.000", "Rp134.500", "−Rp500", "Galon air", "Pembukuan", "Selisih kas", "WIB"):
        assert words in z, words
    x = manager.get(f"/shifts/{shifts['DPS'].hex()}")
    assert "Laporan X" in x and "WITA" in x and "Rp135.000" in x
    manager.get("/shifts/" + "0" * 28, 404)


def test_the_file(manager, shifts) -> None:
    """Goal: the list goes into a spreadsheet by one tap. Method: its lines."""
    rows = {row["branch"]: row for row in csv.DictReader(StringIO(manager.get("/shifts/all.csv")))}
    assert ("135000", "134500", "-500") == tuple(rows["PTK"][key] for key in ("expected", "counted", "difference"))
    assert ("135000", "", "") == tuple(rows["DPS"][key] for key in ("expected", "counted", "difference"))
