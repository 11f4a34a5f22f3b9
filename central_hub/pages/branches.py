"""Cabang: the branches, their state in words, adding one, and its one-time enrolment code."""

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from central_hub import address, branch_health, branch_rows
from central_hub.branch_edit import change_branch
from central_hub.branch_health import Health
from central_hub.pages.areas import branches_area
from central_hub.pages.here import hub
from crm import revocations, settings
from crm.branches import KINDS, ZONES
from crm.selling import last_receipts
from sync.errors import N_
from ui.access import requires
from ui.beside import Beside
from ui.clock import now_ms
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page
from ui.translate import LANGUAGES
from ui.value_words import told

KIND_WORDS = {"outlet": N_("Outlet"), "spa": N_("Spa")}
ZONE_WORDS = {
    "WIB": N_("WIB (Jakarta, Pontianak)"),
    "WITA": N_("WITA (Makassar, Denpasar)"),
    "WIT": N_("WIT (Jayapura, Ambon)"),
}


def _known(code: str) -> Health:
    found = next((branch for branch in branch_health.branches(now_ms()) if branch.code == code.upper()), None)
    return found or abort(404)


def _choices() -> dict[str, dict[str, str]]:
    return {"kinds": told(KIND_WORDS), "zones": told(ZONE_WORDS)}


@branches_area.get("")
@requires("sync.view")
def show_all() -> str:
    """Every branch with its last contact, backlog and clock."""
    known = branch_health.branches(now_ms())
    return render_template("branches/list.html", branches=[branch_rows.row(branch) for branch in known])


@branches_area.route("/new", methods=["GET", "POST"])
@requires("branches.manage")
def add() -> Response:
    """Makes a branch; the answer shows its enrolment code, this once."""
    form = Reading(request.form)
    code = _made(form) if request.method == "POST" else ""
    if code:
        return _enrolment(form.values["code"].strip().upper(), code)
    return form_page("branches/new.html", form, {"kind": "outlet", "zone": "WIB"}, **_choices())


def _made(form: Reading) -> str:
    code, name = form.text("code", required=True), form.text("name", required=True)
    kind, zone = form.choice("kind", KINDS), form.choice("zone", tuple(ZONES))
    if form.errors:
        return ""
    with Beside(form):
        return hub().add_branch(code, name, kind, zone)
    return ""


def _enrolment(code: str, secret: str) -> Response:
    hub = address.for_branches(request.host_url, request.environ["SERVER_NAME"])
    shown = render_template("branches/enrolment.html", code=code, secret=secret, hub=hub)
    return Response(shown, content_type="text/html; charset=utf-8")


@branches_area.get("/<code>")
@requires("sync.view")
def show(code: str) -> str:
    """One branch: state in words, what head office wrote of it, and what the branch itself set."""
    branch = _known(code)
    words = (_(KIND_WORDS.get(branch.kind, branch.kind)), _(ZONE_WORDS[branch.zone]))
    row, own = branch_rows.row(branch), _own_settings(branch.stream)
    gone = revocations.last_of(branch.id) if branch.withdrawn else None
    last = last_receipts(branch.stream)
    return render_template("branches/page.html", branch=branch, row=row, words=words, own=own, gone=gone, last=last)


def _own_settings(stream: int) -> list[tuple[str, str]]:
    """(words, value) of each setting of the branch, as far as it has reached head office."""
    held = settings.read_all(stream)
    return [(_(one.words), _shown(one.kind, settings.as_text(held[one.name]))) for one in settings.SETTINGS.values()]


def _shown(kind: str, text: str) -> str:
    if kind == "language":
        return LANGUAGES[text]
    return Markup("<br>").join(text.split("\n")) if text else _("none")


@branches_area.post("/<code>/revoke")
@requires("branches.manage")
def revoke(code: str) -> Response:
    """Withdraws the key of the branch's computer, in the name of who asks for it.  Raises NoKeyToWithdraw."""
    branch = _known(code)
    hub().revoke(branch.code, current_user.id)
    say(_("The key of this branch's computer is withdrawn."))
    return redirect(url_for("branches.show", code=branch.code))


@branches_area.post("/<code>/code")
@requires("branches.manage")
def new_code(code: str) -> Response:
    """A new one-time code for a branch without a computer.  Raises BranchHasComputer."""
    branch = _known(code)
    return _enrolment(branch.code, hub().enrolment_code(branch.code))


@branches_area.route("/<code>/edit", methods=["GET", "POST"])
@requires("branches.manage")
def edit(code: str) -> Response:
    """Name, address, phone and time zone."""
    branch = _known(code)
    form = Reading(request.form)
    if request.method == "POST" and _changed(form, branch):
        say(_("Branch saved."))
        return redirect(url_for("branches.show", code=branch.code))
    return form_page("branches/edit.html", form, branch._asdict(), branch=branch, **_choices())


def _changed(form: Reading, branch: Health) -> bool:
    values = {"name": form.text("name", required=True), "zone": form.choice("zone", tuple(ZONES))}
    values |= {name: form.text(name) for name in ("address", "phone")}
    if form.errors:
        return False
    with Beside(form), hub().journal.unit(actor=current_user.id) as unit:
        change_branch(unit, branch.id, values)
    return not form.errors
