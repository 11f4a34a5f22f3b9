"""What an error says, in the language of the page."""

from ui.preferences import language
from ui.translate import Explained, translate_error


def explained(error: Explained) -> tuple[str, str]:
    """(what happened, what to do)."""
    return translate_error(error, language())


def said(error: Explained) -> str:
    """What happened and what to do, in one line."""
    return " ".join(explained(error))
