"""Nodes as processes of their own: ``python -m bench.process hub|branch|push|pull …``, started through ``Running``.

Each says one line on standard output when it is ready, and one JSON object when it ends.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from bench.steps import Steps
from sync.folder import Folder

ROOT = Path(__file__).parents[1]
STOP_S_MAX = 60


class Running:
    """A process of this module, from its first line until ``stop()``."""

    def __init__(self, *arguments: object) -> None:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.process", *map(str, arguments)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        self.said = self._line()

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._process.wait()
            raise RuntimeError(f"a process of the bench ended with {self._process.returncode}")
        return line.strip()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def result(self) -> dict[str, Any]:
        """What it says when it ends by itself."""
        return dict(json.loads(self._line()))

    def stop(self) -> dict[str, Any]:
        """Ends it tidily; what it says then."""
        self._process.terminate()
        result = self.result()
        self._process.wait(STOP_S_MAX)
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _say(line: str) -> None:
    print(line, flush=True)


def serve_hub(folder: str, port: str) -> dict[str, Any]:
    """A hub that serves until it is told to stop; its steps."""
    from central_hub.run import run
    from sync import exchange, hub

    steps = Steps()
    for owner, name, step in (
        (hub.HubExchange, "answer", "answer"),
        (hub.HubExchange, "_take", "take"),
        (hub.HubExchange, "_store_and_apply", "apply"),
        (hub.HubExchange, "_page", "page"),
        (hub, "open_segment", "door"),
        (exchange, "sign_page", "sign"),
    ):
        steps.watch(owner, name, step)
    run(Folder(folder), "127.0.0.1", int(port), False, _say)
    return steps.seconds


def serve_branch(folder: str) -> dict[str, Any]:
    """A branch that serves until it is told to stop."""
    from branch_node.run import run

    run(Folder(folder), "127.0.0.1", 0, False, _say)
    return {}


def push(folder: str, sent: str) -> dict[str, Any]:
    """A branch that sends all it has; seconds until the last acknowledgement is stored, and its steps.

    The requests' bytes are left in the file *sent*.
    """
    from bench.nodes import opened_branch, record_line

    with opened_branch(Path(folder)) as node:
        steps, requests = Steps(), record_line(node)
        waiting = node.link.pending().entries
        steps.watch(node.link, "ask", "ask")
        steps.watch(node.link, "take", "take")
        steps.watch(node.sync, "_open_page", "open")
        steps.watch(node.sync.line, "post", "post")
        _say("ready")
        began = time.perf_counter()
        while node.link.pending().entries:
            node.sync.round()
        seconds = time.perf_counter() - began
    _write_frames(Path(sent), requests)
    return {"seconds": seconds, "entries": waiting, "rounds": len(requests), "steps": steps.seconds}


def pull(folder: str, received: str) -> dict[str, Any]:
    """A branch that takes all there is; seconds until nothing is left, and its steps.

    Pages are opened by a child that runs already, as in a branch's own process.  Their bytes are left in the file
    *received*, each as it was compressed.
    """
    from bench.nodes import RecordingLine, opened_branch
    from sync.child import PageChild

    child = PageChild()
    with opened_branch(Path(folder), open_page=child) as node:
        line = node.sync.line = RecordingLine(node.sync.line.url)
        _start(child, node.link.hub_public)
        steps, taken, more = Steps(), 0, True
        steps.watch(node.link, "ask", "ask")
        steps.watch(node.link, "take", "take")
        steps.watch(node.sync, "_remember", "remember")
        steps.watch(node.sync, "_open_page", "open")
        steps.watch(line, "post", "post")
        steps.watch(node.sync, "_ask_ahead", "ahead")
        steps.watch(node.sync, "_heard", "heard")
        steps.watch_end(node.store, "write", "commit")
        _say("ready")
        began = time.perf_counter()
        while more:
            progress = node.sync.round()
            taken, more = taken + progress.taken, progress.more
        seconds = time.perf_counter() - began
    child.close()
    _write_frames(Path(received), line.pages())
    return {"seconds": seconds, "entries": taken, "rounds": len(line.answers), "steps": steps.seconds}


def _start(child: Callable[..., Any], hub_public: bytes) -> None:
    """Has the *child* started before the clock runs: with a page that nobody signed."""
    from sync.errors import Refused
    from sync.exchange import NO_NONCE, Page
    from sync.wire import RAW

    with suppress(Refused):
        child(Page(NO_NONCE, 0, 0, False, 0, 0, RAW, b"", b""), 0, NO_NONCE, hub_public)


def _write_frames(path: Path, frames: Sequence[bytes]) -> None:
    path.write_bytes(b"".join(len(one).to_bytes(4, "big") + one for one in frames))


def read_frames(path: Path) -> list[bytes]:
    """The frames in the file: each four bytes of length, then the bytes."""
    data, frames = path.read_bytes(), []
    while data:
        size = int.from_bytes(data[:4], "big")
        frames.append(data[4 : 4 + size])
        data = data[4 + size :]
    return frames


ROLES: dict[str, Callable[..., dict[str, Any]]] = {
    "hub": serve_hub, "branch": serve_branch, "push": push, "pull": pull,
}  # fmt: skip

if __name__ == "__main__":
    _say(json.dumps(ROLES[sys.argv[1]](*sys.argv[2:])))
