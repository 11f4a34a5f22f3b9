"""The language of the command line: what CABANG_LANG or the system asks for, else Indonesian."""

import gettext
import os
import re
from collections.abc import Mapping
from typing import Any

from ui.translate import DEFAULT, FOLDER, LANGUAGES, Explained, text, translate_error

_VARIABLES = ("CABANG_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def language_of(environment: Mapping[str, str]) -> str:
    """The first language named in *environment* that Cabang speaks."""
    named = (re.split("[_.@:-]", environment.get(name, ""))[0].lower() for name in _VARIABLES)
    return next((code for code in named if code in LANGUAGES), DEFAULT)


LANGUAGE = language_of(os.environ)


def _(message: str, /, **places: Any) -> str:
    """*message* in the language of this process, its places filled."""
    return text(message, LANGUAGE, **places)


def explained(error: Explained) -> tuple[str, str]:
    """(what happened, what to do) of *error* in the language of this process."""
    return translate_error(error, LANGUAGE)


def speak() -> None:
    """Lets click say its own words ("Usage:") from our catalogue too, here and in the commands we start."""
    os.environ["LANGUAGE"] = LANGUAGE
    gettext.bindtextdomain("messages", str(FOLDER))
    gettext.textdomain("messages")
