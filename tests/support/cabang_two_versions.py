"""A customer whose name a branch and head office changed without seeing each other, for the branch in a browser."""

import time

from cabang_branch import Shop

from crm import customers, stock
from crm.stock import Moved
from sync.database import using
from sync.model import natural_id


def two_versions(shop: Shop) -> bytes:
    """A customer whose name both sides changed; head office's stands."""
    with using(shop.node.store), shop.node.journal.unit(actor=shop.people["dewi"]) as unit:
        key = shop.node.company_key
        ident = customers.create_customer(unit, name="Sari Dewi", phones=["0812 3456 7890"], hash_key=key)
        stock.record_document(unit, "receive", [Moved(natural_id("product", "OLI-1"), 24)])
    shop.sync()
    shop.node.clock.error_ms = 0
    with using(shop.node.store), shop.node.journal.unit(actor=shop.people["dewi"]) as unit:
        customers.change_customer(unit, ident, {"name": "Sari Lestari"})
    while shop.hub.clock.now_ms() <= shop.node.journal.stamp >> 16:
        time.sleep(0.001)
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        customers.change_customer(unit, ident, {"name": "Sari Dewi, S.E."})
    shop.sync()
    return ident
