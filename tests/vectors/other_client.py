"""Another client, written from docs/PROTOCOL.md alone: it enrols, writes, sends, and reads the feed.

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
from other_bytes import Writer, check, compressed, inflate, labelled, pack, sign, unpack

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


def read_certificate(signed: bytes, hub_key: bytes) -> list[Any]:
    """The fields of a certificate the hub signed."""
    check(hub_key, signed[-64:], "cabang certificate 1", signed[:-64])
    found: list[Any] = unpack(signed[:-64])
    if found[0] != 1:
        raise ValueError("another version")
    return found


def read_enrolment(answer: bytes, code: Code, signing: bytes, encryption: bytes) -> Joined:
    """What the hub's answer says, checked."""
    version, certificate, hub_key, hub_ms, masked, parent = unpack(answer)
    if version != 1 or labelled("cabang hub key 1", hub_key)[:16] != code.fingerprint:
        raise ValueError("another version, or another hub")
    _, stream, branch, *certified = read_certificate(certificate, hub_key)
    if certified[:2] != [signing, encryption]:
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


def signed_request(key: Ed25519PrivateKey, fields: list[Any]) -> bytes:
    """The body of an exchange."""
    message = pack(fields)
    return message + sign(key, "cabang request 1", message)


@dataclass
class Answer:
    """An exchange's answer, read."""

    nonce: bytes
    held: int
    refusal: list[Any] | None
    acknowledgement: list[Any] | None
    page: list[Any] | None


def read_answer(data: bytes) -> Answer:
    """An exchange's answer; raises ValueError for anything else."""
    version, *rest = unpack(data)
    if version != 1:
        raise ValueError("another version")
    return Answer(*rest)


def open_page(hub_key: bytes, stream: int, nonce: bytes, page: list[Any]) -> list[Any]:
    """The items of a page that the hub signed for this branch in answer to this nonce."""
    body = inflate(*page[6:8])
    check(hub_key, page[8], "cabang page 1", statement_of_page(stream, nonce, page, body))
    found: list[Any] = unpack(body)
    return found


def check_acknowledgement(hub_key: bytes, stream: int, epoch: bytes, head: bytes, told: list[Any]) -> None:
    """Raises InvalidSignature unless the hub signed that it holds this very log."""
    seq, received_at, signature = told
    statement = struct.pack(">H8sQ32sQ", stream, epoch, seq, head, received_at)
    check(hub_key, signature, "cabang acknowledgement 1", statement)


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
    draw: Callable[[int], bytes]
    taken: Callable[[int, list[Any]], None]
    nonce: bytes = NO_NONCE
    cursor: int = 0
    complete: int = 0
    feed: bytes = b""
    unsent: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    rings: int = 0

    def seal(self) -> None:
        """What waits becomes a segment that waits to be sent."""
        if self.log.waiting:
            self._sealed(self.log.seal())

    def _sealed(self, segment: list[Any]) -> None:
        last, head = self.log.parent[1:]
        self.unsent.append((last, head, pack(compressed(segment))))
        self.log.secret = self.draw(16)

    def restored(self, ms: int) -> list[int]:
        """After a restore: another epoch behind the last seal; the numbers of the units that are carried into it.

        What was sealed before must have been acknowledged.
        """
        self.nonce = NO_NONCE
        secret = self.draw(16)
        opened, numbers = self.log.go_on(ms, self.draw(8), self.draw(6), secret)
        self.unsent.append((self.log.parent[1], self.log.parent[2], pack(compressed(opened))))
        return numbers

    def request(self, segments: list[bytes]) -> bytes:
        """The body of an exchange."""
        fields = [1, self.me.stream, self.log.epoch, self.nonce, self.cursor, self.complete, self.feed]
        return signed_request(self.key, [*fields, len(self.unsent), 0, None, segments, 0])

    def exchange(self) -> Answer:
        """One round: what waits goes up, a page comes down."""
        asked = self.nonce
        body = self.request([] if asked == NO_NONCE else [segment for _, _, segment in self.unsent])
        self.nonce = NO_NONCE  # in doubt until the answer is here
        answer = read_answer(self.line.ask("/sync/1", body))
        self.nonce = answer.nonce
        if answer.acknowledgement:
            self.take_acknowledgement(answer.acknowledgement)
        if answer.page and (answer.held or not self.log.goes_on):
            self.take_page(asked, answer.page)
        return answer

    def take_acknowledgement(self, told: list[Any]) -> None:
        """What the hub signed for is not sent again."""
        head = next((head for last, head, _ in self.unsent if last == told[0]), None)
        if head is None:
            return  # it signed for that before
        check_acknowledgement(self.me.hub_key, self.me.stream, self.log.epoch, head, told)
        self.unsent = [one for one in self.unsent if one[0] > told[0]]

    def take_page(self, nonce: bytes, page: list[Any]) -> None:
        """A page whose signature fits is handed on, and the cursor moves."""
        feed, since, until, more, applied, _hub_ms, *_ = page
        items = open_page(self.me.hub_key, self.me.stream, nonce, page)
        if since > self.cursor:
            raise ValueError("a page from behind the cursor")
        self.taken(applied, items)
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
        return self.line.ask("/sync/1/doorbell", call(self.key, self.me.stream, self.nonce, self.rings), 60)

    def rotate(self, seed: bytes) -> bytes:
        """Another key from now on, and its certificate; everything that was written must have been acknowledged."""
        new, encryption = keys_of(seed)
        body = rotation(self.key, new, encryption, self.me.stream, self.log.epoch)
        _version, certificate = unpack(self.line.ask("/sync/1/rotate", body))
        read_certificate(certificate, self.me.hub_key)
        self.key = self.log.key = new
        self.nonce = NO_NONCE
        signed: bytes = certificate
        return signed


def call(key: Ed25519PrivateKey, stream: int, nonce: bytes, count: int) -> bytes:
    """The body of a doorbell call."""
    message = pack([1, stream, nonce, count])
    return message + sign(key, "cabang doorbell 1", message)


def rotation(
    old: Ed25519PrivateKey, new: Ed25519PrivateKey, encryption: X25519PrivateKey, stream: int, epoch: bytes
) -> bytes:
    """The body that asks for another key."""
    label, both = "cabang rotation 1", [raw_public(new), raw_public(encryption)]
    proof = sign(new, label, struct.pack(">H", stream) + both[0] + both[1])
    message = pack([1, stream, epoch, *both, proof])
    return message + sign(old, label, message)


def reminder(key: Ed25519PrivateKey, certificate: bytes) -> bytes:
    """The body that brings a certificate the hub forgot."""
    message = pack([1, certificate])
    return message + sign(key, "cabang reminder 1", message)


def keys_of(seed: bytes) -> tuple[Ed25519PrivateKey, X25519PrivateKey]:
    """A node's two keys from 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed[:32]), X25519PrivateKey.from_private_bytes(seed[32:])


def enrol(line: Line, text: str, draw: Callable[[int], bytes], taken: Callable[[int, list[Any]], None]) -> Client:
    """A new branch from its code; *draw* gives random bytes."""
    key, encryption = keys_of(draw(64))
    code, mine, other = read_code(text), raw_public(key), raw_public(encryption)
    me = read_enrolment(line.ask("/sync/1/enrol", enrolment(code, mine, other)), code, mine, other)
    log = Writer(key, me.stream, epoch=draw(8), start=draw(6), secret=draw(16))
    log.open(me.hub_ms)
    return Client(line, key, me, log, draw, taken)
