"""Discounts as they are typed at the till, and the mark that somebody who may give more has approved them."""

import hmac
import re
from hashlib import sha256
from typing import NamedTuple

from flask_babel import gettext as _

from branch_node.pages.here import branch
from crm.selling import discounts
from ui.addresses import row_id
from ui.forms import parse_rupiah

MARK_CHARACTERS = 16
PERCENT_MAX = 100
_PERCENT = re.compile(r"([0-9]{1,3})\s*%?", re.ASCII)


class Off(NamedTuple):
    """``rupiah`` taken off; ``error`` a sentence when what was typed cannot be used, and nothing is taken off."""

    rupiah: int = 0
    error: str = ""


def read_off(typed: str, worth: int) -> Off:
    """What *typed* takes off something *worth* so many rupiah.

    Up to 100 it is a percentage, with or without its sign; more, or after Rp, it is rupiah.
    """
    typed = typed.strip()
    if not typed:
        return Off()
    percent = _PERCENT.fullmatch(typed)
    if percent and int(percent[1]) <= PERCENT_MAX:
        return Off(discounts.percent_of(worth, int(percent[1])))
    amount = parse_rupiah(typed)
    if amount is None or amount < 0:
        return Off(error=_("Type a percentage such as 5, or an amount such as 5000."))
    return Off(amount) if amount <= worth else Off(error=_("That is more than it costs."))


class Approval(NamedTuple):
    """Who lets the cashier give up to ``percent`` and ``rupiah`` of discount in one basket."""

    token: str
    approver: bytes
    percent: int
    rupiah: int

    def covers(self, token: str, percent: int, rupiah: int) -> bool:
        """Does it hold for these discounts?"""
        return self.token == token and percent <= self.percent and rupiah <= self.rupiah


def write_approval(approval: Approval) -> str:
    """The approval as the page keeps it."""
    token, approver, percent, rupiah = approval
    said = f"{token}.{approver.hex()}.{percent}.{rupiah}"
    return f"{said}.{_mark(said)}"


def read_approval(text: str) -> Approval | None:
    """The approval this node wrote as *text*; None for anything else."""
    said, _dot, mark = text.rpartition(".")
    if not hmac.compare_digest(_mark(said).encode(), mark.encode()):
        return None
    token, approver, percent, rupiah = said.split(".")
    return Approval(token, row_id(approver) or b"", int(percent), int(rupiah))


def _mark(said: str) -> str:
    return hmac.new(branch().secret_key, b"cabang approval 1\0" + said.encode(), sha256).hexdigest()[:MARK_CHARACTERS]
