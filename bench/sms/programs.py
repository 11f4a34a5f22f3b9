"""The programs that take part: the daemon, with or without a stand-in for its modem, and the emulated modem."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from bench.process import ROOT

TESTS = ROOT / "tests" / "support"
NO_EMULATOR = "the emulated modem is part of the tests, and they are not here (tests/support/modem), or not on Linux"
WAIT_S_MAX, END_S_MAX, LOOK_S = 60, 15, 0.01


def has_emulator() -> bool:
    """Can a modem be emulated here?"""
    return (TESTS / "modem" / "__main__.py").exists() and sys.platform == "linux"


class Program:
    """``python WORDS`` as a process; what it says on standard error is in the file *log*.  A context manager."""

    def __init__(self, words: Sequence[object], log: Path, path: Path = ROOT) -> None:
        self._name, self._log = " ".join(map(str, words)), log
        paths = [str(path), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.began = time.monotonic()
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *map(str, words)],
                stdout=subprocess.PIPE, stderr=errors, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def until(self, seen: Callable[[], object]) -> None:
        """Waits until *seen* says so; RuntimeError when the program ends before, or it takes too long."""
        latest = time.monotonic() + WAIT_S_MAX
        while not seen():
            if self._process.poll() is not None or time.monotonic() > latest:
                raise RuntimeError(f"{self._name}: {self._last_words()}")
            time.sleep(LOOK_S)

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-500:].strip() or "it said nothing"

    def finish(self) -> None:
        """Waits until it ends by itself; RuntimeError when it ends badly."""
        if self._process.wait(WAIT_S_MAX) != 0:
            raise RuntimeError(f"{self._name}: {self._last_words()}")

    def end(self) -> float:
        """Tells it to end; the seconds it took to.  RuntimeError when it ends badly."""
        began = time.perf_counter()
        self._process.terminate()
        code = self._process.wait(END_S_MAX)
        seconds = time.perf_counter() - began
        if code != 0:
            raise RuntimeError(f"{self._name} ended with {code}: {self._last_words()}")
        return seconds

    def said(self) -> str:
        """Its next line on standard output."""
        out = self._process.stdout
        return out.readline().decode() if out else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def daemon(folder: Path) -> Program:
    """The daemon of the branch in *folder*."""
    return Program(["-m", "sms_daemon", folder], folder / "daemon.log")


def standin(folder: Path) -> Program:
    """The same with a stand-in for the modem's child."""
    return Program(["-m", "bench.sms.standin", folder], folder / "daemon.log")


class Emulator(Program):
    """A modem at *folder*/modem; *fault* as the emulator spells it, else it works and the network reports each part."""

    def __init__(self, folder: Path, fault: str = "") -> None:
        folder.mkdir()
        self.link, self._journal = folder / "modem", folder / "modem.jsonl"
        words = ["-m", "modem", "--link", self.link, "--log", self._journal]
        words += ["--fault", fault] if fault else ["--reports", 0]
        super().__init__(words, folder / "modem.log", TESTS)
        if not self.said():
            raise RuntimeError(f"the emulated modem did not start: {self._last_words()}")

    def journal(self, kind: str) -> list[dict[str, Any]]:
        """What the modem wrote down of a *kind*, oldest first: aired, fault, …; ``at`` in ms."""
        whole, _, _ = self._journal.read_text().rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line["kind"] == kind]
