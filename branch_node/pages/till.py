"""The till: one screen from the first scan to the receipt; works the same with the line cut."""

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from branch_node import sms_receipts
from branch_node.pages import sms_modems
from branch_node.pages.areas import till_area
from branch_node.pages.baskets import Basket, first_line, new_token, read_basket, stock_here
from branch_node.pages.customer_forms import holders
from branch_node.pages.discounts import read_approval
from branch_node.pages.here import branch, me
from branch_node.pages.holding import form_of
from branch_node.pages.tenders import read_parts, read_tenders
from branch_node.pages.till_prices import tell_kept_prices
from crm import catalogue, company, customers, money, selling
from crm.customers import Customer
from crm.errors import BadPhone, BadPrice, BadProductCode, BadText, BusinessError
from crm.selling import Paid, held
from sync.unit import Unit
from ui.access import requires
from ui.addresses import row_id
from ui.explain import said
from ui.forms import Reading
from ui.render import is_fragment
from ui.value_words import PAYMENT_METHODS, told

FRESH = "fresh_sale"
TILL = 1  # a branch has one till


def _page(
    basket: Basket, customer: bytes | None, form: Reading, status: int = 200, parts: Sequence[Paid] = ()
) -> Response:
    rules, words = company.read(), told(PAYMENT_METHODS)
    template = "till/form.html" if is_fragment() else "till/page.html"
    shown = render_template(
        template,
        main_class="wide",
        basket=basket,
        customer=Customer.get_or_none(Customer.id == customer) if customer else None,
        values=form.values,
        errors=form.errors,
        methods=words,
        parts=[{"method": paid.method, "word": words[paid.method], "amount": paid.amount} for paid in parts],
        stock=stock_here([line.item.id for line in basket.lines]),
        limit=rules.limit(current_user.role),
        step=rules.cash_step,
        held=[] if basket.lines else held.listed(),
        has_shift=money.is_open(branch().stream, TILL),
        attention=[] if is_fragment() else sms_modems.attention(),
    )
    return make_response(shown, status)


@till_area.get("/till")
@requires("sell")
def show() -> Response:
    """An empty basket, with a customer if the address names one; or a held basket to go on with."""
    sent = form_of(request.args.get("held", ""))
    basket = read_basket(sent, True) if sent else Basket(new_token())
    return _page(basket, row_id((sent or request.args).get("customer", "")), Reading({}))


@till_area.post("/till")
@requires("sell")
def finish() -> Answer:
    """Records the sale and leads to its receipt; a repeat of the same basket leads to the same receipt."""
    form, basket = Reading(request.form), read_basket(request.form, True)
    customer = row_id(form.text("customer"))
    parts = read_parts(request.form, form)
    payments = read_tenders(form, parts, basket.total, company.read().cash_step)
    _check_buyer(form, customer)
    approver = _approver(form, basket)
    form.errors |= basket.errors
    if not form.errors:
        try:
            sale = _record(basket, payments, customer, approver, form)
        except BusinessError as error:
            form.errors[_field_of(error)] = said(error)
        else:
            tell_kept_prices(basket, customer)
            return _to_receipt(sale)
    return _page(basket, customer, form, 422, parts)


def _check_buyer(form: Reading, customer: bytes | None) -> None:
    """The phone of a new customer must not be somebody's already: that card is the one to use."""
    known = [] if customer else holders(form.text("new_phone", most=40))
    if known:
        who = known[0].name or known[0].number
        form.errors["new_phone"] = _("This is the number of %(name)s: search for it above.", name=who)


def _approver(form: Reading, basket: Basket) -> bytes | None:
    """Who approved the discounts: needed when they go beyond what the cashier's role may give."""
    own = 100 if basket.errors else company.read().limit(current_user.role)
    if basket.errors or basket.percent <= own:
        return None
    approval = read_approval(form.text("approval"))
    if approval and approval.covers(basket.token, basket.percent, basket.given):
        return approval.approver
    form.errors["approval"] = _(
        "This discount is more than %(limit)s %%. Somebody who may give more approves.", limit=own
    )
    return None


def _record(
    basket: Basket, payments: list[Paid], customer: bytes | None, approver: bytes | None, form: Reading
) -> bytes:
    lines, off = [line.sold for line in basket.lines], basket.off.rupiah
    with branch().journal.unit(actor=me()) as unit:
        known = unit.remembered(basket.token)
        if known is not None:
            return known
        buyer = customer or _new_customer(unit, form)
        facts: dict[str, Any] = {"discount": off, "approver": approver, "customer": buyer, "till": TILL}
        made = selling.record_sale(unit, lines=lines, payments=payments, **facts)
        number = selling.receipt_number(branch().code, TILL, made.number)
        sms_receipts.queue(branch(), unit, made.id, buyer, number, made.total)
        unit.remember(basket.token, made.id)
        held.sold(unit, basket.token)
    return made.id


def _new_customer(unit: Unit, form: Reading) -> bytes | None:
    """A card made with the sale when name or phone was typed."""
    name, phone = form.text("new_name"), form.text("new_phone")
    if not name and not phone:
        return None
    return customers.create_customer(unit, name=name, phones=[phone], hash_key=branch().company_key)


def _field_of(error: BusinessError) -> str:
    return {BadPhone: "new_phone", BadText: "new_name"}.get(type(error), "form")


def _to_receipt(sale: bytes) -> Answer:
    """The next page is the receipt; the browser's own one is the only one that is no copy."""
    session[FRESH] = sale.hex()
    address = url_for("sales.receipt", sale=sale.hex())
    if not is_fragment():
        return redirect(address, 303)
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer


@till_area.post("/till/provisional")
@requires("sell")
def make_provisional() -> Response:
    """A code nobody knows yet becomes a provisional product: answers with its line, or the form with what is wrong."""
    form = Reading(request.form)
    code, name = form.text("code", required=True, most=64), form.text("name", required=True, most=100)
    price = form.rupiah("price", least=1)
    if not form.errors:
        try:
            return _provisional_line(code, name, price)
        except BusinessError as error:
            form.errors[_provisional_field(error)] = said(error)
    return make_response(render_template("till/unknown.html", asked=code, values=form.values, errors=form.errors), 422)


def _provisional_line(code: str, name: str, price: int) -> Response:
    with branch().journal.unit(actor=me()) as unit:
        made = catalogue.make_provisional(unit, code, name, price)
    item: Any = catalogue.item(made)
    return make_response(render_template("till/line.html", line=first_line(item, item.price), stock=None, kind="sale"))


def _provisional_field(error: BusinessError) -> str:
    return {BadProductCode: "code", BadPrice: "price"}.get(type(error), "name")
