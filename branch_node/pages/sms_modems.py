"""The modems in words: ready or not, what to do, what is left on the SIM; and what of all this needs a person."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _

from branch_node.pages.here import branch
from branch_node.sms_ledger import UNKNOWN, Device, SmsLedger, count_waiting, look
from sms_daemon import config, lock, policy
from sms_daemon.config import ModemSettings
from sms_daemon.errors import ConfigProblem, SmsError
from sms_daemon.words import REASONS, message_words, modem_words
from sync.errors import CabangError
from ui import formats
from ui.explain import explained
from ui.preferences import language

OFF, READY, STARTING = "off", "ready", "opening"
NO_CREDIT = "no_credit"
WAITING, UNCERTAIN = "waiting", "unknown"  # lists of the room
SIM_FULL_PERCENT = 80
COUNTED_MAX = 999  # nobody asks whether it is a thousand or a hundred thousand that wait, and counting takes time


class Desk(NamedTuple):
    """All that is known of sending just now; ``problem`` is what is wrong with sms.toml.

    ``waiting`` and ``unknown`` above COUNTED_MAX mean: more than that.
    """

    running: bool
    devices: tuple[Device, ...]
    settings: Mapping[str, ModemSettings]
    problem: SmsError | None
    waiting: int
    unknown: int


def desk(ledger: SmsLedger | None) -> Desk:
    """How sending stands."""
    settings, problem = _settings()
    shown = ledger.devices() if ledger else []
    return Desk(
        lock.is_held(branch().folder),
        tuple(one for one in shown if not settings or one.modem in settings),
        settings,
        problem,
        count_waiting(ledger, COUNTED_MAX + 1),
        ledger.count(UNKNOWN, COUNTED_MAX + 1) if ledger else 0,
    )


def counted(count: int) -> str:
    """``12``; what is more than COUNTED_MAX reads ``999+``."""
    return f"{COUNTED_MAX}+" if count > COUNTED_MAX else str(count)


def _settings() -> tuple[dict[str, ModemSettings], SmsError | None]:
    try:
        return {modem.name: modem for modem in config.load(branch().folder).modems}, None
    except ConfigProblem as problem:
        return {}, problem


def program(here: Desk) -> tuple[str, str] | None:
    """Why nothing is sent just now, whatever the modems are like: (what happened, what to do); None: it runs."""
    if here.problem is not None and not here.running:
        return explained(here.problem)
    if not here.running:
        words = modem_words(OFF)
        return _(words.happened), _("Start it: cabang sms run %(folder)s", folder=branch().folder)
    return None


def cards(here: Desk) -> list[dict[str, Any]]:
    """One card for each modem the program looked after."""
    return [_card(one, here) for one in here.devices]


def _card(one: Device, here: Desk) -> dict[str, Any]:
    state = modem_words(one.state if here.running else OFF)
    hindered = here.running and one.state == READY and one.reason in REASONS
    words = message_words("queued", one.reason) if hindered else state
    well = here.running and one.state == READY and not hindered
    return {
        "name": modem_name(one.modem),
        "badge": (_(state.label), "ok" if well else "quiet" if one.state == STARTING else "warn"),
        "happened": _(words.happened),
        "todo": "" if well else _(words.todo),
        "since": one.since,
        "facts": list(_facts(one)),
    }


def _facts(one: Device) -> Iterator[tuple[str, str]]:
    if one.operator:
        yield _("Operator"), one.operator
    if one.signal is not None:
        yield _("Signal"), f"{one.signal} %"
    if one.sim_size:
        yield _("Messages on the SIM"), f"{one.sim_used or 0} / {one.sim_size}"
    if one.balance is not None and one.balance_at is not None:
        seen = formats.when(one.balance_at, branch().clock.now_ms(), branch().zone, language())
        yield _("Credit"), f"{formats.rupiah(one.balance, language())} ({seen})"


def attention() -> list[tuple[str, str]]:
    """What needs a person, a sentence and the list to look at; for the page people begin with.  Never an error."""
    try:
        with look(branch().folder) as ledger:
            return list(_attention(desk(ledger)))
    except CabangError as error:
        return [(explained(error)[0], WAITING)]


def _attention(here: Desk) -> Iterator[tuple[str, str]]:
    if here.unknown:
        sentence = _("SMS that may or may not have gone out: %(count)s. Look at them.", count=counted(here.unknown))
        yield sentence, UNCERTAIN
    if here.waiting and not here.running:
        sentence = _("SMS waiting: %(count)s, but the SMS program is not running.", count=counted(here.waiting))
        yield sentence, WAITING
    if here.running:
        for one in here.devices:
            yield from ((sentence, WAITING) for sentence in _wants(one, here.settings.get(one.modem)))


def modem_name(name: str) -> str:
    """A modem as people call it: "Modem A", and no "Modem modem"."""
    said = name.replace("_", " ").strip()
    return said.capitalize() if said.lower().startswith("modem") else _("Modem %(name)s", name=said)


def _wants(one: Device, settings: ModemSettings | None) -> Iterator[str]:
    if one.state not in (READY, STARTING):
        yield modem_name(one.modem) + f": {_(modem_words(one.state).happened)}"
    elif one.reason == NO_CREDIT:
        yield modem_name(one.modem) + f": {_(message_words('queued', NO_CREDIT).happened)}"
    elif one.sim_size and (one.sim_used or 0) * 100 >= one.sim_size * SIM_FULL_PERCENT:
        yield _("%(modem)s: the SIM's memory is nearly full.", modem=one.modem)
    if settings and policy.is_alarm(one.balance, settings.balance_reserve):
        credit = formats.rupiah(one.balance or 0, language())
        yield _("%(modem)s: the credit is low: %(credit)s. Top up the SIM.", modem=one.modem, credit=credit)
