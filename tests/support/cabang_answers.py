"""False answers to a branch: each breaks one thing in a true answer and names the code it must be refused with."""

from collections.abc import Callable
from typing import Any

import msgspec
from cabang_forge import flipped
from cabang_pair import BranchSide, Company, keyring

from sync import exchange, keys, limits, segment, wire
from sync.exchange import Ack, Answer

Change = Callable[[Company, BranchSide, Answer], Answer]
FAR = 2**64 - 1


def _page(**fields: Any) -> Change:
    def change(company: Company, branch: BranchSide, answer: Answer) -> Answer:
        assert answer.page is not None
        return msgspec.structs.replace(answer, page=msgspec.structs.replace(answer.page, **fields))

    return change


def _signed(label: bytes = keys.PAGE_LABEL, ring: int = 0, **how: Any) -> Change:
    """The page signed again: by another key, for another branch, under another label, for another question."""

    def change(company: Company, branch: BranchSide, answer: Answer) -> Answer:
        page = answer.page
        assert page is not None
        told = (page.feed_epoch, page.start, page.until, page.more, page.applied, page.hub_ms)
        raw = wire.decompress(page.codec, page.body, 1 << 20, "page")
        said = exchange.page_statement(how.get("stream", branch.stream), told, how.get("nonce", branch.link.nonce), raw)
        signature = keyring(ring).sign(label, said)
        return msgspec.structs.replace(answer, page=msgspec.structs.replace(page, signature=signature))

    return change


def _body(change: Callable[[bytes], bytes]) -> Change:
    def changed(company: Company, branch: BranchSide, answer: Answer) -> Answer:
        assert answer.page is not None
        raw = wire.decompress(answer.page.codec, answer.page.body, 1 << 20, "page")
        return _page(codec=wire.RAW, body=change(raw))(company, branch, answer)

    return changed


def _ack(**fields: Any) -> Change:
    def change(company: Company, branch: BranchSide, answer: Answer) -> Answer:
        assert answer.ack is not None
        return msgspec.structs.replace(answer, ack=msgspec.structs.replace(answer.ack, **fields))

    return change


def _acknowledged(
    label: bytes = keys.ACKNOWLEDGEMENT_LABEL, ring: int = 0, stream: int = 1, head: bytes | None = None
) -> Change:
    """The acknowledgement signed again: by another key, for another branch, under another label, of another log."""

    def change(company: Company, branch: BranchSide, answer: Answer) -> Answer:
        ack = answer.ack
        assert ack is not None
        held = branch.one("SELECT head FROM segment WHERE last = ?", ack.seq)
        said = segment.acknowledgement(stream, branch.journal.epoch_name, ack.seq, head or held, ack.received)
        return msgspec.structs.replace(answer, ack=Ack(ack.seq, ack.received, keyring(ring).sign(label, said)))

    return change


ATTACKS: dict[str, tuple[str, Change]] = {
    "page: another key's": ("bad_signature", _signed(ring=2)),
    "page: for another branch": ("bad_signature", _signed(stream=2)),
    "page: to another question": ("bad_signature", _signed(nonce=bytes(8))),
    "page: signed as an acknowledgement": ("bad_signature", _signed(label=keys.ACKNOWLEDGEMENT_LABEL)),
    "page: ends later": ("bad_signature", _page(until=9_999)),
    "page: begins earlier": ("bad_signature", _page(start=1)),
    "page: says there is no more": ("bad_signature", _page(more=True)),
    "page: says more was applied": ("bad_signature", _page(applied=999)),
    "page: says another time": ("bad_signature", _page(hub_ms=1)),
    "page: of another feed": ("bad_signature", _page(feed_epoch=b"another!")),
    "page: of a longer feed's name": ("malformed", _page(feed_epoch=b"another!!")),
    "page: a bit changed": ("bad_signature", _body(lambda raw: flipped(raw, len(raw) // 2))),
    "page: cut": ("bad_signature", _body(lambda raw: raw[:-1])),
    "page: a bomb": ("too_large", _page(codec=wire.ZSTD, body=wire.compress(bytes(limits.PAGE_BYTES_MAX + 1))[1])),
    "page: unknown compression": ("malformed", _page(codec=9)),
    "page: a short signature": ("bad_signature", _page(signature=bytes(63))),
    "page: numbers beyond 64 bits": ("hub_answer_unreadable", _page(until=FAR)),
    "acknowledgement: another key's": ("bad_signature", _acknowledged(ring=2)),
    "acknowledgement: for another branch": ("bad_signature", _acknowledged(stream=2)),
    "acknowledgement: of another log": ("bad_signature", _acknowledged(head=bytes(32))),
    "acknowledgement: signed as a page": ("bad_signature", _acknowledged(label=keys.PAGE_LABEL)),
    "acknowledgement: of another time": ("bad_signature", _ack(received=1)),
    "acknowledgement: of an entry inside a segment": ("wrong_hub", _ack(seq=2)),
    "acknowledgement: of what was never written": ("wrong_hub", _ack(seq=999)),
    "acknowledgement: beyond every number": ("hub_answer_unreadable", _ack(seq=FAR)),
    "acknowledgement: a time below zero": ("hub_answer_unreadable", _ack(received=-1)),
    "answer: another version": ("unknown_version", lambda c, b, a: msgspec.structs.replace(a, version=2)),
    "answer: a short nonce": ("hub_answer_unreadable", lambda c, b, a: msgspec.structs.replace(a, nonce=b"short")),
    "answer: holds more than there is": ("hub_answer_unreadable", lambda c, b, a: msgspec.structs.replace(a, held=FAR)),
}
