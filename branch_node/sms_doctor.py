"""A checklist for the SMS program and its modems: what is looked at on the first day, and when nothing goes out."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from branch_node import sms_operator
from branch_node.sms_ledger import UNKNOWN, Device, SmsLedger, count_waiting, look
from sms_daemon import config, lock, policy
from sms_daemon.config import DUMMY, ModemSettings
from sms_daemon.errors import SmsError
from sms_daemon.words import modem_words
from sync.doctor import ATTENTION, FINE, WRONG, Finding
from sync.errors import N_, CabangError

READY = "ready"
BY_ID = "/dev/serial/by-id/"


def examine(folder: Path) -> Iterator[Finding]:
    """Everything there is to look at in *folder*, whose database Peewee reads."""
    try:
        modems = config.load(folder).modems
    except SmsError as error:
        yield Finding("settings", WRONG, error.happened, error.todo, error.params)
        modems = ()
    else:
        yield Finding("settings", FINE, N_("sms.toml names %(count)s modems."), "", {"count": len(modems)})
    yield _gammu()
    running = lock.is_held(folder)
    yield _running(running)
    try:
        with look(folder) as ledger:
            yield from _ledger(ledger)
            held = {one.modem: one for one in ledger.devices()} if ledger else {}
    except CabangError as error:
        yield Finding("ledger", WRONG, error.happened, error.todo, error.params)
        held = {}
    for modem in modems:
        yield from _modem(folder, modem, held.get(modem.name) if running else None)


def _gammu() -> Finding:
    if importlib.util.find_spec("gammu"):
        return Finding("gammu", FINE, N_("python-gammu is installed."))
    return Finding("gammu", WRONG, N_("python-gammu is not installed."), N_("Give: pip install python-gammu"))


def _running(running: bool) -> Finding:
    if running:
        return Finding("program", FINE, N_("The SMS program is running."))
    return Finding(
        "program",
        ATTENTION,
        N_("The SMS program is not running."),
        N_("Start it with 'cabang sms run' and this folder."),
    )


def _ledger(ledger: SmsLedger | None) -> Iterator[Finding]:
    waiting, unknown = count_waiting(ledger), ledger.count(UNKNOWN) if ledger else 0
    yield Finding("waiting", FINE, N_("%(count)s SMS wait."), "", {"count": waiting})
    if unknown:
        yield Finding(
            "unknown",
            ATTENTION,
            N_("%(count)s SMS may or may not have gone out."),
            N_("Decide on the branch's page SMS whether they are sent again."),
            {"count": unknown},
        )


# --- a modem ---------------------------------------------------------------------------------------------------


def _modem(folder: Path, modem: ModemSettings, held: Device | None) -> Iterator[Finding]:
    """*held*: what the running program knows of it; without it the modem is asked itself."""
    if modem.connection != DUMMY and modem.device.startswith("/dev/") and not modem.device.startswith(BY_ID):
        yield Finding(
            "device",
            ATTENTION,
            N_("%(modem)s: the name %(device)s may belong to another device after the next start."),
            N_("Use its name in /dev/serial/by-id/ in sms.toml."),
            {"modem": modem.name, "device": modem.device},
        )
    if held is not None:
        yield _state(modem, held.state)
        yield from _sim(modem, held.sim_used, held.sim_size)
        yield _credit(modem, held)
        return
    try:
        said = sms_operator.probe(folder, modem)
    except SmsError as error:
        yield Finding("modem", ATTENTION, error.happened, error.todo, {**error.params, "modem": modem.name})
        return
    yield _state(modem, READY if said.get("ok") else str(said.get("state") or "sick"))
    yield from _sim(modem, said.get("sim_used"), said.get("sim_size"))


def _state(modem: ModemSettings, state: str) -> Finding:
    words = modem_words(state)
    return Finding("modem", FINE if state == READY else WRONG, words.happened, words.todo, {"modem": modem.name})


def _sim(modem: ModemSettings, used: int | None, size: int | None) -> Iterator[Finding]:
    if size:
        full = policy.is_nearly_full(used, size)
        places = {"modem": modem.name, "used": used or 0, "size": size}
        todo = N_("Let the SMS program run: it moves them off the SIM.")
        yield Finding(
            "sim", ATTENTION if full else FINE, N_("%(modem)s: %(used)s of %(size)s on the SIM."), todo, places
        )


def _credit(modem: ModemSettings, held: Device) -> Finding:
    places = {"modem": modem.name, "credit": held.balance}
    if held.balance is None:
        todo = N_("Write the operator's code into sms.toml as ussd_balance.")
        return Finding("credit", ATTENTION, N_("%(modem)s: the credit is not known."), todo, places)
    low = held.balance < modem.balance_floor
    return Finding(
        "credit", ATTENTION if low else FINE, N_("%(modem)s: credit %(credit)s rupiah."), N_("Top up the SIM."), places
    )
