"""What a modem is asked next, and what its answers lead to."""

import logging
from collections.abc import Callable
from typing import Any

from sms_daemon import credit, inbox, policy, queue, rates, reports, sending
from sms_daemon.device import NO_NETWORK, READY, Answer, Device
from sms_daemon.masking import mask
from sms_daemon.outcomes import ASKS_CREDIT, CHILD_GONE, DEADLINE, NO_ANSWER, RESTART, Outcome, judge
from sms_daemon.queue import Stop
from sms_daemon.sending import Job, Sender
from sms_daemon.shared import Shared
from sms_daemon.speech import _
from sms_daemon.states import CANCELLED, EXPIRED, HELD, WAITING
from sms_daemon.words import message_words

LOST = {"child_gone": CHILD_GONE, "deadline": DEADLINE, "bad_answer": NO_ANSWER, "restart": RESTART}
LINE_TROUBLE = frozenset({"no_answer", "line_lost", "no_reference"})
PARTS_PER_BALANCE = 50
REFUSALS_PER_BALANCE = 3
BALANCE_AGE_MS = 6 * 3_600_000
NOT_READY: Answer = {"ok": False, "error": "ERR_NO_MODEM"}
_SEEN = dict.fromkeys(("retry", "device", "sim_full"), WAITING)  # the message's state after such an outcome

log = logging.getLogger(__name__)

Answered = Callable[[Answer], None]


