"""From a modem that has just started to one that can send: SIM, PIN, network, and what it says of itself."""

import os
import time
from pathlib import Path
from typing import Any

from . import sim
from .refusal import Refusal
from .sim import Call, optional

DUMMY = "dummy"  # gammu's driver without a modem; its device is a folder

_SIM_WAIT_S = 4.0  # a SIM needs a moment after its PIN
_SIM_PAUSE_S = 0.5
_SIM_BUSY = {("cme", 11), ("cme", 14), ("code", 314)}  # 11: it has its PIN, but has not read it yet
_NO_SIM = {10, 13, 15}  # +CME ERROR: not inserted, failure, wrong
_OPEN = {None, "PIN2", "PUK2"}  # what GetSecurityStatus says of a SIM that can send
_ON_THE_AIR = {"home", "roaming", "unknown"}
_REGISTRATIONS = {
    "HomeNetwork": "home",
    "RoamingNetwork": "roaming",
    "RequestingNetwork": "searching",
    "RegistrationDenied": "denied",
    "NoNetwork": "none",
}
_STATES = {
    "ERR_DEVICENOTEXIST": "absent",
    "ERR_DEVICENOPERMISSION": "no_device_right",
    "ERR_DEVICELOCKED": "busy",
    "ERR_DEVICEBUSY": "busy",
}


def configuration(connection: str, device: str) -> str:
    """Gammu's configuration; only with this setting do delivery reports reach us."""
    kind = "connection = none\nmodel = dummy" if connection == DUMMY else f"connection = {connection}"
    return f"[gammu]\ndevice = {device}\n{kind}\natgen_setcnmi = 2,1,0,1,0\n"


def unopened(device: str, refusal: Refusal) -> Refusal:
    """Why gammu could not start the modem, with its state."""
    state, error = _STATES.get(refusal.error, "sick"), refusal.error
    if error == "ERR_DEVICEOPENERROR":
        state, error = _look(device)
    return Refusal(error, refusal.code, refusal.cme, state=state, gone=True)


def _look(device: str) -> tuple[str, str]:
    """State and error of a *device* that is there but could not be opened; gammu has one word for all."""
    try:
        file = os.open(device, os.O_RDWR | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0))
    except PermissionError:
        return "no_device_right", "ERR_DEVICENOPERMISSION"
    except IsADirectoryError:
        return "absent", "ERR_DEVICENOTMODEM"
    except OSError:
        return "busy", "ERR_DEVICEOPENERROR"
    try:
        return ("busy", "ERR_DEVICEOPENERROR") if os.isatty(file) else ("absent", "ERR_DEVICENOTMODEM")
    finally:
        os.close(file)


def missing_folder(connection: str, device: str) -> bool:
    """Does the dummy lack its folder?  Gammu would say that we lack a right."""
    return connection == DUMMY and not Path(device).is_dir()


class Lock:
    """The SIM's PIN.  One that was refused is never tried again: the third time the SIM would want its PUK."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._refused: set[str] = set()

    def open(self, pin: str | None) -> None:
        """Makes the SIM ready; Refusal with its state when a person has to do something."""
        status = self._status()
        if status == "PIN":
            self._enter(pin)
        elif status not in _OPEN:
            state = "puk" if status == "PUK" else "sick"
            raise Refusal("ERR_SECURITYERROR", state=state, gone=state == "sick")
        patient(self._call, "GetSIMIMSI")

    def _enter(self, pin: str | None) -> None:
        if pin is None:
            raise Refusal("ERR_SECURITYERROR", state="pin")
        if pin in self._refused:
            raise Refusal("ERR_SECURITYERROR", state="wrong_pin")
        try:
            self._call("EnterSecurityCode", "PIN", pin)
        except Refusal as refusal:
            self._refused.add(pin)
            state = (
                "puk" if not refusal.gone and self._status() == "PUK" else "wrong_pin"
            )  # no answer: never again, too
            raise Refusal(refusal.error, refusal.code, refusal.cme, state=state) from refusal

    def _status(self) -> str | None:
        status: str | None = patient(self._call, "GetSecurityStatus")
        return status


def patient(call: Call, name: str) -> Any:
    """What gammu's method says once the SIM is no longer busy; None when the modem does not know it.

    Refusal with its state when there is no SIM, or the modem is lost.
    """
    until = time.monotonic() + _SIM_WAIT_S
    while True:
        try:
            return call(name)
        except Refusal as refusal:
            if not _is_busy(refusal):
                return _not_told(refusal)
            if time.monotonic() > until:
                raise Refusal(refusal.error, refusal.code, refusal.cme, state="sick", gone=True) from refusal
        time.sleep(_SIM_PAUSE_S)


def _is_busy(refusal: Refusal) -> bool:
    return bool({("cme", refusal.cme), ("code", refusal.code)} & _SIM_BUSY)


def _not_told(refusal: Refusal) -> None:
    if refusal.gone or _has_no_sim(refusal):
        state = "sick" if refusal.gone else "no_sim"
        raise Refusal(refusal.error, refusal.code, refusal.cme, state=state) from refusal


def _has_no_sim(refusal: Refusal) -> bool:
    return refusal.error == "ERR_NOSIM" or refusal.cme in _NO_SIM


def facts(call: Call) -> dict[str, Any]:
    """What the modem says of itself; None for what it does not tell."""
    return {"imei": optional(call, "GetIMEI"), "imsi": optional(call, "GetSIMIMSI"), **air(call), **sim.use(call)}


def air(call: Call) -> dict[str, Any]:
    """Signal in percent, registration and operator."""
    network = optional(call, "GetNetworkInfo") or {}
    percent = (optional(call, "GetSignalQuality") or {}).get("SignalPercent", -1)
    return {
        "signal": percent if percent >= 0 else None,
        "registration": _REGISTRATIONS.get(network.get("State", ""), "unknown"),
        "operator": network.get("NetworkName") or network.get("NetworkCode") or None,
    }


def centre(call: Call) -> str | None:
    """The number of the message centre on the SIM."""
    return (optional(call, "GetSMSC", Location=1) or {}).get("Number") or None


def on_the_air(facts: dict[str, Any]) -> bool:
    """Could a message leave?"""
    return facts["registration"] in _ON_THE_AIR


def sim_state(call: Call) -> dict[str, Any]:
    """The SIM's state and number now."""
    try:
        return {"sim": "ready", "imsi": call("GetSIMIMSI")}
    except Refusal as refusal:
        if refusal.gone:
            raise
        locked = "locked" if refusal.error == "ERR_SECURITYERROR" else "unknown"
        return {"sim": "absent" if _has_no_sim(refusal) else locked, "imsi": None}
