"""Every state and reason has words that a person can act on."""

import pytest

from sms_daemon import outcomes
from sms_daemon.errors import N_
from sms_daemon.words import MESSAGE_STATES, MODEM_STATES, REASONS, Words, message_words, modem_words

STATES = (
    *("queued", "waiting", "held", "sending", "sent", "delivered", "undelivered", "no_report", "unknown", "failed"),
    *("expired", "cancelled"),
)
GIVEN_REASONS = (
    *("quiet", "rate", "recipient_rate", "backoff", "not_before", "credit", "consent", "duplicate", "bad_number"),
    *("no_credit", "device", "deadline", "child_gone", "no_answer", "restart", "ledger_lost"),
    *("too_many_tries", "expired", "cancelled", "empty", "too_long", "bad_text"),
    *("sim_full", "not_encodable", "line_lost", "no_code", "no_reference"),
)
MODEMS = (
    *("opening", "ready", "absent", "busy", "no_device_right", "no_sim", "pin", "wrong_pin", "puk", "no_network"),
    *("sick", "off"),
)


def test_every_state_and_reason_is_there() -> None:
    """Goal: no bare code on a page.  Method: the lists beside the tables; every outcome's reason has words."""
    assert set(STATES) == set(MESSAGE_STATES)
    assert set(MODEMS) == set(MODEM_STATES)
    assert set() == set(GIVEN_REASONS) - set(REASONS)
    judged = [outcomes.judge({"ok": False, "code": code}) for code in range(600)]
    assert set() == {outcome.reason for outcome in judged if outcome.kind != outcomes.UNKNOWN} - set(REASONS)


@pytest.mark.parametrize("state", STATES)
def test_all_that_is_shown_is_whole(state) -> None:
    """Goal: label, what happened, what to do, always.  Method: every state with every reason; all places filled."""
    for reason in (None, "", *REASONS, "cms_599", "cme_100", "of a newer version", "cms_x"):
        words = message_words(state, reason)
        assert MESSAGE_STATES[state].label == words.label
        assert all(sentence % words.params for sentence in (words.label, words.happened, words.todo))


def test_the_reason_tells_more_than_the_state() -> None:
    """Goal: the exact sentence is shown.  Method: a failed message with a code, without one, with an unknown code."""
    failed = MESSAGE_STATES["failed"]
    assert "The network does not know this number." == message_words("failed", "cms_1").happened
    assert failed == message_words("failed")
    coded = message_words("failed", "cms_213")
    assert "The modem or the network answered with code 213." == coded.happened % coded.params
    assert failed.todo == coded.todo


def test_an_unknown_fate_always_asks_a_person() -> None:
    """Goal: nobody is told to send blindly again.  Method: unknown with every reason has the one thing to do."""
    asked = {message_words("unknown", reason).todo for reason in (*REASONS, None, "cms_128")}
    assert {MESSAGE_STATES["unknown"].todo} == asked


def test_a_message_taken_back_too_late_is_not_said_to_be_taken_back() -> None:
    """Goal: no false comfort.  Method: unknown for the reason "cancelled" tells what unknown means."""
    assert MESSAGE_STATES["unknown"] == message_words("unknown", "cancelled")


def test_a_state_of_a_newer_version_has_words() -> None:
    """Goal: an old page shows a new daemon's states.  Method: a state nobody knows, of message and modem."""
    assert message_words("teleported") == modem_words("teleported")
    assert "Bring Cabang up to date." == modem_words("teleported").todo


def test_a_modems_state() -> None:
    """Goal: each state has its own label and something to do.  Method: look each up; labels differ."""
    assert [MODEM_STATES[state] for state in MODEMS] == [modem_words(state) for state in MODEMS]
    assert len(MODEMS) == len({words.label for words in MODEM_STATES.values()})


def test_no_forbidden_word_is_shown() -> None:
    """Goal: plain words on pages.  Method: none of the log's words in any sentence."""
    shown = [words for table in (MESSAGE_STATES, MODEM_STATES) for words in table.values()]
    texts = [text for words in shown for text in (words.label, words.happened, words.todo)]
    texts += [text for pair in REASONS.values() for text in pair]
    forbidden = {"hash", "seq", "epoch", "stream", "segment", "quarantine", "merge", "ledger", "queue", "PDU"}
    assert [] == [text for text in texts if forbidden & set(text.replace(".", " ").split())]


def test_words_are_marked_for_translation() -> None:
    """Goal: the mark changes nothing.  Method: a sentence through it, and plain Words without params."""
    assert Words("a", "b", "c", {}) == Words(N_("a"), N_("b"), N_("c"))
