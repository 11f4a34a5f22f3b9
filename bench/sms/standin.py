"""``python -m bench.sms.standin DIR``: the daemon itself, with a stand-in for the modem's child.

When it is told to end it says, as JSON, how many seconds each choice of the next part took.  It loads nothing that the
daemon does not, so that its memory is the daemon's.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from sms_daemon import queue
from sms_daemon.child import Child
from sms_daemon.run import run

CHILD = Path(__file__).with_name("standin_child.py")


def watch() -> list[float]:
    """From now on the time of each choice of a part is added to the list that is given back."""
    times: list[float] = []
    watched: Any = queue
    choose = queue.next_job

    def timed(*args: Any) -> Any:
        began = time.perf_counter()
        job = choose(*args)
        if job is not None:
            times.append(time.perf_counter() - began)
        return job

    watched.next_job = timed
    return times


def main(folder: str) -> int:
    """The daemon's exit code."""
    times = watch()
    code = run(Path(folder), spawn=lambda modem: Child(_command(modem.device), time.monotonic))
    print(json.dumps(times))
    return code


def _command(device: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(CHILD), device]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
