"""Printed labels: a product's barcode as bars, its name and price; for a roll of 58 mm and for sheets of A4."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from crm.catalogue import Item
from crm.catalogue.barcodes import check_digit, looks_like_ean

PAPERS = ("58", "a4")
LABELS_MAX = 500
QUIET = 10  # modules of white on either side, without which no scanner reads
_SVG = Markup(
    '<svg class="bars" viewBox="0 0 {} 1" preserveAspectRatio="none" shape-rendering="crispEdges" aria-hidden="true">'
    '<path d="{}"/></svg>'
)


class Label(NamedTuple):
    """One label: ``bars`` is an SVG, ``text`` what stands below it."""

    item: Item
    text: str
    bars: Markup


def label(item: Item) -> Label | None:
    """The label of *item*: its barcode, else its code; None for a code that no scanner's alphabet holds."""
    text = item.barcode or item.code
    if not (text.isascii() and text.isprintable()):
        return None
    return Label(item, text, bars(text))


def labels(items: Iterable[Item], copies: int) -> tuple[list[Label], list[Item]]:
    """Each label *copies* times, at most LABELS_MAX in all, and the products that can have none."""
    made: list[Label] = []
    without: list[Item] = []
    for item in items:
        one = label(item)
        made += [one] * copies if one else []
        without += [] if one else [item]
    return made[:LABELS_MAX], without


def bars(text: str) -> Markup:
    """*text* as an SVG of bars: EAN-13 where it is one, else Code 128."""
    from barcode.codex import Code128  # with its drawing of pictures, which is not for here, it takes 5 MB of memory
    from barcode.ean import EAN13

    is_ean = looks_like_ean(text) and int(text[-1]) == check_digit(text[:-1])
    (modules,) = (EAN13(text) if is_ean else Code128(text)).build()
    return _SVG.format(len(modules) + 2 * QUIET, "".join(_runs(modules)))


def _runs(modules: str) -> Iterable[str]:
    """The dark runs of *modules* ("0" and "1") as pieces of a path."""
    begun = None
    for place, module in enumerate(modules + "0"):
        if module != "0" and begun is None:
            begun = place
        elif module == "0" and begun is not None:
            yield f"M{begun + QUIET} 0h{place - begun}v1h-{place - begun}z"
            begun = None
