"""What an SMS of the branch says: a template filled in, in the language of the customer's SMS."""

from collections.abc import Mapping

from crm import settings
from crm.branches import by_stream
from crm.sms_templates import TEMPLATES
from sync.errors import N_
from ui.translate import text

NAME_CHARACTERS_MAX = 24  # of a name in a text the branch makes by itself: a long one must not cost a second SMS


def compose(template: str, language: str, fields: Mapping[str, str]) -> str:
    """The text of *template* in *language* ("id" or "en"); *fields* hold the shop's name and the template's fields."""
    return text(TEMPLATES[template].text, language, **fields)


def language_of(stream: int) -> str:
    """The language the branch number *stream* writes its SMS in."""
    return settings.read(stream, "sms_language")


def shop_name(stream: int, code: str) -> str:
    """What the branch calls itself in an SMS: its name, else its code."""
    here = by_stream(stream)
    return _short(here.name) if here else code


def addressed(name: str, language: str) -> str:
    """How a customer is addressed; a card without a name gets a polite word."""
    return _short(name) if name else text(N_("dear customer"), language)


def _short(name: str) -> str:
    """The first words of *name* that fit; at least its first letters."""
    cut = name[:NAME_CHARACTERS_MAX]
    return cut if len(name) <= len(cut) or name[len(cut)] == " " else cut.rpartition(" ")[0] or cut
