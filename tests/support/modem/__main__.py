"""``python -m modem --link PATH --log FILE``: an emulated modem, until a signal comes."""

import argparse
import os
import signal
import sys
from pathlib import Path

from .emulator import Emulator
from .faults import parse


def arguments(words: list[str]) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="modem", description="An emulated GSM modem on a pseudo-terminal.")
    parser.add_argument("--link", type=Path, required=True, help="the device a program opens")
    parser.add_argument("--log", type=Path, required=True, help="what happened, one JSON line each; it is added to")
    parser.add_argument("--control", help="a unix socket for a test's requests")
    parser.add_argument("--credit", type=int, help="rupiah on the card; without it there is a contract")
    parser.add_argument("--price", type=int, default=0, help="rupiah per part")
    parser.add_argument("--delay", type=float, default=0, help="seconds the network takes for a part")
    parser.add_argument("--pin", help="the SIM asks for this PIN")
    parser.add_argument("--reports", type=int, help="the status the network reports of each part by itself; 0: arrived")
    parser.add_argument("--fault", type=parse, action="append", default=[], help="cms=38@1-3, sent-no-reply@2, ...")
    parser.add_argument("--until-stdin-ends", action="store_true", help="stop when standard input is closed")
    return parser.parse_args(words)


def _stop_at_signals(emulator: Emulator) -> None:
    """A signal ends the loop after what it is doing: in the midst of that, a port may be half there."""
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    emulator.loop.watch(told, emulator.loop.stop)


def main(words: list[str]) -> None:
    """Runs the emulator; says the device's name when it is ready."""
    said = arguments(words)
    emulator = Emulator(said.link, said.log)
    state = {"credit": said.credit, "price": said.price, "network_delay": said.delay, "reports": said.reports}
    emulator.device.state.set(**state, **({"pin": said.pin, "sim": "pin"} if said.pin else {}))
    for fault in said.fault:
        emulator.device.faults.add(fault)
    if said.control:
        emulator.serve(said.control)
    _stop_at_signals(emulator)
    if said.until_stdin_ends:
        emulator.loop.watch(sys.stdin, lambda: None if sys.stdin.readline() else emulator.loop.stop())
    print(said.link, flush=True)
    try:
        emulator.loop.run()
    finally:
        emulator.unplug()


main(sys.argv[1:])
