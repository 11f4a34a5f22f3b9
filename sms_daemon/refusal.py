"""A modem's no, as the child answers it."""

from typing import Any

_LOST = {"ERR_TIMEOUT", "ERR_NOTCONNECTED", "ERR_ABORTED", "ERR_GETTING_SMSC", "ERR_REFERENCE"}


class Refusal(Exception):
    """Gammu's or our own name of the *error*, with the +CMS ERROR *code* or the +CME ERROR code where there was one.

    *state* says why a modem did not open.  *gone*: the next answer might belong to another question, so the child ends.
    """

    def __init__(
        self, error: str, code: int | None = None, cme: int | None = None, *, state: str = "", gone: bool = False
    ) -> None:
        super().__init__(error, code, cme, state)
        self.error, self.code, self.cme, self.state = error, code, cme, state
        self.gone = gone or is_lost(error)

    def answer(self) -> dict[str, Any]:
        """The keys of the answer."""
        said = {"ok": False, "error": self.error, "code": self.code, "cme": self.cme, "gone": self.gone}
        return {**said, "state": self.state} if self.state else said


def is_lost(error: str) -> bool:
    """Is the modem silent or away after this *error*?"""
    return error in _LOST or error.startswith("ERR_DEVICE")
