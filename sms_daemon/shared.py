"""What the modems of one daemon share: the ledger, the outbox, the rules, and how many messages were begun."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import random

from sms_daemon.intake import Rules
from sms_daemon.ledger import Ledger
from sms_daemon.outbox import Outbox
from sms_daemon.rates import Recipients
from sms_daemon.timings import Clock, Timings


@dataclass
class Shared:
    """``boot`` names this start of the daemon; ``may_spend``: of each modem, may it pay for a kind of message?

    ``zone``: the settings' own, or None: the branch's.
    """

    ledger: Ledger
    outbox: Outbox
    rules: Rules
    clock: Clock
    timings: Timings
    boot: bytes
    zone: str | None
    recipients: Recipients
    chance: Callable[[], float] = random
    turn: int = 0
    began: int = 0
    stopping: bool = False
    credit_changed: bool = True
    may_spend: list[Callable[[str], bool]] = field(default_factory=list)

    def look_up_branch(self) -> None:
        """The branch's time and zone, of which head office may have said something new."""
        self.clock.error_ms = self.outbox.clock_error()
        if self.zone is None:
            self.rules = self.rules._replace(zone=self.outbox.zone())
