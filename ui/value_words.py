"""What the values of a choice are called on the pages of both nodes."""

from sync.errors import N_

PURPOSES = {
    "receipt": N_("Receipts by SMS"),
    "reminder": N_("Reminders by SMS"),
    "greeting": N_("Greetings by SMS"),
    "promotion": N_("Offers by SMS"),
}
CUSTOMER_KINDS = {"individual": N_("Person"), "corporate": N_("Company")}
PRODUCT_KINDS = {"goods": N_("Goods"), "service": N_("Service"), "charge": N_("Charge")}
