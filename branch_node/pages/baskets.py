"""A list in the making: the till's basket, goods received, goods for another branch.

Until it is sent it lives in the browser's tab alone.  Each line carries an *offer*: the product and, at the till, the
price the page has shown, with a mark of this node, so that what is sent back is what was shown.
"""

import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from branch_node.pages.discounts import Off, read_off
from branch_node.pages.here import branch
from crm import catalogue
from crm.catalogue import Item
from crm.locations import shop_of
from crm.selling import Line, discounts
from crm.stock import OnHand
from sync.limits import OP_ROWS_MAX, QUANTITY_MAX
from ui.addresses import row_id

MARK_CHARACTERS = 16
TOKEN_BYTES = 8
TOKEN = re.compile(r"[A-Za-z0-9_-]{11}")
WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)


class Offer(NamedTuple):
    """``price``: what the page has shown, in rupiah; None in a list without prices, which is no offer to sell."""

    product: bytes
    price: int | None


class BasketLine(NamedTuple):
    """One line as shown; ``quantity`` and ``discount`` as typed, ``error`` a sentence when the quantity is none."""

    item: Item
    price: int | None
    quantity: str
    error: str = ""
    discount: str = ""

    @property
    def offer(self) -> str:
        return write_offer(Offer(self.item.id, self.price))

    @property
    def gross(self) -> int:
        """Price times quantity in rupiah; 0 for a quantity that is none."""
        return (self.price or 0) * int(self.quantity) if WHOLE.fullmatch(self.quantity) else 0

    @property
    def off(self) -> Off:
        """What its discount takes off, or what is wrong with it."""
        return read_off(self.discount, self.gross)

    @property
    def amount(self) -> int:
        """Rupiah after its own discount."""
        return self.gross - self.off.rupiah

    @property
    def sold(self) -> Line:
        """The line as it is sold, once its quantity is one."""
        return Line(self.item.id, int(self.quantity), self.price or 0, self.off.rupiah, self.item.kind == "goods")


@dataclass
class Basket:
    """What a page sent: its lines, the token that makes a repeat harmless, what is wrong with it."""

    token: str
    lines: list[BasketLine] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    discount: str = ""

    @property
    def subtotal(self) -> int:
        """The sum of the lines in rupiah, each after its own discount."""
        return sum(line.amount for line in self.lines)

    @property
    def off(self) -> Off:
        """What the discount on the whole takes off, or what is wrong with it."""
        return read_off(self.discount, self.subtotal)

    @property
    def total(self) -> int:
        """What is to be paid, in rupiah."""
        return self.subtotal - self.off.rupiah

    @property
    def given(self) -> int:
        """All discounts together, in rupiah."""
        return sum(line.gross for line in self.lines) - self.total

    @property
    def percent(self) -> int:
        """The limit, in percent, that these discounts need."""
        return discounts.needed([line.sold for line in self.lines if line.gross], self.off.rupiah)


def new_token() -> str:
    """A random name for one basket: two submissions of it are one sale."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def write_offer(offer: Offer) -> str:
    """*offer* as the page keeps it."""
    said = f"{offer.product.hex()}.{'' if offer.price is None else offer.price}"
    return f"{said}.{_mark(said)}"


def read_offer(text: str) -> Offer | None:
    """The offer this node wrote as *text*; None for anything else."""
    said, _dot, mark = text.rpartition(".")
    product, _dot, price = said.rpartition(".")
    known = row_id(product)
    genuine = hmac.compare_digest(_mark(said).encode(), mark.encode())
    return Offer(known, int(price) if price else None) if known and genuine else None


def _mark(said: str) -> str:
    return hmac.new(branch().secret_key, b"cabang offer 1\0" + said.encode(), sha256).hexdigest()[:MARK_CHARACTERS]


def read_basket(form: MultiDict[str, str], priced: bool) -> Basket:
    """The basket in *form*: token, ``offer`` and ``quantity`` per line, at the till ``discount`` and ``sale_discount``.

    *priced*: a list to sell from.
    """
    token = form.get("token", "")
    basket = Basket(token if TOKEN.fullmatch(token) else new_token())
    if basket.token != token:
        basket.errors["form"] = _("This list was opened on another page. Check it and send it again.")
    basket.lines, basket.discount = list(_lines(form, priced)), form.get("sale_discount", "").strip()
    if not basket.lines:
        basket.errors["form"] = _("There is nothing in the list. Add at least one line.")
    elif any(line.error for line in basket.lines):
        basket.errors["form"] = _("Correct the marked quantities.")
    elif any(line.off.error for line in basket.lines) or basket.off.error:
        basket.errors["form"] = _("Correct the marked discounts.")
    return basket


def _lines(form: MultiDict[str, str], priced: bool) -> Iterator[BasketLine]:
    offers, given = form.getlist("offer"), form.getlist("discount")
    given += [""] * (len(offers) - len(given))
    for text, quantity, off in list(zip(offers, form.getlist("quantity"), given, strict=False))[:OP_ROWS_MAX]:
        offer = read_offer(text)
        item = catalogue.item(offer.product) if offer and (offer.price is not None) is priced else None
        if offer and item:
            yield BasketLine(item, offer.price, quantity.strip(), _wrong(quantity.strip()), off.strip())


def _wrong(quantity: str) -> str:
    if not WHOLE.fullmatch(quantity):
        return _("Type a whole number, such as 12.")
    if int(quantity) < 1:
        return _("At least %(least)s, please.", least=1)
    return _("That is too much.") if int(quantity) > QUANTITY_MAX else ""


def first_line(item: Item, price: int | None) -> BasketLine:
    """The line that choosing *item* adds."""
    return BasketLine(item, price, "1")


def stock_here(products: list[bytes]) -> dict[bytes, int]:
    """Quantity on hand in this branch's shop for each of *products* that ever moved."""
    rows = OnHand.select().where((OnHand.location == shop_of(branch().stream)) & OnHand.product.in_(products))
    return {bytes(row.product): row.quantity for row in rows}
