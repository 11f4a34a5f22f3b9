"""The operator's side: takes or refuses what the modem sends, and keeps what the modem cannot take yet."""

from dataclasses import dataclass

from . import deliver
from .journal import Journal, now_ms
from .pdu import Submit
from .state import State

UNASSIGNED, REJECTED, UNIDENTIFIED = 1, 21, 28  # causes of TS 24.011
NO_SERVICE, NO_SMSC = 331, 330
_DIGITS = set("0123456789")


@dataclass(frozen=True)
class _Sent:
    number: str
    at_ms: int
    report: bool = False  # asked for, and the message will arrive


class Network:
    """One subscriber's network.  ``messages`` and ``reports`` are PDUs on their way to the modem."""

    def __init__(self, state: State, journal: Journal) -> None:
        self._state, self._journal = state, journal
        self.messages: list[str] = []
        self.reports: list[str] = []
        self._reference = 0  # the SIM remembers it, so it lives through a replug
        self._inbound_reference = 0
        self._sent: dict[int, _Sent] = {}

    def refusal(self, submit: Submit) -> int | None:
        """The +CMS ERROR code of a message that will not air; None when it may."""
        if not self._state.in_service:
            return NO_SERVICE
        if not (submit.smsc or self._state.smsc):
            return NO_SMSC
        if not submit.number:
            return UNASSIGNED
        if not set(submit.number.removeprefix("+")) <= _DIGITS:
            return UNIDENTIFIED
        return None if self._state.can_pay() else REJECTED

    def air(self, submit: Submit, *, lost: bool) -> int:
        """The message leaves the modem, is written down and paid for; its reference."""
        self._reference = (self._reference + 1) % 256
        self._journal.air(submit, self._reference, lost=lost)
        self._state.pay()
        self._sent[self._reference] = _Sent(submit.number, now_ms(), submit.report and not lost)
        return self._reference

    def report(self, reference: int, status: int, number: str | None = None) -> None:
        """A status report waits for the modem; KeyError for an unused *reference* without a *number*."""
        sent = _Sent(number, now_ms()) if number is not None else self._sent[reference]
        pdu = deliver.status_report(reference, sent.number, sent.at_ms, now_ms(), status, self._state.smsc)
        self.reports.append(pdu)

    def report_by_itself(self, reference: int) -> None:
        """The report of *reference*, if one was asked for and the network reports without being told."""
        if self._state.reports is not None and self._sent[reference].report:
            self.report(reference, self._state.reports)

    def message(self, sender: str, text: str, parts: list[int] | None, *, wide: bool) -> int:
        """A message from *sender* waits, in its *parts* (from 1, in that order; None: all).  How many were made."""
        self._inbound_reference = (self._inbound_reference + 1) % 256
        smsc = self._state.smsc
        pdus = deliver.delivers(sender, text, now_ms(), smsc, reference=self._inbound_reference, wide=wide)
        self.messages += pdus if parts is None else [pdus[part - 1] for part in parts]
        return len(pdus)
