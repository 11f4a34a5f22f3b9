"""The messages a branch sends again and again: what each is for, what is filled in, its text.

Texts are English message ids with ``%(field)s`` places; both languages keep to the plain letters of GSM-7, so that
a usual one is one part.  Filling in and translating happen at the edge.
"""

from typing import NamedTuple

from sync.errors import N_

FIELD_CHARACTERS_MAX = 160
SHOP = "shop"  # the one field the branch fills in by itself


class Template(NamedTuple):
    """``kind`` of ``crm.messages.KINDS``; ``name`` and ``text`` are message ids, ``fields`` keys of FIELDS."""

    key: str
    kind: str
    name: str
    fields: tuple[str, ...]
    text: str


FIELDS = {
    "account": N_("Account number"),
    "amount": N_("Amount"),
    "bank": N_("Bank"),
    "date": N_("Day"),
    "draw": N_("Draw"),
    "name": N_("Name of the customer"),
    "number": N_("Customer number"),
    "offer": N_("What is offered"),
    "order": N_("Order number"),
    "place": N_("Place in the queue"),
    "points": N_("Points"),
    "prize": N_("Result"),
    "product": N_("Product"),
    "receipt": N_("Receipt number"),
    "status": N_("State of the order"),
    "treatment": N_("Treatment"),
    "until": N_("Valid until"),
}

_ALL = (
    Template(
        *("receipt", "receipt", N_("Receipt"), ("name", "receipt", "amount")),
        N_("%(shop)s: thank you, %(name)s. Receipt %(receipt)s, total %(amount)s. Keep this message as proof."),
    ),
    Template(
        *("payment_account", "notice", N_("Account to pay to"), ("name", "order", "amount", "bank", "account")),
        N_(
            "%(shop)s: Hello %(name)s, please pay %(amount)s for order %(order)s"
            " to %(bank)s account %(account)s. Tell us when it is paid. Thank you."
        ),
    ),
    Template(
        *("payment_confirmed", "notice", N_("Payment confirmed"), ("name", "amount", "order")),
        N_(
            "%(shop)s: Hello %(name)s, your payment of %(amount)s for order %(order)s has been checked and is right."
            " Thank you."
        ),
    ),
    Template(
        *("payment_processed", "notice", N_("Payment being checked"), ("name", "amount", "order")),
        N_(
            "%(shop)s: Hello %(name)s, your payment of %(amount)s for order %(order)s is being checked."
            " We tell you when it is done."
        ),
    ),
    Template(
        *("order_status", "notice", N_("State of an order"), ("name", "order", "status")),
        N_("%(shop)s: Hello %(name)s, order %(order)s: %(status)s. Thank you for waiting."),
    ),
    Template(
        *("return_reminder", "reminder", N_("Reminder of the next treatment"), ("name", "treatment", "date")),
        N_(
            "%(shop)s: Hello %(name)s, it is time for your next %(treatment)s. A place is kept for you on %(date)s;"
            " answer if another day suits you better."
        ),
    ),
    Template(
        *("draw_points", "promotion", N_("Draw and points"), ("name", "draw", "prize", "points")),
        N_("%(shop)s: Hello %(name)s, result of %(draw)s: %(prize)s. You have %(points)s points now. Thank you."),
    ),
    Template(
        *("queue_status", "notice", N_("Place in the queue"), ("name", "place")),
        N_("%(shop)s: Hello %(name)s, your place in the queue is %(place)s. Please come when it is your turn."),
    ),
    Template(
        *("promotion", "promotion", N_("Offer"), ("name", "offer", "until")),
        N_("%(shop)s: Hello %(name)s, %(offer)s until %(until)s. Show this message at the till."),
    ),
    Template(
        *("promotion_processed", "promotion", N_("Offer arranged"), ("name", "offer")),
        N_("%(shop)s: Hello %(name)s, the offer %(offer)s is arranged for you. We look forward to seeing you."),
    ),
    Template(
        *("birthday", "greeting", N_("Birthday"), ("name",)),
        N_("%(shop)s: Happy birthday, %(name)s! We wish you good health and much joy."),
    ),
    Template(
        *("new_product", "promotion", N_("New product"), ("name", "product", "amount")),
        N_("%(shop)s: Hello %(name)s, new with us: %(product)s, %(amount)s. Come and see it."),
    ),
    Template(
        *("registered", "notice", N_("Registration done"), ("name", "number")),
        N_("%(shop)s: Hello %(name)s, you are registered. Your customer number is %(number)s. Welcome."),
    ),
    Template(
        *("registration_wrong", "notice", N_("Registration not done"), ("name",)),
        N_(
            "%(shop)s: Hello %(name)s, your registration could not be done, something was missing or not right."
            " Please send your name and address again."
        ),
    ),
    Template(
        *("registration_later", "notice", N_("Registration waits for the line"), ("name",)),
        N_(
            "%(shop)s: Hello %(name)s, there is no connection just now. We do your registration later today"
            " and tell you; you need do nothing."
        ),
    ),
)
TEMPLATES = {template.key: template for template in _ALL}
