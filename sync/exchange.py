"""One round trip between branch and hub: what is asked, what is answered, in bytes.

Request, a MessagePack array followed by 64 bytes of the branch's signature: [version, stream, epoch, nonce, cursor,
complete, feed epoch, waiting, oldest, clock error or nil, [segment…], page size].  Answer, an array: [version, nonce,
held, refusal or nil, acknowledgement or nil, page or nil].  The halves are independent: a refused segment leaves the
page, and the reverse.
"""

import struct
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from sync import keys, limits, wire
from sync.entry import EPOCH_BYTES
from sync.errors import N_, CabangError, HubAnswerUnreadable, Malformed, StaleNonce, TooLarge, UnknownVersion
from sync.limits import Count, Signed

T = TypeVar("T")

VERSION = 1
NONCE_BYTES = 8
NO_NONCE = bytes(NONCE_BYTES)
PATH, ENROL_PATH = "/sync/1", "/sync/1/enrol"
CONTENT_TYPE = "application/vnd.cabang"
UNREADABLE, TOO_LONG = N_("its answer cannot be read"), N_("its answer is too long")

_PAGE = struct.Struct(">H8s8sQQBQQ32s")


class Request(msgspec.Struct, array_like=True, frozen=True):
    """What a branch asks.

    ``cursor``: where the next page begins; ``complete``: the last position at which nothing was left to send, up to
    which the branch knows every value; ``waiting`` unsent entries, the ``oldest`` of ms UTC; ``page``: how large a
    page may be that comes back, in KiB before compression, 0: as large as the hub likes.
    """

    version: Count
    stream: Count
    epoch: bytes
    nonce: bytes
    cursor: Count
    complete: Count
    feed_epoch: bytes
    waiting: Count
    oldest: Count
    clock_error: Signed | None
    segments: list[bytes]
    page: Count = 0

    @property
    def page_bytes(self) -> int:
        """The page size asked for, within the limits."""
        wanted = self.page * 1024 or limits.PAGE_BYTES_SOFT
        return min(max(wanted, limits.PAGE_BYTES_MIN), limits.PAGE_BYTES_SOFT)


class Ack(msgspec.Struct, array_like=True, frozen=True):
    """The hub holds everything up to ``seq``; its signature also covers the head, which the branch knows."""

    seq: Count
    received: Count
    signature: bytes


class Page(msgspec.Struct, array_like=True, frozen=True):
    """A signed page of the feed.  ``body`` inflates to an array of items; ``applied``: own entries the hub applied."""

    feed_epoch: bytes
    start: Count
    until: Count
    more: bool
    applied: Count
    hub_ms: Count
    codec: Count
    body: bytes
    signature: bytes


class Refusal(msgspec.Struct, array_like=True, frozen=True):
    """Why a half was not taken: an error's code and its parameters as text."""

    code: str
    params: dict[str, Any]


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """What the hub answers.  ``held``: the last of this branch's entries the hub holds."""

    version: Count
    nonce: bytes
    held: Count
    refusal: Refusal | None
    ack: Ack | None
    page: Page | None

    @property
    def is_stale(self) -> bool:
        """Was the request no part of the talk, so that nothing of it was heard?"""
        return self.refusal is not None and self.refusal.code == StaleNonce.code


_request_decoder = msgspec.msgpack.Decoder(Request).decode
_refusal_decoder = msgspec.msgpack.Decoder(Refusal).decode
_answer_decoder = msgspec.msgpack.Decoder(Answer).decode


def sign_request(keyring: keys.PrivateKeys, request: Request) -> bytes:
    """The request's bytes, signature at the end."""
    body = wire.encode(request)
    return body + keyring.sign(keys.REQUEST_LABEL, body)


def read_request(data: bytes) -> Request:
    """Parses a request strictly; the signature is checked by ``check_request`` once the sender is known."""
    if len(data) > limits.REQUEST_BYTES_MAX:
        raise TooLarge(what="request", limit=limits.REQUEST_BYTES_MAX)
    request = wire.decode_struct(_request_decoder, data[: -keys.SIGNATURE_BYTES], "request")
    if request.version != VERSION:
        raise UnknownVersion(what="request", version=request.version)
    if (len(request.epoch), len(request.nonce)) != (EPOCH_BYTES, NONCE_BYTES):
        raise Malformed(what="request", why="a field has the wrong size")
    if len(request.segments) > limits.REQUEST_SEGMENTS_MAX:
        raise Malformed(what="request", why="numbers out of range")
    return request


def check_request(data: bytes, sign_public: bytes) -> None:
    """Raises BadSignature unless the branch with that key signed the request."""
    body, signature = data[: -keys.SIGNATURE_BYTES], data[-keys.SIGNATURE_BYTES :]
    keys.check(sign_public, keys.REQUEST_LABEL, body, signature, "request")


def page_statement(stream: int, page: tuple[bytes, int, int, bool, int, int], nonce: bytes, raw_body: bytes) -> bytes:
    """What the hub signs of a page: for whom, from where to where, in answer to which nonce, over which body."""
    feed_epoch, start, until, more, applied, hub_ms = page
    digest = sha256(raw_body).digest()
    return _PAGE.pack(stream, feed_epoch, nonce, start, until, more, applied, hub_ms, digest)


def sign_page(
    keyring: keys.PrivateKeys, stream: int, page: tuple[bytes, int, int, bool, int, int], nonce: bytes, items: list[Any]
) -> Page:
    """Builds and signs a page; *page* = (feed epoch, start, until, more, applied, hub_ms)."""
    raw = wire.encode(items)
    signature = keyring.sign(keys.PAGE_LABEL, page_statement(stream, page, nonce, raw))
    return Page(*page, *wire.compress(raw), signature)


def open_page(page: Page, stream: int, nonce: bytes, hub_public: bytes) -> list[Any]:
    """The items of a page whose signature holds; raises BadSignature, TooLarge or Malformed."""
    if (len(page.feed_epoch), len(nonce)) != (EPOCH_BYTES, NONCE_BYTES):
        raise Malformed(what="page", why="a field has the wrong size")
    raw = wire.decompress(page.codec, page.body, limits.PAGE_BYTES_MAX, "page")
    told = (page.feed_epoch, page.start, page.until, page.more, page.applied, page.hub_ms)
    said = page_statement(stream, told, nonce, raw)
    keys.check(hub_public, keys.PAGE_LABEL, said, page.signature, "page")
    return wire.decode_array(raw, "page")


def _from_hub(decoder: Callable[[bytes], T], data: bytes, url: str) -> T:
    try:
        return wire.decode_struct(decoder, data, "answer")
    except Malformed as error:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE) from error


def read_answer(data: bytes, url: str) -> Answer:
    """Parses the hub's answer; raises HubAnswerUnreadable for anything else (a captive portal's page, say)."""
    answer = _from_hub(_answer_decoder, data, url)
    if answer.version != VERSION:
        raise UnknownVersion(what="answer", version=answer.version)
    if len(answer.nonce) != NONCE_BYTES:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE)
    return answer


def read_refusal(data: bytes, url: str) -> tuple[str, dict[str, Any]]:
    """(code, parameters) of an answer that is an error; raises HubAnswerUnreadable."""
    refusal = _from_hub(_refusal_decoder, data, url)
    return refusal.code, refusal.params


def refusal_of(error: CabangError) -> Refusal:
    """An error as it travels."""
    return Refusal(error.code, {name: str(value) for name, value in error.params.items()})
