"""AT+CMGS: the prompt, the message typed at it, what the network makes of it and what goes wrong (TS 27.005, 4.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .faults import Fault
from .pdu import PduError, Submit, decode_submit
from .session import AtError, Session, cms, command

CTRL_Z, ESC = 0x1A, 0x1B
_INVALID_PDU = 304
_TPDU_OCTETS = range(7, 165)


@dataclass
class Prompt:
    """A message being typed: how long its TPDU will be, and what is there."""

    octets: int
    fault: Fault | None
    typed: bytearray = field(default_factory=bytearray)


@command("+CMGS=?")
def possible(session: Session, args: list[str]) -> list[str]:
    return []


@command("+CMGS=")
def announce(session: Session, args: list[str]) -> None:
    """A message of so many octets follows at the prompt."""
    session.want_messages()
    if len(args) != 1 or not args[0].isdecimal() or int(args[0]) not in _TPDU_OCTETS:
        raise cms(_INVALID_PDU)
    fault = session.device.faults.early()
    _note(session, fault)
    if fault and fault.kind == "unplug-before":
        session.unplug()
    elif not (fault and fault.kind == "no-prompt"):
        session.prompt = Prompt(int(args[0]), fault)
        session.write(b"\r\n> ")


def _note(session: Session, fault: Fault | None) -> None:
    if fault:
        session.device.journal.write("fault", fault=fault.kind)


def type_in(session: Session, prompt: Prompt, byte: int) -> None:
    """One byte arrives at the prompt."""
    if byte == ESC:
        session.leave_prompt()
        session.say("OK")
    elif byte == CTRL_Z:
        session.leave_prompt()
        _complete(session, prompt)
    elif byte not in b"\r\n":
        prompt.typed.append(byte)
        if prompt.fault and len(prompt.typed) >= prompt.octets:  # half of its hexadecimal
            session.unplug()


def _complete(session: Session, prompt: Prompt) -> None:
    """The message is whole: the modem judges its form, then chance and the network judge the rest."""
    try:
        submit = _submit(prompt)
    except PduError as error:
        session.device.journal.write("malformed", reason=str(error), typed=prompt.typed.decode("latin-1"))
        session.fail(cms(_INVALID_PDU))
        return
    fault = session.device.faults.late(submit.number, submit.text)
    _note(session, fault)
    if not (fault and fault.kind == "silent"):
        _hand_over(session, submit, fault)


def _submit(prompt: Prompt) -> Submit:
    submit = decode_submit(prompt.typed.decode("latin-1"))
    if submit.octets != prompt.octets:
        raise PduError(f"{prompt.octets} octets were announced, {submit.octets} came")
    return submit


def _hand_over(session: Session, submit: Submit, fault: Fault | None) -> None:
    refusal = _refusal(session, submit, fault)
    if refusal:
        session.device.journal.write("refused", number=submit.number, code=refusal.code)
        _finish(session, 0, lambda: session.fail(refusal))
        return
    network = session.device.network
    reference = network.air(submit, lost=bool(fault and fault.kind == "lost"))
    if fault and fault.kind == "unplug-after":
        network.report_by_itself(reference)
        session.unplug()
        return
    _finish(
        session, fault.seconds if fault and fault.kind == "delay" else 0, lambda: _answer(session, reference, fault)
    )


def _refusal(session: Session, submit: Submit, fault: Fault | None) -> AtError | None:
    if fault and fault.kind in ("cms", "error"):
        return AtError("CMS", fault.code) if fault.code is not None else AtError()
    code = session.device.network.refusal(submit)
    return None if code is None else cms(code)


def _finish(session: Session, seconds: float, do: Callable[[], None]) -> None:
    """Answers after the network's time and *seconds* more; until then the modem takes no other command."""
    session.busy = True

    def end() -> None:
        do()
        session.busy = False
        session.resume()

    session.later(session.device.state.network_delay + seconds, end)


def _answer(session: Session, reference: int, fault: Fault | None) -> None:
    kind = fault.kind if fault else ""
    good = f"\r\n+CMGS: {reference}\r\n\r\nOK\r\n".encode()
    if fault and kind in ("sent-cms", "sent-error"):
        session.fail(AtError("CMS", fault.code) if fault.code is not None else AtError())
    elif kind == "garble":
        session.write(bytes(byte if byte in b"\r\n" else byte ^ 0x80 for byte in good))
    elif kind != "sent-no-reply":
        session.write(good, fault.seconds if fault and kind == "dribble" else 0)
    session.later(session.device.state.report_delay, lambda: _report(session, reference))


def _report(session: Session, reference: int) -> None:
    session.device.network.report_by_itself(reference)
    session.resume()
