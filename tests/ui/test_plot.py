"""The demo's story waits, where somebody sits at a terminal, while the line is cut."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ui.story import command
from ui.story.plot import Story

STEPS = (
    *("_sign_in", "_cut", "_sell", "_check_sms", "_move_house", "_not_known_yet"),
    *("_reconnect", "_check_sales", "_check_conflict", "_check_books"),
)


def played(hold: Any) -> list[str]:
    """The steps of a story in their order; *hold* is given the list so far."""
    done: list[str] = []
    company: Any = SimpleNamespace(memory={"plays": 0, "port": 1}, remember=lambda values: None)
    story = Story(company, print, 0, hold=hold and (lambda: hold(done)))
    for step in STEPS:
        setattr(story, step, lambda *_, step=step: done.append(step))
    story.play()
    return done


def test_the_line_stays_cut_until_somebody_says_so() -> None:
    """Goal: there is time to log in and see the badge. Method: the steps with and without somebody who waits."""
    assert list(STEPS) == played(None)
    cut = STEPS.index("_reconnect")
    assert [*STEPS[:cut], "held", "_sign_in", *STEPS[cut:]] == played(lambda done: done.append("held"))


def test_enter_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Goal: people know what to press. Method: one line on standard input, no more is read."""
    typed = io.StringIO("\nmore\n")
    monkeypatch.setattr(sys, "stdin", typed)
    command._hold()
    said = capsys.readouterr()
    assert ("", "more\n", True) == (said.out, typed.read(), "Enter:" in said.err)


def test_roles_are_said_in_words() -> None:
    """Goal: no English word among the logins. Method: the lines the demo prints, in both languages' words."""
    nodes = {name: SimpleNamespace(url="http://127.0.0.1:1") for name in ("hub", "PTK", "SGW")}
    company: Any = SimpleNamespace(nodes=nodes, folder=Path())
    roles = {line.rpartition("(")[2].rstrip(")") for line in command._addresses(company) if "PIN" in line}
    assert roles and not roles & {"owner", "admin", "manager", "supervisor", "cashier", "therapist"}
