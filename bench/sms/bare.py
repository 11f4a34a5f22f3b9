"""``python -m bench.sms.bare DEVICE COUNT``: gammu alone sends the same SMS, one after the other."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gammu

from bench.sms.outbox import sms
from sms_daemon.opening import configuration
from sms_daemon.protocol import Send
from sms_daemon.submit import submission

CENTRE, VALIDITY_MIN = "+6281100000", 3 * 24 * 60


def main(device: str, count: int) -> None:
    """Sends, and takes the network's reports as they come."""
    machine, reports = _machine(device), list[Any]()
    machine.SetIncomingCallback(lambda _, kind, what: reports.append(what))
    machine.SetIncomingSMS(True)
    for number in range(count):
        _, recipient, text = sms(number)
        part = Send(
            n=number, number=recipient, text=text, coding="gsm7", udh=None, report=True, validity_min=VALIDITY_MIN
        )
        machine.SendSMS(submission(part, CENTRE))


def _machine(device: str) -> Any:
    machine = gammu.StateMachine()
    with TemporaryDirectory() as made:
        path = Path(made) / "gammurc"
        path.write_text(configuration("at115200", device))
        machine.ReadConfig(Section=0, Configuration=0, Filename=str(path))
    machine.Init()
    return machine


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
