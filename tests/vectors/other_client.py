"""Another client, written from docs/PROTOCOL.md alone: it enrols, writes, sends, reads the feed, and adds up its digest.

It keeps everything in memory and does one thing after another; nothing here imports the product.
"""

import base64
import hashlib
import hmac
import http.client
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from other_bytes import Writer, check, inflate, labelled, pack, sign, unpack

CONTENT_TYPE = "application/vnd.cabang"
NO_NONCE = bytes(8)


class Refused(Exception):
    """The hub refused: ``args`` are the code and its parameters."""


# --- enrolment -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """What an enrolment code says."""

    fingerprint: bytes
    secret: bytes


def read_code(text: str) -> Code:
    """A code as a person types it."""
    plain = text.upper().translate(str.maketrans("018", "OIB", " -\n"))
    raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    fingerprint, secret, told = raw[:16], raw[16:26], raw[26:]
    if labelled("cabang code check 1", fingerprint, secret)[:2] != told:
        raise ValueError("mistyped")
    return Code(fingerprint, secret)


def write_code(code: Code) -> str:
    """A code in groups of five."""
    raw = code.fingerprint + code.secret
    text = base64.b32encode(raw + labelled("cabang code check 1", raw)[:2]).decode().rstrip("=")
    return "-".join(text[at : at + 5] for at in range(0, len(text), 5))


