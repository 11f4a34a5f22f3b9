"""The languages people read: message ids are English sentences, Indonesian comes from the catalogue.

Works without a request, so that the command line speaks like the pages.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel.numbers import format_decimal

from sync.errors import N_, fill

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
AS_TYPED = ("column", "value", "text", "file", "folder", "url", "host", "name", "entry")  # somebody's own words
NOT_AMOUNTS = ("pid", "stream", "port", "other")  # numbers that name something
PLAIN_WORDS = {  # what the heart calls the things that travel → what people are told
    "request": N_("the request"),
    "segment": N_("the batch of records"),
    "entry": N_("a record"),
    "entry header": N_("a record"),
    "op": N_("a change"),
    "reference": N_("a change"),
    "page": N_("the answer of head office"),
    "answer": N_("the answer"),
    "enrolment": N_("the enrolment"),
    "certificate": N_("the certificate"),
    "stdin": N_("standard input"),
}
FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """The catalogue of *locale*; English needs none."""
    from ui.translations_build import ensure_compiled

    ensure_compiled()
    return gettext.translation("messages", FOLDER, [locale], fallback=True)


def text(message: str, locale: str = DEFAULT, /, **places: Any) -> str:
    """*message* in the language *locale*, its ``%(name)s`` places filled."""
    said = catalogue(locale).gettext(message) if message else ""
    return said % places if places else said


class _Places(dict[str, Any]):
    """Values for a sentence; a place nobody filled reads as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _value(name: str, value: Any, locale: str) -> Any:
    if isinstance(value, int) and name not in NOT_AMOUNTS:
        return format_decimal(value, format="#,##0", locale=locale)
    if not isinstance(value, str) or name in AS_TYPED:
        return value
    return text(PLAIN_WORDS.get(value, value) if name == "what" else value, locale)


class Explained(Protocol):
    """An error with words for people: ``happened`` and ``todo`` are message ids with places for ``params``."""

    happened: str
    todo: str
    params: dict[str, Any]


def translate_error(error: Explained, locale: str = DEFAULT) -> tuple[str, str]:
    """(what happened, what to do) of *error* in the language *locale*.

    Values that are messages are translated too, and their own places filled from the other values.
    """
    said = {name: _value(name, value, locale) for name, value in error.params.items()}
    places = _Places({name: value if name in AS_TYPED else fill(value, said) for name, value in said.items()})
    return text(error.happened, locale) % places, text(error.todo, locale) % places
