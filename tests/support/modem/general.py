"""Commands about the modem itself: identity, PIN, radio, network, clock and USSD (3GPP TS 27.007)."""

from datetime import UTC, datetime, timedelta

from . import charsets
from .journal import now_ms
from .session import AtError, Handler, Session, Settings, cme, command, number
from .state import PIN, PUK, READY, USSD_FAILED

_FIXED = {
    "I": ["CABANG", "TEST MODEM", "REVISION 1.0"],
    "+CGMI": ["CABANG"],
    "+CGMM": ["TEST MODEM"],
    "+CGMR": ["REVISION 1.0"],
    "+CBC": ["+CBC: 0,100"],
    "+CSQ=?": ["+CSQ: (0-31,99),(0-7,99)"],
    "+CREG=?": ["+CREG: (0-2)"],
    "+CGREG=?": ["+CGREG: (0-2)"],
    "+CGATT=?": ["+CGATT: (0,1)"],
    "+CMEE=?": ["+CMEE: (0-1)"],
    "+CFUN=?": ["+CFUN: (0,1,4),(0,1)"],
    "+CUSD=?": ["+CUSD: (0-2)"],
    "+CSCS=?": ["+CSCS: (" + ",".join(f'"{name}"' for name in charsets.NAMES) + ")"],
    "+COPS=?": ['+COPS: (2,"TELKOMSEL","TSEL","51010"),(3,"INDOSATOOREDOO","ISAT","51001")'],
    **{name: [] for name in ("V1", "Q0", "+CPIN=?", "+CBC=?", "+CCLK=?", "+CGMI=?", "+CGMM=?", "+CGMR=?", "+CGSN=?")},
}
_NO_SERVICE = 30
_FORMATS = {0: "TELKOMSEL", 1: "TSEL"}
_RESTART_S = 0.05
_USSD_S = 0.02  # the network never answers before the modem has said OK
_CLOCK = "%y/%m/%d,%H:%M:%S"
_WIB = timedelta(hours=7)


def _always(answer: list[str]) -> Handler:
    return lambda session, args: answer


for _name, _answer in _FIXED.items():
    command(_name)(_always(_answer))


@command("E", "E0", "E1")
def echo(session: Session, args: list[str]) -> list[str]:
    session.settings.echo = args == ["1"]
    return []


@command("Z", "Z0", "&F", "&F0")
def reset(session: Session, args: list[str]) -> list[str]:
    session.settings = Settings()
    return []


@command("+CGSN", "+GSN")
def serial(session: Session, args: list[str]) -> list[str]:
    return [session.state.imei]


@command("+CIMI")
def subscriber(session: Session, args: list[str]) -> list[str]:
    session.want_sim()
    return [session.state.imsi]


@command("+CMEE=")
def set_cmee(session: Session, args: list[str]) -> list[str]:
    session.settings.cmee = number(args[0], (0, 1))
    return []


@command("+CMEE?")
def get_cmee(session: Session, args: list[str]) -> list[str]:
    return [f"+CMEE: {session.settings.cmee}"]


@command("+CSCS=")
def set_charset(session: Session, args: list[str]) -> list[str]:
    if args[0] not in charsets.NAMES:
        raise AtError
    session.settings.charset = args[0]
    return []


@command("+CSCS?")
def get_charset(session: Session, args: list[str]) -> list[str]:
    return [f'+CSCS: "{session.settings.charset}"']


@command("+CPIN?")
def get_pin(session: Session, args: list[str]) -> list[str]:
    if session.state.sim not in (PIN, PUK):
        session.want_sim()
    return ["+CPIN: " + {READY: "READY", PIN: "SIM PIN", PUK: "SIM PUK"}[session.state.sim]]


@command("+CPIN=")
def enter_pin(session: Session, args: list[str]) -> list[str]:
    if not all(code.isascii() and code.isdigit() and 4 <= len(code) <= 8 for code in args):
        raise cme(50)  # not the form of a PIN: costs no try
    if session.state.sim == PIN and len(args) == 1:
        accepted = session.state.try_pin(args[0])
    elif session.state.sim == PUK and len(args) == 2:
        accepted = session.state.try_puk(args[0], args[1])
    else:
        session.want_sim()
        raise cme(3)
    if not accepted:
        raise cme(16)
    return []


