"""The daemon's side of the pipe, with a child that misbehaves."""

import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sms_daemon.child import Child, ChildGone
from sms_daemon.protocol import DEADLINES_S, LINE_MAX

# Answers each request with what the request itself tells it to write; None: its end.
_PUPPET = """
import json, os, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    for piece in asked["say"]:
        if piece is None:
            sys.exit()
        data = piece.replace("N", str(asked["n"])).encode() * asked.get("times", 1)
        while data:
            data = data[os.write(asked.get("to", 1), data):]
"""
OK = '{"n":N,"ok":true}\n'


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def child(clock: Clock) -> Iterator[Child]:
    """A child that says what it is told."""
    child = Child([sys.executable, "-S", "-c", _PUPPET], clock)
    child.start()
    yield child
    child.kill()


def say(child: Child, *pieces: str | None, **more: Any) -> None:
    """Has the child write these pieces, one after the other."""
    child.ask({"do": "send", "say": pieces, **more})


def wait(child: Child) -> dict[str, Any]:
    """The answer."""
    while (answer := child.answer()) is None:
        assert select.select([child.fileno()], [], [], 10)[0]
    return answer


def until(condition: Callable[[], bool]) -> None:
    """Waits for it."""
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_one_request_one_answer(child: Child) -> None:
    """Goal: whole lines alone are answers, however they come.  Method: two requests, one answer in two pieces."""
    busy = [child.busy]
    say(child, OK)
    busy.append(child.busy)
    assert {"n": 1, "ok": True} == wait(child)
    assert [False, True, False] == [*busy, child.busy]
    say(child, '{"n":N,', '"ok":false}\n')
    assert {"n": 2, "ok": False} == wait(child)
    say(child, "noise\n", to=2)
    assert child.answer() is None
    with pytest.raises(RuntimeError):
        say(child, OK)


@pytest.mark.parametrize(
    ("pieces", "more", "reason"),
    [
        (["hello\n"], {}, "bad_answer"),
        (["[1]\n"], {}, "bad_answer"),
        (['{"n":7,"ok":true}\n'], {}, "bad_answer"),
        (['{"n":N}\n'], {}, "bad_answer"),
        (['{"n":N,"ok":"yes"}\n'], {}, "bad_answer"),
        ([OK + OK], {}, "bad_answer"),
        (["x"], {"times": LINE_MAX + 70_000}, "bad_answer"),
        (['{"n":N,"ok":tr', None], {}, "child_gone"),
        ([None], {}, "child_gone"),
    ],
)
def test_what_is_no_answer_ends_it(child: Child, pieces, more, reason) -> None:
    """Goal: nothing doubtful is taken for an answer.  Method: garbage, wrong numbers, two lines, a line without end."""
    say(child, *pieces, **more)
    with pytest.raises(ChildGone) as gone:
        wait(child)
    assert reason == gone.value.reason
    assert not child.busy
    child.kill()
    assert not child.running


def test_a_line_that_nobody_asked_for_ends_it(child: Child) -> None:
    """Goal: a late answer never waits for the next request.  Method: the child answers once more than it was asked."""
    say(child, OK, OK)
    with pytest.raises(ChildGone, match="bad_answer"):
        for _ in range(2):
            wait(child)


def test_silence_is_over_at_the_deadline(child: Child, clock: Clock) -> None:
    """Goal: the daemon decides how long it waits, and starts afresh.  Method: a clock that jumps; then a new child."""
    say(child)
    assert not child.overdue()
    clock.now = DEADLINES_S["send"] - 0.001
    assert not child.overdue()
    clock.now = DEADLINES_S["send"]
    assert child.overdue()
    assert child.answer() is None
    child.kill()
    assert not (child.overdue() or child.busy or child.running)
    child.start()
    child.ask({"do": "send", "say": [OK]}, 2)
    clock.now += 2
    assert child.overdue()
    assert {"n": 2, "ok": True} == wait(child)
    assert not child.overdue()


def test_nothing_it_does_holds_up_the_daemon(child: Child) -> None:
    """Goal: asking and killing never wait.  Method: a stopped child, a request larger than its pipe, SIGKILL."""
    process = child._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(ChildGone):
        say(child, "x" * 1_000_000)
    child.kill()
    child.kill()
    assert time.monotonic() - started < 1
    assert -signal.SIGKILL == process.returncode


def test_a_child_that_is_gone_cannot_be_asked(child: Child, clock: Clock) -> None:
    """Goal: each way of not being there is the same error.  Method: ended, killed, no such command."""
    process = child._process
    assert process is not None
    process.kill()
    until(lambda: process.poll() is not None)
    with pytest.raises(ChildGone, match="child_gone"):
        say(child, OK)
    child.kill()
    for act in (child.fileno, child.answer, lambda: say(child, OK), Child(["/nowhere"], clock).start):
        with pytest.raises(ChildGone, match="child_gone"):
            act()
