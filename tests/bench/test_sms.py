"""The figures of sending SMS, measured with a handful of messages and without gammu."""

import os
from collections import Counter
from pathlib import Path

import pytest

from bench.cashier import Cashier
from bench.figure import Figure
from bench.nodes import make_pair
from bench.sms import outbox, overhead, waiting
from bench.sms.programs import NO_EMULATOR, Emulator, Program
from bench.sms.waiting import Sent, Silent, Visitor
from crm import phones
from sms_daemon import config, policy, segments
from sms_daemon.ledger import Ledger

quiet = list[str]().append
MANY = 600
NOON = 1_767_243_600_000  # 1 January 2026, 12.00 in Jakarta
SENT = [Sent(0.3, [10e-6, 30e-6, 20e-6], 30.0), Sent(0.5, [20e-6] * 3, 31.0), Sent(0.4, [40e-6] * 3, 29.0)]
FEW = [Sent(0.1, [20e-6] * 3, 28.0)] * 3
SILENT = [
    Silent([0.02, 0.04], 0.01, 1.25, 33.0),
    Silent([0.03, 0.09], 0.03, 1.75, 34.0),
    Silent([0.01, 0.05], 0.02, 1.5, 32.0),
]


class Caller(Cashier):
    """Somebody who asks for pages of a branch that does not run."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, path: str, **asked: str) -> str:
        self.asked.append(path)
        return ""


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch with more SMS in its ledger than a stand-in is handed before it is ended."""
    pair = make_pair(tmp_path_factory.mktemp("bench") / "pair")
    outbox.fill(pair.branch, MANY)
    assert MANY == outbox.take_in(pair.branch)
    return pair.branch


def test_every_sms_is_one_part_to_a_mobile_number_of_its_own() -> None:
    """Goal: parts are counted as messages, and none is held back as a double. Method: SMS from all of 100,000."""
    made = [outbox.sms(number) for number in range(0, 100_000, 997)]
    assert {1} == {len(segments.plan(one.text).parts) for one in made}
    assert len(made) == len({one.number for one in made})
    assert [one.number for one in made] == [phones.normalise(one.number) for one in made]
    assert set(outbox.KINDS) == {one.kind for one in made}


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_no_limit_and_no_quiet_hour_slows_the_bench(tmp_path: Path, monkeypatch, hour: int) -> None:
    """Goal: the figures are the same at night. Method: settings made at each hour of a day, read by the daemon."""
    now = NOON + hour * 3_600_000
    monkeypatch.setattr(outbox, "_now", lambda: now)
    outbox.settings(tmp_path, tmp_path / "modem")
    made = config.load(tmp_path)
    assert [None] * 3 == [policy.quiet_until(kind, now + 3_600_000, "WIB", made.quiet) for kind in made.quiet]
    (modem,) = made.modems
    assert {outbox.UNLIMITED} == {modem.parts_per_minute, modem.parts_per_hour, modem.parts_per_day}


@pytest.mark.journey
def test_a_daemon_with_a_stand_in_for_its_modem_is_measured(branch: Path) -> None:
    """Goal: start, choices and memory are those of the real daemon. Method: two SMS or more; the ledger."""
    sent = waiting.hand_over(branch, 2)
    assert 0 < sent.start < 60
    assert 2 == len(sent.choices) and min(sent.choices) > 0
    assert sent.memory > 1
    assert 2 <= _states(branch)["sent"] < MANY


@pytest.mark.journey
def test_a_silent_modem_is_measured(branch: Path, tmp_path: Path, monkeypatch) -> None:
    """Goal: pages and end are timed while a part waits for its answer. Method: a stand-in that never answers."""
    monkeypatch.setattr(waiting, "has_emulator", lambda: False)
    caller = Caller()
    silent = waiting.silence(branch, tmp_path, Visitor(caller, os.getpid()), 3)
    assert [waiting.PAGE] * 3 == caller.asked
    assert 3 == len(silent.pages) and silent.end > 0 and silent.memory > 1
    assert 1 == _states(branch)["unknown"]


def _states(branch: Path) -> Counter[str]:
    ledger = Ledger(branch / "sms.db")
    try:
        return Counter(state for (state,) in ledger.rows("SELECT state FROM message"))
    finally:
        ledger.close()


def test_the_runs_make_five_figures() -> None:
    """Goal: medians, ratios and limits as promised. Method: three known runs."""
    start, choice, memory, page, end = waiting.figures(SENT, FEW, SILENT, {"SMS/s": 5.0})
    told = [one for one in (start, choice, memory, page, end) if isinstance(one, Figure)]
    assert [1.0, 2.0, 45, 100, 2.0] == [one.target for one in told]
    assert pytest.approx([0.4, 20.0, 33.0, 50.0, 1.5]) == [one.figure for one in told]
    assert ["s", "µs", "MB", "ms", "s"] == [one.unit for one in told]
    assert pytest.approx(1.0) == told[1].ratio
    assert all(one.reached for one in told)
    assert pytest.approx(20.0) == told[3].details["of it the branch's processor, ms"]
    assert {"SMS/s": 5.0, "slowest, s": 0.5} == told[0].details


def test_memory_that_nobody_tells_is_a_gap() -> None:
    """Goal: nought is no figure. Method: runs on a system that does not tell."""
    sent = [one._replace(memory=0.0) for one in SENT]
    gap = waiting.figures(sent, FEW, [one._replace(memory=0.0) for one in SILENT], {})[2]
    assert "skipped" in gap.plain()


def test_the_overhead_is_the_difference_in_each_run() -> None:
    """Goal: a slow modem is not the daemon's fault. Method: three known runs, one of them slow on both sides."""
    found = overhead.figure([(710.0, 700.0), (930.0, 900.0), (760.0, 700.0)])
    assert (30.0, 50, True) == (found.figure, found.target, found.reached)
    assert 60.0 == found.details["most of all runs, ms"]


def test_a_part_too_many_or_too_few_is_no_figure() -> None:
    """Goal: only a run in which each part aired once counts. Method: three times, against three, two and four parts."""
    assert 700.0 == overhead.each([100, 900, 1_500], 3)
    for parts in (2, 4):
        with pytest.raises(RuntimeError, match="3 parts went on the air"):
            overhead.each([100, 900, 1_500], parts)


def test_without_the_tests_the_gap_is_told(monkeypatch) -> None:
    """Goal: a gap is never silent. Method: no emulated modem."""
    monkeypatch.setattr(overhead, "has_emulator", lambda: False)
    (gap,) = overhead.measure(1, quiet, 2)
    assert NO_EMULATOR == gap.plain()["skipped"]


def test_the_emulated_modem_is_a_program(tmp_path: Path) -> None:
    """Goal: the bench finds its modem. Method: start it, look at its device and journal, end it."""
    with Emulator(tmp_path / "modem") as modem:
        assert modem.link.is_symlink()
        assert 1 == len(modem.journal("plugged"))
        assert [] == modem.journal("aired")
        assert modem.end() > 0


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    """Goal: no figure of a program that broke, and its last words. Method: one that stops at once."""
    with Program(["-c", "raise SystemExit('no modem')"], tmp_path / "log") as program:
        with pytest.raises(RuntimeError, match="no modem"):
            program.until(lambda: False)
        with pytest.raises(RuntimeError, match="no modem"):
            program.finish()
