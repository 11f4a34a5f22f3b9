"""The bad vectors: each breaks one thing in a good one, and names the code it must be refused with."""

from collections.abc import Iterator
from typing import Any

from cabang_forge import changed_envelope, flipped
from cabang_pair import keyring
from cabang_zstd import bomb

from sync import enrol, entry, exchange, keys, limits, segment, verify, wire
from sync.entry import Chain, Header

RING, HUB = keyring(1), keyring(0)
Good = dict[str, Any]
Bad = tuple[str, str, bytes]  # name, code, bytes


def bad(good: Good) -> dict[str, Any]:
    """By what reads them: bytes a hub meets, then bytes a branch meets."""
    kinds = {
        "segment": segments(good["log"]),
        "entry": payloads(),
        "request": requests(good["exchange"]),
        "answer": answers(good["exchange"]),
        "enrolment_answer": welcomes(good["keys"]),
    }
    told = {
        kind: [{"name": n, "code": c, "bytes": data.hex()} for n, c, data in found] for kind, found in kinds.items()
    }
    return {**told, "code": [{"name": n, "code": "bad_enrolment_code", "text": t} for n, t in codes(good["keys"])]}


# --- at the hub ------------------------------------------------------------------------------------------------


def segments(log: Good) -> Iterator[Bad]:
    """Against a hub that holds the first segment of log.json alone."""
    first, second = (bytes.fromhex(one["bytes"]) for one in log["segments"])
    envelope = wire.decode_array(second, "")
    body = wire.decode_array(envelope[8], "")
    (header, *_), unit = body[0], body[1]
    yield "cut", "malformed", second[:-1]
    yield "followed by a byte", "malformed", second + b"\0"
    yield "another version", "unknown_version", changed_envelope(second, version=2)
    yield "the hub's own stream", "malformed", changed_envelope(second, stream=0)
    yield "a stream nobody has", "unknown_sender", changed_envelope(second, stream=9)
    yield "an epoch of seven bytes", "malformed", changed_envelope(second, epoch=b"epoch 1")
    yield "another epoch, not opened", "malformed", changed_envelope(second, epoch=b"epoch 09")
    yield "an entry left out before it", "gap", changed_envelope(second, first=3)
    yield "more entries than it says", "malformed", changed_envelope(second, count=1)
    yield "no entries", "malformed", changed_envelope(second, count=0)
    yield "without the secret it needs", "malformed", changed_envelope(second, secret=b"")
    yield "another secret", "bad_signature", changed_envelope(second, secret=bytes(16))
    yield "a secret it does not need", "malformed", changed_envelope(first, secret=bytes(16))
    yield "another codec", "malformed", changed_envelope(second, codec=2)
    yield "a bomb", "too_large", changed_envelope(second, codec=1, body=bomb(8))
    yield "a bit of the signature", "bad_signature", changed_envelope(second, signature=flipped(envelope[6], 5))
    yield "another key", "bad_signature", resealed(log, keyring(2))
    yield "sealed as a request", "bad_signature", resealed(log, RING, label=keys.REQUEST_LABEL)
    yield "another seal before", "bad_signature", resealed(log, RING, seal_before=bytes(32))
    yield "entries swapped", "bad_signature", changed_body(second, [body[1], body[0]])
    yield "a byte of an op", "bad_signature", changed_body(second, [body[0], [*unit[:1], flipped(unit[1], 7), unit[2]]])
    yield "a personal op as a plain one", "bad_signature", changed_body(second, [body[0], [*unit[:2], unit[2][0]]])
    yield "held, with another signature", "fork", changed_envelope(first, signature=envelope[6])
    opening = wire.decode_array(wire.decode_array(first, "")[8], "")
    yield "an epoch opened twice", "malformed", changed_body(second, opening)
    yield "a header with a field too many", "malformed", changed_body(second, [[wire.encode([1, 1, None, 1, 0, 0])]])
    yield "a start of five bytes", "malformed", changed_body(second, [[wire.encode([1, 1, None, 1, b"start"])]])
    yield "an actor that is no id", "malformed", changed_body(second, [[wire.encode([1, 1, b"me", 1])]])
    yield "an op that is a number", "malformed", changed_body(second, [[header, 7]])
    yield "a new epoch behind an entry not held", "fork", _opened(6)
    yield "a new epoch not behind its parent", "gap", _opened(7)


def changed_body(data: bytes, entries: list[Any]) -> bytes:
    """A segment with other entries under the same signature, not compressed."""
    return changed_envelope(data, count=len(entries), codec=wire.RAW, body=wire.encode(entries))