def raw_public(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_key().public_bytes_raw()


def enrolment(code: Code, signing: bytes, encryption: bytes) -> bytes:
    """The body of an enrolment."""
    name = labelled("cabang code name 1", code.secret)[:8]
    message = pack([1, name, signing, encryption, code.fingerprint])
    return message + hmac.digest(code.secret, b"cabang enrol 1\0" + message, "sha256")


@dataclass(frozen=True)
class Joined:
    """What a branch knows once it is enrolled."""

    stream: int
    code: str
    hub_key: bytes
    hub_ms: int
    company_key: bytes
    parent: list[Any] | None


def read_enrolment(answer: bytes, code: Code, signing: bytes, encryption: bytes) -> Joined:
    """What the hub's answer says, checked."""
    _, certificate, hub_key, hub_ms, masked, parent = unpack(answer)
    if labelled("cabang hub key 1", hub_key)[:16] != code.fingerprint:
        raise ValueError("another hub")
    told, signature = certificate[:-64], certificate[-64:]
    check(hub_key, signature, "cabang certificate 1", told)
    _, stream, branch, own_signing, own_encryption, _serial, _issued, _epoch, _after = unpack(told)
    if (own_signing, own_encryption) != (signing, encryption):
        raise ValueError("another key")
    mask = hmac.digest(code.secret, b"cabang enrol 1\0company key" + signing, "sha256")
    company = bytes(one ^ other for one, other in zip(masked, mask, strict=True))
    return Joined(stream, branch, hub_key, hub_ms, company, parent)


# --- requests --------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """The way to a hub."""

    host: str
    port: int

    def post(self, path: str, body: bytes, timeout: float = 20) -> tuple[int, bytes]:
        """Status and body of the answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request("POST", path, body, {"Content-Type": CONTENT_TYPE})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, path: str, body: bytes, timeout: float = 20) -> bytes:
        """The body of a good answer."""
        status, answer = self.post(path, body, timeout)
        if status != 200:
            raise Refused(*unpack(answer))
        return answer


@dataclass
class Answer:
    """An exchange's answer, read."""

    nonce: bytes
    held: int
    refusal: list[Any] | None
    acknowledgement: list[Any] | None
    page: list[Any] | None


def statement_of_page(stream: int, nonce: bytes, page: list[Any], body: bytes) -> bytes:
    """What the hub signed of a page."""
    feed, since, until, more, applied, hub_ms = page[:6]
    numbers = struct.pack(">QQBQQ", since, until, more, applied, hub_ms)
    return struct.pack(">H", stream) + feed + nonce + numbers + hashlib.sha256(body).digest()


# --- the client ------------------------------------------------------------------------------------------------


@dataclass
class Client:
    """A branch: its log, its place in the feed, and the rows it holds."""

    line: Line
    key: Ed25519PrivateKey
    me: Joined
    log: Writer
    taken: Callable[[list[Any]], None]
    nonce: bytes = NO_NONCE
    doubt: bool = False
    cursor: int = 0
    complete: int = 0
    feed: bytes = bytes(8)
    unsent: list[tuple[int, bytes, list[Any]]] = field(default_factory=list)
    acknowledged: int = 0
    rings: int = 0

    def seal(self, codec: int = 0) -> None:
        """What waits becomes a segment that waits to be sent."""
        if self.log.waiting:
            segment = self.log.seal(codec)
            self.unsent.append((self.log.seq, self.log.head, segment))

    def request(self, segments: list[Any]) -> bytes:
        """The body of an exchange."""
        fields = [1, self.me.stream, self.log.epoch, self.nonce, self.cursor, self.complete, self.feed]
        message = pack([*fields, len(self.log.waiting), 0, None, segments, 0])
        return message + sign(self.key, "cabang request 1", message)

    def exchange(self) -> Answer:
        """One round: what waits goes up, a page comes down."""
        sent = [] if self.nonce == NO_NONCE else [pack(one) for _, _, one in self.unsent]
        asked, self.nonce = self.nonce, NO_NONCE  # in doubt until the answer is here
        self.nonce = asked
        body = self.request(sent)
        self.nonce = NO_NONCE
        version, *rest = unpack(self.line.ask("/sync/1", body))
        answer = Answer(*rest)
        self.nonce = answer.nonce
        if answer.acknowledgement:
            self.take_acknowledgement(*answer.acknowledgement)
        if answer.page:
            self.take_page(asked, answer.page)
        return answer

    def take_acknowledgement(self, seq: int, received_at: int, signature: bytes) -> None:
        """What the hub signed for is not sent again."""
        head = next(head for last, head, _ in self.unsent if last == seq)
        message = struct.pack(">H", self.me.stream) + self.log.epoch + struct.pack(">Q", seq) + head
        check(self.me.hub_key, signature, "cabang acknowledgement 1", message + struct.pack(">Q", received_at))
        self.acknowledged = seq
        self.unsent = [one for one in self.unsent if one[0] > seq]

    def take_page(self, nonce: bytes, page: list[Any]) -> None:
        """A page whose signature fits is handed on, and the cursor moves."""
        feed, since, until, more, _applied, _hub_ms, codec, body, signature = page
        raw = inflate(codec, body)
        check(self.me.hub_key, signature, "cabang page 1", statement_of_page(self.me.stream, nonce, page, raw))
        if since > self.cursor:
            raise ValueError("a page from behind the cursor")
        self.taken([*page[:7], unpack(raw)])
        self.feed, self.cursor = feed, until
        self.complete = self.complete if more else until

    def until_done(self, rounds: int = 20) -> None:
        """Rounds until nothing waits and the feed is at its end."""
        for _ in range(rounds):
            answer = self.exchange()
            if answer.page and not answer.page[3] and not self.unsent:
                return
        raise AssertionError("no end")

    def wait_for_bell(self) -> bytes:
        """The one byte of a doorbell call."""
        self.rings += 1
        message = pack([1, self.me.stream, self.nonce, self.rings])
        return self.line.ask("/sync/1/doorbell", message + sign(self.key, "cabang doorbell 1", message), 60)


def enrol(line: Line, text: str, seed: bytes, taken: Callable[[list[Any]], None], now: int) -> Client:
    """A new branch from its code; *seed* (32 bytes) makes its keys and its names."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    encryption = X25519PrivateKey.from_private_bytes(labelled("other", seed))
    code, mine, other = read_code(text), raw_public(key), raw_public(encryption)
    me = read_enrolment(line.ask("/sync/1/enrol", enrolment(code, mine, other)), code, mine, other)
    log = Writer(key, me.stream, epoch=seed[:8], start=seed[8:14], secret=seed[14:30])
    log.open(now)
    return Client(line, key, me, log, taken)
