"""Keys, certificates, enrolment codes and signatures; every signed byte string begins with a purpose label."""

import base64
import hmac
from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync import limits, wire
from sync.errors import BadEnrolmentCode, BadSignature, UnknownVersion

CERTIFICATE_VERSION = 1
KEY_BYTES, SIGNATURE_BYTES, FINGERPRINT_BYTES, CODE_SECRET_BYTES = 32, 64, 16, 10

SEGMENT_LABEL = b"cabang segment 1\0"
ACKNOWLEDGEMENT_LABEL = b"cabang acknowledgement 1\0"
PAGE_LABEL = b"cabang page 1\0"
REQUEST_LABEL = b"cabang request 1\0"
CERTIFICATE_LABEL = b"cabang certificate 1\0"
ENROL_LABEL = b"cabang enrol 1\0"
ROTATION_LABEL = b"cabang rotation 1\0"
REMINDER_LABEL = b"cabang reminder 1\0"
DOORBELL_LABEL = b"cabang doorbell 1\0"


class PrivateKeys:
    """A node's two keys: signing (Ed25519) and encryption (X25519); *seed* is 64 random bytes, 32 for each."""

    def __init__(self, seed: bytes) -> None:
        self.become(seed)

    def become(self, seed: bytes) -> None:
        """Holds the keys of *seed* from now on, for everybody who has this object: the end of a rotation."""
        self.seed = seed
        self._signing = Ed25519PrivateKey.from_private_bytes(seed[:KEY_BYTES])
        self._sealing = X25519PrivateKey.from_private_bytes(seed[KEY_BYTES:])
        self.sign_public = self._signing.public_key().public_bytes_raw()
        self.seal_public = self._sealing.public_key().public_bytes_raw()

    def sign(self, label: bytes, message: bytes) -> bytes:
        """64 bytes over label and message."""
        return self._signing.sign(label + message)


def fits(public: bytes, label: bytes, message: bytes, signature: bytes) -> bool:
    """Is *signature* by *public* over label and message?"""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, label + message)
    except (InvalidSignature, ValueError):
        return False
    return True


def check(public: bytes, label: bytes, message: bytes, signature: bytes, what: str) -> None:
    """Raises BadSignature unless *signature* is by *public* over label and message."""
    if not fits(public, label, message, signature):
        raise BadSignature(what=what)


def fingerprint(sign_public: bytes) -> bytes:
    """16 bytes that name a hub's key in enrolment codes."""
    return sha256(b"cabang hub key 1\0" + sign_public).digest()[:FINGERPRINT_BYTES]


class Certificate(msgspec.Struct, array_like=True, frozen=True):
    """What the hub says of a branch's keys: from which place of its log on they sign, and they alone.

    ``serial`` counts the certificates of one stream; ``issued`` in ms.  They sign what follows entry ``after`` of the
    epoch named ``epoch`` (empty: from the very beginning).
    """

    version: int
    stream: int
    code: str
    sign_public: bytes
    seal_public: bytes
    serial: int
    issued: int
    epoch: bytes = b""
    after: limits.Count = 0


_certificate_decoder = msgspec.msgpack.Decoder(Certificate).decode


def certify(hub: PrivateKeys, certificate: Certificate) -> bytes:
    """Certificate and signature in one byte string."""
    body = wire.encode(certificate)
    return body + hub.sign(CERTIFICATE_LABEL, body)


def read_certificate(signed: bytes, hub_public: bytes) -> Certificate:
    """The certificate in *signed*; raises BadSignature, Malformed or UnknownVersion."""
    body, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    check(hub_public, CERTIFICATE_LABEL, body, signature, "certificate")
    certificate = wire.decode_struct(_certificate_decoder, body, "certificate")
    if certificate.version != CERTIFICATE_VERSION:
        raise UnknownVersion(what="certificate", version=certificate.version)
    return certificate


class EnrolmentCode(NamedTuple):
    """What head office hands to a new branch: the hub key's fingerprint and a secret that works once."""

    fingerprint: bytes
    secret: bytes

    def text(self) -> str:
        """Groups of five letters and digits, easy to read out; the last two bytes check the typing."""
        raw = self.fingerprint + self.secret
        letters = base64.b32encode(raw + _check(raw)).decode().rstrip("=")
        return "-".join(letters[i : i + 5] for i in range(0, len(letters), 5))

    @property
    def name(self) -> bytes:
        """8 bytes by which the hub finds the code without the secret being sent."""
        return sha256(b"cabang code name 1\0" + self.secret).digest()[:8]

    def seal(self, message: bytes) -> bytes:
        """32 bytes only a holder of the secret can make for *message*."""
        return hmac.digest(self.secret, ENROL_LABEL + message, "sha256")


def _check(raw: bytes) -> bytes:
    return sha256(b"cabang code check 1\0" + raw).digest()[:2]


def read_code(text: str) -> EnrolmentCode:
    """Parses a typed code (case, spaces and dashes do not matter); raises BadEnrolmentCode."""
    letters = "".join(text.upper().replace("0", "O").replace("1", "I").replace("8", "B").split()).replace("-", "")
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raise BadEnrolmentCode from None
    body, typed = raw[:-2], raw[-2:]
    if len(body) != FINGERPRINT_BYTES + CODE_SECRET_BYTES or typed != _check(body):
        raise BadEnrolmentCode
    return EnrolmentCode(body[:FINGERPRINT_BYTES], body[FINGERPRINT_BYTES:])
