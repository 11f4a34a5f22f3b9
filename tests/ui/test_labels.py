"""Labels: the bars are those of the standard, read back from the drawing."""

import re

from barcode.ean import EAN13

from crm.catalogue import Item
from ui.labels import LABELS_MAX, QUIET, bars, label, labels

EAN = "8991234567891"


def item(code: str, barcode: str | None = None) -> Item:
    return Item(b"1", code, "Oli", barcode, None, None, "goods", "pcs", 1, 0, None, False, False)


def modules(drawing: str) -> str:
    """Light and dark as a scanner meets them, without the quiet zones."""
    width = int(re.search(r'viewBox="0 0 (\d+) 1"', drawing)[1])  # type: ignore[index]
    dark = {
        place
        for begin, run in re.findall(r"M(\d+) 0h(\d+)", drawing)
        for place in range(int(begin), int(begin) + int(run))
    }
    return "".join("1" if place in dark else "0" for place in range(QUIET, width - QUIET))


def test_bars_are_drawn_as_they_are_coded() -> None:
    """Goal: a scanner reads what stands below. Method: EAN-13 module by module; Code 128 begins and ends as it must."""
    assert EAN13(EAN).build() == [modules(bars(EAN))]
    code = modules(bars("OLI-1"))
    assert code.startswith("11010010000") and code.endswith("1100011101011")
    assert modules(bars("8991234567890")).startswith("11010")  # no EAN-13: the last digit does not fit


def test_copies_and_what_has_no_label() -> None:
    """Goal: barcode before code, a limit, and nothing left out unsaid. Method: three products, many copies."""
    with_code, with_barcode, without = item("OLI-1"), item("X", EAN), item("ÉTÉ")
    made, none = labels([with_code, with_barcode, without], 2)
    assert (["OLI-1", "OLI-1", EAN, EAN], [without]) == ([one.text for one in made], none)
    assert label(without) is None
    assert LABELS_MAX == len(labels([with_code], LABELS_MAX + 1)[0])
