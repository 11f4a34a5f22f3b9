"""Every state and reason of a message, and every state of a modem, in words: what happened, and what to do about it.

The sentences are English message ids; the edges translate them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sms_daemon.errors import N_


@dataclass(frozen=True)
class Words:
    """``label``: the state in a word or two; ``happened`` and ``todo``: sentences, with places for ``params``."""

    label: str
    happened: str
    todo: str
    params: Mapping[str, str] = field(default_factory=dict)


_NOTHING = N_("Nothing to do.")
_BY_ITSELF = N_("Nothing to do: it goes by itself.")
_ASK = N_("Ask the customer whether it came. Send it again only if it did not.")
_TOP_UP = N_("Top up the SIM, then send it again.")
_CHECK_NUMBER = N_("Check the number with the customer; then write a new message.")
_HEAD_OFFICE = N_("Tell head office the code; it is a mistake in Cabang or in the modem.")
_SHORTEN = N_("Write it again, shorter or without special signs.")
_LOOK_AT_MODEM = N_("Look at the modem's state; the message goes by itself when the modem is ready.")

MESSAGE_STATES: Mapping[str, Words] = {
    "queued": Words(N_("Waiting"), N_("It waits for its turn."), _BY_ITSELF),
    "waiting": Words(N_("Waiting"), N_("It waits until it may go."), _BY_ITSELF),
    "held": Words(N_("Held back"), N_("It is held back."), N_("Look at the reason; cancel it or have it sent.")),
    "sending": Words(N_("Being sent"), N_("The modem is sending it now."), _NOTHING),
    "sent": Words(N_("Sent"), N_("The network took it. Whether it arrived is not known yet."), _NOTHING),
    "delivered": Words(N_("Delivered"), N_("It is on the customer's phone."), _NOTHING),
    "undelivered": Words(
        N_("Not delivered"),
        N_("The network took it but could not deliver it."),
        N_("Call the customer, or check the number."),
    ),
    "no_report": Words(
        N_("Sent, no report"),
        N_("The network took it, and in three days never said whether it arrived."),
        N_("Ask the customer if it matters."),
    ),
    "unknown": Words(N_("Unknown"), N_("Nobody can tell whether it went out."), _ASK),
    "failed": Words(N_("Failed"), N_("It did not go out."), N_("Look at the reason; then send it again.")),
    "expired": Words(
        N_("Too late"), N_("Its time passed before it could go."), N_("Call the customer if it still matters.")
    ),
    "cancelled": Words(N_("Cancelled"), N_("Somebody took it back before it went."), _NOTHING),
}

# What happened, and what to do; where a sentence is empty the state has it.
REASONS: Mapping[str, tuple[str, str]] = {
    "quiet": (N_("It waits for the end of the quiet hours."), ""),
    "rate": (N_("The modem has sent as much as it may for now."), ""),
    "recipient_rate": (N_("This number got as many SMS as it may get in a day."), ""),
    "backoff": (N_("The network refused it for now; it is tried again after a pause."), ""),
    "not_before": (N_("It is meant for later."), ""),
    "credit": (
        N_("The credit on the SIM is kept for more important messages."),
        N_("Top up the SIM; the message then goes by itself."),
    ),
    "consent": (
        N_("The customer has not agreed to such messages."),
        N_("Ask the customer; once the consent is noted it goes by itself. Otherwise cancel it."),
    ),
    "duplicate": (
        N_("The same text was to go to the same number many times in half an hour."),
        N_("Look whether that is meant: have it sent, or cancel it."),
    ),
    "bad_number": (N_("The number is not one an SMS can go to."), _CHECK_NUMBER),
    "no_credit": (N_("The SIM has no credit."), _TOP_UP),
    "device": (N_("The modem is not ready."), _LOOK_AT_MODEM),
    "sim_full": (N_("The SIM's memory is full."), N_("Nothing to do: it is emptied, then the message goes by itself.")),
    "deadline": (N_("The modem did not answer in time; it may have sent it."), ""),
    "child_gone": (N_("The modem's program stopped while it was sending."), ""),
    "no_answer": (N_("The modem took the message but never said what became of it."), ""),
    "no_code": (N_("The modem reported an error without saying which."), ""),
    "no_reference": (N_("The modem said it was sent, but gave no number for it."), ""),
    "line_lost": (N_("The connection to the modem broke while it was sending."), ""),
    "restart": (N_("The PC or the SMS program stopped while it was being sent."), ""),
    "ledger_lost": (N_("The record of sent SMS was lost or put back from a backup."), ""),
    "too_many_tries": (N_("The network refused it each time it was tried."), N_("Send it again later.")),
    "empty": (N_("It has no text, or no number."), N_("Write a new message.")),
    "too_long": (N_("The text is too long."), _SHORTEN),
    "bad_text": (N_("The text has a character that no phone can show."), _SHORTEN),
    "not_encodable": (N_("The modem's program could not make an SMS of the text and number."), _SHORTEN),
    "expired": ("", ""),
    "cancelled": ("", ""),
    "again": (N_("Another copy of this branch's data had queued the same one before."), ""),
    "cms_1": (N_("The network does not know this number."), _CHECK_NUMBER),
    "cms_8": (N_("The operator does not let this SIM send SMS."), N_("Ask the operator about the SIM.")),
    "cms_10": (N_("Sending SMS is barred on this SIM."), N_("Ask the operator about the SIM.")),
    "cms_21": (N_("The network turned it away, often because the SIM has no credit."), _TOP_UP),
    "cms_27": (N_("The phone with this number cannot be reached any more."), _CHECK_NUMBER),
    "cms_28": (N_("The network does not know this number."), _CHECK_NUMBER),
    "cms_29": (N_("The operator does not allow this SMS."), N_("Ask the operator about the SIM.")),
    "cms_30": (N_("The network does not know this number."), _CHECK_NUMBER),
    "cms_38": (N_("The network was out of order."), N_("Send it again later.")),
    "cms_41": (N_("The network had a passing fault."), N_("Send it again later.")),
    "cms_42": (N_("The network was too busy."), N_("Send it again later.")),
    "cms_47": (N_("The network had no room for it."), N_("Send it again later.")),
    "cms_50": (N_("The operator has not switched SMS on for this SIM, or it has no credit."), _TOP_UP),
    "cms_69": (N_("The operator does not offer this kind of SMS."), N_("Ask the operator about the SIM.")),
    "cms_304": (N_("The modem does not understand the message."), _HEAD_OFFICE),
    "cms_310": (N_("There is no SIM in the modem."), _LOOK_AT_MODEM),
    "cms_311": (N_("The SIM wants its PIN."), _LOOK_AT_MODEM),
    "cms_313": (N_("The SIM does not work."), _LOOK_AT_MODEM),
    "cms_316": (N_("The SIM is locked and wants its PUK."), _LOOK_AT_MODEM),
    "cms_322": (N_("The SIM's memory is full."), N_("Nothing to do: it is emptied, then the message goes by itself.")),
    "cms_331": (N_("The modem has no network."), _LOOK_AT_MODEM),
    "cms_332": (N_("The network did not answer the modem in time."), ""),
    "cms_500": (N_("The modem reported an error without saying which."), ""),
}
_CODED = re.compile(r"(?:cms|cme)_([0-9]{1,5})")
_ANY_CODE = N_("The modem or the network answered with code %(code)s.")
_ANY_STATE = Words(N_("Other"), N_("It is in a state this version does not know."), N_("Bring Cabang up to date."))

MODEM_STATES: Mapping[str, Words] = {
    "opening": Words(N_("Starting"), N_("The modem is being started."), N_("Wait a moment.")),
    "ready": Words(N_("Ready"), N_("The modem is ready."), _NOTHING),
    "absent": Words(
        N_("Not there"),
        N_("The modem's device is not there."),
        N_("Plug the modem in. If it is in, check its device in sms.toml."),
    ),
    "busy": Words(
        N_("Taken"),
        N_("Another program uses the modem."),
        N_("Stop the other program; often it is ModemManager or gammu-smsd."),
    ),
    "no_device_right": Words(
        N_("No right"),
        N_("This user may not use the modem, or its device is no modem."),
        N_("Check the device in sms.toml; then add this user to the group dialout and log in again."),
    ),
    "no_sim": Words(
        N_("No SIM"), N_("There is no SIM in the modem, or it cannot be read."), N_("Put the SIM in, chip side first.")
    ),
    "pin": Words(N_("PIN wanted"), N_("The SIM wants its PIN."), N_("Write the PIN into sms.toml.")),
    "wrong_pin": Words(
        N_("Wrong PIN"),
        N_("The SIM refused the PIN of sms.toml. It is not tried again, since a third wrong PIN locks the SIM."),
        N_("Put the right PIN into sms.toml."),
    ),
    "puk": Words(
        N_("SIM locked"),
        N_("The SIM is locked and wants its PUK."),
        N_("Unlock it in a phone with the PUK from the SIM's card, then write the new PIN into sms.toml."),
    ),
    "no_network": Words(
        N_("No network"), N_("The modem has no network."), N_("Move the modem or its aerial; check the SIM in a phone.")
    ),
    "sick": Words(
        N_("Not answering"),
        N_("The modem does not answer as a modem should."),
        N_("Unplug it, wait ten seconds and plug it in again. It is tried again every few minutes."),
    ),
    "off": Words(
        N_("Off"), N_("The SMS program is not running."), N_("Start it with 'cabang sms run' and this branch's folder.")
    ),
}


def message_words(state: str, reason: str | None = None) -> Words:
    """A message's state, told by its reason where that says more.

    ``happened`` is the reason's; so is ``todo``, save that a message of an unknown fate always asks for a person's
    decision.  A state or reason this version does not know gets words, too.
    """
    known = MESSAGE_STATES.get(state, _ANY_STATE)
    happened, todo, params = _reason(reason or "")
    if state == "unknown":
        todo = known.todo
    return Words(known.label, happened or known.happened, todo or known.todo, params)


def modem_words(state: str) -> Words:
    """A modem's state; one this version does not know gets words, too."""
    return MODEM_STATES.get(state, _ANY_STATE)


def _reason(reason: str) -> tuple[str, str, Mapping[str, str]]:
    coded = _CODED.fullmatch(reason)
    if reason in REASONS or not coded:
        return *REASONS.get(reason, ("", "")), {}
    return _ANY_CODE, "", {"code": coded[1]}
