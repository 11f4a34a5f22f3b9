"""What gammu makes of a part's words, in the emulator's own decoder."""

import random
from typing import Any

import gammu
import pytest
from modem import pdu

from sms_daemon import segments
from sms_daemon.protocol import Send, Udh
from sms_daemon.submit import submission, validity

HOUR, DAY = 60, 24 * 60
GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà^{}\\[~]|€"
OTHERS = "🌸ꦲꦤ“”–ش؀中\U0010ffff\1~"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        *((-5, "5M"), (0, "5M"), (9, "5M"), (10, "10M"), (59, "55M")),
        *((12 * HOUR, "720M"), (12 * HOUR + 29, "720M"), (12 * HOUR + 30, "750M")),
        *((DAY - 1, "1410M"), (DAY, "1440M"), (DAY + 30, "1440M"), (2 * DAY - 1, "1440M"), (2 * DAY, "2D")),
        *((30 * DAY, "30D"), (10**9, "30D")),
    ],
)
def test_a_message_never_lives_longer_than_asked(minutes, expected) -> None:
    """Goal: no greeting arrives the next morning.  Method: times at and beside what TP-VP can say."""
    assert expected == validity(minutes)


def made(size: int, alphabet: str, chance: random.Random) -> str:
    """A text."""
    return "".join(chance.choice(alphabet) for _ in range(size))


def sends(text: str, reference: int) -> list[Send]:
    """Its parts."""
    plan = segments.plan(text)
    total = len(plan.parts)
    udhs = [Udh(reference, total, part) if total > 1 else None for part in range(1, total + 1)]
    common: dict[str, Any] = {"n": 1, "number": "+628123456789", "report": False, "validity_min": 60}
    return [Send(text=part, coding=plan.coding, udh=udh, **common) for part, udh in zip(plan.parts, udhs, strict=True)]


def test_every_text_airs_as_it_is() -> None:
    """Goal: no character of any script changes on the way.  Method: texts of both alphabets of all lengths about the
    borders; gammu's PDUs of their parts, decoded by the emulator."""
    chance = random.Random(7)
    sizes = [1, 7, 8, 66, 67, 70, 71, 152, 153, 160, 161, 300]
    texts = [made(chance.choice(sizes), GSM + OTHERS * (number % 2), chance) for number in range(300)]
    for number, text in enumerate([*texts, "~" * 70, OTHERS + "~" * 60]):
        parts = sends(text, number % 256)
        aired = [pdu.decode_submit(gammu.EncodePDU(submission(part, "+6281100000"), "Submit").hex()) for part in parts]
        assert text == "".join(part.text for part in aired)
        asked = [(part.udh.ref, part.udh.total, part.udh.part) if part.udh else None for part in parts]
        assert asked == [(part.udh.reference, part.udh.total, part.udh.part) if part.udh else None for part in aired]
