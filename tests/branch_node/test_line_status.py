"""The badge: what it says of the line, and when it turns amber and red."""

import pytest

from branch_node.line_status import AMBER_MS, RED_MS, level_of, line_status, since
from sync.clock import Clock
from sync.errors import HubBusy, HubUnreachable, RevokedSender
from sync.pending import Pending
from ui.formats import DAY_MS

NOW = 1_764_741_900_000  # Wednesday 3 December 2025, 13.05 in Pontianak
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("contact", "oldest", "count", "failing", "level"),
    [
        (NOW - 1, 0, 0, False, "ok"),
        (NOW - 1, NOW - HOUR, 12, False, "waiting"),
        (NOW - HOUR, 0, 0, True, "offline"),
        (NOW - HOUR, NOW - HOUR, 3, True, "offline"),
        (None, 0, 0, False, "offline"),
        (NOW - AMBER_MS + 1, 0, 0, True, "offline"),
        (NOW - AMBER_MS, 0, 0, True, "amber"),
        (NOW - RED_MS + 1, 0, 0, False, "amber"),
        (NOW - RED_MS, 0, 0, True, "red"),
        (None, NOW - RED_MS, 5, True, "red"),
    ],
)
def test_levels(contact, oldest, count, failing, level) -> None:
    """Goal: amber after one day without success, red after three. Method: both sides of each limit."""
    assert level == level_of(NOW, contact, oldest, count, failing)


class Line:
    """What the sentence is made from."""

    def __init__(self, contact, error, entries, oldest, confirmed=True) -> None:
        self.clock = Clock(lambda: NOW)
        self.clock.confirmed = confirmed
        self.sync = self
        self.state = self
        self.link = self
        self.last_contact, self.error = contact, error
        self.pending = lambda: Pending(entries, oldest)


@pytest.mark.parametrize(
    ("line", "level", "sentence"),
    [
        (Line(NOW, None, 0, 0), "ok", "Tersambung, semua terkirim"),
        (Line(NOW, None, 1, NOW - HOUR), "waiting", "Satu catatan menunggu sejak 12.05"),
        (Line(NOW, None, 1200, NOW - HOUR), "waiting", "1.200 catatan menunggu sejak 12.05"),
        (Line(NOW, HubUnreachable(url="x"), 0, 0), "offline", "Terputus, tetap bisa berjualan"),
        (Line(NOW, HubUnreachable(url="x"), 2, NOW - HOUR), "offline", "Terputus, 2 catatan menunggu sejak 12.05"),
        (Line(NOW - DAY_MS, None, 0, 0), "amber", "Tidak tersambung sejak kemarin 13.05"),
        (Line(NOW - 4 * DAY_MS, None, 7, NOW - 4 * DAY_MS), "red", "Terputus, 7 catatan menunggu sejak 29 Nov"),
        (Line(NOW, HubUnreachable(url="x"), 2, NOW, False), "offline", "Terputus; mohon periksa tanggal dan jam"),
        (Line(NOW, None, 0, 0, False), "ok", "Tersambung, semua terkirim"),
        (Line(NOW, HubBusy(seconds=9), 0, 0), "ok", "Tersambung, semua terkirim"),
        (Line(NOW, RevokedSender(), 0, 0), "red", "Kunci komputer ini sudah dicabut kantor pusat"),
    ],
)
def test_sentences(app, line, level, sentence) -> None:
    """Goal: the truth in plain words. Method: every state of the line, in Indonesian."""
    with app.test_request_context("/"):
        assert (level, sentence) == line_status(line)


def test_today_needs_no_day(app) -> None:
    """Goal: times as people say them. Method: the same day by the clock, another day by its name."""
    with app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert ("12:05", "yesterday 13:05") == (since(NOW - HOUR, NOW, "WIB"), since(NOW - DAY_MS, NOW, "WIB"))
