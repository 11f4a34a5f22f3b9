"""What the daemon says to people on standard error, in their language.

The words in code are English message ids; a catalogue that whoever started the daemon names translates them, into the
language that LANGUAGE and its like ask for.  Without one it speaks English.
"""

import gettext
from pathlib import Path

from sms_daemon.errors import SmsError
from sms_daemon.words import Words

_CATALOGUE = "messages"
_ = gettext.gettext


def speak(translations: Path) -> None:
    """From now on the catalogues in the folder *translations* are used."""
    gettext.bindtextdomain(_CATALOGUE, str(translations))
    gettext.textdomain(_CATALOGUE)


def sentences(words: Words) -> str:
    """What happened, and what to do about it."""
    return f"{_(words.happened) % words.params} {_(words.todo) % words.params}"


def fault(error: SmsError) -> str:
    """The same of an error, on lines of their own."""
    return f"{_(error.happened) % error.params}\n{_(error.todo) % error.params}\n"
