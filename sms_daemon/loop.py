"""The daemon's one thread: it hears the modems, takes the outbox in, and gives each modem its next task.

Whatever it does takes a few milliseconds, so that a signal, a question or an answer never waits long.
"""

import logging
import selectors
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sms_daemon import intake, policy, queue
from sms_daemon.child import Child
from sms_daemon.config import ModemSettings
from sms_daemon.control import Reply
from sms_daemon.device import Device, Spawn
from sms_daemon.duties import Duties
from sms_daemon.shared import Shared
from sms_daemon.speech import _

CAN_SELECT_PIPES = sys.platform != "win32"
PIPE_WAIT_S = 0.05

log = logging.getLogger(__name__)


class Loop:
    """Owns the modems' children.  ``run()`` until ``stop()``; or ``step()`` by step."""

    def __init__(self, modems: tuple[ModemSettings, ...], shared: Shared, spawn: Spawn) -> None:
        self.shared = shared
        self.selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self.selector.register(self._woken, selectors.EVENT_READ, lambda: self._woken.recv(4096))
        queue.unbind(shared.ledger, [modem.name for modem in modems])
        self.devices = [Device(modem, shared.ledger, spawn, shared.timings, shared.clock) for modem in modems]
        self.duties = [Duties(device, shared) for device in self.devices]
        for device in self.devices:
            device.on_child = self._child
        self._outbox_at = 0.0
        self._stop_at = 0.0
        self._woke = 0
        self.more = True  # the outbox has rows that were not taken in yet

    def run(self, jobs: Callable[[], object], finished: Callable[[], bool] = lambda: False) -> None:
        """Works until ``stop()`` was called, or *finished* says so; *jobs* is called now and then."""
        while not self._ended() and not finished():
            self.step()
            jobs()
        self.close()

    def stop(self) -> None:
        """Ends ``run()``: nothing more is begun, the part in flight gets a moment.  Others may call it."""
        if not self.shared.stopping:
            self._stop_at = self.shared.clock.ticks() + self.shared.timings.stop
            self.shared.stopping = True
        with suppress(OSError):  # it has ended already
            self._waker.send(b"x")

    def close(self) -> None:
        """Ends all children and marks what was in flight."""
        for device in self.devices:
            device.close()
        self.selector.unregister(self._woken)
        for thing in (self._woken, self._waker):
            thing.close()

    def _ended(self) -> bool:
        if not self.shared.stopping:
            return False
        late = self.shared.clock.ticks() >= self._stop_at
        return late or not any(device.sending for device in self.devices)

    def step(self, wait_s: float | None = None) -> None:
        """Waits for something to happen, at most *wait_s*, and does what is to be done."""
        for key, _events in self.selector.select(self._wait() if wait_s is None else wait_s):
            if key.data is not None:
                key.data()
        for device in self.devices:
            device.tick()
        if not self.shared.stopping:
            self._take_in()
            for duties in self.duties:
                duties.next()

    def _wait(self) -> float:
        wait = 0.0 if self.more or self._woke else self.shared.timings.outbox
        if self.shared.stopping:
            wait = max(0.0, self._stop_at - self.shared.clock.ticks())
        return wait if CAN_SELECT_PIPES else min(wait, PIPE_WAIT_S)

    def _child(self, child: Child, begins: bool) -> None:
        if not CAN_SELECT_PIPES:
            return
        if begins:
            self.selector.register(child.fileno(), selectors.EVENT_READ, None)
        else:
            self.selector.unregister(child.fileno())

    def _take_in(self) -> None:
        """One slice of each kind of work on the ledger that does not concern a modem."""
        shared = self.shared
        if not self.more and shared.clock.ticks() >= self._outbox_at:
            self._outbox_at = shared.clock.ticks() + shared.timings.outbox
            self.more = shared.outbox.changed()
        if self.more:
            shared.look_up_branch()
        now = shared.clock.now()
        if self.more:
            taken = intake.take_messages(shared.ledger, shared.outbox, shared.rules, now)
            ordered = intake.take_orders(shared.ledger, shared.outbox, now)
            self.more = max(taken, ordered) >= intake.SLICE
            if taken or ordered:
                log.info(
                    _("From the branch: %(messages)s SMS, %(orders)s decisions of people."),
                    {"messages": taken, "orders": ordered},
                )
        self._woke = queue.wake(shared.ledger, now)
        if shared.credit_changed:
            shared.credit_changed = self._free_credit(now)

    def _free_credit(self, now: int) -> bool:
        """Queues what was held for want of credit that is there again, a slice; True when there may be more."""
        kinds = [kind for kind in policy.RANKS if any(may_spend(kind) for may_spend in self.shared.may_spend)]
        return sum(queue.free_credit(self.shared.ledger, kind, now) for kind in kinds) > 0

    # --- what other processes ask --------------------------------------------------------------------------------

    def commands(self) -> dict[str, Callable[[dict[str, Any], Reply], None]]:
        """What the control socket offers."""
        return {"ussd": self._ussd}

    def _ussd(self, request: dict[str, Any], reply: Reply) -> None:
        wanted = request.get("modem")
        chosen = [duties for duties in self.duties if wanted in (None, duties.device.name)]
        ready = [duties for duties in chosen if duties.device.state == "ready"]
        if not ready or not isinstance(request.get("code"), str):
            states = {duties.device.name: duties.device.state for duties in chosen}
            reply({"ok": False, "error": "ERR_NO_MODEM", "modems": states})
            return
        ready[0].ask(request["code"], lambda answer: reply({"modem": ready[0].device.name, **answer}))
