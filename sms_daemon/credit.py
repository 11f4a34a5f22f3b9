"""Reads the balance out of an operator's answer to a USSD code.

Each operator words it its own way and changes the words; what is not surely a balance is read as none at all, since
"unknown" stops nothing and a false low balance stops every greeting.
"""

import re
from collections.abc import Iterator

BALANCE_MAX = 100_000_000  # rupiah; more on a prepaid SIM is a telephone number or a date
TEXT_MAX = 2_000  # characters read

_NAME = r"\b(?:pulsa|pls|saldo|sisa|balance|kredit|credit)(?:mu|nya)?\b"
_BETWEEN = (
    r"(?:[\s:=.,-]|\b(?:pulsa|balance|anda|kamu|utama|reguler|regular|saat|ini|sekarang|adalah|sebesar|is|tersisa)\b)"
)
_CURRENCY = r"(?:rp|idr)[.:]?\s*"
_NUMBER = r"([0-9]+(?:[.,][0-9]+)*)"
_MONTHS = (
    r"jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|agt|ags|agu(?:stus)?|sept?(?:ember)?"
    r"|okt(?:ober)?|nov(?:ember)?|des(?:ember)?"
)
_NO_AMOUNT = rf"(?![0-9]|[.,/:-][0-9]|\s*(?:[kmgt]b|rb|ribu|jt|juta|hari|menit|detik|sms|poin|{_MONTHS})\b)"
_NAMED = re.compile(rf"{_NAME}{_BETWEEN}{{0,20}}(?:{_CURRENCY})?{_NUMBER}{_NO_AMOUNT}", re.IGNORECASE)
_MARKED = re.compile(rf"(?<![a-z]){_CURRENCY}{_NUMBER}{_NO_AMOUNT}", re.IGNORECASE)
_OFFER = re.compile(
    r"\b(?:paket|beli|mulai|hanya|cuma|harga|bonus|tarif|isi|min|minimal|biaya|darurat|pinjam|utang|hutang|denda)\b"
    r"[^.;!\n]*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"([0-9]{1,3}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*|[0-9]+)(?:[.,][0-9]{1,2})?")


def read_balance(text: str) -> int | None:
    """The balance in whole rupiah (cents are cut); None when *text* names none, or more than one it could be.

    An amount counts after a word such as "pulsa" or "saldo"; without such a word, an amount marked Rp or IDR counts
    when there is no other.  Amounts of offers ("paket Rp10.000") do not count.
    """
    seen = text[:TEXT_MAX]
    for named in _amounts(_NAMED, seen):
        return named
    marked = set(_amounts(_MARKED, seen))
    return marked.pop() if len(marked) == 1 else None


def _amounts(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    for found in pattern.finditer(text):
        amount = _rupiah(found[1])
        if amount is not None and not _OFFER.search(text, 0, found.start()):
            yield amount


def _rupiah(digits: str) -> int | None:
    """12.345 · 12,345.00 · 12345,00 → 12345; None for what is grouped like no amount, such as a date."""
    found = _AMOUNT.fullmatch(digits)
    amount = int(found[1].replace(".", "").replace(",", "")) if found else None
    return amount if amount is not None and amount <= BALANCE_MAX else None
