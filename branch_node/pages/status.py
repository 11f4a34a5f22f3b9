"""The line to head office in words: what waits, since when, what went wrong, what to do."""

import shlex
import threading
from contextlib import suppress
from typing import Any

import msgspec
from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from branch_node.pages.areas import status_area
from branch_node.pages.here import branch
from branch_node.sync_client import SyncClient
from crm.selling import Sale
from sync import limits, put_back
from sync.clock import COUNTER_BITS, JUMP_MS
from sync.errors import CabangError, KeyReplaced, RevokedSender, from_refusal
from sync.records import HeldEntry
from ui import formats
from ui.access import requires
from ui.explain import explained
from ui.formats import HOUR_MS, MINUTE_MS
from ui.notices import say
from ui.preferences import language

SEND_WAIT_S = 3
BEHIND_MS = 5 * MINUTE_MS
HELD_SHOWN = 50


@status_area.get("/status")
@requires("sync.view")
def show() -> str:
    """Everything about the line on one page."""
    node = branch()
    pending, state = node.link.pending(), node.sync.state
    level, sentence = node.line_status()
    return render_template(
        "status/page.html",
        level=level,
        sentence=sentence,
        pending=pending,
        sales=_waiting_sales(pending.entries, pending.oldest),
        contact=state.last_contact,
        problem=explained(state.error) if state.error else None,
        rejoin=shlex.quote(str(node.folder)) if isinstance(state.error, (KeyReplaced, RevokedSender)) else "",
        code=node.code,
        clock=clock_words(node.clock.error_ms),
        clock_wrong=abs(node.clock.error_ms or 0) >= MINUTE_MS,
        unconfirmed=not node.clock.confirmed,
        asked=node.clock.told_ms,
        jumped=node.clock.told_ms - node.clock.now_ms() > JUMP_MS,
        newest=_newer_record(node.clock.told_ms, node.journal.stamp >> COUNTER_BITS),
        reach=_reach(node.sync),
        held=_held(),
        mirror=_mirror(),
        put_back=put_back.told(node.store, node.clock.now_ms()),
    )


def _mirror() -> dict[str, Any] | None:
    """How the mirror stick is; None where none is named."""
    state = branch().mirror.state
    if state.stick is None and state.error is None:
        return None
    return {**state._asdict(), "problem": explained(state.error) if state.error else None}


def _newer_record(now: int, last: int) -> int | None:
    """The newest record's time (ms UTC) when it lies ahead of the clock: then the clock cannot be right."""
    return last if last - now >= BEHIND_MS and last <= limits.STAMP_MS_MAX else None


def _reach(client: SyncClient) -> list[str]:
    """How soon news arrives, and how much the line carries, in words; nothing while there is no line."""
    if client.state.error or client.state.last_contact is None:
        return []
    rung = _("What is new at head office arrives within seconds.")
    asked = _("This PC asks head office for news every %(count)s seconds.", count=limits.SYNC_INTERVAL_S)
    said = [rung if client.doorbell.listening else asked]
    if client.line.pace.down:
        rate = formats.number(max(round(client.line.pace.down / 1000), 1), language())
        said.append(_("The line brings about %(rate)s kB a second.", rate=rate))
    return said


def _waiting_sales(count: int, oldest: int) -> int:
    """How many of the waiting records are sales: all made since the oldest of them."""
    made = Sale.select().where((Sale.stream == branch().stream) & (Sale.at >= oldest)).count() if count else 0
    return min(count, int(made))


def clock_words(error_ms: int | None) -> str:
    """How this PC's clock compares with head office's; *error_ms* is this one minus theirs."""
    if error_ms is None:
        return _("This PC's clock has not been compared with head office's yet.")
    if abs(error_ms) < MINUTE_MS:
        return _("This PC's clock is right.")
    far = _span(abs(error_ms))
    if error_ms < 0:
        return _("This PC's clock is %(time)s slow.", time=far)
    return _("This PC's clock is %(time)s fast.", time=far)


def _span(ms: int) -> str:
    """*58 minutes*, *3 hours*, *12 days*."""
    if ms < 2 * HOUR_MS:
        return _("%(count)s minutes", count=formats.number(round(ms / MINUTE_MS), language()))
    if ms < 2 * formats.DAY_MS:
        return _("%(count)s hours", count=formats.number(round(ms / HOUR_MS), language()))
    return _("%(count)s days", count=formats.number(round(ms / formats.DAY_MS), language()))


def _held() -> list[dict[str, Any]]:
    """This branch's records that head office could not take in yet, newest first."""
    mine = (HeldEntry.stream == branch().stream) & ~HeldEntry.released
    rows = HeldEntry.select().where(mine).order_by(HeldEntry.at.desc()).limit(HELD_SHOWN)
    return [{"at": row.at, "words": _reason(row)} for row in rows]


def _reason(row: HeldEntry) -> tuple[str, str]:
    params = msgspec.msgpack.decode(bytes.fromhex(row.detail)) if row.detail else {}
    return explained(from_refusal((row.reason, params)))


@status_area.post("/status/send")
@requires("sync.view")
def send_now() -> Response:
    """Tries at once and waits a moment; what takes longer goes on by itself."""
    node = branch()
    node.sync.nudge()
    sending = threading.Thread(target=_send, args=(node.sync,), name="send now", daemon=True)
    sending.start()
    sending.join(SEND_WAIT_S)
    if sending.is_alive():
        say(_("Sending has begun; this page shows how far it is."), "info")
    elif node.sync.state.error:
        say(explained(node.sync.state.error)[0], "warn")
    else:
        say(_("Everything is sent."))
    return redirect(url_for("status.show"), 303)


def _send(client: SyncClient) -> None:
    """What went wrong is kept in the client's state, which the page shows."""
    with suppress(CabangError, OSError):
        client.until_done()


@status_area.post("/status/clock")
@requires("sync.view")
def confirm_clock() -> Response:
    """A person says that date and time are right: from now on things may happen by themselves at their time."""
    branch().clock.confirm()
    say(_("Thank you: date and time are confirmed."))
    return redirect(url_for("status.show"), 303)
