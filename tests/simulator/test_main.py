"""The command ``cabang simulate``: what it finds, how it says so, and that the same seed is the same history."""

import json
import shlex
from pathlib import Path

import pytest
from cabang_inside import cabang
from cabang_testing import run_cli

from sync import rows
from tests.simulator import main
from tests.simulator.plan import plan_of
from ui.console import simulate

STEPS = tuple(range(1, 31))


@pytest.mark.parametrize("seed", [4, 5, 8])
def test_the_same_seed_is_the_same_history(files, seed) -> None:
    """Goal: what failed can be looked at. Method: each kind of history twice, every step and the last digest."""
    traces: list[list[str]] = [[], []]
    for trace in traces:
        main.run([plan_of(seed)._replace(steps=STEPS)], False, print, trace.append, files)
    assert traces[0] == traces[1]
    assert "in the end" in traces[0][-1]


def test_another_process_plays_the_same_history() -> None:
    """Goal: neither chance, clock nor the order of sets is in it. Method: two processes that hash differently."""
    done = [
        run_cli("simulate", "--seed", "8", "--steps", "1-30", "--trace", env={"PYTHONHASHSEED": salt}) for salt in "12"
    ]
    told = [one.stdout for one in done]
    assert told[0] == told[1]
    assert "\nin the end  " in told[0]


def test_a_planted_bug_is_found_made_short_and_seen_again(monkeypatch) -> None:
    """Goal: a failure is handed over ready to look at. Method: a line moves no stock; then the printed command."""
    usual, words = rows.derive, ["simulate", "--seed", "4", "--branches", "3", "--steps", "1-30", "--json"]
    with monkeypatch.context() as patch:
        patch.setattr(rows, "derive", lambda *given: usual(*given)[:-1])
        found = cabang(*words)
        failed = json.loads(found.stdout)["failed"][0]
        assert (1, 4, 2, 1) == (found.exit_code, failed["seed"], failed["branches"], len(failed["steps"]))
        again = shlex.split(failed["again"])
        seen = cabang(*again[1:])
        assert (1, True) == (seen.exit_code, failed["why"] in seen.stdout)
    sound = cabang(*again[1:])
    assert (0, "none failed") == (sound.exit_code, sound.stdout.splitlines()[-1].rpartition("; ")[2])


def test_what_came_up_too_seldom_fails_the_run(files) -> None:
    """Goal: a run that proves nothing is no success. Method: a history without steps, as a run and as a replay."""
    empty = plan_of(0)._replace(steps=())
    run, replay = (main.run([empty], judged, print, template=files) for judged in (True, False))
    assert (False, True) == (run.fine, replay.fine)
    assert "sale" in run.rare
    *_, before, summary = run.lines()
    assert "below its share" in before
    assert summary.startswith("history 0, 0 steps; none failed; below their share of 1: ")


def test_facts_and_progress_keep_apart() -> None:
    """Goal: standard output holds counts and the summary; JSON is one object. Method: one short history, three ways."""
    words = ["simulate", "--seed", "4", "--steps", "1-3", "--branches", "2"]
    plain, traced, told = cabang(*words), cabang(*words, "--trace"), cabang(*words, "--trace", "--json")
    assert [0, 0, 0] == [one.exit_code for one in (plain, traced, told)]
    assert "history 4, 3 steps; none failed" == plain.stdout.splitlines()[-1]
    assert traced.stdout.endswith(plain.stdout)
    assert traced.stdout.startswith("history 4: History, 2 branches, steps 1-3\n")
    facts = json.loads(told.stdout)
    assert ([4], 3, [], {}, True) == tuple(facts[name] for name in ("seeds", "steps", "failed", "below_share", "fine"))
    assert {"fault", "path", "deed", "table"} == facts["happened"].keys()
    assert told.stderr.startswith("history 4: History")


@pytest.mark.parametrize(
    "words",
    [
        ["--steps", "1-3"],
        ["--seed", "4", "--seeds", "2", "--branches", "2"],
        ["--seed", "4", "--steps", "1-x"],
        ["--seed", "4", "--branches", "7"],
        ["--seeds", "0"],
        ["--seed", "-1"],
    ],
)
def test_wrong_usage(words) -> None:
    """Goal: exit code 2 and words. Method: options that do not go together, and bad ones."""
    done = cabang("simulate", *words, wanted="id")
    assert (2, "") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(("wanted", "happened"), [("en", "are not installed"), ("id", "tidak ikut terpasang")])
def test_without_the_source(monkeypatch, tmp_path, wanted, happened) -> None:
    """Goal: who installed Cabang alone is told where histories are. Method: a folder without tests, two languages."""
    monkeypatch.setattr(simulate, "SOURCE", tmp_path)
    done = cabang("simulate", "--seeds", "1", wanted=wanted)
    assert (1, "") == (done.exit_code, done.stdout)
    assert happened in done.stderr
    assert str(Path(tmp_path, "tests", "simulator")) in done.stderr


def test_without_assertions_nothing_is_played() -> None:
    """Goal: no success that checked nothing. Method: a process whose Python leaves out assertions."""
    done = run_cli("simulate", "--seed", "4", env={"PYTHONOPTIMIZE": "1"})
    assert (1, "") == (done.returncode, done.stdout)
    assert "nothing would be checked" in done.stderr
