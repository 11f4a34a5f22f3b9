"""Every figure can be measured: once each, with a handful of rows."""

from itertools import islice
from pathlib import Path

import pytest

from bench import bytes as byte_counts
from bench import memory, push, real_file, sale, till
from bench.figure import Figure

pytestmark = pytest.mark.journey

LINES = 1_000
quiet = list[str]().append


def test_push_is_measured_against_the_floor() -> None:
    """Goal: rows, bytes and shares of a push by two processes. Method: 25 customers."""
    (figure,) = push.measure(1, quiet, 25)
    assert ("push", "floor", 0.2, True) == (figure.name, figure.against, figure.target, figure.at_least)
    assert figure.figure > 0 and figure.reference and figure.ratio
    assert 25 == figure.details["rows"]
    assert 0 < figure.details["bytes a row"] < 1000
    assert {"pack", "HTTP", "door", "apply", "commit", "page", "take"} <= set(figure.details["shares"])


def test_a_sale_is_measured_against_a_bare_commit() -> None:
    """Goal: a real sale in a unit of work. Method: five sales, two runs."""
    (figure,) = sale.measure(2, quiet, 5)
    assert ("sale", "bare commit", 3.0) == (figure.name, figure.against, figure.target)
    assert figure.figure > 0 and figure.reference and figure.ratio


def test_the_till_is_measured_both_ways() -> None:
    """Goal: real login, real forms, while entries go up and come down. Method: 30 entries."""
    figures = till.measure(1, quiet, till.Size(30, 5))
    assert ["till, p95, send", "till, p95, receive"] == [figure.name for figure in figures]
    assert all(figure.ratio and figure.details["sales meanwhile"] > 0 for figure in figures)


def test_bytes_are_counted_or_the_gap_is_told() -> None:
    """Goal: bytes of a sale, of an idle round and of a lone sale. Method: ten sales where the real file is."""
    figures = byte_counts.measure(1, quiet, 10)
    if real_file.find() is None:
        assert ["bytes"] == [gap.name for gap in figures]
        return
    sale_bytes, idle, lone = (figure for figure in figures if isinstance(figure, Figure))
    assert (70, 700, 450) == (sale_bytes.target, idle.target, lone.target)
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
