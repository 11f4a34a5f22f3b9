"""Planted bugs: ways the heart could be wrong, each with the scene that must notice it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import cabang_scenes as scenes
import pytest
from cabang_scenes import Scene

from sync import (
    branch,
    clock,
    digest,
    entry,
    exchange,
    feed,
    journal,
    keys,
    merge,
    merger,
    overlay,
    policies,
    review,
    rows,
    schema,
    segment,
    stamps,
    talks,
    uplink,
    verify,
)

Patch = pytest.MonkeyPatch


class Planted(NamedTuple):
    """``plant`` puts the bug in; ``scene`` fails then, and passes without it."""

    plant: Callable[[Patch], None]
    scene: Scene


def _nothing(target: object, name: str, result: Any = None) -> Callable[[Patch], None]:
    """The function does nothing any more."""
    return lambda patch: patch.setattr(target, name, lambda *args, **how: result)


def _seal_alone(patch: Patch) -> None:
    usual = segment.statement
    patch.setattr(
        segment, "statement", lambda s, e, first, last, before, head: usual(s, e, first, last, bytes(32), head)
    )


def _ops_not_hashed(patch: Patch) -> None:
    usual = entry.commitment
    patch.setattr(entry, "commitment", lambda item, *rest: bytes(32) if type(item) is bytes else usual(item, *rest))


def _order_not_hashed(patch: Patch) -> None:
    usual = entry.link
    patch.setattr(entry, "link", lambda head, header, said: usual(bytes(32), header, said))


def _last_word(patch: Patch) -> None:
    patch.setattr(policies, "settle", lambda group, heads, arriving, base: policies.Settled(arriving, [arriving]))


def _base_ignored(patch: Patch) -> None:
    usual = merge.effective
    patch.setattr(merger, "effective", lambda previous, base, stamp, received: usual(previous, 0, stamp, received))


def _arrival_ignored(patch: Patch) -> None:
    usual = merge.effective
    patch.setattr(merger, "effective", lambda previous, base, stamp, received: usual(previous, base, stamp, 1 << 63))


def _line_forgotten(patch: Patch) -> None:
    usual = rows.derive
    patch.setattr(rows, "derive", lambda *args: usual(*args)[:-1])


def _guard_missing(patch: Patch) -> None:
    usual = schema._guards
    patch.setattr(
        schema, "_guards", lambda table: {n: sql for n, sql in usual(table).items() if not n.endswith("delete")}
    )


def _ops_not_counted(patch: Patch) -> None:
    class Blind:
        replaced, read, fresh = stamps.replaced, stamps.read, stamps.fresh
        standing = staticmethod(lambda column, group: stamps.Standing(bytes(14), 0, 0))

    patch.setattr(digest, "stamps", Blind)


def _cursor_first(patch: Patch) -> None:
    usual = branch.BranchExchange._begin_page

    def begin(self: Any, page: Any, items: Any) -> None:
        usual(self, page, items)
        with self.store.write():
            self.store.put("cursor", page.until)

    patch.setattr(branch.BranchExchange, "_begin_page", begin)


def _acknowledgement_believed(patch: Patch) -> None:
    def keep(self: Any, asked: Any, ack: Any) -> None:
        with self.journal.store.write() as connection:
            connection.execute("UPDATE epoch SET acknowledged = ?", (ack.seq,))

    patch.setattr(uplink.Uplink, "_keep", keep)


def _every_nonce_is_right(patch: Patch) -> None:
    patch.setattr(talks.Talks, "is_last", staticmethod(lambda given, nonce: True))


def _nobody_leaves(patch: Patch) -> None:
    patch.setattr(feed, "LEFT", feed.CHANGED)


def _clock_believed(patch: Patch) -> None:
    patch.setattr(journal, "next_stamp", lambda last, now_ms: clock.stamp_of(now_ms))


def _confirmed_backwards(patch: Patch) -> None:
    """Own ops leave the overlay whatever the hub has applied."""
    usual = overlay.confirm
    patch.setattr(overlay, "confirm", lambda connection, up_to: usual(connection, 0))


PLANTED: dict[str, Planted] = {
    "no signature is checked": Planted(_nothing(keys, "check"), scenes.attack("signature: noise")),
    "a page's signature is not checked": Planted(_nothing(keys, "check"), scenes.only_the_hub_fills_pages),
    "a request's signature is not checked": Planted(
        _nothing(exchange, "check_request"), scenes.attack("request: another branch's key")
    ),
    "a seal does not name the one before": Planted(_seal_alone, scenes.attack("chain: another seal before")),
    "the chain does not hold the ops": Planted(_ops_not_hashed, scenes.attack("chain: an op changed")),
    "the chain does not hold the order": Planted(_order_not_hashed, scenes.attack("chain: entries in another order")),
    "a repeat is not compared": Planted(
        _nothing(verify, "_check_repeat"), scenes.attack("chain: a held entry changed")
    ),
    "a new epoch is not looked at": Planted(_nothing(verify, "_opening"), scenes.attack("epoch: a parent not held")),
    "every nonce is right": Planted(_every_nonce_is_right, scenes.attack("request: asked twice")),
    "an unfit entry is passed over": Planted(_nothing(review.Review, "hold"), scenes.unfit("a product")),
    "rights are not asked": Planted(_nothing(merger.Merger, "_rights"), scenes.unfit("a product")),
    "a key is not compared": Planted(_nothing(merger.Merger, "_own_key"), scenes.unfit("a key of another code")),
    "references are not looked up": Planted(_nothing(merger.Merger, "_exists"), scenes.unfit("a note on nobody")),
    "the last word counts": Planted(_last_word, scenes.any_order_ends_in_the_same),
    "a base does not count": Planted(_base_ignored, scenes.any_order_ends_in_the_same),
    "an arrival does not count": Planted(_arrival_ignored, scenes.the_later_of_two_stands_though_a_clock_is_ahead),
    "a conflict is not noted": Planted(_nothing(merger.Merger, "_note"), scenes.history(*range(2, 5))),
    "a regrade is skipped": Planted(_nothing(feed.Feed, "_regrade_dependents"), scenes.a_sale_follows_the_home),
    "nobody is told to drop a row": Planted(_nobody_leaves, scenes.a_sale_follows_the_home),
    "a page leaves out what a row refers to": Planted(
        _nothing(feed.PageBuilder, "_referred", ()), scenes.what_a_row_refers_to_comes_first
    ),
    "the cursor moves before the rows": Planted(_cursor_first, scenes.a_page_cut_between_its_slices_is_gone_on_with),
    "any acknowledgement is believed": Planted(_acknowledgement_believed, scenes.only_the_hub_acknowledges),
    "own changes never reach the base": Planted(_confirmed_backwards, scenes.own_changes_reach_the_base),
    "the digest does not tell ops apart": Planted(_ops_not_counted, scenes.the_digest_tells_ops_apart),
    "a line moves no stock": Planted(_line_forgotten, scenes.the_books_are_right),
    "a guard is missing": Planted(_guard_missing, scenes.a_closed_gate_refuses_a_deletion),
    "a start forgets the open segment": Planted(
        _nothing(journal.Journal, "_replay"), scenes.a_restart_finds_its_log_again
    ),
    "the clock is believed": Planted(_clock_believed, scenes.a_clock_turned_back_stops_nobody),
}
