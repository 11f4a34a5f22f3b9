"""Every figure can be measured: once each, with a handful of rows."""

from itertools import islice
from pathlib import Path

import pytest

from bench import memory, push, real_file, sale
from bench.figure import Figure
from bench.sync_figures import bytes as byte_counts
from bench.sync_figures import memory as sync_memory
from bench.sync_figures import merge, pull, till
from bench.till import Size

pytestmark = pytest.mark.journey

LINES = 1_000
quiet = list[str]().append


def test_push_is_measured_against_the_floor() -> None:
    """Goal: rows, bytes and shares of a push by two processes. Method: 25 customers, five a unit."""
    (figure,) = push.measure(1, quiet, push.Load(units=5, together=5))
    assert ("push", "floor", 0.2, True) == (figure.name, figure.against, figure.target, figure.at_least)
    assert figure.figure > 0 and figure.reference and figure.ratio
    assert 25 == figure.details["rows"]
    assert 0 < figure.details["bytes a row"] < 1000
    assert {"pack", "HTTP", "door", "apply", "commit", "page", "take"} <= set(figure.details["shares"])


def test_pull_is_measured_against_the_floor() -> None:
    """Goal: rows, bytes and shares of a pull from a hub of its own process. Method: 25 customers, five a unit."""
    (figure,) = pull.measure(1, quiet, [push.Load("pull", 5, 5, 0.8)])
    assert ("pull", "floor", 0.8, True) == (figure.name, figure.against, figure.target, figure.at_least)
    assert figure.figure > 0 and figure.reference and figure.ratio
    assert 25 == figure.details["rows"]
    assert 0 < figure.details["bytes a row"] < 1000
    told = {"ask", "wait for a page", "apply", "commit", "meanwhile: pack and sign it", "meanwhile: open"}
    assert told <= set(figure.details["shares"])


def test_a_sale_is_measured_against_a_bare_commit() -> None:
    """Goal: a real sale in a unit of work. Method: five sales, two runs."""
    (figure,) = sale.measure(2, quiet, 5)
    assert ("sale", "bare commit", 3.0) == (figure.name, figure.against, figure.target)
    assert figure.figure > 0 and figure.reference and figure.ratio


def test_the_till_is_measured_both_ways() -> None:
    """Goal: real login, real forms, while entries go up and come down. Method: 30 entries."""
    figures = till.measure(1, quiet, Size(30, 5))
    assert [("till, p95, send", 2.0), ("till, p95, receive", 2.0)] == [(one.name, one.target) for one in figures]
    assert all(figure.ratio and figure.details["sales meanwhile"] > 0 for figure in figures)


def test_bytes_are_counted_or_the_gap_is_told() -> None:
    """Goal: bytes of a record, of a sale, of an idle round, of a lone sale. Method: 25; ten where the real file is."""
    record, *figures = byte_counts.measure(1, quiet, byte_counts.Size(25, 10))
    assert isinstance(record, Figure)
    assert 0 < record.figure < 1000
    if real_file.find() is None:
        assert ["bytes"] == [gap.name for gap in figures]
        return
    sale_bytes, idle, lone = (figure for figure in figures if isinstance(figure, Figure))
    assert (90, 50, 560, 450) == (record.target, sale_bytes.target, idle.target, lone.target)
    assert 0 < sale_bytes.figure < lone.figure
    assert idle.figure == idle.details["request"] + idle.details["response"]


def test_memory_is_measured_or_the_gap_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: the process and its child. Method: twenty mixed requests, where the real file is, of its first lines."""
    path = real_file.find()
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            (tmp_path / path.name).write_text("".join(islice(lines, LINES)), encoding="utf-8")
        monkeypatch.setenv("CABANG_TEST_DATA", str(tmp_path))
    (figure,) = memory.measure(1, quiet, 20)
    if path is None:
        assert "memory" == figure.name
    elif isinstance(figure, Figure):
        assert figure.figure == figure.details["branch"] + figure.details["child"]
        assert figure.details["child"] > 1


def test_a_merge_is_measured_at_a_small_hub_and_at_two_large_ones() -> None:
    """Goal: branches and rows really are more, and every entry counts. Method: a hub of two branches and 40 rows."""
    branches, rows = merge.measure(1, quiet, merge.Size(8, 2, 40, 2, 3))
    assert ["merge, 4 branches", "merge, 120 rows"] == [branches.name, rows.name]
    for one in (branches, rows):
        assert (1.25, "small hub", True) == (one.target, one.against, one.figure > 0)
        assert {"door", "apply", "commit", "rest"} == set(one.details["steps there, µs"])


def test_memory_of_a_long_exchange_is_measured() -> None:
    """Goal: both processes, and what the last stretch added. Method: five entries each way, then ten."""
    figures = sync_memory.measure(1, quiet, 5, (1, 2))
    if len(figures) == 1:
        return  # a system that does not tell
    hub, _, branch, growth = (figure for figure in figures if isinstance(figure, Figure))
    assert ["after 1 x", "after 2 x"] == list(hub.details)
    assert min(hub.figure, branch.figure) > 10
    assert growth.figure == branch.details["after 2 x"] - branch.details["after 1 x"]
