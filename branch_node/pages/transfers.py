"""Goods between this branch and others: what is under way, what is asked for, what does not tally."""

from typing import Any

from flask import render_template, url_for
from flask_login import current_user

from branch_node.pages.areas import stock_area
from branch_node.pages.baskets import new_token
from branch_node.pages.here import branch
from crm import transfers
from crm.transfers import RECEIVE, REQUESTED, SEND, Account, Shown
from ui import transfer_words
from ui.access import requires
from ui.addresses import named_row


@stock_area.get("/stock/transfers")
@requires()
def transfers_list() -> str:
    """Under way first; those that are done behind a chip."""
    may_move = current_user.may("stock.move")
    return render_template(
        "transfers/list.html",
        send_href=url_for("stock.new_sending") if may_move else "",
        ask_href=url_for("stock.new_request"),
        **transfer_words.listed("stock.transfer"),
    )


@stock_area.get("/stock/transfers/<ident>")
@requires()
def transfer(ident: str) -> str:
    """One transfer, and the steps this branch may take."""
    return show_transfer(named_row(ident))


def show_transfer(ident: bytes, **more: Any) -> str:
    """The page of one transfer; *more*: errors of a form on it."""
    shown = transfers.find(ident)
    return render_template(
        "transfers/here.html",
        **transfer_words.told(shown),
        **offered(shown, branch().stream),
        address=lambda step: url_for(f"stock.transfer_{step}", ident=ident.hex()),
        token_of_list=new_token(),
        **{"values": {}, "errors": {}, **more},
    )


def offered(shown: Shown, here: int) -> dict[str, Any]:
    """The steps this branch may take: lines to send, to receive, to settle, whether it may be cancelled."""
    sends, receives, asked = shown.sender.stream == here, shown.receiver.stream == here, shown.status == REQUESTED
    due = [_line(one, one.requested if asked else one.rest) for one in shown.accounts]
    left = [_line(one, one.rest) for one in shown.accounts if one.rest]
    return {
        "to_send": due if sends and asked and shown.may(SEND) else [],
        "to_receive": [line for line in due if line["quantity"] > 0] if receives and shown.may(RECEIVE) else [],
        "to_settle": left if sends and not asked else [],
        "may_cancel": asked and (sends or receives),
        "waits_for": shown.sender if receives and asked else None,
    }


def _line(one: Account, quantity: int) -> dict[str, Any]:
    return {"product": one.product.hex(), "quantity": quantity, **transfer_words.goods(one.product)}
