"""Delivery reports."""

import pytest
from sms_shop import BUDI, DAY, HOUR, SARI, Shop

LONG = "kata " * 80


def sent(shop: Shop, *messages: bytes) -> None:
    shop.start()
    shop.until_rest()


@pytest.mark.parametrize(
    ("status", "state"), [(0, "delivered"), (31, "delivered"), (32, "sent"), (64, "undelivered"), (127, "undelivered")]
)
def test_a_report_settles_a_message(shop: Shop, status: int, state: str) -> None:
    """Goal: the report's word counts. Method: one message, one report of each kind."""
    message = shop.message()
    sent(shop)
    shop.report(0, status)
    assert state == shop.state(message)[0]
    assert ["sent", state][: 1 + (state != "sent")] == shop.facts(message)


def test_all_parts_must_arrive(shop: Shop) -> None:
    """Goal: a long message is delivered when all of it is. Method: reports part by part, in the local form."""
    message = shop.message(LONG)
    sent(shop)
    for reference, state in ((2, "sent"), (0, "sent"), (1, "delivered")):
        shop.report(reference, sender="0812-3456-7890".replace("-", ""))
        assert state == shop.state(message)[0]


def test_a_reference_that_came_round_belongs_to_the_newest(shop: Shop) -> None:
    """Goal: a modem counts to 255 only. Method: two messages with reference 0; the report is the later one's."""
    first = shop.message("satu")
    sent(shop)
    (shop.modems["meja"] / "reference.json").write_text("0")
    shop.now[0] += HOUR
    second = shop.message("dua")
    shop.until_rest()
    shop.report(0)
    assert [("sent", None), ("delivered", None)] == [shop.state(first), shop.state(second)]
    shop.report(0)
    assert ("delivered", None) == shop.state(first)


@pytest.mark.parametrize("change", [{"sender": BUDI}, {"sender": ""}, {"sender": "7890"}, {"reference": 9}])
def test_a_report_for_nobody_is_kept_and_changes_nothing(shop: Shop, change: dict[str, object]) -> None:
    """Goal: only what fits counts. Method: another number, none, a short one, another reference."""
    message = shop.message()
    sent(shop)
    shop.report(**{"reference": 0, **change})  # type: ignore[arg-type]
    assert ("sent", None) == shop.state(message)
    assert [(None,)] == shop.ledger.rows("SELECT message FROM report")


def test_a_report_from_another_sim_or_too_late_changes_nothing(shop: Shop) -> None:
    """Goal: each SIM counts for itself, for 72 hours. Method: change the SIM; then the time."""
    message = shop.message()
    sent(shop)
    shop.stop()
    shop.script(open={"imsi": "510100000000002"})
    sent(shop)
    shop.report(0)
    shop.stop()
    shop.script()
    shop.now[0] += 3 * DAY
    sent(shop)
    shop.report(0)
    assert ("sent", None) == shop.state(message)


@pytest.mark.parametrize("word", ["air cms 500", "air die"])
def test_a_report_proves_an_unknown_message(shop: Shop, word: str) -> None:
    """Goal: evidence ends the doubt. Method: sent with an unclear answer; a report with a reference nobody owns."""
    shop.script(sends={SARI: [word]})
    message = shop.message()
    sent(shop)
    shop.until(lambda: shop.states() == {"unknown": 1})
    shop.report(200)
    assert ("delivered", None) == shop.state(message)
    assert ["unknown", "delivered"] == shop.facts(message)


def test_a_report_that_could_prove_two_proves_none(shop: Shop) -> None:
    """Goal: no guess is called proof. Method: two unknown messages to one number, one report."""
    shop.script(sends={SARI: ["air cms 500", "cms 500"]})
    messages = [shop.message("satu"), shop.message("dua")]
    sent(shop)
    shop.report(200)
    assert [("unknown", "cms_500")] * 2 == [shop.state(message) for message in messages]


def test_a_repeated_report_proves_nothing(shop: Shop) -> None:
    """Goal: a report that is told twice speaks of its own message. Method: one sent, one unknown; the report twice."""
    shop.script(sends={SARI: ["ok", "cms 500"]})
    well, doubtful = shop.message("satu"), shop.message("dua")
    sent(shop)
    shop.report(0)
    shop.report(0)
    assert [("delivered", None), ("unknown", "cms_500")] == [shop.state(well), shop.state(doubtful)]


def test_no_report_in_72_hours_is_no_failure(shop: Shop) -> None:
    """Goal: the state says what is known. Method: wait; a report that comes all the same still counts."""
    message = shop.message()
    sent(shop)
    shop.now[0] += 3 * DAY - 1
    shop.sweep()
    assert ("sent", None) == shop.state(message)
    shop.now[0] += 1
    shop.sweep()
    assert "no_report" == shop.state(message)[0]
