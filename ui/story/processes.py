"""Real `cabang` processes: commands that end, and others that run until this one ends, however it ends."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ui.story.errors import CommandRefused, NodeDidNotStart

PROGRAM = (sys.executable, "-P", "-c", "import sys, cli; sys.argv[0] = 'cabang'; sys.exit(cli.main())")
COMMAND_S_MAX = 300
START_S_MAX = 60
STOP_S_MAX = 20


def _environment() -> dict[str, str]:
    """Ours, with the folder this very program was found in first."""
    here = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}


def cabang(*words: str | Path) -> str:
    """Runs ``cabang *words*`` and gives what it said on standard output; raises CommandRefused."""
    texts = [str(word) for word in words]
    done = subprocess.run(
        [*PROGRAM, *texts],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=COMMAND_S_MAX,
        check=False,
    )
    if done.returncode:
        raise CommandRefused(command=" ".join(texts), why=done.stderr.strip())
    return done.stdout


def facts(*words: str | Path) -> Any:
    """What ``cabang *words* --json`` said."""
    return json.loads(cabang(*words, "--json"))


class Running:
    """``cabang *words*`` as a process that stops when our end of a pipe closes; its progress goes into *log*."""

    def __init__(self, log: Path, *words: str | Path) -> None:
        self.log = log
        command = [*PROGRAM, *map(str, words), "--until-stdin-ends"]
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file
            )

    @property
    def alive(self) -> bool:
        """Does it still run?"""
        return self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Lets go; it ends by itself."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()

    def stop(self) -> None:
        """Returns when it has ended, tidily or not."""
        self.ask_to_stop()
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class RunningSms(Running):
    """The SMS program of the branch in *folder*."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.with_name(f"{folder.name}-sms.log"), "sms", "run", folder)


class RunningNode(Running):
    """A node of *kind* ("hub", "branch") that runs in *folder*, at *port* (0: any); ``url``: where it answers.

    Raises NodeDidNotStart.
    """

    def __init__(self, kind: str, folder: Path, port: int = 0) -> None:
        super().__init__(folder.with_suffix(".log"), kind, "run", folder, "--port", str(port))
        self.url = self._first_line().rstrip("/")

    def _first_line(self) -> str:
        """The address it prints."""
        late = threading.Timer(START_S_MAX, self._process.kill)
        late.start()
        line: bytes = self._process.stdout.readline()  # type: ignore[union-attr]
        late.cancel()
        if not line:
            self.stop()
            raise NodeDidNotStart(log=str(self.log))
        return line.decode().strip()

    @property
    def port(self) -> int:
        """The port it answers at."""
        return int(self.url.rpartition(":")[2])
