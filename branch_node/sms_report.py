"""What the SMS commands say: facts for programs, lines for people."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from branch_node.sms_errors import relayed
from branch_node.sms_ledger import count_untaken, look, oldest_untaken
from sms_daemon import reading
from sms_daemon.errors import SmsError
from sms_daemon.segments import GSM7
from sms_daemon.words import REASONS, message_words, modem_words
from sync.doctor import FINE, WRONG, Finding
from sync.node import device_ms
from ui import formats
from ui.console.doctor import SIGNS
from ui.console.language import LANGUAGE, _
from ui.formats import MINUTE_MS

READY, OFF = "ready", "off"
SAID = ("queued", "waiting")  # states that are in "Waiting: …" already


def sent_lines(done: dict[str, Any]) -> Iterator[str]:
    """What ``sms send`` tells: where the message is, and what it takes."""
    yield _("In the queue for %(number)s: %(id)s", number=done["recipient"], id=done["id"])
    cost = _("cost not known") if done["cost"] is None else formats.rupiah(done["cost"], LANGUAGE)
    letters = _("plain letters (GSM-7)") if done["coding"] == GSM7 else _("all signs (UCS-2)")
    yield _("%(count)s SMS, %(letters)s, %(cost)s", count=done["parts"], letters=letters, cost=cost)


# --- status ----------------------------------------------------------------------------------------------------


def status_facts(folder: Path) -> dict[str, Any]:
    """All of ``reading.status``, with what the program has not taken yet, and the modems in words too."""
    now = device_ms()
    with look(folder) as ledger:  # first: what is taken meanwhile counts twice for a moment, not for nothing
        untaken, oldest = count_untaken(ledger), oldest_untaken(ledger)
    try:
        facts = reading.status(folder, now)
    except SmsError as error:
        raise relayed(error) from error
    ages = [facts["oldest_waiting_ms"], None if oldest is None else max(0, now - oldest)]
    return {
        **facts,
        "waiting": facts["waiting"] + untaken,
        "untaken": untaken,
        "modems": [{**modem, "words": _modem_words(modem, facts["running"])} for modem in facts["modems"]],
        "oldest_waiting_ms": max((age for age in ages if age is not None), default=None),
    }


def _modem_words(modem: dict[str, Any], running: bool) -> str:
    """Of a modem that is ready: what keeps it from sending all the same, for example that the SIM has no credit."""
    words = modem_words(modem["state"] if running else OFF)
    if running and modem["state"] == READY and modem["reason"] in REASONS:
        words = message_words("queued", modem["reason"])
    return f"{_(words.happened)} {_(words.todo)}"


def status_lines(facts: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield _("The SMS program is running.") if facts["running"] else _("The SMS program is not running.")
    yield _("Waiting: %(count)s", count=formats.number(facts["waiting"], LANGUAGE))
    if facts["oldest_waiting_ms"] is not None:
        yield "  " + _("the oldest for %(count)s minutes", count=facts["oldest_waiting_ms"] // MINUTE_MS)
    for state, count in sorted(facts["states"].items()):
        if state in SAID:
            continue
        yield f"{_(message_words(state).label)}: {formats.number(count, LANGUAGE)}"
    for one in facts["unknown"]:
        words = message_words("unknown", one["reason"])
        yield f"? {one['recipient']}: {_(words.happened) % words.params} {_(words.todo)}"
    for modem in facts["modems"]:
        yield f"{modem['name']}: {modem['words']}"


# --- what came in ----------------------------------------------------------------------------------------------


def inbox_facts(folder: Path) -> dict[str, Any]:
    """The SMS that came in, newest first; times in ms UTC."""
    try:
        return {"messages": reading.inbox(folder)}
    except SmsError as error:
        raise relayed(error) from error


def inbox_lines(facts: dict[str, Any]) -> Iterator[str]:
    """One SMS after the other; the text stands below its sender."""
    if not facts["messages"]:
        yield _("Nothing has come in.")
    for one in facts["messages"]:
        yield f"{formats.iso(one.get('sent_at') or one['at'])}  {one.get('sender') or '-'}"
        yield from (f"  {line}" for line in str(one.get("text") or "").splitlines())


# --- doctor ----------------------------------------------------------------------------------------------------


def doctor_facts(findings: Sequence[Finding]) -> dict[str, Any]:
    """The checklist for programs."""
    well = all(finding.state != WRONG for finding in findings)
    return {"well": well, "findings": [_facts(finding) for finding in findings]}


def _facts(finding: Finding) -> dict[str, Any]:
    words = {"sentence": _sentence(finding), "todo": _todo(finding)}
    return {"name": finding.name, "state": finding.state, **finding.places, **words}


def _sentence(finding: Finding) -> str:
    said = _(finding.sentence) % finding.places
    return f"{finding.places['modem']}: {said}" if finding.name == "modem" else said


def _todo(finding: Finding) -> str:
    return "" if finding.state == FINE else _(finding.todo) % finding.places


def doctor_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """The checklist: a sign, what is, and what to do about it."""
    for finding in findings:
        yield f"{SIGNS[finding.state]} {_sentence(finding)}"
        yield from (f"  {line}" for line in _todo(finding).splitlines())
