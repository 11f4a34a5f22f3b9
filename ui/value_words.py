"""What the values of a choice are called on the pages of both nodes."""

from collections.abc import Mapping

from flask_babel import gettext as _

from sync.errors import N_

PURPOSES = {
    "receipt": N_("Receipts by SMS"),
    "reminder": N_("Reminders by SMS"),
    "greeting": N_("Greetings by SMS"),
    "promotion": N_("Offers by SMS"),
}
NOTE_KINDS = {"need": N_("Need"), "interaction": N_("Conversation"), "remark": N_("Remark")}
PAYMENT_METHODS = {"cash": N_("Cash"), "transfer": N_("Transfer"), "qris": "QRIS", "card": N_("Card")}
CUSTOMER_KINDS = {"individual": N_("Person"), "corporate": N_("Company")}
PRODUCT_KINDS = {"goods": N_("Goods"), "service": N_("Service"), "charge": N_("Charge")}


def told(words: Mapping[str, str]) -> dict[str, str]:
    """One of these tables in the language of the page."""
    return {value: _(word) for value, word in words.items()}