def resealed(log: Good, ring: keys.PrivateKeys, label: bytes = keys.SEGMENT_LABEL, seal_before: bytes = b"") -> bytes:
    """The second segment with another signature over what it says."""
    second = log["segments"][1]
    said = bytes.fromhex(second["statement"])
    said = said[:26] + (seal_before or said[26:58]) + said[58:]
    return changed_envelope(bytes.fromhex(second["bytes"]), signature=ring.sign(label, said))


def _opened(first: int) -> bytes:
    """Another epoch behind entry 5 of one that is not held, beginning with entry *first*."""
    data = entry.encode_header(Header(entry.OPEN, 1_767_243_600_000, None, 1, b"start9", b"epoch 07", 5, bytes(32)))
    chain = Chain.before(1, b"epoch 09", first)
    chain.step(data, [], b"")
    said = segment.statement(1, b"epoch 09", first, first, segment.NO_SEAL, chain.head)
    signature = RING.sign(keys.SEGMENT_LABEL, said)
    return wire.encode(segment.Envelope(1, 1, b"epoch 09", first, 1, b"", signature, wire.RAW, wire.encode([[data]])))


def payloads() -> Iterator[Bad]:
    """The one op of an entry whose segment is in order: it is held for review, whatever rows the hub holds."""
    for name, code, op in (
        ("no array", "unreadable_payload", {"a": 1}),
        ("an op without a table", "unreadable_payload", [1]),
        ("a kind nobody knows", "unknown_kind", [9, 20, []]),
        ("a table nobody knows", "unknown_kind", [1, 199, ["a"]]),
        ("a field more than the table has", "unknown_kind", [1, 10, ["Pelumas", False, None, 1]]),
        ("a group the table does not have", "unknown_kind", [3, 10, bytes(14), [9, None, 1]]),
        ("a child table of another", "unknown_kind", [1, 40, [1, 1, "sale", None, 0], [32, ["OLI-1", 1]]]),
        ("a number where text stands", "unreadable_payload", [1, 10, [5]]),
        ("a number beyond the limit", "unreadable_payload", [1, 30, [limits.INTEGER_MAX + 1, "shop"]]),
        ("a reference back before the first unit", "unreadable_payload", [1, 21, [[9, 0], "phone", False]]),
        ("an id of thirteen bytes", "unreadable_payload", [1, 21, [bytes(13), "phone", False]]),
        ("a base that is a key", "unreadable_payload", [3, 10, bytes(14), [0, "PELUMAS", "Oli"]]),
        ("a base of sixteen bytes", "unreadable_payload", [3, 10, bytes(14), [0, bytes(16), "Oli"]]),
        ("a group set twice", "unreadable_payload", [3, 10, bytes(14), [0, None, "Oli"], [0, None, "Ban"]]),
        ("a personal group in a plain op", "unreadable_payload", [3, 20, bytes(14), [4, None, "Sari"]]),
        ("a group of a fact", "unreadable_payload", [3, 40, bytes(14), [0, None, 1]]),
        ("personal values in a plain op", "unreadable_payload", [4, 20, 0, ["Sari"]]),
    ):
        yield name, code, wire.encode(op)


def requests(talk: Good) -> Iterator[Bad]:
    """Against a hub that knows this branch's key; the nonce is not looked at."""
    good = bytes.fromhex(talk["requests"][1]["bytes"])
    fields = wire.decode_array(good[:-64], "")
    yield "nothing", "malformed", b""
    yield "the signature alone", "malformed", good[-64:]
    yield "a bit of the signature", "bad_signature", flipped(good, len(good) - 1)
    yield "a byte of what is signed", "bad_signature", flipped(good, 30)
    for name, code, place, value in (
        ("another version", "unknown_version", 0, 2),
        ("a nonce of nine bytes", "malformed", 3, bytes(9)),
        ("a cursor below zero", "malformed", 4, -1),
        ("an endless cursor", "malformed", 4, 2**63),
        ("seventeen segments", "malformed", 10, [b"x"] * 17),
        ("a segment that is an array", "malformed", 10, [[1]]),
    ):
        body = wire.encode([*fields[:place], value, *fields[place + 1 :]])
        yield name, code, body + RING.sign(keys.REQUEST_LABEL, body)
    body = good[:-64]
    yield "another branch's key", "bad_signature", body + keyring(2).sign(keys.REQUEST_LABEL, body)
    yield "signed as a doorbell call", "bad_signature", body + RING.sign(keys.DOORBELL_LABEL, body)


# --- at the branch ---------------------------------------------------------------------------------------------


