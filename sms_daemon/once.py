"""``--once``: when is all done that can be done now, and what is left?"""

from collections.abc import Iterator

from sms_daemon import reports
from sms_daemon.ledger import Ledger
from sms_daemon.loop import Loop
from sms_daemon.speech import _, sentences
from sms_daemon.words import REASONS, message_words, modem_words

LISTING_S = 0.5

DUE_SQL = "SELECT EXISTS (SELECT 1 FROM message WHERE state IN ('queued', 'sending'))"
LEFT_SQL = (
    "SELECT (SELECT count(*) FROM message WHERE state IN ('queued', 'sending'))"
    " + (SELECT count(*) FROM message WHERE state = 'waiting' AND reason = 'backoff')"
)
LOST_SQL = (
    "SELECT state, reason, count(*) FROM message WHERE state IN ('failed', 'unknown') AND changed_at >= ?"
    " GROUP BY state, reason"
)


class Once:
    """Watches a loop that is to end by itself."""

    def __init__(self, loop: Loop) -> None:
        self._loop, self._shared = loop, loop.shared
        self._since = loop.shared.clock.now()
        self._until: float | None = None
        self._list_at = 0.0
        self._states: dict[str, tuple[str, str | None]] = {}

    def finished(self) -> bool:
        """True when everything due was tried, the SIMs were listed, and the reports are in, or late."""
        self._states = {device.name: (device.state, device.known("reason")) for device in self._loop.devices}
        if self._loop.more or not all(map(self._through, range(len(self._loop.devices)))):
            return False
        now = self._shared.clock.ticks()
        if self._until is None:
            self._until = now + self._shared.timings.reports
        if now >= self._until or not self._shared.began or not reports.awaited(self._shared.ledger, self._since):
            return True
        if now >= self._list_at:
            self._list_at = now + LISTING_S
            for duties in self._loop.duties:
                duties.list_now()
        return False

    def _through(self, number: int) -> bool:
        device, duties = self._loop.devices[number], self._loop.duties[number]
        if device.state == "ready":
            return duties.resting
        return device.settled or (bool(device.known("reason")) and not _one(self._shared.ledger, DUE_SQL))

    def left(self) -> str:
        """What to tell a person about messages that should have gone and did not; "" when there are none."""
        return "\n".join([*self._waiting(), *self._lost()])

    def _waiting(self) -> Iterator[str]:
        count = _one(self._shared.ledger, LEFT_SQL)
        if count:
            yield _("SMS that still wait: %(count)s") % {"count": count}
            yield from (f"{name}: {_said(*state)}" for name, state in self._states.items())

    def _lost(self) -> Iterator[str]:
        for state, reason, count in self._shared.ledger.rows(LOST_SQL, self._since):
            words = message_words(state, reason)
            yield f"{_(words.label)}: {count}. {sentences(words)}"


def _said(state: str, reason: str | None) -> str:
    return sentences(message_words("queued", reason) if state == "ready" and reason in REASONS else modem_words(state))


def _one(ledger: Ledger, sql: str) -> int:
    found = ledger.one(sql)
    return int(found[0]) if found else 0
