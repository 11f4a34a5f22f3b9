"""The arithmetic behind the figures."""

import pytest

from bench.figure import Figure, Skipped, compared, percentile
from bench.steps import shares


def test_the_ratio_is_the_median_of_each_runs_own() -> None:
    """Goal: value and reference of one run are compared with each other. Method: three runs by hand."""
    figure = compared(
        "push", "rows/s", [(10.0, 100.0), (30.0, 60.0), (20.0, 50.0)], 0.4, against="floor", at_least=True
    )
    assert (20.0, 60.0, 0.4) == (figure.figure, figure.reference, figure.ratio)
    assert figure.reached


@pytest.mark.parametrize(
    ("ratio", "at_least", "reached"),
    [(2.9, False, True), (3.0, False, True), (3.1, False, False), (2.9, True, False), (3.0, True, True)],
)
def test_a_target_is_kept_on_the_right_side(ratio: float, at_least: bool, reached: bool) -> None:
    """Goal: at most and at least are not mixed up. Method: below, at and above the target."""
    figure = Figure("sale", "ms", 1.0, 3.0, at_least, "bare commit", 0.3, ratio)
    assert reached == figure.reached


def test_without_a_ratio_the_figure_itself_is_judged() -> None:
    """Goal: bytes and MB have targets of their own. Method: one byte on each side."""
    assert [True, False] == [Figure("bytes", "bytes", value, 70).reached for value in (70, 71)]


def test_people_and_programs_read_the_same() -> None:
    """Goal: line and JSON name figure, reference, ratio, target and verdict. Method: one figure, told both ways."""
    figure = Figure("till", "ms", 12.345, 3.0, False, "idle", 4.115, 3.0, {"sales": 38, "shares": {"pack": "15 %"}})
    line, *details = figure.lines()
    assert "till                    12.35 ms · idle 4.115 · ratio 3 · target ≤ 3 · reached" == line
    assert ["  sales: 38", "  shares: pack 15 %"] == details
    plain = figure.plain()
    told = ("till", 12.35, "idle", 4.115, 3.0, 3.0, True)
    assert told == tuple(
        plain[name] for name in ("name", "figure", "against", "reference", "ratio", "target", "reached")
    )


def test_what_could_not_be_measured_says_why() -> None:
    """Goal: a gap is never silent. Method: both ways of telling it."""
    gap = Skipped("bytes", "no file")
    assert ({"name": "bytes", "skipped": "no file"}, ["bytes                   skipped: no file"]) == (
        gap.plain(),
        gap.lines(),
    )


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (19, 19), (20, 19), (100, 95), (101, 96)])
def test_the_95th_percentile(count: int, expected: int) -> None:
    """Goal: no more than one value in twenty is slower. Method: the numbers 1 to *count*, backwards."""
    assert expected == percentile(list(range(count, 0, -1)), 95)


def test_the_steps_of_a_push_make_the_whole() -> None:
    """Goal: nothing is counted twice or left out. Method: known seconds for both sides."""
    branch = {"ask": 1.0, "post": 7.0, "take": 0.5, "open": 0.5}
    hub = {"answer": 6.0, "take": 5.0, "door": 1.0, "apply": 3.0, "page": 0.5}
    said = shares(branch, hub, 10.0)
    assert {
        "pack": "10 %", "HTTP": "10 %", "door": "10 %", "apply": "30 %", "commit": "10 %", "page": "5 %",
        "rest at the hub": "5 %", "take": "10 %", "rest at the branch": "10 %",
    } == said  # fmt: skip