def answers(talk: Good) -> Iterator[Bad]:
    """The second answer of exchange.json with one thing changed: page and acknowledgement must not be taken."""
    good = wire.decode_array(bytes.fromhex(talk["answers"][1]), "")
    page = good[5]
    for name, place, value in (
        ("another feed", 0, b"feed 009"),
        ("from further on", 1, 4),
        ("until further on", 2, 13),
        ("more to come", 3, True),
        ("more applied", 4, 4),
        ("another time", 5, page[5] + 1),
        ("another body", 7, wire.encode([])),
        ("another signature", 8, flipped(page[8], 0)),
    ):
        changed = [*page[:place], value, *page[place + 1 :]]
        yield f"page: {name}", "bad_signature", wire.encode([*good[:4], None, changed])
    yield "page: codec unknown", "malformed", wire.encode([*good[:4], None, [*page[:6], 7, *page[7:]]])
    for name, place, value in (("a later entry", 0, 4), ("another time", 1, 1), ("no signature", 2, bytes(64))):
        changed = [*good[4][:place], value, *good[4][place + 1 :]]
        yield f"acknowledgement: {name}", "bad_signature", wire.encode([*good[:4], changed, None])
    yield "another version", "unknown_version", wire.encode([2, *good[1:]])
    yield "a login page", "hub_answer_unreadable", b"<html>Selamat datang</html>"


def welcomes(joining: Good) -> Iterator[Bad]:
    """Answers to the enrolment of keys.json."""
    good = wire.decode_array(bytes.fromhex(joining["answer"]), "")
    certificate = good[1]
    yield "another version", "unknown_version", wire.encode([2, *good[1:]])
    yield "another hub", "wrong_hub", wire.encode([*good[:2], keyring(5).sign_public, *good[3:]])
    yield "a certificate changed", "bad_signature", wire.encode([1, flipped(certificate, 3), *good[2:]])
    yield "a certificate cut", "bad_signature", wire.encode([1, certificate[:-1], *good[2:]])
    told = wire.decode_array(certificate[:-64], "")
    other = _certified([*told[:3], keyring(2).sign_public, *told[4:]])
    yield "another branch's certificate", "wrong_hub", wire.encode([1, other, *good[2:]])
    yield "a certificate of another version", "unknown_version", wire.encode([1, _certified([2, *told[1:]]), *good[2:]])


def _certified(fields: list[Any]) -> bytes:
    body = wire.encode(fields)
    return body + HUB.sign(keys.CERTIFICATE_LABEL, body)


def codes(joining: Good) -> Iterator[tuple[str, str]]:
    """What people mistype."""
    text = joining["code"]
    yield "a letter wrong", text[:-1] + ("A" if text[-1] != "A" else "B")
    yield "two letters swapped", text[1] + text[0] + text[2:]
    yield "too short", text[:-6]
    yield "nothing", ""


# --- what our own door says of them ----------------------------------------------------------------------------


def held_after(log: Good) -> verify.Held:
    """What a hub holds that has taken the first segment alone."""
    first = log["segments"][0]
    (opening,) = first["entries"]
    start = bytes.fromhex(log["start"])
    return verify.Held(1, bytes.fromhex(opening["head"]), opening["stamp"], start, 1, bytes.fromhex(first["seal"]))


def at_the_door(data: bytes, log: Good) -> verify.VerifiedSegment | None:
    """What the door of that hub says of a segment."""
    held, epoch = held_after(log), bytes.fromhex(log["epoch"])
    signature = wire.decode_array(bytes.fromhex(log["segments"][0]["bytes"]), "")[6]
    return verify.open_segment(
        data,
        lambda stream: verify.Sender(bytes.fromhex(log["signing_key"])) if stream == log["stream"] else None,
        lambda stream, name: held if name == epoch else None,
        lambda stream, name, first: signature if first == 1 else None,
        lambda stream, header: header.parent_epoch is None,
    )


def at_the_hub(data: bytes) -> exchange.Request:
    """What a hub reads of a request."""
    request = exchange.read_request(data)
    exchange.check_request(data, RING.sign_public)
    return request


def at_the_branch(data: bytes, talk: Good) -> None:
    """An answer, read as a branch reads it."""
    answer = exchange.read_answer(data, "hub")
    if answer.page:
        exchange.open_page(answer.page, 1, bytes.fromhex(talk["page"]["nonce"]), HUB.sign_public)
    if answer.ack:
        head = bytes.fromhex(talk["acknowledged"]["head"])
        said = segment.acknowledgement(1, b"epoch 01", answer.ack.seq, head, answer.ack.received)
        keys.check(HUB.sign_public, keys.ACKNOWLEDGEMENT_LABEL, said, answer.ack.signature, "acknowledgement")


def welcomed(data: bytes, joining: Good) -> enrol.Welcome:
    """An enrolment's answer, read as a branch reads it."""
    return enrol.read_welcome(data, keys.read_code(joining["code"]), RING, "hub")[1]
