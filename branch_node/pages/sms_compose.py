"""Writing an SMS: to a customer or a number, freely or from a template; what it takes is shown before it goes."""

from typing import Any, NamedTuple

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node import sms_outgoing, sms_texts
from branch_node.pages.areas import sms_area
from branch_node.pages.baskets import TOKEN, new_token
from branch_node.pages.here import branch, me
from crm import customers, phones
from crm.customers import ContactPoint, Customer
from crm.errors import BadPhone, BusinessError
from crm.messages import PURPOSE_OF, TEXT_MAX
from crm.sms_recipients import has_agreed
from crm.sms_templates import FIELD_CHARACTERS_MAX, FIELDS, TEMPLATES
from sync.handover_lines import Relayed
from ui.access import requires
from ui.addresses import row_id
from ui.explain import said
from ui.forms import Reading
from ui.notices import say
from ui.render import is_fragment

FREE = ""  # no template: the person's own words
OWN_WORDS = "own"  # what the form says for it: a choice that must be made is never empty
FREE_KIND = "staff"
HITS = 8
SIGNS_SHOWN = 12


class Draft(NamedTuple):
    """What is being written: ``form`` as typed, ``text`` as it would go (empty: not yet), whom it is for."""

    form: Reading
    template: str
    customer: Customer | None
    text: str

    @property
    def kind(self) -> str:
        return TEMPLATES[self.template].kind if self.template else FREE_KIND


def _draft(form: Reading) -> Draft:
    wanted = form.values.get("template", FREE)
    template = wanted if wanted in TEMPLATES else FREE
    ident = row_id(form.values.get("choose") or form.values.get("customer", ""))
    customer: Any = Customer.get_or_none(Customer.id == ident) if ident else None
    _fill(form, template, customer)
    return Draft(form, template, customer, _text(form, template))


def _fill(form: Reading, template: str, customer: Customer | None) -> None:
    """Puts in what is known of the customer where nobody typed anything."""
    if customer is None:
        return
    known = {"name": customer.name or "", "number": customer.number or ""}
    for field in TEMPLATES[template].fields if template else ():
        if field in known and not form.values.get(f"f_{field}"):
            form.values[f"f_{field}"] = known[field]
    if "choose" in form.values or not form.values.get("to"):
        form.values["to"] = _phone(customer)


def _phone(customer: Customer) -> str:
    point: Any = (
        ContactPoint.select()
        .where((ContactPoint.customer == customer.id) & (ContactPoint.kind == "phone") & ~ContactPoint.archived)
        .order_by(ContactPoint.id)
        .first()
    )
    return phones.national(point.value) if point and point.value else ""


def _text(form: Reading, template: str) -> str:
    """The text as it would go; a field nobody filled in shows its name."""
    if not template:
        return form.values.get("text", "").strip()
    fields = {name: form.values.get(f"f_{name}", "").strip() or f"<{_(FIELDS[name])}>" for name in _names(template)}
    language = sms_texts.language_of(branch().stream)
    shop = sms_texts.shop_name(branch().stream, branch().code)
    return sms_texts.compose(template, language, {**fields, "shop": shop})


def _names(template: str) -> tuple[str, ...]:
    return TEMPLATES[template].fields if template else ()


# --- the page --------------------------------------------------------------------------------------------------


def _page(draft: Draft, status: int = 200) -> Response:
    form = draft.form
    token = form.values.get("token", "")
    shown = render_template(
        "sms/form.html" if is_fragment() else "sms/new.html",
        token_value=token if TOKEN.fullmatch(token) else new_token(),
        values=form.values,
        errors=form.errors,
        customer=draft.customer,
        template=draft.template,
        own_words=OWN_WORDS,
        templates={OWN_WORDS: _("Own words")} | {one.key: _(one.name) for one in TEMPLATES.values()},
        fields=[(name, _(FIELDS[name])) for name in _names(draft.template)],
        preview=_preview(draft),
        field_most=FIELD_CHARACTERS_MAX,
        text_most=TEXT_MAX,
    )
    return make_response(shown, status)


def _preview(draft: Draft) -> dict[str, Any]:
    taken = sms_outgoing.estimate(draft.text, branch().folder)
    return {"text": draft.text, "taken": taken, "signs": " ".join(taken.strange[:SIGNS_SHOWN])}


@sms_area.get("/sms/new")
@requires("sms.send")
def new() -> Response:
    """The empty form; an address may name a customer, a number and a template."""
    return _page(_draft(Reading({name: request.args.get(name, "") for name in ("customer", "to", "template")})))


@sms_area.post("/sms/draft")
@requires("sms.send")
def draft() -> Response:
    """The form again: with another customer, another template, or its text made plain; nothing typed is lost."""
    form = Reading(request.form)
    if "plain" in form.values:
        typed = ("text", *(name for name in form.values if name.startswith("f_")))
        form.values |= {name: sms_outgoing.plain(form.values[name]) for name in typed if name in form.values}
    if "nobody" in form.values:
        form.values |= {"customer": "", "to": ""}
    return _page(_draft(form))


@sms_area.post("/sms/preview")
@requires("sms.send")
def preview() -> str:
    """The text as it would go, and what it takes; nothing is saved."""
    return render_template("sms/preview.html", preview=_preview(_draft(Reading(request.form))))


@sms_area.get("/sms/customers")
@requires("sms.send")
def find_customers() -> str:
    """Customers to write to, while one types."""
    asked = request.args.get("q", "").strip()
    found = customers.search(asked, limit=HITS) if asked else []
    return render_template("sms/customer_hits.html", asked=asked, found=found)


# --- sending ---------------------------------------------------------------------------------------------------


@sms_area.post("/sms/new")
@requires("sms.send")
def send() -> Answer:
    """Puts it into the outbox; sent twice it is one message."""
    written = _draft(Reading(request.form))
    form = written.form
    form.text("to", required=True)
    for name in _names(written.template):
        form.text(f"f_{name}", required=True, most=FIELD_CHARACTERS_MAX)
    _check_consent(written)
    if not form.errors and _queued(written):
        say(_("The SMS is in the queue."))
        return redirect(url_for("sms.show"), 303)
    return _page(written, 422)


def _check_consent(written: Draft) -> None:
    """What needs the customer's word goes only to who gave it."""
    purpose = PURPOSE_OF.get(written.kind)
    if purpose is None:
        return
    if written.customer is None:
        written.form.errors["template"] = _("This goes only to customers who agreed to it: choose the customer above.")
    elif not has_agreed(written.customer.id, purpose):
        written.form.errors["template"] = _("The customer has not agreed to such SMS. Ask, and note it on the card.")


def _queued(written: Draft) -> bool:
    form, customer = written.form, written.customer
    token = form.values.get("token", "")
    try:
        with branch().journal.unit(actor=me()) as unit:
            sms_outgoing.send(
                unit,
                token if TOKEN.fullmatch(token) else new_token(),
                form.values["to"],
                written.text,
                kind=written.kind,
                customer=customer.id if customer else None,
            )
    except (BusinessError, Relayed) as error:
        form.errors["to" if isinstance(error, BadPhone) else "text"] = said(error)
        return False
    return True
