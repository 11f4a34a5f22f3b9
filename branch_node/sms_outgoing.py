"""An SMS a person writes: what it takes and costs before it is sent, and putting it into the outbox."""

from pathlib import Path
from typing import NamedTuple

from branch_node.sms_errors import relayed
from crm import messages
from crm.texts import paragraph
from sms_daemon import config, segments
from sms_daemon.errors import ConfigProblem, SmsError
from sync.errors import N_
from sync.unit import Unit


class Estimate(NamedTuple):
    """What a text takes: ``coding`` of ``segments``, parts, characters left in the last one, rupiah or None: unknown.

    ``strange``: the characters that keep it from the plain alphabet; ``mended`` is the text made plain, or empty when
    that would change nothing.
    """

    coding: str
    parts: int
    left: int
    cost: int | None
    strange: tuple[str, ...]
    mended: str


def clean(text: str) -> str:
    """*text* as it is sent.  Raises BadText, and Relayed with the words of what no SMS can hold."""
    cleaned = paragraph(text, N_("Text"), messages.TEXT_MAX)
    try:
        segments.plan(cleaned)
    except SmsError as error:
        raise relayed(error) from error
    return cleaned


def estimate(text: str, folder: Path) -> Estimate:
    """What *text* takes and costs at the branch in *folder*; of any text, also one that cannot be sent."""
    counted, each, mended = segments.count(text), price(folder), plain(text)
    return Estimate(
        counted.coding,
        counted.parts,
        counted.left,
        None if each is None else each * counted.parts,
        tuple(dict.fromkeys(sign for sign in text if segments.count(sign).coding != segments.GSM7)),
        "" if mended == text else mended,
    )


def plain(text: str) -> str:
    """*text* in the plain alphabet, as far as its signs have a plain counterpart."""
    return segments.as_gsm(text)


def price(folder: Path) -> int | None:
    """Rupiah for one SMS with the branch's dearest modem; None when no modem is set up."""
    try:
        return max(modem.price for modem in config.load(folder).modems)
    except ConfigProblem:
        return None


def send(
    unit: Unit, token: str, number: str, text: str, *, kind: str = "staff", customer: bytes | None = None
) -> bytes:
    """Puts *text* for *number* into the outbox; twice with one *token* is once.

    Raises BadPhone, BadText, and what ``clean`` raises.
    """
    cleaned = clean(text)
    return messages.queue(unit, kind=kind, cause=f"written/{token}", recipient=number, text=cleaned, customer=customer)
