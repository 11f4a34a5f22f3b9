"""Settings of this branch: the lines above and below a receipt, when the screens lock, the language of its SMS."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import settings_area
from branch_node.pages.here import branch, me
from branch_node.pages.sales import shop_words
from crm import settings
from crm.branches import by_stream
from crm.errors import BusinessError
from crm.settings import SETTINGS
from ui.access import requires
from ui.explain import said
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page
from ui.translate import LANGUAGES


def _page(form: Reading) -> Response:
    return form_page(
        "settings/page.html",
        form,
        shop=_on_paper(form),
        settings=SETTINGS,
        words=_words(),
        characters=settings.LINE_CHARACTERS_MAX,
        languages={code: LANGUAGES[code] for code in settings.SMS_LANGUAGES},
    )


def _words() -> dict[str, str]:
    return {name: _(setting.words) for name, setting in SETTINGS.items()}


def _checked(form: Reading) -> dict[str, str]:
    """The settings among what was sent, as typed; every mistake beside its field."""
    sent = {name: form.values[name] for name in SETTINGS if name in form.values}
    for name, typed in sent.items():
        try:
            settings.clean(name, typed)
        except BusinessError as error:
            form.errors[name] = said(error)
    return sent


def _on_paper(form: Reading) -> dict[str, Any]:
    """Head and foot of a receipt with the lines as typed, as many as there is room for."""
    here = by_stream(branch().stream)
    facts = {"branch_name": here and here.name, "address": here and here.address, "phone": here and here.phone}
    typed = {name: form.values.get(name, "").splitlines() for name in ("receipt_head", "receipt_foot")}
    lines = {name: [line for line in shown if line.strip()][: settings.LINES_MAX] for name, shown in typed.items()}
    return shop_words({**facts, **lines})


@settings_area.get("/settings")
@requires("settings.edit")
def show() -> Response:
    """The form with what is set."""
    held = settings.read_all(branch().stream)
    return _page(Reading({name: settings.as_text(value) for name, value in held.items()}))


@settings_area.post("/settings")
@requires("settings.edit")
def save() -> Answer:
    """Sets what changed; sent twice it changes nothing more."""
    form = Reading(request.form)
    sent = _checked(form)
    if form.errors:
        return _page(form)
    with branch().journal.unit(actor=me()) as unit:
        settings.write(unit, sent)
    say(_("Settings saved."))
    return redirect(url_for("settings.show"), 303)


@settings_area.post("/settings/preview")
@requires("settings.edit")
def preview() -> str:
    """The paper with what is being typed; nothing is saved."""
    form = Reading(request.form)
    _checked(form)
    return render_template("settings/paper.html", shop=_on_paper(form), errors=form.errors, words=_words())
