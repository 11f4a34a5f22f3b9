"""Messages that come in."""

import json
from typing import Any

import pytest
from sms_shop import BUDI, MINUTE, SARI, Shop

from sms_daemon import inbox

PARTS = [{"sender": SARI, "ref": 7, "total": 3, "part": part, "text": f"bagian {part} "} for part in (1, 2, 3)]
WHOLE = "bagian 1 bagian 2 bagian 3 "


def receive(shop: Shop, *messages: dict[str, Any]) -> None:
    """They lie on the SIM, which is listed."""
    shop.sim(*messages)
    if shop.loop is None:
        shop.start()
    shop.run_list()


def test_it_is_stored_told_and_then_deleted(shop: Shop) -> None:
    """Goal: nothing that came in is lost. Method: two messages on the SIM; facts, and an empty SIM."""
    receive(shop, {"sender": SARI, "text": "Buka jam berapa?"}, {"sender": "TELKOMSEL", "text": "Promo"})
    assert ["Buka jam berapa?", "Promo"] == shop.inbound()
    assert [] == json.loads((shop.modems["meja"] / "sim.json").read_text())
    (body,) = shop.ledger.rows("SELECT body FROM fact WHERE id = 1")[0]
    assert {"sender": SARI, "text": "Buka jam berapa?", "sent_at": 1_767_243_600_000, "modem": "meja"} == json.loads(
        body
    )


def test_one_that_was_not_deleted_is_told_once(shop: Shop) -> None:
    """Goal: a kill between storing and deleting doubles nothing. Method: the same SIM again, also after a restart."""
    receive(shop, {"sender": SARI, "text": "halo"})
    receive(shop, {"sender": SARI, "text": "halo"})
    shop.stop()
    receive(shop, {"sender": SARI, "text": "halo"}, {"sender": BUDI, "text": "halo"})
    assert ["halo", "halo"] == shop.inbound()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_parts_are_joined_when_all_are_there(shop: Shop, order: tuple[int, ...]) -> None:
    """Goal: a long message is one message. Method: its parts one by one, in any order, one of them twice."""
    for place in (order[0], *order):
        receive(shop, PARTS[place])
    assert [WHOLE] == shop.inbound()


def test_a_missing_part_is_shown_after_ten_minutes(shop: Shop) -> None:
    """Goal: what came is not kept back for ever. Method: two of three parts; look before and after ten minutes."""
    receive(shop, PARTS[0], PARTS[2])
    shop.now[0] += 10 * MINUTE - 1
    shop.sweep()
    assert [] == shop.inbound()
    shop.now[0] += 1
    shop.sweep()
    assert [f"bagian 1 {inbox.MISSING}bagian 3 "] == shop.inbound()


def test_a_number_used_again_begins_a_new_message(shop: Shop) -> None:
    """Goal: parts of two messages never mix. Method: part 1 of one, then all parts of another with the same number."""
    receive(shop, {**PARTS[0], "text": "pesan lama "})
    receive(shop, *PARTS)
    assert [f"pesan lama {inbox.MISSING}{inbox.MISSING}", WHOLE] == shop.inbound()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T12:00:00+07:00", 1_767_243_600_000),
        ("2026-01-01T05:00:00", 1_767_243_600_000),
        ("kemarin", 5),
        ("", 5),
    ],
)
def test_the_operators_time(text: str, expected: int) -> None:
    """Goal: a time with a zone, without one, or none. Method: a table."""
    assert expected == inbox.sent_at(text, 5)


def test_a_full_sim_raises_an_alarm(shop: Shop) -> None:
    """Goal: above 80 % somebody hears of it. Method: 16 of 20 places used that stay used; then fewer."""
    many = [{"sender": SARI, "text": f"nomor {n}"} for n in range(16)]
    receive(shop, *many)
    assert ("ready", "sim_full", 16) == tuple(shop.device()[name] for name in ("state", "reason", "sim_used"))
    shop.run_list()
    assert ("ready", None, 0) == tuple(shop.device()[name] for name in ("state", "reason", "sim_used"))
