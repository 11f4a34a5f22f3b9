"""A new customer and changing one; equal phone numbers are shown while one types."""

from functools import partial
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import customers_area
from branch_node.pages.here import branch, me
from crm import customers, phones
from crm.customers import Holder
from crm.errors import BadPhone, BusinessError
from ui.access import requires
from ui.addresses import named_row, row_id
from ui.beside import Beside, field_of
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page
from ui.value_words import CUSTOMER_KINDS, told

FIELDS = ("name", "kind", "street", "city", "birth_date", "caution")
PHONES_MAX = 3


def holders(phone: str, besides: bytes | None = None) -> list[Holder]:
    """The customers who are reached at *phone*, however it is written, except *besides*."""
    try:
        number = phones.normalise(phone)
    except BadPhone:
        return []
    return [one for one in customers.holders([number], branch().company_key)[number] if one.id != besides]


def _page(form: Reading, customer: dict[str, Any] | None) -> Response:
    wrong = [form.values.get(name, "") for name in _phone_names() if name in form.errors]
    besides = customer["id"] if customer else None
    return form_page(
        "customers/form.html",
        form,
        customer=customer,
        holders=_all_holders(wrong, besides),
        kinds=told(CUSTOMER_KINDS),
        phone_count=PHONES_MAX,
    )


def _all_holders(numbers: list[str], besides: bytes | None) -> list[Holder]:
    """The customers who are reached at any of *numbers*, each once."""
    found = {one.id: one for number in numbers for one in holders(number, besides)}
    return list(found.values())


@customers_area.get("/customers/known")
@requires("customers.edit")
def known() -> str:
    """Who has the phone number being typed already."""
    besides = row_id(request.args.get("besides", ""))
    typed = next((request.args[name] for name in _phone_names() if request.args.get(name)), "")
    return render_template("customers/known.html", holders=holders(typed, besides))


def _phone_names() -> list[str]:
    return [f"phone{place}" for place in range(1, PHONES_MAX + 1)]


@customers_area.get("/customers/new")
@requires("customers.edit")
def new() -> Response:
    """The empty form; a text that was searched for becomes the name."""
    return _page(Reading({"name": request.args.get("name", "")}), None)


@customers_area.post("/customers/new")
@requires("customers.edit")
def create() -> Answer:
    """Makes the card and leads to it; a phone somebody has is saved only after the page has said so."""
    form = Reading(request.form)
    values, numbers = _read(form)
    _ask_about_phones(form, numbers, None)
    if not form.errors:
        with Beside(form, partial(_field_of, form)), branch().journal.unit(actor=me()) as unit:
            made = customers.create_customer(unit, **values, phones=numbers, hash_key=branch().company_key)
    return _page(form, None) if form.errors else _to_card(made.hex())


@customers_area.get("/customers/<customer>/edit")
@requires("customers.edit")
def edit(customer: str) -> Response:
    """The form with what is known."""
    card = customers.card(named_row(customer))
    dialled = [point["shown"] for point in card["contacts"] if point["kind"] == "phone"]
    values = {name: card[name] or "" for name in FIELDS} | dict(zip(_phone_names(), dialled, strict=False))
    return _page(Reading(values), card)


@customers_area.post("/customers/<customer>/edit")
@requires("customers.edit")
def change(customer: str) -> Answer:
    """Saves what changed."""
    form, row = Reading(request.form), named_row(customer)
    values, numbers = _read(form)
    _ask_about_phones(form, numbers, row)
    if not form.errors:
        with Beside(form, partial(_field_of, form)), branch().journal.unit(actor=me()) as unit:
            customers.change_customer(unit, row, values, numbers, branch().company_key)
    return _page(form, customers.card(row)) if form.errors else _to_card(customer)


def _read(form: Reading) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {name: form.text(name) for name in FIELDS if name not in ("name", "kind")}
    values["name"] = form.text("name", required=True, most=100)
    values["kind"] = form.choice("kind", CUSTOMER_KINDS)
    return values, [form.text(name, most=40) for name in _phone_names()]


def _ask_about_phones(form: Reading, numbers: list[str], besides: bytes | None) -> None:
    for name, number in zip(_phone_names(), numbers, strict=True):
        if number and form.values.get("shared") != "1" and holders(number, besides):
            form.errors[name] = _("Another customer has this number already.")


def _field_of(form: Reading, error: BusinessError) -> str:
    if isinstance(error, BadPhone):
        typed = str(error.params.get("text", ""))
        return next((name for name in _phone_names() if form.text(name, most=40) == typed.strip()), "phone1")
    return field_of(error) or "form"


def _to_card(customer: str) -> Answer:
    say(_("Customer saved."))
    return redirect(url_for("customers.show", ident=customer), 303)
