"""Attacks on the hub's door: each breaks one thing in valid material and names the code it must be refused with.

An attack makes a request's bytes from a company and a ``Forge``.  ``outcome`` sends them and says what the hub did.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import cabang_carried
from cabang_forge import LATER, Forge, Items, changed_body, changed_envelope, flipped
from cabang_pair import Company, keyring

from sync import entry, keys, limits, wire
from sync.entry import Header
from sync.errors import Refused

Make = Callable[[Company, Forge], bytes]
Wire = Callable[[Forge], bytes]

CUSTOMER = wire.encode([1, 20, ["N1", "individual", None, False]])
NAMED = [wire.encode([4, 20, 0, ["Sari"]])]
BOMB = wire.compress(bytes(limits.SEGMENT_BYTES_MAX + 1))[1]
DEEP = b"\x91" * 100_000 + b"\xc0"


class Attack(NamedTuple):
    """``code``: what the hub must say; ``before`` brings the hub into the state the attack needs."""

    name: str
    code: str
    make: Make
    before: Callable[[Company, Forge], None] = lambda company, forge: None


def outcome(company: Company, data: bytes) -> tuple[str, ...]:
    """("refused", code), or ("held", reason…) for the entries now held for review, or ("taken",)."""
    before = set(held(company))
    try:
        answer = company.hub.exchange.answer(data)
    except Refused as error:
        return "refused", error.code
    if answer.refusal:
        return "refused", answer.refusal.code
    new = [place for place in held(company) if place not in before]
    return ("held", *[reason for _, _, reason in new]) if new else ("taken",)


def held(company: Company) -> list[tuple[int, int, str]]:
    """(epoch, seq, reason) of every entry held for review."""
    return company.hub.rows("SELECT epoch, seq, reason FROM quarantine ORDER BY epoch, seq")


# --- requests --------------------------------------------------------------------------------------------------


def _unread(data: bytes) -> Make:
    return lambda company, forge: data


def _asked(*, keyring: Any = None, **changed: Any) -> Make:
    return lambda company, forge: forge.request(keyring=keyring, **changed)


def _relabelled(label: bytes) -> Make:
    def make(company: Company, forge: Forge) -> bytes:
        body = forge.request()[: -keys.SIGNATURE_BYTES]
        return body + forge.keyring.sign(label, body)

    return make


def _asked_twice(company: Company, forge: Forge) -> bytes:
    data = forge.request()
    company.hub.exchange.answer(data)
    return data


def _asked_again_with_the_next_nonce(company: Company, forge: Forge) -> bytes:
    """A request somebody kept, with the nonce of the answer put into it."""
    data, before = forge.request(waiting=5), forge.branch.link.nonce
    answer = company.hub.exchange.answer(data)
    forge.branch.link.take(company.answer(forge.request(nonce=answer.nonce)), None)
    return data.replace(before, forge.branch.link.nonce, 1)


def _anothers_segment(company: Company, forge: Forge) -> bytes:
    return forge.request(Forge(company, company.branches[1]).good())


_FAR = 2**64 - 1
REQUESTS = [
    Attack("request: nothing at all", "malformed", _unread(b"")),
    Attack("request: noise", "malformed", _unread(bytes(range(256)))),
    Attack("request: over the limit", "too_large", _unread(bytes(limits.REQUEST_BYTES_MAX + 1))),
    Attack("request: nested without end", "malformed", _unread(b"\x9a\x01" + DEEP + bytes(64))),
    Attack("request: another version", "unknown_version", _asked(version=2)),
    Attack("request: unknown branch", "unknown_sender", _asked(stream=9)),
    Attack("request: the hub's own number", "unknown_sender", _asked(stream=0)),
    Attack("request: another branch's number", "bad_signature", _asked(stream=2)),
    Attack("request: another branch's key", "bad_signature", _asked(keyring=keyring(2))),
    Attack("request: signed as a page", "bad_signature", _relabelled(keys.PAGE_LABEL)),
    Attack("request: signed as a segment", "bad_signature", _relabelled(keys.SEGMENT_LABEL)),
    Attack("request: a byte changed", "bad_signature", lambda c, f: flipped(f.request(waiting=5), 30)),
    Attack("request: cut", "malformed", lambda c, f: f.request()[:-1]),
    Attack("request: asked twice", "stale_nonce", _asked_twice),
    Attack("request: asked again under the next nonce", "bad_signature", _asked_again_with_the_next_nonce),
    Attack("request: a nonce never given", "stale_nonce", _asked(nonce=b"12345678")),
    Attack("request: too many segments", "malformed", _asked(segments=[b"x"] * (limits.REQUEST_SEGMENTS_MAX + 1))),
    Attack("request: a short epoch", "malformed", _asked(epoch=b"1234567")),
    Attack("request: a long nonce", "malformed", _asked(nonce=b"123456789")),
    Attack("request: a cursor below zero", "malformed", _asked(cursor=-1)),
    Attack("request: a cursor beyond every number", "malformed", _asked(cursor=_FAR)),
    Attack("request: endless waiting", "malformed", _asked(waiting=_FAR)),
    Attack("request: an oldest beyond every number", "malformed", _asked(oldest=_FAR)),
    Attack("request: a clock error beyond every number", "malformed", _asked(clock_error=_FAR)),
    Attack("request: a branch number beyond every number", "malformed", _asked(stream=_FAR)),
    Attack("request: brings another branch's segment", "malformed", _anothers_segment),
]


# --- segments --------------------------------------------------------------------------------------------------


def _sent(make: Wire) -> Make:
    """A request, itself in order, that brings the segment."""
    return lambda company, forge: forge.request(make(forge))


def _envelope(**fields: Any) -> Make:
    return _sent(lambda forge: changed_envelope(forge.good(), **fields))


def _entry(*items: Any) -> Make:
    """A segment of one entry: a header in order and these op items."""
    return _sent(lambda forge: forge.signed_blindly([[forge.header(), *items]]))


def _headed(*fields: Any) -> Make:
    """A segment of one entry whose header is these fields."""
    return _sent(lambda forge: forge.signed_blindly([[wire.encode(list(fields))]]))


def _swapped_ops(forge: Forge) -> bytes:
    return changed_body(forge.good(), [[forge.header(), CUSTOMER.replace(b"N1", b"N2")]])


def _four(forge: Forge) -> tuple[bytes, list[Items]]:
    entries = forge.entries([CUSTOMER], [CUSTOMER, CUSTOMER], [CUSTOMER], [CUSTOMER])
    return forge.segment(entries), entries


def _reordered(forge: Forge) -> bytes:
    data, entries = _four(forge)
    return changed_body(data, [entries[0], entries[2], entries[1], entries[3]])


def _one_left_out(forge: Forge) -> bytes:
    data, entries = _four(forge)
    return changed_body(data, entries[:3])


def _personal(forge: Forge) -> bytes:
    return forge.segment([[forge.header(), CUSTOMER, NAMED]])


def _too_many_ops(forge: Forge) -> bytes:
    return forge.signed_blindly([[forge.header(), *[b"\x90"] * (limits.ENTRY_OPS_MAX + 1)]])


def _large_entry(forge: Forge) -> bytes:
    return forge.signed_blindly([[forge.header(), bytes(limits.ENTRY_BYTES_MAX + limits.CARRIED_NAMES_BYTES)]])


def _zstd(change: Callable[[bytes], bytes]) -> Make:
    def make(forge: Forge) -> bytes:
        entries = forge.entries([CUSTOMER] * 40)
        return changed_envelope(forge.segment(entries), body=change(wire.compress(wire.encode(entries))[1]))

    return _sent(make)


ENVELOPES = [
    Attack("envelope: noise", "malformed", _sent(lambda f: b"\x99noise")),
    Attack("envelope: over the limit", "too_large", _sent(lambda f: bytes(limits.SEGMENT_WIRE_BYTES_MAX + 1))),
    Attack("envelope: nested without end", "malformed", _sent(lambda f: b"\x9a" + f.good()[1:] + DEEP)),
    Attack("envelope: another version", "unknown_version", _envelope(version=2)),
    Attack("envelope: the hub's stream", "malformed", _envelope(stream=0)),
    Attack("envelope: a stream of three bytes", "malformed", _envelope(stream=limits.STREAM_MAX + 1)),
    Attack("envelope: an unknown stream", "unknown_sender", _envelope(stream=9)),
    Attack("envelope: a short epoch", "malformed", _envelope(epoch=b"1234567")),
    Attack("envelope: a short signature", "malformed", _envelope(signature=bytes(63))),
    Attack("envelope: a short secret", "malformed", _envelope(secret=b"short")),
    Attack("envelope: no entries", "malformed", _envelope(count=0)),
    Attack("envelope: too many entries", "malformed", _envelope(count=limits.SEGMENT_ENTRIES_MAX + 1)),
    Attack("envelope: more entries than it holds", "malformed", _envelope(count=2)),
    Attack("envelope: entry number zero", "malformed", _envelope(first=0)),
    Attack("envelope: an entry number beyond 48 bits", "malformed", _envelope(first=1 << 48)),
    Attack(
        "envelope: unknown compression",
        "malformed",
        _sent(lambda f: changed_envelope(f.segment(f.entries([CUSTOMER] * 40)), codec=2)),
    ),
    Attack("envelope: a bomb", "too_large", _envelope(codec=wire.ZSTD, body=BOMB)),
    Attack("envelope: no compression where it says so", "malformed", _envelope(codec=wire.ZSTD, body=b"plain")),
    Attack("envelope: compression cut", "malformed", _zstd(lambda body: body[:-1])),
    Attack("envelope: compression followed by more", "malformed", _zstd(lambda body: body + b"!")),
    Attack(
        "envelope: a body beyond the limit", "too_large", _envelope(codec=0, body=bytes(limits.SEGMENT_BYTES_MAX + 1))
    ),
    Attack("envelope: a body nested without end", "malformed", _envelope(codec=0, body=DEEP)),
    Attack("envelope: a body that is no array", "malformed", _envelope(codec=0, body=wire.encode("text"))),
]

_START = b"header"
HEADERS = [
    Attack("entry: empty", "malformed", _sent(lambda f: f.signed_blindly([[]]))),
    Attack("entry: a personal op for a header", "malformed", _sent(lambda f: f.signed_blindly([[[b"op"]]]))),
    Attack("entry: larger than an entry may be", "too_large", _sent(_large_entry)),
    Attack("entry: too many ops", "malformed", _sent(_too_many_ops)),
    Attack("header: noise", "malformed", _sent(lambda f: f.signed_blindly([[b"\xc1"]]))),
    Attack("header: no array", "malformed", _sent(lambda f: f.signed_blindly([[wire.encode(5)]]))),
    Attack("header: too few fields", "malformed", _headed(1, 1, None)),
    Attack("header: too many fields", "malformed", _headed(1, 1, None, 1, _START, 1)),
    Attack("header: an unknown kind", "malformed", _headed(3, 1, None, 1, _START)),
    Attack("header: a kind of text", "malformed", _headed("1", 1, None, 1, _START)),
    Attack("header: no fields", "malformed", _headed()),
    Attack("header: time runs backwards", "malformed", _headed(1, -1, None, 1, _START)),
    Attack("header: time beyond 48 bits", "malformed", _headed(1, 1 << 48, None, 1, _START)),
    Attack("header: time is text", "malformed", _headed(1, "1", None, 1, _START)),
    Attack("header: a derivation below zero", "malformed", _headed(1, 1, None, -1, _START)),
    Attack("header: an actor of 13 bytes", "malformed", _headed(1, 1, bytes(13), 1, _START)),
    Attack("header: a start of five bytes", "malformed", _headed(1, 1, None, 1, b"start")),
    Attack("header: a unit with a parent", "malformed", _headed(1, 1, None, 1, _START, None, 0, b"")),
    Attack("header: an opening without parent", "malformed", _headed(0, 1, None, 1, _START)),
    Attack("header: a parent of seven bytes", "malformed", _headed(0, 1, None, 1, _START, b"1234567", 0, b"")),
    Attack("header: a parent's head of 31 bytes", "malformed", _headed(0, 1, None, 1, _START, None, 0, bytes(31))),
    Attack("header: a parent's number below zero", "malformed", _headed(0, 1, None, 1, _START, None, -1, b"")),
    Attack("header: a second opening in one epoch", "malformed", _headed(0, 1, None, 1, _START, None, 0, b"")),
    Attack("op: an empty item", "malformed", _entry([])),
    Attack("op: three parts", "malformed", _entry([b"op", bytes(16), bytes(16)])),
    Attack("op: a short salt", "malformed", _entry([b"op", b"salt"])),
    Attack("op: an erased one with a short commitment", "malformed", _entry([None, bytes(31)])),
    Attack("op: personal without any salt", "malformed", _entry([b"op"])),
    Attack("op: a secret nobody uses", "malformed", _envelope(secret=b"a secret unused!")),
]


def _wild_clock(forge: Forge) -> bytes:
    """Advances that leave the 64 bits of a stamp, once the stamp before is beyond 47 bits of milliseconds."""
    far = (1 << 48) - 1
    headers = [entry.encode_header(Header(entry.UNIT, far, None, 1, start)) for start in (forge.start, b"")]
    return forge.signed_blindly([[header, CUSTOMER] for header in headers])


def _signed_by(keyring_number: int) -> Make:
    return _sent(lambda forge: forge.segment(forge.entries([CUSTOMER]), keyring=keyring(keyring_number)))


def _labelled(label: bytes) -> Make:
    return _sent(lambda forge: forge.segment(forge.entries([CUSTOMER]), label=label))


def _skipping(forge: Forge) -> bytes:
    forge.segment(forge.entries([CUSTOMER]), follow=True)
    return forge.segment([[LATER, CUSTOMER]])


def _send_one(company: Company, forge: Forge) -> None:
    """The hub takes a segment, which the forge keeps."""
    forge.sent = forge.segment(forge.entries([CUSTOMER]), follow=True)
    assert company.hub.exchange.answer(forge.request(forge.sent)).refusal is None


def _again_as_the_next(forge: Forge) -> bytes:
    return changed_envelope(forge.sent, first=forge.first)


def _again_in_another_epoch(forge: Forge) -> bytes:
    """A segment of the log before, in an epoch that goes on behind it."""
    return changed_envelope(forge.sent, epoch=NEW, first=forge.first)


def _unsealed(forge: Forge) -> bytes:
    return forge.segment(forge.entries([CUSTOMER]), seal_before=bytes(32))


def _past_rewritten(company: Company, forge: Forge) -> bytes:
    """Other bytes in the place of a segment the hub holds."""
    (first,) = company.hub.rows("SELECT max(first) FROM segment s JOIN epoch e ON e.id = s.epoch WHERE stream = 1")[0]
    return forge.request(changed_envelope(forge.good(), first=first))


CHAINS = [
    Attack("chain: a stamp beyond 64 bits", "malformed", _sent(_wild_clock)),
    Attack("chain: an entry left out before", "gap", _sent(_skipping)),
    Attack("chain: an entry number of the far future", "gap", _envelope(first=(1 << 48) - 1)),
    Attack("chain: a held entry changed", "fork", _past_rewritten),
    Attack("chain: an op changed", "bad_signature", _sent(_swapped_ops)),
    Attack("chain: entries in another order", "bad_signature", _sent(_reordered)),
    Attack("chain: the last entry left out", "bad_signature", _sent(_one_left_out)),
    Attack("chain: another secret", "bad_signature", _sent(lambda f: changed_envelope(_personal(f), secret=bytes(16)))),
    Attack("chain: another seal before", "bad_signature", _sent(_unsealed)),
    Attack("signature: noise", "bad_signature", _envelope(signature=bytes(range(64)))),
    Attack("signature: another branch's", "bad_signature", _signed_by(2)),
    Attack("signature: the hub's", "bad_signature", _signed_by(0)),
    Attack("signature: as an acknowledgement", "bad_signature", _labelled(keys.ACKNOWLEDGEMENT_LABEL)),
    Attack("signature: as a request", "bad_signature", _labelled(keys.REQUEST_LABEL)),
    Attack("signature: without a label", "bad_signature", _labelled(b"")),
]  # fmt: skip


# --- epochs ----------------------------------------------------------------------------------------------------

NEW = b"new era!"


def opened(forge: Forge, header: bytes, first: int | None = None, items: Items | None = None) -> bytes:
    """A segment that opens the epoch ``NEW`` with this header."""
    chain = entry.Chain.before(forge.stream, NEW, first or forge.first)
    return forge.segment([[header, *(items or [])]], chain=chain, seal_before=bytes(32), epoch=NEW)


def _opening(parent: Callable[[Forge], Any] = lambda forge: None, **how: Any) -> Make:
    return _sent(lambda forge: opened(forge, forge.open_header(parent(forge)), **how))


def _blindly(header: bytes) -> Wire:
    return lambda forge: forge.signed_blindly([[header, CUSTOMER]])


def _no_opening(forge: Forge) -> bytes:
    return changed_envelope(forge.good(), epoch=NEW)


def _short_parent(forge: Forge) -> bytes:
    return forge.signed_blindly([[forge.open_header((forge.epoch, forge.state[0], bytes(31)))]], epoch=NEW)


def _orphan(forge: Forge) -> bytes:
    return opened(forge, forge.open_header((None, forge.state[0], b"")))


def _withdrawn(company: Company, forge: Forge) -> None:
    with company.hub.store.write() as connection:
        connection.execute("UPDATE stream SET revoked_after = ? WHERE stream = 1", (forge.state[0],))


EPOCHS = [
    Attack("epoch: without its opening", "malformed", _sent(_no_opening)),
    Attack("epoch: not where its parent ends", "gap", _opening(first=500)),
    Attack("epoch: an orphan beside the first", "fork", _sent(_orphan)),
    Attack("epoch: a parent not held", "fork", _opening(lambda f: (b"nobody's", f.state[0], f.state[1]))),
    Attack("epoch: a parent's head that never was", "fork", _opening(lambda f: (f.epoch, f.state[0], bytes(32)))),
    Attack("epoch: a parent's head cut short", "malformed", _sent(_short_parent)),
    Attack("epoch: an opening with ops", "malformed", _opening(items=[CUSTOMER])),
]

CARRIED = [
    *(Attack(f"carried: {name}", "malformed", _sent(_blindly(data))) for name, data in cabang_carried.BROKEN.items()),
    Attack("carried: a personal op without its salt", "malformed", _sent(cabang_carried.unsalted)),
]  # fmt: skip

DOOR = [*REQUESTS, *ENVELOPES, *HEADERS, *CHAINS, *EPOCHS, *CARRIED]


def _close_epoch(company: Company, forge: Forge) -> None:
    """A newer epoch replaces the one the forge still writes in."""
    data = opened(forge, forge.open_header())
    assert company.hub.exchange.answer(forge.request(data, epoch=NEW)).refusal is None


LASTING = [
    Attack("key withdrawn", "revoked", _sent(lambda forge: forge.good()), _withdrawn),
    Attack("epoch replaced", "epoch_closed", _sent(lambda forge: forge.good()), _close_epoch),
    Attack("chain: a held segment under the next number", "bad_signature", _sent(_again_as_the_next), _send_one),
    Attack("chain: a held segment in another epoch", "malformed", _sent(_again_in_another_epoch), _send_one),
]
