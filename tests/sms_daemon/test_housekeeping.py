"""What is done now and then."""

import json

from sms_shop import DAY, SARI, Shop

from sms_daemon import housekeeping

TEXTS = "SELECT text FROM message UNION ALL SELECT text FROM part UNION ALL SELECT text FROM inbound_part"


def purge(shop: Shop, taken: int) -> int:
    return housekeeping.purge(shop.ledger, shop.now[0], taken)


def test_texts_are_forgotten_after_90_days_and_nothing_else(shop: Shop) -> None:
    """Goal: personal data ends, the record stays. Method: sent, waiting and inbound texts; 89 and 90 days on."""
    shop.sim({"sender": SARI, "text": "halo"})
    sent = shop.message("terima kasih")
    waiting = shop.message("nanti", not_before=shop.now[0] + 200 * DAY)
    shop.start()
    shop.until_rest()
    shop.now[0] += 90 * DAY - 1
    assert 0 == purge(shop, 9)
    shop.now[0] += 1
    assert 1 == purge(shop, 9)
    assert sorted(["", "", "", "nanti", "nanti"]) == sorted(text for (text,) in shop.ledger.rows(TEXTS))
    assert [("sent", None), ("waiting", "not_before")] == [shop.state(sent), shop.state(waiting)]
    assert [""] == shop.inbound()
    assert ["sent"] == shop.facts(sent)
    assert 0 == purge(shop, 9)


def test_what_the_branch_has_not_taken_keeps_its_text(shop: Shop) -> None:
    """Goal: no message is emptied before a person could read it. Method: purge with a cursor behind; then before."""
    shop.sim({"sender": SARI, "text": "halo"})
    shop.start()
    shop.until_rest()
    shop.now[0] += 91 * DAY
    purge(shop, 0)
    assert ["halo"] == shop.inbound()
    purge(shop, 1)
    (body,) = shop.ledger.rows("SELECT body FROM fact")[0]
    assert ("", SARI) == (json.loads(body)["text"], json.loads(body)["sender"])


def test_two_messages_of_one_second_are_both_forgotten(shop: Shop) -> None:
    """Goal: what came in together goes together. Method: one sender, one second, two texts; 90 days."""
    shop.sim({"sender": SARI, "text": "satu"}, {"sender": SARI, "text": "dua"})
    shop.start()
    shop.until_rest()
    shop.now[0] += 90 * DAY
    purge(shop, 9)
    assert [("",), ("",)] == shop.ledger.rows("SELECT text FROM inbound_part")
    assert ["", ""] == shop.inbound()
