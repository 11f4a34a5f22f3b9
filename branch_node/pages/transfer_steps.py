"""The steps of a transfer: goods leave, goods arrive, what is missing is put back or written off, nobody wants it."""

from collections.abc import Callable

from flask import make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import stock_area
from branch_node.pages.baskets import TOKEN
from branch_node.pages.stock_documents import write_once
from branch_node.pages.transfers import show_transfer
from crm import transfers
from crm.transfers import PUT_BACK, WRITE_OFF, Moved
from sync.limits import QUANTITY_MAX
from sync.unit import Unit
from ui.access import requires
from ui.addresses import named_row
from ui.forms import Reading
from ui.notices import say


@stock_area.post("/stock/transfers/<ident>/send")
@requires("stock.move")
def transfer_send(ident: str) -> Answer:
    """What was asked for leaves this shop, in the quantities packed."""
    step = _Step(ident)
    lines = [line for line in step.lines() if line.quantity]
    return step.done(lambda unit: transfers.send(unit, step.id, lines, step.note), _("Sent."))


@stock_area.post("/stock/transfers/<ident>/receive")
@requires("stock.move")
def transfer_receive(ident: str) -> Answer:
    """What arrived enters this shop, in the quantities counted."""
    step = _Step(ident)
    lines = step.lines()
    answer = step.done(lambda unit: transfers.receive(unit, step.id, lines, step.note), _("Received."))
    if not step.form.errors and transfers.find(step.id).differs:
        say(_("What arrived is not what was sent; the sender has to settle the difference."), "warn")
    return answer


@stock_area.post("/stock/transfers/<ident>/settle")
@requires("stock.move")
def transfer_settle(ident: str) -> Answer:
    """What is left of one product, or too much of it, is put back into this shop or written off."""
    step = _Step(ident)
    kind, product = step.form.choice("kind", (PUT_BACK, WRITE_OFF)), step.form.values.get("product", "")
    rest = next((one.rest for one in step.shown.accounts if one.product.hex() == product), 0)
    quantity = step.form.quantity("quantity", most=max(1, abs(rest)))
    lines = [Moved(bytes.fromhex(product), quantity if rest > 0 else -quantity)] if rest else []
    return step.done(
        lambda unit: transfers.settle(unit, step.id, kind, lines, step.note), _("The difference is settled.")
    )


@stock_area.post("/stock/transfers/<ident>/cancel")
@requires("stock.move")
def transfer_cancel(ident: str) -> Answer:
    """The goods are not wanted, or not to be had."""
    step = _Step(ident)
    return step.done(lambda unit: transfers.cancel(unit, step.id, step.note), _("Cancelled."))


class _Step:
    """A form about one transfer, as it was sent."""

    def __init__(self, ident: str) -> None:
        self.shown = transfers.find(named_row(ident))
        self.id = self.shown.id
        self.form = Reading(request.form)
        self.note = self.form.text("note")
        self.token = self.form.values.get("token", "")
        if not TOKEN.fullmatch(self.token):
            self.form.errors["form"] = _("This list was opened on another page. Check it and send it again.")

    def lines(self) -> list[Moved]:
        """A quantity for each product of the transfer; one that is not on the form is none."""
        names = {one.product: f"q-{one.product.hex()}" for one in self.shown.accounts}
        return [
            Moved(product, self.form.quantity(name, least=0, most=QUANTITY_MAX))
            for product, name in names.items()
            if name in self.form.values
        ]

    def done(self, write: Callable[[Unit], bytes], words: str) -> Answer:
        """Writes the step once and shows the transfer as it stands; a rule that says no is told on top of it."""
        if not self.form.errors:
            write_once(self.token, self.form, write)
        if self.form.errors:
            return make_response(show_transfer(self.id, values=self.form.values, errors=self.form.errors), 422)
        say(words)
        return redirect(url_for("stock.transfer", ident=self.id.hex()), 303)
