"""What moved goods in or out of a shop, in words."""

from sync.errors import N_
from ui import transfer_words

MOVEMENT_WORDS = {
    "sale": N_("Sold"),
    "return": N_("Came back"),
    "receive": N_("Received"),
    "write_off": N_("Written off"),
    "count": N_("Corrected after a count"),
    **transfer_words.MOVED,
}
