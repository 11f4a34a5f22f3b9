"""Starting and ending the daemon: settings, lock, ledger, modems, signals."""

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import schedule

from sms_daemon import config, housekeeping, sending
from sms_daemon.birth import open_ledger
from sms_daemon.child import Child, modem_command
from sms_daemon.control import Server
from sms_daemon.device import Spawn
from sms_daemon.intake import Rules
from sms_daemon.lock import Lock
from sms_daemon.loop import Loop
from sms_daemon.once import Once
from sms_daemon.outbox import Outbox
from sms_daemon.rates import Recipients
from sms_daemon.shared import Shared
from sms_daemon.speech import _
from sms_daemon.timings import Clock, Timings

BOOT_BYTES = 8
PIECE_BYTES = 4096

log = logging.getLogger(__name__)


def run(
    folder: Path,
    *,
    once: bool = False,
    until_stdin_ends: bool = False,
    timings: Timings | None = None,
    spawn: Spawn | None = None,
) -> int:
    """Sends the messages of the branch in *folder* until SIGTERM, or with *once* what is due; the exit code.

    *until_stdin_ends*: it ends, too, when whoever started it is gone, however that ended.  Raises SmsError: wrong
    settings, no branch, a daemon runs already, the ledger cannot be used.
    """
    settings, clock = config.load(folder), Clock()
    spawn = spawn or (lambda modem: Child(modem_command(), clock.ticks))
    with ExitStack() as stack:
        outbox = Outbox(folder)
        stack.callback(outbox.close)
        held = stack.enter_context(Lock(folder))
        shared = _shared(folder, settings, outbox, clock, timings or Timings())
        stack.callback(shared.ledger.close)
        loop = Loop(settings.modems, shared, spawn)
        server = Server(folder, held, loop.selector, loop.commands())
        stack.callback(server.close)
        _obey_signals(loop)
        if until_stdin_ends:
            threading.Thread(target=_await_stdin, args=(loop,), name="stdin", daemon=True).start()
        return _work(loop, once)


def _shared(folder: Path, settings: config.Settings, outbox: Outbox, clock: Clock, timings: Timings) -> Shared:
    clock.error_ms = outbox.clock_error()
    ledger = open_ledger(folder, outbox)
    unknown = sending.recover(ledger, clock.now())
    if unknown:
        said = _("SMS under way when the program last ended: %(count)s. Nobody can tell whether they went out.")
        log.warning(said, {"count": unknown})
    return Shared(
        ledger=ledger,
        outbox=outbox,
        rules=Rules(settings.zone or outbox.zone(), settings.quiet),
        clock=clock,
        timings=timings,
        boot=os.urandom(BOOT_BYTES),
        zone=settings.zone,
        recipients=Recipients(ledger, clock.now()),
    )


def _obey_signals(loop: Loop) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: loop.stop())


def _await_stdin(loop: Loop) -> None:
    while os.read(sys.stdin.fileno(), PIECE_BYTES):  # not through sys.stdin: its lock outlives the end of Python
        pass
    loop.stop()


def _work(loop: Loop, once: bool) -> int:
    if not once:
        loop.run(_jobs(loop).run_pending)
        return 0
    watch = Once(loop)
    loop.run(lambda: None, watch.finished)
    left = watch.left()
    sys.stderr.write(f"{left}\n" if left else "")
    return 1 if left else 0


def _jobs(loop: Loop) -> schedule.Scheduler:
    """What is done now and then beside the messages."""
    jobs, shared = schedule.Scheduler(), loop.shared

    def sweep() -> None:
        housekeeping.sweep(shared.ledger, shared.outbox, shared.clock.now())

    def tidy() -> None:
        now = shared.clock.now()
        shared.recipients.forget(now)
        housekeeping.purge(shared.ledger, now, shared.outbox.known().facts)

    def ask_balances() -> None:
        for duties in loop.duties:
            duties.ask_balance()

    jobs.every(1).minutes.do(sweep)
    jobs.every(1).hours.do(tidy)
    jobs.every(6).hours.do(ask_balances)
    return jobs
