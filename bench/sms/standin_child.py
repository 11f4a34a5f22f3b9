"""A modem's child without a modem: it answers at once, and writes down when it is handed each part.

``python standin_child.py FOLDER``: one line in FOLDER/handed for each part, ns of the clock that all processes of a
computer share.  With a file FOLDER/silent it never answers a part.
"""

import json
import os
import sys
import time

WELL = {
    "imei": "350000000000001", "imsi": "510100000000001", "operator": "BENCH", "registration": "home", "signal": 70,
    "sim": "ready", "sim_used": 0, "sim_size": 20, "messages": [], "more": False,
}  # fmt: skip


def main(folder: str) -> None:
    """Answers until standard input ends."""
    handed = os.open(f"{folder}/handed", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    silent = os.access(f"{folder}/silent", os.F_OK)
    for count, line in enumerate(sys.stdin):
        request = json.loads(line)
        if request["do"] == "send":
            os.write(handed, b"%d\n" % time.monotonic_ns())
            if silent:
                continue
        answer = {"n": request["n"], "ok": True, "reports": [], "new_sms": False, "reference": count % 256, **WELL}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main(sys.argv[1])
