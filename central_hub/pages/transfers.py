"""Mutasi: goods between branches, where they are, and what does not tally."""

from flask import render_template

from central_hub.pages.areas import stock_area
from crm import transfers
from ui import transfer_words
from ui.access import requires
from ui.addresses import named_row


@stock_area.get("/transfers")
@requires()
def transfers_list() -> str:
    """All that is under way; those that are done behind a chip."""
    return render_template("transfers/list.html", **transfer_words.listed("stock.transfer"))


@stock_area.get("/transfers/<ident>")
@requires()
def transfer(ident: str) -> str:
    """One transfer as both branches see it."""
    return render_template("transfers/page.html", **transfer_words.told(transfers.find(named_row(ident))))
