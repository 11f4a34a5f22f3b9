"""What tests of the `cabang` command share: nodes that run as processes, a company made by commands alone."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cabang_inside import cabang
from cabang_testing import start_cli

ENROLMENT = re.compile(r"(?:[A-Z2-7]{5}-)+[A-Z2-7]{1,5}")
DIGEST = re.compile(r"[0-9a-f]{64}\n")
STOP_S = 30


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The last line on standard output of a command that went well."""
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def digest(folder: Path, *words: str) -> str:
    """What `cabang digest` says of a node that runs or does not."""
    said = cabang("digest", folder, *words).stdout
    assert DIGEST.fullmatch(said), said
    return said


def findings(folder: Path) -> dict[str, dict[str, Any]]:
    """What `cabang doctor` finds, by name."""
    said = json.loads(cabang("doctor", folder, "--json").stdout)
    return {finding["name"]: finding for finding in said["findings"]}


@dataclass
class Running:
    """A node that runs as a process."""

    process: "subprocess.Popen[str]"
    url: str

    def stop(self) -> int:
        """Ends it by ending its standard input; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            return self.process.wait(STOP_S)
        finally:
            self.process.kill()


def start(kind: str, folder: Path) -> Running:
    """Runs the node in *folder* on a free port."""
    words = (kind, "run", folder, "--port", "0", "--until-stdin-ends")
    pipe = subprocess.PIPE
    process = start_cli(*words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    return Running(process, process.stdout.readline().strip())


@dataclass
class Company:
    """A hub that runs, and an enrolled branch that does not."""

    hub: Path
    branch: Path
    running: Running
