"""A branch whose database was put back or copied: what may have been sent already is never sent by itself."""

from sms_shop import LEDGER_ID, Shop

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
