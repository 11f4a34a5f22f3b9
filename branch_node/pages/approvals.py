"""Somebody who may give more discount than the cashier approves it at the till, by PIN."""

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from branch_node.pages.areas import till_area
from branch_node.pages.baskets import Basket, read_basket
from branch_node.pages.discounts import Approval, write_approval
from branch_node.pages.here import me
from crm import company, users
from crm.users import User
from ui.access import requires
from ui.session import people_with_pin


def _people() -> list[User]:
    """Those with a PIN here who may give more than the person at the screen."""
    limits = company.read()
    own = limits.limit(current_user.role)
    return [user for user in people_with_pin() if limits.limit(user.role) > own and bytes(user.id) != me()]


def _panel(wrong: str = "", status: int = 200) -> Response:
    chosen = request.form.get("user", "")
    people = {bytes(user.id).hex(): user.name or user.username for user in _people()}
    return make_response(render_template("till/approval.html", people=people, chosen=chosen, wrong=wrong), status)


@till_area.get("/till/approval")
@requires("sell")
def ask() -> Response:
    """Who can approve, and where their PIN goes."""
    return _panel()


@till_area.post("/till/approve")
@requires("sell")
def approve() -> Response:
    """The mark of an approval for the discounts of the basket that was sent, no larger ones."""
    basket = read_basket(request.form, True)
    user = next((one for one in _people() if bytes(one.id).hex() == request.form.get("user")), None)
    if user is None or not users.authenticate_pin(bytes(user.id), request.form.get("pin", "")):
        return _panel(_("That is not right. Try again."), 401)
    limit = company.read().limit(user.role)
    if basket.percent > limit:
        facts = {"name": user.name, "limit": limit, "percent": basket.percent}
        return _panel(_("%(name)s may give up to %(limit)s %%; this is %(percent)s %%.", **facts), 422)
    return _approved(user, basket)


def _approved(user: User, basket: Basket) -> Response:
    approval = Approval(basket.token, bytes(user.id), basket.percent, basket.given)
    shown = render_template(
        "till/approved.html", approval=write_approval(approval), name=user.name, rupiah=basket.given
    )
    return make_response(shown)
