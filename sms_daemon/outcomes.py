"""What an answer of the modem to "send" means, and what a delivery report does.

A message may only be sent again by itself when it surely did not go on the air; whatever leaves a doubt is unknown.
"""

from dataclasses import dataclass

SENT, UNKNOWN, RETRY, FAILED, DEVICE, SIM_FULL = "sent", "unknown", "retry", "failed", "device", "sim_full"


@dataclass(frozen=True)
class Outcome:
    """``kind``: SENT, UNKNOWN (a person decides), RETRY (later, by itself), FAILED, DEVICE (the message stays queued
    and it costs no try) or SIM_FULL (the SIM must be cleaned, then as DEVICE); ``reason``: see `words`."""

    kind: str
    reason: str | None = None


DEADLINE = Outcome(UNKNOWN, "deadline")
CHILD_GONE = Outcome(UNKNOWN, "child_gone")
RESTART = Outcome(UNKNOWN, "restart")

ASKS_CREDIT = frozenset({"cms_21", "cms_50"})  # an empty SIM is often behind these

# +CMS ERROR codes (3GPP TS 27.005, 3.2.5; below 128 the causes of TS 24.011) that say for certain that nothing went
# on the air.  332 (network time-out), 500 (unknown error) and all that are not named here do not.
_CMS = {
    **dict.fromkeys((1, 8, 10, 21, 27, 28, 29, 30, 50, 69, 304), FAILED),
    **dict.fromkeys((38, 41, 42, 47), RETRY),
    **dict.fromkeys((310, 311, 313, 316, 331), DEVICE),
    322: SIM_FULL,
}
# +CME ERROR codes (3GPP TS 27.007, 9.2): no SIM, PIN, PUK, SIM failure, busy or wrong, PIN2, PUK2, no network.
_CME = dict.fromkeys((10, 11, 12, 13, 14, 15, 17, 18, 30, 32), DEVICE)

# gammu's errors that come before it hands anything to the modem.
_BEFORE = {
    **dict.fromkeys(
        (
            *("ERR_DEVICEOPENERROR", "ERR_DEVICELOCKED", "ERR_DEVICENOTEXIST", "ERR_DEVICEBUSY"),
            *("ERR_DEVICENOPERMISSION", "ERR_DEVICENODRIVER", "ERR_DEVICENOTWORK", "ERR_UNCONFIGURED"),
            *("ERR_NOTCONNECTED", "ERR_GETTING_SMSC", "ERR_EMPTYSMSC", "ERR_NOSIM", "ERR_SECURITYERROR"),
        ),
        Outcome(DEVICE, "device"),
    ),
    "ERR_FULL": Outcome(SIM_FULL, "sim_full"),
    "ERR_INVALIDDATA": Outcome(FAILED, "not_encodable"),
}
_DOUBTS = {
    **dict.fromkeys(("ERR_DEVICEWRITEERROR", "ERR_DEVICEREADERROR"), Outcome(UNKNOWN, "line_lost")),
    "ERR_UNKNOWN": Outcome(UNKNOWN, "no_code"),
}
_ERRORS = _BEFORE | _DOUBTS
NO_ANSWER = Outcome(UNKNOWN, "no_answer")


def judge(answer: object) -> Outcome:
    """What the answer of the modem's process to "send" means; anything that is not such an answer is UNKNOWN.

    A code of the network or the modem decides where there is one (reason ``cms_<n>`` or ``cme_<n>``), else gammu's
    error.  A code or error that is not in the tables is UNKNOWN.
    """
    if not isinstance(answer, dict):
        return NO_ANSWER
    if answer.get("ok") is True:
        return Outcome(SENT) if _number(answer.get("reference"), 255) is not None else Outcome(UNKNOWN, "no_reference")
    for name, kinds, prefix in (("code", _CMS, "cms"), ("cme", _CME, "cme")):
        code = _number(answer.get(name), 65_535)
        if code is not None:
            return Outcome(kinds.get(code, UNKNOWN), f"{prefix}_{code}")
    return _ERRORS.get(str(answer.get("error")), NO_ANSWER)


def report_state(status: int) -> str | None:
    """ "delivered", "undelivered", or None while the network still tries (TP-ST: 3GPP TS 23.040, 9.2.3.15)."""
    if 0 <= status < 32:
        return "delivered"
    return "undelivered" if 64 <= status < 128 else None


def _number(value: object, most: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= most else None
