"""Commands about received messages and their announcements (3GPP TS 27.005), PDU mode alone."""

from .session import MESSAGES, REPORTS, AtError, Session, cms, command, number
from .sim import ALL, READ, Memory, Stored, tpdu_octets

_INVALID_PLACE = 321
_UNSUPPORTED = 303
_MODES = ((0, 1, 2), (0, 1, 2), (0,), (0, 1, 2), (0, 1))


def memory(session: Session) -> Memory:
    """The memory that +CPMS chose for reading and deleting; an error while the SIM is not open."""
    session.want_messages()
    return session.device.memories[session.settings.memory]


@command("+CMGF?")
def get_format(session: Session, args: list[str]) -> list[str]:
    return ["+CMGF: 0"]


@command("+CMGF=?")
def formats(session: Session, args: list[str]) -> list[str]:
    return ["+CMGF: (0)"]


@command("+CMGF=")
def set_format(session: Session, args: list[str]) -> list[str]:
    if args != ["0"]:
        raise cms(_UNSUPPORTED)
    return []


@command("+CSMS?")
def get_service(session: Session, args: list[str]) -> list[str]:
    return ["+CSMS: 0,1,1,1"]


@command("+CSMS=?")
def services(session: Session, args: list[str]) -> list[str]:
    return ["+CSMS: (0)"]


@command("+CSMS=")
def set_service(session: Session, args: list[str]) -> list[str]:
    if args != ["0"]:
        raise cms(_UNSUPPORTED)
    return ["+CSMS: 1,1,1"]


@command("+CSCA?")
def get_centre(session: Session, args: list[str]) -> list[str]:
    session.want_messages()
    smsc = session.state.smsc
    return [f'+CSCA: "{session.encode(smsc)}",{145 if smsc.startswith("+") else 129}']


@command("+CSCA=")
def set_centre(session: Session, args: list[str]) -> list[str]:
    session.want_messages()
    session.state.smsc = session.decode(args[0])
    return []


@command("+CPMS=?")
def memories(session: Session, args: list[str]) -> list[str]:
    return ['+CPMS: ("SM","SR"),("SM"),("SM")']


@command("+CPMS?")
def get_memory(session: Session, args: list[str]) -> list[str]:
    session.want_messages()
    names = (session.settings.memory, MESSAGES, MESSAGES)
    return ["+CPMS: " + ",".join(f'"{name}",{_use(session, name)}' for name in names)]


@command("+CPMS=")
def set_memory(session: Session, args: list[str]) -> list[str]:
    session.want_messages()
    if args[0] not in session.device.memories or any(name not in ("", MESSAGES) for name in args[1:]):
        raise cms(_UNSUPPORTED)
    session.settings.memory = args[0]
    return ["+CPMS: " + ",".join(_use(session, name) for name in (args[0], MESSAGES, MESSAGES))]


def _use(session: Session, name: str) -> str:
    chosen = session.device.memories[name]
    return f"{len(chosen.places)},{chosen.capacity}"


@command("+CMGL=?")
def statuses(session: Session, args: list[str]) -> list[str]:
    return ["+CMGL: (0-4)"]


@command("+CMGL", "+CMGL=")
def list_messages(session: Session, args: list[str]) -> list[str]:
    status = number(args[0] if args else "", range(ALL + 1), 0)
    listing = memory(session).listing(status)
    return [f"+CMGL: {place},{stored.status},,{stored.octets}\r\n{stored.pdu}" for place, stored in listing]


@command("+CMGR=")
def read_message(session: Session, args: list[str]) -> list[str]:
    stored = _at(memory(session), args[0])
    line = f"+CMGR: {stored.status},,{stored.octets}\r\n{stored.pdu}"
    stored.status = READ
    return [line]


def _at(chosen: Memory, place: str) -> Stored:
    if not place.isdecimal() or int(place) not in chosen.places:
        raise cms(_INVALID_PLACE)
    return chosen.places[int(place)]


@command("+CMGD=?")
def deletable(session: Session, args: list[str]) -> list[str]:
    return [f"+CMGD: ({','.join(map(str, sorted(memory(session).places)))}),(0-4)"]


@command("+CMGD=")
def delete_message(session: Session, args: list[str]) -> list[str]:
    """With a flag of 1 to 3 every read message goes (nothing here is stored to be sent), with 4 all."""
    chosen = memory(session)
    flag = number(args[1] if args[1:] else "", range(5), 0)
    if flag == 4:
        chosen.places.clear()
    elif flag:
        chosen.delete_read()
    elif not args[0].isdecimal() or not chosen.has(int(args[0])):
        raise cms(_INVALID_PLACE)
    else:
        chosen.places.pop(int(args[0]), None)
    return []


@command("+CNMI=?")
def indications(session: Session, args: list[str]) -> list[str]:
    return ["+CNMI: " + ",".join(f"({','.join(map(str, allowed))})" for allowed in _MODES)]


@command("+CNMI?")
def get_indications(session: Session, args: list[str]) -> list[str]:
    return ["+CNMI: " + ",".join(map(str, session.settings.cnmi))]


@command("+CNMI=")
def set_indications(session: Session, args: list[str]) -> list[str]:
    """Arguments left out stay as they were.  What waited for a mode that speaks is said or, with a fifth 1, dropped."""
    if len(args) > len(_MODES):
        raise AtError
    told = args + [""] * (len(_MODES) - len(args))
    now = zip(told, _MODES, session.settings.cnmi, strict=True)
    session.settings.cnmi = [number(text, allowed, before) for text, allowed, before in now]
    if session.settings.cnmi[0]:
        session.release(forget=session.settings.cnmi[4] == 1)
    return []


def take_in(session: Session) -> None:
    """The modem takes what waits in the network, as far as it is in service and has room."""
    network = session.device.network
    while session.alive and session.state.in_service and network.reports:
        _take_report(session, network.reports.pop(0))
    while session.alive and session.state.in_service and network.messages and _take_message(session):
        network.messages.pop(0)


def _take_message(session: Session) -> bool:
    """The first waiting message is stored, or shown directly; False when the SIM has no room for it."""
    pdu = session.device.network.messages[0]
    if session.settings.cnmi[1] == 2:
        session.indicate(f"+CMT: ,{tpdu_octets(pdu)}\r\n{pdu}")
        return True
    place = session.device.memories[MESSAGES].add(pdu)
    if place is not None and session.settings.cnmi[1] == 1:
        session.indicate(f'+CMTI: "{MESSAGES}",{place}')
    return place is not None


def _take_report(session: Session, pdu: str) -> None:
    """A report is shown, stored, or lost: what +CNMI chose."""
    shown = session.settings.cnmi[3]
    if shown == 1:
        session.indicate(f"+CDS: {tpdu_octets(pdu)}\r\n{pdu}")
    elif shown == 2 and (place := session.device.memories[REPORTS].add(pdu)) is not None:
        session.indicate(f'+CDSI: "{REPORTS}",{place}')
