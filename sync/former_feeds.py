"""The feeds a branch heard before the one of today: a hub put back twice may know an earlier one, and not the last.

To a feed it does not know the hub says everything from the beginning, which would cover what it has lost; so the
branch first asks by the names it used before, each with the position up to which that feed was the next one as well.
"""

from typing import Any

from sync import limits, wire
from sync.exchange import Page
from sync.store import Store

_NAME = "former_feeds"  # value of the node table: [[name, position]…], the oldest first


def _former(store: Store) -> list[Any]:
    packed = store.get(_NAME)
    return wire.decode_array(packed, _NAME) if packed else []


def keep(store: Store, name: bytes | None, until: int) -> None:
    """Another feed begins: both are the same up to *until*; inside ``write()``."""
    if name:
        store.put(_NAME, wire.encode([*_former(store), [name, until]][-limits.FORMER_FEEDS_MAX :]))


def go_back(store: Store, page: Page) -> bool:
    """Does this hub not know the feed of today, and may it know the one before?  Then it is asked by that name."""
    former, cursor = _former(store), store.get("cursor") or 0
    if page.start or not cursor or not former or page.feed_epoch == store.get("feed_epoch"):
        return False
    name, until = former.pop()
    with store.write():
        store.put(_NAME, wire.encode(former))
        store.put("feed_epoch", name)
        for place in ("cursor", "complete"):
            store.put(place, min(store.get(place) or 0, until))
    return True
