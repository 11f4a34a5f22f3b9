"""A line between branch and hub that changes what passes: real HTTP on both sides, any bytes in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import requests
from cabang_forge import changed_envelope
from cabang_pair import keyring as seeded_keyring

from sync import exchange, keys, limits, segment, wire
from sync.branch import BranchExchange
from sync.keys import PrivateKeys
from ui.serve import WebServer

WAIT_S = 20
ANOTHER_HUB = seeded_keyring(7)

Change = Callable[[bytes], bytes]


def same(data: bytes) -> bytes:
    """The bytes as they are."""
    return data


class MeddledLine:
    """Relays requests to *target*; ``asked`` changes what is sent up, ``answered`` what comes down.

    ``status`` is the last HTTP status of the hub.
    """

    def __init__(self, target: str) -> None:
        self.asked: Change = same
        self.answered: Change = same
        self.status = 0
        self._target = target.rstrip("/")
        self.server = WebServer(self._relay, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """The address the branch is given."""
        return self.server.url.rstrip("/")

    def _relay(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        answer = requests.post(self._target + environ["PATH_INFO"], data=self.asked(body), timeout=WAIT_S)
        self.status = answer.status_code
        start_response(f"{self.status} -", [("Content-Type", exchange.CONTENT_TYPE)])
        return [self.answered(answer.content)]

    @contextmanager
    def meddling(self, asked: Change = same, answered: Change = same) -> Iterator[None]:
        """Inside, what passes is changed."""
        self.asked, self.answered = asked, answered
        try:
            yield
        finally:
            self.asked = self.answered = same


def signed(keyring: PrivateKeys, **changed: Any) -> Change:
    """The branch's own program, changed: another request, in order otherwise; ``change`` is done to each segment."""
    change: Change = changed.pop("change", same)

    def asked(data: bytes) -> bytes:
        request = exchange.read_request(data)
        segments = [change(one) for one in request.segments]
        return exchange.sign_request(keyring, msgspec.structs.replace(request, segments=segments, **changed))

    return asked


def other_name(data: bytes) -> bytes:
    """A sealed batch in which a customer's name was changed; one without it stays as it is."""
    envelope = segment.parse(data)
    raw = wire.decompress(envelope.codec, envelope.body, limits.SEGMENT_BYTES_MAX, "segment")
    return changed_envelope(data, codec=wire.RAW, body=raw.replace(b"Sari", b"Sapi")) if b"Sari" in raw else data


def bomb(limit: int) -> dict[str, Any]:
    """Fields of something that inflates beyond *limit*."""
    return {"codec": wire.ZSTD, "body": wire.compress(bytes(limit + 1))[1]}


def page(change: Callable[[exchange.Page], exchange.Page]) -> Change:
    """An answer of the hub whose page was changed."""

    def answered(data: bytes) -> bytes:
        answer = exchange.read_answer(data, "hub")
        return wire.encode(msgspec.structs.replace(answer, page=answer.page and change(answer.page)))

    return answered


def by_another_hub(link: BranchExchange) -> Change:
    """The answer to *link*'s branch, its page signed by a hub with another key, in order otherwise."""

    def signed_again(found: exchange.Page) -> exchange.Page:
        told = (found.feed_epoch, found.start, found.until, found.more, found.applied, found.hub_ms)
        raw = wire.decompress(found.codec, found.body, limits.PAGE_BYTES_MAX, "page")
        said = exchange.page_statement(link.stream, told, link.nonce, raw)
        return msgspec.structs.replace(found, signature=ANOTHER_HUB.sign(keys.PAGE_LABEL, said))

    return page(signed_again)
