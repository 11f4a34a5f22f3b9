"""``python -m sms_daemon DIR [--once]``: runs the daemon; what happens is told on standard error."""

import argparse
import logging
import sys
from pathlib import Path

from sms_daemon import speech
from sms_daemon.errors import SmsError, SystemRefused
from sms_daemon.run import run


def main() -> int:
    """The exit code: 0 when all went well, 1 when a person has to do something."""
    parser = argparse.ArgumentParser(prog="python -m sms_daemon")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--once", action="store_true", help="send what is due, then end")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end with standard input (for programs)")
    parser.add_argument("--translations", type=Path, metavar="DIR", help="catalogues to speak by (for programs)")
    words = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    if words.translations:
        speech.speak(words.translations)
    try:
        return run(words.folder, once=words.once, until_stdin_ends=words.until_stdin_ends)
    except SmsError as error:
        sys.stderr.write(speech.fault(error))
    except OSError as error:
        refused = SystemRefused(why=error.strerror or str(error), file=error.filename or "-")
        sys.stderr.write(speech.fault(refused))
    return 1


if __name__ == "__main__":
    sys.exit(main())
