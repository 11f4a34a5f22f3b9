"""What a modem, its SIM and its network are like at the moment; a test changes it while the modem runs."""

from dataclasses import dataclass, field, fields
from typing import Any

READY, PIN, PUK, ABSENT, BROKEN = "ready", "pin", "puk", "absent", "broken"
SIMS = (READY, PIN, PUK, ABSENT, BROKEN)
REGISTRATIONS = {"none": 0, "home": 1, "searching": 2, "denied": 3, "roaming": 5}
NO_SIGNAL = 99
_PIN_TRIES, _PUK_TRIES = 3, 10

USSD_SILENT = None  # the network takes the code and never answers
USSD_FAILED = 4  # +CUSD: 4, the network does not know the code


@dataclass
class State:
    """Every field may be set; ``sim="pin"`` locks the SIM, now and after each replug, until ``sim="ready"``."""

    signal: int = 21  # 0 to 31; 99: none
    registration: str = "home"
    sim: str = READY
    pin: str = "1234"
    puk: str = "87654321"
    pin_tries: int = _PIN_TRIES
    puk_tries: int = _PUK_TRIES
    radio: int = 1  # +CFUN; 0 and 4: off
    dead: bool = False  # takes everything and says nothing
    credit: int | None = None  # rupiah; None: a contract
    price: int = 0  # rupiah per part
    ussd: dict[str, str | int | None] = field(default_factory=lambda: {"*888#": "Sisa pulsa {credit}"})
    capacity: int = 20  # messages on the SIM
    network_delay: float = 0  # seconds from the air to the answer
    reports: int | None = None  # the network reports this status by itself; None: a test reports
    report_delay: float = 0  # seconds from the answer to a report of its own
    keeps_output: bool = False  # what nobody reads goes to whoever opens the port next
    smsc: str = "+6281100000"
    operator: str = "51010"
    imei: str = "356938035643809"
    imsi: str = "510101234567890"
    locked: bool = False  # asks for its PIN when it gets power

    def set(self, **changes: Any) -> None:
        """Changes fields; ValueError for an unknown name or word."""
        unknown = changes.keys() - {item.name for item in fields(self)}
        if unknown or changes.get("sim", READY) not in SIMS:
            raise ValueError(f"a modem has no {changes}")
        if changes.get("registration", "home") not in REGISTRATIONS:
            raise ValueError(f"{changes['registration']} is no registration")
        for name, value in changes.items():
            setattr(self, name, value)
        self._lock(changes.get("sim"))

    def _lock(self, sim: str | None) -> None:
        if sim in (READY, PIN):
            self.locked = sim == PIN
            self.pin_tries = _PIN_TRIES
        if sim == PUK:
            self.locked, self.pin_tries = True, 0

    def power_up(self) -> None:
        """The modem gets power again: its radio is on, and a locked SIM asks for its PIN."""
        self.radio = 1
        if self.locked and self.sim == READY:
            self.sim = PIN

    @property
    def registered(self) -> int:
        """The <stat> of +CREG."""
        return REGISTRATIONS[self.registration] if self.sim == READY and self.radio == 1 else 0

    @property
    def in_service(self) -> bool:
        """Can a message leave or arrive?"""
        return self.registered in (1, 5) and self.signal != NO_SIGNAL and not self.dead

    def try_pin(self, pin: str) -> bool:
        """One try at the PIN; the third wrong one in a row locks it behind the PUK."""
        if pin == self.pin:
            self.sim, self.pin_tries = READY, _PIN_TRIES
            return True
        self.pin_tries -= 1
        if self.pin_tries <= 0:
            self.sim = PUK
        return False

    def try_puk(self, puk: str, new_pin: str) -> bool:
        """One try at the PUK, with a new PIN; the tenth wrong one breaks the SIM for good."""
        if puk == self.puk:
            self.sim, self.pin = READY, new_pin
            self.pin_tries, self.puk_tries = _PIN_TRIES, _PUK_TRIES
            return True
        self.puk_tries -= 1
        if self.puk_tries <= 0:
            self.sim = BROKEN
        return False

    def can_pay(self) -> bool:
        """Is there credit for one more part?"""
        return self.credit is None or self.credit >= self.price

    def pay(self) -> None:
        """Takes the price of one part."""
        if self.credit is not None:
            self.credit -= self.price

    def balance(self) -> str:
        """The credit as the network words it."""
        return "tidak terbatas" if self.credit is None else f"Rp{self.credit:,}".replace(",", ".")
