"""Every answer to "send": only what surely did not air may go again by itself."""

import pytest

from sms_daemon.outcomes import ASKS_CREDIT, CHILD_GONE, DEADLINE, RESTART, Outcome, judge, report_state

CODES = {
    "failed": (1, 8, 10, 21, 27, 28, 29, 30, 50, 69, 304),
    "retry": (38, 41, 42, 47),
    "device": (310, 311, 313, 316, 331),
    "sim_full": (322,),
}


def refusal(**named: object) -> dict[str, object]:
    return {"n": 7, "ok": False, "error": "ERR_UNKNOWN", "code": None, "cme": None, **named}


def test_every_code_of_the_network() -> None:
    """Goal: the table holds, and what it does not name is a doubt.  Method: all codes from 0 to 600."""
    kinds = {code: kind for kind, codes in CODES.items() for code in codes}
    wanted = [Outcome(kinds.get(code, "unknown"), f"cms_{code}") for code in range(600)]
    assert wanted == [judge(refusal(code=code)) for code in range(600)]


def test_every_code_of_the_modem() -> None:
    """Goal: a SIM that is absent or locked costs no try; else a doubt.  Method: all codes from 0 to 200."""
    certain = {10, 11, 12, 13, 14, 15, 17, 18, 30, 32}
    wanted = [Outcome("device" if code in certain else "unknown", f"cme_{code}") for code in range(200)]
    assert wanted == [judge(refusal(cme=code)) for code in range(200)]


def test_the_networks_code_counts_before_the_modems_and_gammus_error() -> None:
    """Goal: the most exact word decides.  Method: an answer with all three, and one without the first."""
    assert Outcome("retry", "cms_38") == judge(refusal(code=38, cme=10, error="ERR_FULL"))
    assert Outcome("device", "cme_10") == judge(refusal(code=None, cme=10, error="ERR_TIMEOUT"))


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        ("ERR_DEVICEOPENERROR", "device", "device"),
        ("ERR_DEVICENOTEXIST", "device", "device"),
        ("ERR_GETTING_SMSC", "device", "device"),
        ("ERR_NOTCONNECTED", "device", "device"),
        ("ERR_NOSIM", "device", "device"),
        ("ERR_SECURITYERROR", "device", "device"),
        ("ERR_FULL", "sim_full", "sim_full"),
        ("ERR_INVALIDDATA", "failed", "not_encodable"),
        ("ERR_DEVICEWRITEERROR", "unknown", "line_lost"),
        ("ERR_DEVICEREADERROR", "unknown", "line_lost"),
        ("ERR_UNKNOWN", "unknown", "no_code"),
        ("ERR_TIMEOUT", "unknown", "no_answer"),
        ("ERR_ABORTED", "unknown", "no_answer"),
        ("a word nobody knows", "unknown", "no_answer"),
        (None, "unknown", "no_answer"),
    ],
)
def test_gammus_errors_without_a_code(error, kind, reason) -> None:
    """Goal: errors before the modem had the message cost nothing, later ones are a doubt.  Method: one of each."""
    assert Outcome(kind, reason) == judge(refusal(error=error))


def test_a_good_answer_is_sent() -> None:
    """Goal: sent is sent.  Method: the ends of the range of references."""
    assert [Outcome("sent")] * 2 == [judge({"n": 1, "ok": True, "reference": number}) for number in (0, 255)]


@pytest.mark.parametrize("reference", [-1, 256, None, True, "7", 1.0])
def test_sent_without_a_reference_is_a_doubt(reference) -> None:
    """Goal: a modem's mixed-up answer is not believed.  Method: references that none can be."""
    assert Outcome("unknown", "no_reference") == judge({"n": 1, "ok": True, "reference": reference})


@pytest.mark.parametrize("answer", [None, [], "ok", 5, {}, {"ok": "true", "reference": 1}, {"ok": 1, "reference": 1}])
def test_what_is_no_answer_is_a_doubt(answer) -> None:
    """Goal: nothing crashes the daemon, nothing passes as sent.  Method: things that are not answers."""
    assert Outcome("unknown", "no_answer") == judge(answer)


@pytest.mark.parametrize("code", [True, -1, "38", 38.0, 10**9])
def test_a_code_that_is_none_is_not_looked_up(code) -> None:
    """Goal: only a whole number is a code.  Method: others; gammu's error then decides."""
    assert Outcome("unknown", "no_code") == judge(refusal(code=code))


def test_what_the_parent_itself_finds_is_a_doubt() -> None:
    """Goal: deadline, dead child and restart never lead to a second send.  Method: their outcomes."""
    assert ["unknown"] * 3 == [outcome.kind for outcome in (DEADLINE, CHILD_GONE, RESTART)]
    assert ["deadline", "child_gone", "restart"] == [outcome.reason for outcome in (DEADLINE, CHILD_GONE, RESTART)]


def test_what_asks_for_the_credit_is_a_refusal() -> None:
    """Goal: an empty SIM is found.  Method: the reasons that ask are those of codes 21 and 50."""
    assert {judge(refusal(code=code)).reason for code in (21, 50)} == ASKS_CREDIT


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((0, "delivered"), (31, "delivered"), (32, None), (63, None)),
        *((64, "undelivered"), (127, "undelivered"), (128, None), (255, None), (-1, None)),
    ],
)
def test_a_reports_status(status, state) -> None:
    """Goal: delivered, given up and still trying are told apart.  Method: both ends of each range, and outside."""
    assert state == report_state(status)
