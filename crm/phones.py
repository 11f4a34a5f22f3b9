"""Mobile numbers as people write them, in and out of E.164.

``phonenumbers`` alone is too kind: it drops letters and takes ``62812…`` for a number without its country.
"""

import hmac
import re
from functools import lru_cache
from hashlib import sha256

import phonenumbers

from crm.errors import BadPhone

HASH_BYTES = 16
_ALLOWED = re.compile(r"\+?[0-9()\-./ ]+", re.ASCII)
_SEPARATORS = re.compile(r"[()\-./ ]")
_CHARACTERS_MAX = 40
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise(text: str, country: str = "ID") -> str:
    """*text* as E.164 (``+6281234567890``); a number without country code is one of *country*.

    Raises BadPhone for letters, land lines, short codes and numbers no operator gives out.
    """
    trimmed = text.strip()
    if len(trimmed) > _CHARACTERS_MAX or not _ALLOWED.fullmatch(trimmed):
        raise BadPhone(text=text)
    return _valid_mobile(_international(_SEPARATORS.sub("", trimmed), country), text)


def _international(number: str, country: str) -> str:
    code = str(phonenumbers.country_code_for_region(country))
    if number.startswith("+"):
        return number
    if number.startswith("00"):
        return "+" + number[2:]
    if number.startswith(code):
        return "+" + number
    return f"+{code}{number[1:] if number.startswith('0') else number}"


def _valid_mobile(international: str, text: str) -> str:
    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException as problem:
        raise BadPhone(text=text) from problem
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _MOBILE:
        raise BadPhone(text=text)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=4_096)  # the same customers are listed again at every letter typed
def national(e164: str) -> str:
    """*e164* as it is dialled here: ``0812-3456-7890``, foreign ones as ``+65 8123 4567``."""
    number = phonenumbers.parse(e164)
    home = number.country_code == phonenumbers.country_code_for_region("ID")
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL))


def masked(e164: str) -> str:
    """*e164* with its middle hidden, for logs: ``+62812****890``."""
    return f"{e164[:6]}****{e164[-3:]}"


def half_masked(e164: str) -> str:
    """*e164* as it is dialled here with its middle hidden, for screens and paper: ``0812-****-890``."""
    home = f"+{phonenumbers.country_code_for_region('ID')}"
    return f"0{e164[3:6]}-****-{e164[-3:]}" if e164.startswith(home) else masked(e164)


def value_hash(e164: str, secret: bytes) -> bytes:
    """Keyed hash (16 bytes) by which equal numbers are found without showing them."""
    return hmac.new(secret, b"cabang phone 1\0" + e164.encode(), sha256).digest()[:HASH_BYTES]
