"""What head office sets for every branch: discounts by role, rounding of cash."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from central_hub.pages.areas import settings_area
from crm import company
from crm.errors import BusinessError
from sync.errors import N_
from ui.access import requires
from ui.explain import said
from ui.forms import Reading
from ui.node import node
from ui.notices import say
from ui.render import form_page
from ui.value_words import told

CASH_STEPS = {"0": N_("Not at all"), "100": N_("To the nearest Rp100"), "500": N_("To the nearest Rp500")}


@settings_area.get("")
@requires("branches.manage")
def show() -> Answer:
    """The form with what is set."""
    return _page(Reading(company.as_texts(company.read())))


@settings_area.post("")
@requires("branches.manage")
def save() -> Answer:
    """Sets what changed; sent twice it changes nothing more."""
    form = Reading(request.form)
    typed = {name: form.values[name] for name in company.NAMES if name in form.values}
    for name, text in typed.items():
        try:
            company.clean(name, text)
        except BusinessError as error:
            form.errors[name] = said(error)
    if form.errors:
        return _page(form)
    with node().journal.unit(actor=current_user.id) as unit:
        company.write(unit, typed)
    say(_("Settings saved. Every branch gets the change."))
    return redirect(url_for("settings.show"), 303)


def _page(form: Reading) -> Answer:
    limits = {role: company.limit_name(role) for role in company.DISCOUNT_LIMITS}
    return form_page("settings/page.html", form, limits=limits, rounding=company.CASH_ROUNDING, steps=told(CASH_STEPS))
