"""A branch whose database was put back or copied: what may have been sent already is never sent by itself."""

import pytest
from sms_shop import LEDGER_ID, Shop

from sms_daemon import outbox
from sms_daemon.outbox import Outbox

LONG_MS = 3_600_000


def test_a_ledger_put_back_with_its_branch_sends_nothing(shop: Shop) -> None:
    """Goal: a copy's queue doubles nothing. Method: a queued message, the branch's word that it is a copy, new ones."""
    queued, done = shop.message("satu"), shop.message("dua")
    shop.state_fact(done, "sent")
    shop.now[0] += LONG_MS
    shop.node(sms_distrusted=LEDGER_ID, epoch_since=shop.now[0])
    new = shop.message("tiga")
    shop.start()
    shop.until_rest()
    assert [("unknown", "ledger_lost"), ("sent", None)] == [shop.state(queued), shop.state(done)]
    assert "sent" == shop.state(new)[0]
    assert 1 == len(shop.submitted())
    assert 1 == len(list(shop.folder.glob("sms.db.old-*")))


def test_what_head_office_gives_back_is_not_sent(shop: Shop) -> None:
    """Goal: lost messages that come back by the feed stay unknown. Method: one made before the copy, one after."""
    shop.node(epoch_since=shop.now[0] + LONG_MS)
    shop.start()
    shop.until_rest()
    before = shop.message("satu")
    after = shop.message("dua", at=shop.now[0] + LONG_MS)
    shop.until_rest()
    assert ("unknown", "ledger_lost") == shop.state(before)
    assert "sent" == shop.state(after)[0]


@pytest.mark.parametrize(("again", "submitted"), [(outbox._AGAIN, 1), ("0", 2)], ids=["sound", "planted"])
def test_what_another_copy_queued_as_well_goes_once(shop: Shop, monkeypatch, again: str, submitted: int) -> None:
    """Goal: nobody hears the same twice. Method: two messages of one cause; the rule, and the same without it."""
    monkeypatch.setattr(outbox, "_AGAIN", again)
    shop.start()
    first, second = (shop.message(text, kind="notice", cause="order 7") for text in ("satu", "dua"))
    shop.until_rest()
    assert ("sent", submitted) == (shop.state(first)[0], len(shop.submitted()))
    assert (("cancelled", "again") if submitted == 1 else ("sent", None)) == shop.state(second)


@pytest.mark.parametrize(("before", "orders"), [(outbox._SAID_BEFORE, 1), ("0", 2)], ids=["sound", "planted"])
def test_what_was_ordered_at_two_copies_is_done_once(shop: Shop, monkeypatch, before: str, orders: int) -> None:
    """Goal: an unknown message goes again once. Method: one decision of two people, with and without the rule."""
    monkeypatch.setattr(outbox, "_SAID_BEFORE", before)
    shop.order(shop.message())
    columns = "owner, message, action, ledger, answers, at"
    shop.branch.execute(f"INSERT INTO message_order (id, {columns}) SELECT x'01', {columns} FROM message_order")
    read = Outbox(shop.folder)
    assert orders == len(read.orders(0, 9))
    read.close()