class Duties:
    """The work of one modem: ``next()`` whenever it is idle."""

    def __init__(self, device: Device, shared: Shared) -> None:
        self.device, self._shared = device, shared
        self._bucket = rates.bucket(shared.ledger, device.settings, None, shared.clock.now())
        self._list_at = self._health_at = self._no_credit_until = 0.0
        self._to_delete: list[int] = []
        self._questions: list[tuple[str, Answered]] = []
        self._since_balance = self._refusals = 0
        self.resting = False  # True: it is ready, and there is nothing to do
        device.on_open, device.on_heard = self._opened, self._heard
        shared.may_spend.append(self._may_spend)

    def next(self) -> None:
        """Gives the idle modem the most urgent thing there is to do."""
        if self.device.state != READY:
            self._hang_up()
        duties = (self._delete, self._list, self._question, self._send, self._health)
        self.resting = self.device.ready and not any(duty() for duty in duties if self.device.ready)

    def list_now(self) -> None:
        """Has the SIM listed as soon as the modem is free."""
        self._list_at = 0.0

    def ask(self, code: str, answered: Answered) -> None:
        """Has a USSD code sent when the modem is free; *answered* gets what came of it.

        A modem that is not ready is not asked later: whoever wanted to know has given up by then.
        """
        self._questions.append((code, answered))

    def ask_balance(self) -> None:
        """Has the credit asked, if the settings say how."""
        code = self.device.settings.ussd_balance
        if code and self.device.state == READY and all(code != waiting for waiting, _ in self._questions):
            self.ask(code, self._balance)

    # --- the SIM's store -----------------------------------------------------------------------------------------

    def _opened(self) -> None:
        clock, device = self._shared.clock, self.device
        self._bucket = rates.bucket(self._shared.ledger, device.settings, device.known("imsi"), clock.now())
        self._list_at = 0.0
        self._to_delete.clear()
        if clock.now() - (device.known("balance_at") or 0) > BALANCE_AGE_MS:
            self.ask_balance()

    def _ask(self, request: Answer, answered: Answered, lost: Callable[[str], None] = lambda reason: None) -> None:
        self.device.ask(request, answered, lost)

    def _heard(self, answer: Answer) -> None:
        """What came by itself with any answer: delivery reports, and the news that messages came in."""
        self._health_at = self._shared.clock.ticks() + self._shared.timings.health
        found = [report for report in answer.get("reports") or () if isinstance(report, dict)]
        reports.take(self._shared.ledger, self.device.known("imsi"), found, self._shared.clock.now())
        self._to_delete += [report["location"] for report in found if isinstance(report.get("location"), int)]
        if answer.get("new_sms"):
            self._list_at = 0.0

    def _delete(self) -> bool:
        if not self._to_delete:
            return False
        locations, self._to_delete = self._to_delete, []
        self._ask({"do": "delete", "locations": locations}, lambda answer: None)
        return True

    def _list(self) -> bool:
        if self._shared.clock.ticks() < self._list_at:
            return False
        self._list_at = self._shared.clock.ticks() + self._shared.timings.listing
        self._ask({"do": "list"}, self._listed)
        return True

    def _listed(self, answer: Answer) -> None:
        found = [message for message in answer.get("messages") or () if isinstance(message, dict)]
        device, now = self.device, self._shared.clock.now()
        if found:
            log.info(_("Modem %(name)s: %(count)s SMS came in."), {"name": device.name, "count": len(found)})
        self._to_delete += inbox.take(self._shared.ledger, device.name, device.known("imsi"), found, now)
        device.note_health(answer)
        self._watch_sim()
        if answer.get("more"):
            self._list_at = 0.0

    def _watch_sim(self) -> None:
        used, size = self.device.known("sim_used"), self.device.known("sim_size")
        if self._flag("sim_full", policy.is_nearly_full(used, size)):
            log.warning(_("%(modem)s: the SIM's memory is nearly full."), {"modem": self.device.name})

    def _flag(self, reason: str, holds: bool) -> bool:
        """Says or unsays *reason* beside the modem's state; True when it is new."""
        known = self.device.known("reason")
        if holds and known is None:
            self.device.note(reason=reason)
            return True
        if not holds and known == reason:
            self.device.note(reason=None)
        return False

    # --- credit --------------------------------------------------------------------------------------------------

    def _question(self) -> bool:
        if not self._questions:
            return False
        code, answered = self._questions.pop(0)
        request = {"do": "ussd", "code": code}
        self._ask(request, answered, lambda reason: answered({"ok": False, "error": reason}))
        return True

    def _hang_up(self) -> None:
        questions, self._questions = self._questions, []
        for _code, answered in questions:
            if answered != self._balance:
                answered(NOT_READY)

    def _balance(self, answer: Answer) -> None:
        """What the operator said of the credit; no answer leaves it unknown, which is not nothing."""
        settings, now = self.device.settings, self._shared.clock.now()
        balance = credit.read_balance(str(answer["text"])) if answer.get("text") else None
        self._since_balance = self._refusals = 0
        self.device.note(balance=balance, balance_at=now)
        self._shared.credit_changed = True
        if balance is not None and balance >= settings.price:
            self._no_credit_until = 0.0
            self._flag("no_credit", holds=False)
        if policy.is_alarm(balance, settings.balance_reserve):
            places = {"modem": self.device.name, "credit": f"Rp{balance:,}".replace(",", ".")}
            log.warning(_("%(modem)s: the credit is low: %(credit)s. Top up the SIM."), places)

    def _may_spend(self, kind: str) -> bool:
        settings = self.device.settings
        return policy.may_spend(kind, self.device.known("balance"), settings.balance_floor, settings.balance_reserve)

    # --- sending -------------------------------------------------------------------------------------------------

    def _send(self) -> bool:
        shared, now = self._shared, self._shared.clock.now()
        if shared.clock.ticks() < self._no_credit_until:
            return False
        self._flag("no_credit", holds=False)
        limited = self._bucket.free_at(1, now) > now
        self._flag("rate", limited)
        if limited:
            return False
        job = queue.next_job(shared.ledger, self.device.name, self._gate, shared.turn, now)
        if job is None:
            return False
        known = self.device.known
        attempt = sending.begin(
            shared.ledger, job, Sender(shared.boot, self.device.name, known("imei"), known("imsi")), now
        )
        shared.turn += job.part == 1
        shared.began += 1
        self._bucket.take(1, now)
        shared.recipients.take(job.recipient, now)
        self._ask(
            self._request(job, now),
            lambda answer: self._sent(job, attempt, judge(answer), answer),
            lambda reason: self._sent(job, attempt, LOST.get(reason, CHILD_GONE), {}),
        )
        return True

    def _request(self, job: Job, now: int) -> Answer:
        rules = self._shared.rules
        quiet = None if job.exempt else policy.quiet_start(job.kind, now, rules.zone, rules.quiet)
        udh = {"ref": job.udh, "total": job.parts, "part": job.part} if job.udh is not None else None
        validity = policy.validity_minutes(job.expires, quiet, now)
        what = {"number": job.recipient, "text": job.text, "coding": job.coding, "udh": udh}
        return {"do": "send", **what, "report": True, "validity_min": validity}

    def _gate(self, job: Job) -> Stop | None:
        """Asked just before a part is sent: may it go now?"""
        shared, now = self._shared, self._shared.clock.now()
        rules, limit = shared.rules, self.device.settings.parts_per_recipient_per_day
        if job.expires is not None and job.expires <= now:
            return Stop(EXPIRED, "expired")
        until = None if job.exempt else policy.quiet_until(job.kind, now, rules.zone, rules.quiet)
        if until is not None:
            return Stop(WAITING, "quiet", until, whole_kind=True)
        if not self._may_spend(job.kind):
            another = any(may_spend(job.kind) for may_spend in shared.may_spend)
            return Stop(None if another else HELD, "credit", whole_kind=True)
        if shared.outbox.is_erased(job.message):
            return Stop(CANCELLED, "cancelled")
        if not shared.outbox.may_send(job.kind, job.customer):
            return Stop(HELD, "consent")
        free_at = now if job.exempt else shared.recipients.free_at(job.recipient, limit, now)
        return Stop(WAITING, "recipient_rate", free_at) if free_at > now else None

    def _sent(self, job: Job, attempt: int, outcome: Outcome, answer: Answer) -> None:
        shared = self._shared
        reference = answer.get("reference") if outcome.kind == "sent" else None
        found = sending.Answer(outcome, reference, _code(answer))
        sending.finish(shared.ledger, job, attempt, found, shared.clock.now(), shared.chance())
        said = {"number": mask(job.recipient), "part": job.part, "parts": job.parts, "fate": _fate(outcome)}
        log.info(_("%(number)s, part %(part)s of %(parts)s: %(fate)s"), said)
        if outcome.kind == "sent":
            self.device.went_well()
        elif outcome.kind in ("device", "sim_full", "unknown"):
            self._modem_trouble(outcome)
        self._watch_credit(outcome)

    def _modem_trouble(self, outcome: Outcome) -> None:
        if outcome.kind == "sim_full":
            self._list_at = 0.0
        if self.device.child is not None and (outcome.kind != "unknown" or outcome.reason in LINE_TROUBLE):
            self.device.went_wrong(outcome.reason or outcome.kind)

    def _watch_credit(self, outcome: Outcome) -> None:
        """Asks for the credit when there is a sign that it may be used up, and now and then."""
        self._since_balance += outcome.kind == "sent"
        self._refusals = self._refusals + 1 if outcome.kind in ("retry", "failed") else 0
        if outcome.reason == "cms_21":
            self._no_credit_until = self._shared.clock.ticks() + self._shared.timings.credit_pause
            self._flag("no_credit", holds=True)
        signs = (outcome.reason in ASKS_CREDIT, self._refusals >= REFUSALS_PER_BALANCE)
        if any(signs) or self._since_balance >= PARTS_PER_BALANCE:
            self.ask_balance()

    # --- health --------------------------------------------------------------------------------------------------

    def _health(self) -> bool:
        if self._shared.clock.ticks() < self._health_at:
            return False
        self._ask({"do": "health"}, self._healthy)
        return True

    def _healthy(self, answer: Answer) -> None:
        if not answer.get("ok"):
            self.device.went_wrong("device")
            return
        imsi = self.device.known("imsi")
        self.device.note_health(answer)
        if answer.get("sim") in ("absent", "locked") or (imsi and answer.get("imsi") not in (imsi, None)):
            self.device.look_again()
        elif answer.get("registration") in ("none", "denied", "searching"):
            self.device.look_again(NO_NETWORK)
        else:
            self.device.went_well()


def _fate(outcome: Outcome) -> str:
    """What became of a part, for a person."""
    words = message_words(_SEEN.get(outcome.kind, outcome.kind), outcome.reason)
    return f"{_(words.label)}. {_(words.happened) % words.params}" if outcome.reason else _(words.label)


def _code(answer: Answer) -> Any:
    return next((answer[name] for name in ("code", "cme") if isinstance(answer.get(name), int)), None)
