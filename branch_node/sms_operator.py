"""Asking a modem directly: through the running SMS program, else by a child of our own under ``sms.lock``."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from branch_node.sms_errors import relayed
from sms_daemon import config, control, lock
from sms_daemon.child import Child, ChildGone, modem_command
from sms_daemon.config import ModemSettings
from sms_daemon.errors import SmsError
from sms_daemon.words import modem_words
from sync.errors import N_, CabangError
from sync.handover_lines import Relayed

WAIT_S = 30.0
LOOK_S = 0.2
_NO_ANSWER = {"ok": False, "state": "sick", "error": "ERR_NO_ANSWER"}


class NoSuchModem(CabangError):
    code = "sms_no_such_modem"
    happened = N_("sms.toml names no modem called %(name)s.")
    todo = N_("Use one of: %(known)s.")


class OperatorSilent(CabangError):
    code = "sms_operator_silent"
    happened = N_("The operator gave no answer to %(code)s (%(error)s).")
    todo = N_("Check the code, and try again in a minute.")
    retry_safe = True


def ask(folder: Path, code: str, modem: str | None) -> dict[str, Any]:
    """The operator's answer to *code* → {"text", "modem"}.

    Raises NoSuchModem, OperatorSilent, the words of a modem that is not ready, and what is wrong with sms.toml.
    """
    try:
        chosen = _chosen(config.load(folder).modems, modem)
        if lock.is_held(folder):
            said = control.ask(folder, {"do": "ussd", "code": code, "modem": chosen.name if modem else None}, WAIT_S)
        else:
            said = _alone(folder, chosen, code)
    except SmsError as error:
        raise relayed(error) from error
    if not said.get("ok"):
        raise _refusal(said, code)
    return {"text": str(said.get("text", "")), "modem": str(said.get("modem", chosen.name))}


def probe(folder: Path, modem: ModemSettings) -> dict[str, Any]:
    """What *modem* says of itself when it is opened; raises SmsRunning while the SMS program has it."""
    with _opened(folder, modem) as (_child, answer):
        return answer


@contextmanager
def _opened(folder: Path, modem: ModemSettings) -> Iterator[tuple[Child, dict[str, Any]]]:
    """A child of our own and what it says of *modem*."""
    with lock.Lock(folder):
        child = Child(modem_command(), time.monotonic)
        try:
            child.start()
            yield child, _answered(child, _opening(modem))
        finally:
            child.kill()


def _chosen(modems: tuple[ModemSettings, ...], name: str | None) -> ModemSettings:
    found = next((modem for modem in modems if name in (None, modem.name)), None)
    if found is None:
        raise NoSuchModem(name=name, known=", ".join(modem.name for modem in modems))
    return found


def _alone(folder: Path, modem: ModemSettings, code: str) -> dict[str, Any]:
    with _opened(folder, modem) as (child, answer):
        return _answered(child, {"do": "ussd", "code": code}) if answer.get("ok") else answer


def _opening(modem: ModemSettings) -> dict[str, Any]:
    """The PIN is left to the SMS program, which remembers one that was refused: a third wrong one locks the SIM."""
    fields = {"connection": modem.connection, "device": modem.device, "smsc": modem.smsc}
    return {"do": "open", **fields, "pin": None}


def _answered(child: Child, request: dict[str, Any]) -> dict[str, Any]:
    """The child's answer within the usual time of such a request."""
    try:
        child.ask(request)
        while (answer := child.answer()) is None:
            if child.overdue():
                return _NO_ANSWER
            select.select([child.fileno()], [], [], LOOK_S)
    except ChildGone:
        return _NO_ANSWER
    return answer


def _refusal(said: dict[str, Any], code: str) -> CabangError:
    states = said.get("modems")
    state = said.get("state") or (next(iter(states.values()), None) if isinstance(states, dict) else None)
    if not state:
        return OperatorSilent(code=code, error=said.get("error", "?"))
    words = modem_words(str(state))
    return Relayed("sms_modem_not_ready", words.happened, words.todo, True, dict(words.params))
