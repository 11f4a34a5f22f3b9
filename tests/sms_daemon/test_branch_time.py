"""Whose time the daemon goes by: the branch's, in the branch's zone."""

from sms_shop import HOUR, MINUTE, Shop


def test_a_new_zone_of_the_branch_counts_from_then_on(shop: Shop) -> None:
    """Goal: quiet hours by the branch's clock. Method: 19.30 in Jakarta: a promotion goes; in Makassar it waits."""
    shop.now[0] += 7 * HOUR + 30 * MINUTE
    first = shop.message("satu", kind="promotion")
    shop.start()
    shop.until_rest()
    names = "id, code, stream, name, kind, zone, archived, stamps"
    shop.branch.execute(f"INSERT INTO branch ({names}) VALUES (x'01', 'PTK', 1, 'P', 'outlet', 'WITA', 0, x'')")
    second = shop.message("dua", kind="promotion")
    shop.until_rest()
    assert [("sent", None), ("waiting", "quiet")] == [shop.state(first), shop.state(second)]


def test_the_time_is_the_branchs(shop: Shop) -> None:
    """Goal: a wrong PC clock shifts no quiet hours. Method: 19.30 by the PC; it is 20.30, then 18.30."""
    shop.now[0] += 7 * HOUR + 30 * MINUTE
    shop.node(clock_error=-HOUR)
    first = shop.message("satu", kind="promotion")
    shop.start()
    shop.until_rest()
    assert ("waiting", "quiet") == shop.state(first)
    shop.node(clock_error=HOUR)
    second = shop.message("dua", kind="promotion")
    shop.until_rest()
    assert ("sent", None) == shop.state(second)