@command("+CSQ")
def signal(session: Session, args: list[str]) -> list[str]:
    return [f"+CSQ: {session.state.signal if session.state.radio == 1 else 99},99"]


@command("+CREG?")
def get_registration(session: Session, args: list[str]) -> list[str]:
    return [f"+CREG: {session.settings.creg},{place(session, session.settings.creg)}"]


@command("+CGREG?")
def get_packet_registration(session: Session, args: list[str]) -> list[str]:
    return [f"+CGREG: {session.settings.cgreg},{place(session, session.settings.cgreg)}"]


def place(session: Session, detail: int) -> str:
    """The registration and, when *detail* is 2, where."""
    registered = session.state.registered
    return f'{registered},"0F2A","1B3C"' if detail == 2 and registered in (1, 5) else str(registered)


@command("+CREG=")
def set_registration(session: Session, args: list[str]) -> list[str]:
    session.settings.creg = number(args[0], (0, 1, 2))
    return []


@command("+CGREG=")
def set_packet_registration(session: Session, args: list[str]) -> list[str]:
    session.settings.cgreg = number(args[0], (0, 1, 2))
    return []


@command("+CGATT?")
def attached(session: Session, args: list[str]) -> list[str]:
    return [f"+CGATT: {int(session.state.in_service)}"]


@command("+CGATT=")
def attach(session: Session, args: list[str]) -> list[str]:
    number(args[0], (0, 1))
    return []


@command("+COPS?")
def get_operator(session: Session, args: list[str]) -> list[str]:
    form = session.settings.cops_format
    name = _FORMATS.get(form, session.state.operator)
    return [f'+COPS: 0,{form},"{session.encode(name)}"' if session.state.registered in (1, 5) else "+COPS: 0"]


@command("+COPS=")
def set_operator(session: Session, args: list[str]) -> list[str]:
    if number(args[0], (0, 3)) == 3:
        session.settings.cops_format = number(args[1] if args[1:] else "", (0, 1, 2))
    return []


@command("+CFUN?")
def get_radio(session: Session, args: list[str]) -> list[str]:
    return [f"+CFUN: {session.state.radio}"]


@command("+CFUN=")
def set_radio(session: Session, args: list[str]) -> list[str]:
    session.state.radio = number(args[0], (0, 1, 4))
    if args[1:] and number(args[1], (0, 1)):
        session.later(_RESTART_S, session.restart)
    return []


@command("+CCLK?")
def get_clock(session: Session, args: list[str]) -> list[str]:
    there = datetime.fromtimestamp((now_ms() + session.settings.clock_offset_ms) / 1000, UTC) + _WIB
    return [f'+CCLK: "{there.strftime(_CLOCK)}+28"']


@command("+CCLK=")
def set_clock(session: Session, args: list[str]) -> list[str]:
    try:
        told = datetime.strptime(args[0][:17], _CLOCK).replace(tzinfo=UTC) - _WIB
    except ValueError:
        raise AtError from None
    session.settings.clock_offset_ms = int(told.timestamp() * 1000) - now_ms()
    return []


@command("+CUSD?")
def get_ussd(session: Session, args: list[str]) -> list[str]:
    return [f"+CUSD: {session.settings.cusd}"]


@command("+CUSD=")
def ask(session: Session, args: list[str]) -> list[str]:
    """Asks the network; its answer is shown only while the first argument of the last such command was 1."""
    session.settings.cusd = number(args[0], (0, 1, 2))
    session.want_sim()
    if args[1:]:
        if not session.state.in_service:
            raise cme(_NO_SERVICE)
        code = session.decode(args[1])
        session.device.journal.write("ussd", code=code)
        session.later(session.state.network_delay + _USSD_S, lambda: answer(session, code))
    return []


def answer(session: Session, code: str) -> None:
    """The network answers a USSD code with a text, a refusal, or never."""
    reply = session.state.ussd.get(code, USSD_FAILED)
    if session.settings.cusd != 1:
        return
    if isinstance(reply, str):
        text = session.encode(reply.replace("{credit}", session.state.balance()))
        session.unsolicited(f'+CUSD: 0,"{text}",{72 if session.settings.charset == "UCS2" else 15}')
    elif reply is not None:
        session.unsolicited(f"+CUSD: {reply}")
