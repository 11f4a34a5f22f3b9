"""What can go wrong with the SMS settings and texts, and what a person can do about it.

A tree of its own, since this package imports none of the others: each error has a stable ``code`` for programs, a
sentence that says what happened and one that says what to do (English message ids; the edges translate them), the
parameters of both, and whether a repeat is safe.
"""

from typing import Any


def N_(text: str) -> str:
    """Marks *text* for translation; the edge that shows it translates."""
    return text


class SmsError(Exception):
    """Base of every error this package raises on purpose.

    Attributes: ``code`` (stable, for programs), ``happened`` and ``todo`` (message ids with ``%(name)s`` places),
    ``params`` (values of the places), ``retry_safe`` (the same call may be made again unchanged).
    """

    code = "sms_error"
    happened = N_("Something went wrong with SMS.")
    todo = N_("Try again; if it happens again, look at the modem and its settings.")
    retry_safe = False

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(f"{self.code}: {self.happened % _Missing(params)}")


class _Missing(dict[str, Any]):
    """Parameters for a sentence; a place nobody filled reads as a question mark instead of failing."""

    def __missing__(self, key: str) -> str:
        return "?"


class SystemRefused(SmsError):
    """The operating system would not; its own words are in ``why``."""

    code = "sms_system_refused"
    happened = N_("This computer refused: %(why)s (%(file)s).")
    todo = N_("Check the path, the permissions and the space on the disk, then do it again.")


# --- the settings ----------------------------------------------------------------------------------------------


class ConfigProblem(SmsError):
    """The settings cannot be used.  A value is never repeated in the words: it may be a PIN."""

    code = "sms_config"


class ConfigMissing(ConfigProblem):
    code = "sms_config_missing"
    happened = N_("There are no settings for a modem: %(file)s is missing.")
    todo = N_("Write that file with these lines, with your modem's device:\n%(example)s")


class ConfigUnreadable(ConfigProblem):
    code = "sms_config_unreadable"
    happened = N_("The settings in %(file)s cannot be opened.")
    todo = N_("Check that it is a file of ordinary size and that this user may read it.")


class ConfigGarbled(ConfigProblem):
    code = "sms_config_garbled"
    happened = N_("Line %(line)s of %(file)s cannot be understood.")
    todo = N_('Mend that line: each setting is a name, an equals sign and a value; words stand in quotes ("…").')


class UnknownKey(ConfigProblem):
    code = "sms_config_unknown_key"
    happened = N_("%(file)s holds a setting nobody knows: %(key)s.")
    todo = N_("Correct or remove it. Known here are: %(known)s.")


class MissingKey(ConfigProblem):
    code = "sms_config_missing_key"
    happened = N_("In %(file)s a setting is missing: %(key)s.")
    todo = N_("Add it, for example: %(example)s")


class WrongValue(ConfigProblem):
    code = "sms_config_wrong_value"
    happened = N_("In %(file)s the value of %(key)s cannot be used.")
    todo = N_("Write it like this: %(example)s")


class ModemTwice(ConfigProblem):
    code = "sms_config_modem_twice"
    happened = N_("In %(file)s two modems have the same %(key)s: %(value)s.")
    todo = N_("Give each modem a name and a device of its own.")


class NoModem(ConfigProblem):
    code = "sms_config_no_modem"
    happened = N_("%(file)s names no modem.")
    todo = N_("Add these lines, with your modem's device:\n%(example)s")


# --- texts -----------------------------------------------------------------------------------------------------


class TextTooLong(SmsError):
    code = "sms_text_too_long"
    happened = N_("The text would need %(parts)s SMS; %(limit)s are allowed.")
    todo = N_("Make the text shorter.")


class BadText(SmsError):
    """The text has half a surrogate pair or a NUL, which no telephone can show."""

    code = "sms_bad_text"
    happened = N_("The text has a character that no telephone can show.")
    todo = N_("Type the text again instead of pasting it.")
