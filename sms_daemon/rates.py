"""How many parts went out lately: per SIM, and to each number."""

from collections import defaultdict
from collections.abc import Iterator

from sms_daemon import policy
from sms_daemon.config import ModemSettings
from sms_daemon.ledger import Ledger
from sms_daemon.policy import Bucket
from sms_daemon.zones import DAY_MS

_COUNTED = "(a.outcome IS NULL OR a.outcome IN ('sent', 'unknown'))"


class Recipients:
    """When parts were sent to each number in the last day."""

    def __init__(self, ledger: Ledger, now: int) -> None:
        self._times: defaultdict[str, list[int]] = defaultdict(list)
        sql = "SELECT m.recipient, a.began FROM attempt a JOIN message m ON m.id = a.message"
        for recipient, began in ledger.rows(f"{sql} WHERE a.began > ? AND {_COUNTED} ORDER BY a.began", now - DAY_MS):
            self._times[recipient].append(min(began, now))

    def free_at(self, recipient: str, limit: int, now: int) -> int:
        """When one more part may go to this number; *now* when it may at once."""
        times = [at for at in self._times.get(recipient, ()) if now - DAY_MS < at <= now]
        return policy.room_at(times, 1, limit, DAY_MS, now)

    def take(self, recipient: str, now: int) -> None:
        """Counts one part."""
        self._times[recipient].append(now)

    def forget(self, now: int) -> None:
        """Drops the numbers to which nothing went for a day."""
        for recipient in [name for name, times in self._times.items() if times[-1] <= now - DAY_MS]:
            del self._times[recipient]


def bucket(ledger: Ledger, settings: ModemSettings, imsi: str | None, now: int) -> Bucket:
    """The limits of the SIM in a modem, with what it sent in the last day."""
    limits = (settings.parts_per_minute, settings.parts_per_hour, settings.parts_per_day)
    return Bucket(*limits, _sent(ledger, imsi, now))


def _sent(ledger: Ledger, imsi: str | None, now: int) -> Iterator[int]:
    sql = f"SELECT a.began FROM attempt a WHERE a.began > ? AND a.imsi IS ? AND {_COUNTED}"
    return (min(began, now) for (began,) in ledger.rows(sql, now - DAY_MS, imsi))
