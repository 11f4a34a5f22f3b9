"""Barcodes: what may be one, several of one product, one product in use for each, found by scanning."""

from typing import Any

import pytest

from crm import catalogue
from crm.catalogue import barcodes
from crm.errors import BadBarcode, BarcodeTaken
from sync.errors import NotAllowedHere

EAN, UPC = "8991234567891", "036000291452"


def make(hub: Any, code: str, barcode: str | None = None, *further: str) -> bytes:
    with hub.unit() as unit:
        made = catalogue.create_product(unit, {"code": code, "name": f"Barang {code}", "price": 1, "barcode": barcode})
        barcodes.set_further(unit, made, further)
    return made


def scanned(*texts: str) -> list[str | None]:
    return [item and item.code for item in map(catalogue.find, texts)]


@pytest.mark.row("H-62")
@pytest.mark.parametrize("text", ["0", "007", EAN, "899123456789", "A-1 / b+C", "x" * 64, "12345678901234"])
def test_allowed(hub: Any, text: str) -> None:
    """Goal: any text of Code 128, leading zeros kept. Method: a table, as the first and as a further one."""
    make(hub, "A", text)
    make(hub, "B", None, f"{text[:-1]}~")
    assert ["A", "B"] == scanned(text, f" {text[:-1]}~ ")


@pytest.mark.row("H-62")
@pytest.mark.parametrize("text", ["8991234567890", "x" * 65, "é", "٣", "a\x00b", "\x1b"])
def test_illegal(hub: Any, text: str) -> None:
    """Goal: no EAN-13 with a wrong last digit, no sign without bars. Method: a table; nothing is made."""
    for further in ((text, ()), (None, (text,))):
        with pytest.raises(BadBarcode):
            make(hub, "A", further[0], *further[1])
    assert (0, 0) == (hub.count("product"), hub.count("further_barcode"))


def test_several_of_one_product(hub: Any) -> None:
    """Goal: carton and piece are one product; what is taken off is free. Method: scan, change, scan, give away."""
    oil = make(hub, "OLI", EAN, "DUS-1", "0012")
    other = make(hub, "BAN")
    assert ["OLI"] * 3 == scanned(EAN, "DUS-1", " 0012")
    with hub.unit() as unit:
        assert barcodes.set_further(unit, oil, ["0012"])
        assert barcodes.set_further(unit, oil, ["0012", " "]) is False
        assert barcodes.set_further(unit, other, ["DUS-1"])
    assert ["BAN", "OLI", None] == scanned("DUS-1", "0012", "12")
    assert ([f"{EAN} · 0012"], ["DUS-1"]) == ([barcodes.told(oil, EAN)], barcodes.further(other))


def test_a_part_of_a_barcode_is_enough_to_search(hub: Any) -> None:
    """Goal: typed by hand, the first digits do. Method: search and suggest, before and after a barcode moved."""
    oil, other = make(hub, "OLI", EAN, "DUS-1"), make(hub, "BAN")
    assert [["OLI"], ["OLI"]] == [[one.code for one in catalogue.search(text)] for text in ("899123", "dus")]
    with hub.unit() as unit:
        barcodes.set_further(unit, oil, [])
        barcodes.set_further(unit, other, ["DUS-1"])
        catalogue.change_product(unit, oil, {"barcode": None})
    assert [[], ["BAN"]] == [[one.code for one in catalogue.suggest(text)] for text in ("899123", "dus")]


@pytest.mark.parametrize("scan", [UPC, f"0{UPC}"])
@pytest.mark.parametrize("kept", [UPC, f"0{UPC}"])
def test_twelve_digits_are_thirteen_with_a_zero(hub: Any, kept: str, scan: str) -> None:
    """Goal: it does not matter how a scanner is set. Method: both ways of reading, both ways of writing down."""
    make(hub, "A", kept)
    assert ["A"] == scanned(scan)


def test_a_barcode_means_one_product_in_use(hub: Any) -> None:
    """Goal: no scan could mean two; the error names who has it. Method: first and further ones, a code, the archive."""
    oil = make(hub, "OLI", EAN, "DUS-1")
    for taken in (EAN, "DUS-1", "oli"):
        for own, further in ((taken, ()), (None, (taken,))):
            with pytest.raises(BarcodeTaken) as told:
                make(hub, "BAN", own, *further)
            assert ("Barang OLI", "OLI", taken) == tuple(
                told.value.params[name] for name in ("name", "code", "barcode")
            )
    with hub.unit() as unit:
        catalogue.archive_product(unit, oil)
    make(hub, "BAN", EAN, "DUS-1")
    with pytest.raises(BarcodeTaken), hub.unit() as unit:
        catalogue.change_product(unit, oil, {"archived": False})
    assert ["BAN", "BAN"] == scanned(EAN, "DUS-1")


def test_a_branch_reads_barcodes(branch: Any, oil: bytes) -> None:
    """Goal: they are head office's. Method: add one at a branch."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        barcodes.set_further(unit, oil, [EAN])
