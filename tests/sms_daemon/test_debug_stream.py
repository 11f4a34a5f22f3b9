"""Codes in gammu's debug stream; the streams are shortened ones of gammu 1.45."""

import pytest

from sms_daemon.debug_stream import codes

PROMPT = (
    b'Entering GSM_SendSMS\n7 bit SMS, length 1, 1\n%b\n1 "AT+CMGS=15"\n2 "> "\nChecking line: > \nAT reply state: 7\n'
)
REFUSED = b'3 "+CMS ERROR: 38"\nAT reply state: 5\nError 38\nCMS Error 38: "Network out of order"\n'
FALSE = b"AT reply state: 5\nError 21\nCMS Error 21: x"


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (PROMPT % b"x" + REFUSED, (38, None)),
        (PROMPT % b"x" + b"AT reply state: 5\nError 999\nCMS Error 999, no description available\n", (999, None)),
        (b'1 "AT+CPIN?"\nAT reply state: 6\nCME Error 10: "SIM not inserted"\n', (None, 10)),
        (PROMPT % b"x" + b'3 "ERROR"\nChecking line: ERROR\nAT reply state: 3\n', (None, None)),
        (PROMPT % FALSE + b"AT reply state: 3\n", (None, None)),
        (PROMPT % FALSE + REFUSED, (38, None)),
        (PROMPT % b"x" + REFUSED + b'1 "+CMTI: "SM",1"\nAT reply state: 4\nIncoming SMS\n', (38, None)),
        (PROMPT % b"x" + REFUSED + b"AT reply state: 1\n", (None, None)),
        (b"", (None, None)),
        (b"\0" * 40, (None, None)),
    ],
)
def test_the_code_of_the_last_answer(stream, expected) -> None:
    """Goal: only a code that the modem itself gave counts.  Method: refusals, and texts that look like one."""
    assert expected == codes(stream)
