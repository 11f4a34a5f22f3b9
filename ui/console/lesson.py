"""What ``--help`` teaches: a few sentences, then commands to copy."""

from ui.console.language import _


def lesson(words: str, *examples: str) -> str:
    """The help text of a command: *words* are in the person's language already, *examples* are as typed."""
    title = _("Example:") if len(examples) == 1 else _("Examples:")
    return "\n".join([words, "", "\b", title, *(f"  {example}" for example in examples)])
