"""Messages that people send again, take back, or that come too late: what is known of them stays true."""

import pytest
from sms_shop import DAY, HOUR, MINUTE, SARI, Shop

from sms_daemon import housekeeping

LONG = "kata " * 50  # two parts


def send_until_rest(shop: Shop) -> None:
    shop.start()
    shop.until_rest()


def order_while_it_is_off(shop: Shop, message: bytes, *actions: str) -> None:
    """What people decide before the daemon starts again."""
    shop.stop()
    for action in actions:
        shop.order(message, action)
    send_until_rest(shop)


def test_one_sent_again_may_be_taken_back_and_is_as_unknown_as_before(shop: Shop) -> None:
    """Goal: a person may think twice, and nothing false is said of the first try. Method: unknown; both orders."""
    shop.script(sends={SARI: ["air cms 500"]})
    message = shop.message()
    send_until_rest(shop)
    order_while_it_is_off(shop, message, "resend", "cancel")
    assert ["unknown", "waiting", "unknown"] == shop.facts(message)
    assert 1 == len(shop.asked("send"))
    order_while_it_is_off(shop, message, "resend")
    assert 2 == len(shop.asked("send"))


def test_one_that_surely_did_not_go_is_cancelled(shop: Shop) -> None:
    """Goal: what never went is said to be taken back. Method: failed; both orders."""
    shop.script(sends={SARI: ["cms 1"]})
    message = shop.message()
    send_until_rest(shop)
    order_while_it_is_off(shop, message, "resend", "cancel")
    assert ("cancelled", "cancelled") == shop.state(message)
    assert ["failed", "waiting", "cancelled"] == shop.facts(message)


def test_the_branch_hears_that_one_waits_again(shop: Shop) -> None:
    """Goal: it can be taken back while it waits. Method: one of unknown fate behind the limit, resent, taken back."""
    shop.settings(meja="parts_per_minute = 1")
    shop.script(sends={SARI: ["cms 500"]})
    message = shop.message()
    send_until_rest(shop)
    shop.order(message)
    shop.until_rest()
    assert ["unknown", "waiting"] == shop.facts(message)
    shop.order(message, "cancel")
    shop.now[0] += MINUTE
    shop.until_rest()
    assert ("unknown", "cancelled") == shop.state(message)
    assert 1 == len(shop.asked("send"))


def test_one_sent_again_that_expires_stays_unknown(shop: Shop) -> None:
    """Goal: "too late" is not said of what may have come. Method: unknown, resent behind the limit, its time passes."""
    shop.settings(meja="parts_per_hour = 1")
    shop.script(sends={SARI: ["air cms 500"]})
    message = shop.message(expires=shop.now[0] + HOUR)
    send_until_rest(shop)
    shop.order(message)
    shop.until_rest()
    shop.now[0] += HOUR
    shop.until_rest()
    assert ("unknown", "expired") == shop.state(message)
    assert 1 == len(shop.asked("send"))


def half_sent(shop: Shop) -> bytes:
    """A message whose first part went and whose second waits, because the network refused it for now."""
    shop.script(sends={SARI: ["ok", "cms 38", "ok"]})
    message = shop.message(LONG)
    send_until_rest(shop)
    assert ("waiting", "backoff") == shop.state(message)
    return message


def test_a_report_does_not_bring_back_what_was_taken_back(shop: Shop) -> None:
    """Goal: the rest of a message that was cancelled stays where it is. Method: cancel; a report of its first part."""
    message = half_sent(shop)
    shop.order(message, "cancel")
    shop.until_rest()
    shop.report(0)
    shop.now[0] += DAY
    shop.until_rest()
    assert ("cancelled", "cancelled") == shop.state(message)
    assert 2 == len(shop.asked("send"))
    assert [("delivered",), ("cancelled",)] == shop.ledger.rows("SELECT state FROM part ORDER BY part")


def test_a_report_does_not_cut_a_pause_short(shop: Shop) -> None:
    """Goal: the network gets its pause. Method: a report of the first part while the second one waits."""
    message = half_sent(shop)
    shop.report(0)
    shop.until_rest()
    assert ("waiting", "backoff") == shop.state(message)
    assert 2 == len(shop.asked("send"))
    shop.now[0] += HOUR
    shop.until_rest()
    assert ("sent", None) == shop.state(message)


@pytest.mark.parametrize(("status", "state", "sends"), [(0, "delivered", 1), (70, "sent", 2), (48, "sent", 2)])
def test_what_proves_to_have_arrived_is_not_sent_again(shop: Shop, status: int, state: str, sends: int) -> None:
    """Goal: no second SMS that nobody needs. Method: resent behind the limit; the first try's report comes."""
    shop.settings(meja="parts_per_minute = 1")
    shop.script(sends={SARI: ["air cms 500", "ok"]})
    message = shop.message()
    send_until_rest(shop)
    shop.order(message)
    shop.until_rest()
    shop.report(9, status)
    shop.now[0] += MINUTE
    shop.until_rest()
    assert state == shop.state(message)[0]
    assert sends == len(shop.asked("send"))


def test_one_sent_again_waits_for_no_modem_that_is_gone(shop: Shop) -> None:
    """Goal: a resent message goes. Method: a long one in doubt at a modem that is then taken out of sms.toml."""
    shop.settings(gudang="")
    shop.script("gudang", sends={SARI: ["ok", "cms 500"]})
    message = shop.message(LONG)
    send_until_rest(shop)
    shop.stop()
    shop.settings(meja="")
    send_until_rest(shop)
    shop.order(message)
    shop.until_rest()
    assert ("sent", None) == shop.state(message)
    assert [(SARI, 2)] == shop.submitted("meja")


def test_a_text_that_was_forgotten_cannot_be_sent_again(shop: Shop) -> None:
    """Goal: no empty SMS, and words for it. Method: failed; 90 days; an order."""
    shop.script(sends={SARI: ["cms 1"]})
    message = shop.message()
    send_until_rest(shop)
    shop.now[0] += 91 * DAY
    housekeeping.purge(shop.ledger, shop.now[0], 9)
    shop.order(message)
    shop.until_rest()
    assert ("failed", "empty") == shop.state(message)
    assert ["failed", "failed"] == shop.facts(message)
    assert 1 == len(shop.asked("send"))
