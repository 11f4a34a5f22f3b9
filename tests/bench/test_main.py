"""The command ``cabang bench``."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from bench import main
from bench.figure import Figure, Skipped

FIGURE = Figure("sale", "ms", 0.9, 3.0, False, "bare commit", 0.3, 3.0)


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, int]]:
    """(measurement, runs) in the order they were asked for; none of them measures."""
    asked: list[tuple[str, int]] = []

    def known(name: str) -> SimpleNamespace:
        def measure(runs, tell):
            asked.append((name, runs))
            tell(f"{name} runs")
            return [Skipped("bytes", "no file") if name == "bench.bytes" else FIGURE]

        return SimpleNamespace(measure=measure)

    monkeypatch.setattr(main, "import_module", known)
    return asked


def test_all_is_measured_unless_parts_are_named(asked) -> None:
    """Goal: five parts in a fixed order, or those named. Method: both ways of asking."""
    CliRunner().invoke(main.bench, [], catch_exceptions=False)
    assert [(f"bench.{name}", 3) for name in ("push", "sale", "bytes", "memory", "till")] == asked
    asked.clear()
    CliRunner().invoke(main.bench, ["--only", "sale, push", "--runs", "5"], catch_exceptions=False)
    assert [("bench.sale", 5), ("bench.push", 5)] == asked


def test_a_group_has_parts_of_its_own(asked) -> None:
    """Goal: a group is measured when asked for, the core is "core". Method: groups by name; one part of each."""
    for words in (["sms"], ["sms", "--only", "waiting"], ["core", "--only", "sale"], ["sync", "--only", "pull"]):
        assert 0 == CliRunner().invoke(main.bench, words, catch_exceptions=False).exit_code
    names = ("sms.overhead", "sms.waiting", "sms.waiting", "sale", "sync_figures.pull")
    assert [(f"bench.{name}", 3) for name in names] == asked
    wrong = CliRunner().invoke(main.bench, ["sms", "--only", "till"])
    assert (2, True) == (wrong.exit_code, "till: choose from overhead, waiting" in wrong.stderr)


def test_every_part_is_there() -> None:
    """Goal: no name without figures. Method: import the module of each part."""
    for group in main.GROUPS.values():
        assert all(callable(import_module(f"{group.package}.{part}").measure) for part in group.parts)


def test_facts_and_progress_keep_apart(asked) -> None:
    """Goal: standard output holds figures alone; JSON is one object. Method: read both streams."""
    result = CliRunner().invoke(main.bench, ["--json", "--only", "sale,bytes"], catch_exceptions=False)
    assert {"runs": 3, "figures": [FIGURE.plain(), {"name": "bytes", "skipped": "no file"}]} == json.loads(
        result.stdout
    )
    assert "bench.sale runs\nbench.bytes runs\n" == result.stderr
    plain = CliRunner().invoke(main.bench, ["--only", "sale"], catch_exceptions=False)
    assert (0, "\n".join(FIGURE.lines()) + "\n") == (plain.exit_code, plain.stdout)


def test_an_unknown_part_is_wrong_usage(asked) -> None:
    """Goal: a slip of the finger is told with the choices. Method: one wrong name."""
    result = CliRunner().invoke(main.bench, ["--only", "speed"])
    assert 2 == result.exit_code
    assert "speed: choose from push, sale, bytes, memory, till" in result.stderr
    assert [] == asked
