"""How a branch joins: a one-time code, keys made at the branch, a certificate from the hub.

Request: MessagePack [version, code name, sign key, encryption key, fingerprint of the hub's key] and 32 bytes that only
a holder of the code's secret can make; a folder that joins again (``sync.rejoin``) adds its stream and the serial of
its certificate.  Answer: [version, certificate, hub's public key, hub ms, company key, parent], and for a stream the
places from which on nothing counts.
The branch trusts the hub's key because the code carries its fingerprint.  A repeat with the same keys gets the same
certificate.
"""

import hmac

import msgspec

from sync import certificates, keys, limits, wire
from sync.connection import Connection
from sync.errors import (
    BadEnrolmentCode,
    HubAnswerUnreadable,
    KeyReplaced,
    MadeAfterRevocation,
    Malformed,
    RevokedSender,
    UnknownVersion,
    UsedEnrolmentCode,
    WrongHub,
)
from sync.exchange import TOO_LONG, UNREADABLE
from sync.keys import Certificate, EnrolmentCode, PrivateKeys
from sync.store import Store

VERSION = 1
SEAL_BYTES = 32
_FORGOTTEN_MAX = 1000  # certificates of a branch that a hub put back is believed to have given
_LATE = "SELECT epoch, min(seq) FROM held_entry WHERE stream = ? AND reason = ? GROUP BY epoch ORDER BY epoch"


class Application(msgspec.Struct, array_like=True, frozen=True):
    """What a branch asks for with its code.  ``stream``: of the folder that joins again; 0, a new one.

    ``serial``: of its newest certificate, which a hub put back to an older state may not know.
    """

    version: limits.Count
    code_name: bytes
    sign_public: bytes
    seal_public: bytes
    hub: bytes
    stream: limits.Count = 0
    serial: limits.Count = 0


class Parent(msgspec.Struct, array_like=True, frozen=True):
    """Where the log of a branch that had another computer ends: its new computer's first epoch begins behind it."""

    epoch: bytes
    seq: limits.Count
    head: bytes

    @property
    def place(self) -> tuple[bytes, int, bytes]:
        """Epoch, seq and head."""
        return self.epoch, self.seq, self.head


class Welcome(msgspec.Struct, array_like=True, frozen=True):
    """What the hub gives an enrolled branch.  ``company_key`` is masked: it takes the code's secret to read it.

    ``late``: (epoch, seq) from which on a withdrawn key wrote what does not count.
    """

    version: limits.Count
    certificate: bytes
    hub_public: bytes
    hub_ms: limits.Count
    company_key: bytes
    parent: Parent | None = None
    late: list[tuple[bytes, limits.Count]] = []


_application_decoder = msgspec.msgpack.Decoder(Application).decode
_welcome_decoder = msgspec.msgpack.Decoder(Welcome).decode


def apply(code: EnrolmentCode, keyring: PrivateKeys, stream: int = 0, serial: int = 0) -> bytes:
    """The bytes a branch sends; *stream* and *serial*: of the folder that joins again, and of its certificate."""
    said = [VERSION, code.name, keyring.sign_public, keyring.seal_public, code.fingerprint]
    body = wire.encode([*said, stream, serial] if stream else said)
    return body + code.seal(body)


def new_code(connection: Connection, hub_public: bytes, stream: int, secret: bytes, now_ms: int) -> str:
    """Makes a one-time code for branch number *stream*; earlier ones nobody used are void.  Inside ``write()``."""
    connection.execute("DELETE FROM enrolment WHERE stream = ? AND used_by IS NULL", (stream,))
    code = EnrolmentCode(keys.fingerprint(hub_public), secret)
    connection.execute(
        "INSERT INTO enrolment (name, secret, stream, made_at) VALUES (?, ?, ?, ?)", (code.name, secret, stream, now_ms)
    )
    return code.text()


def admit(store: Store, hub: PrivateKeys, data: bytes, company_key: bytes, now_ms: int) -> bytes:
    """The hub's answer to an application.

    Raises BadEnrolmentCode, UsedEnrolmentCode, WrongHub, Malformed, UnknownVersion; RevokedSender and KeyReplaced for
    keys of former times.
    """
    body, sealed = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
    application = _read_application(body)
    with store.write() as connection:
        found = connection.execute(
            "SELECT secret, stream, used_by FROM enrolment WHERE name = ?", (application.code_name,)
        ).fetchone()
        if found is None:
            raise BadEnrolmentCode
        secret, stream, used_by = found
        _check_code(secret, used_by, application, body, sealed)
        if application.hub != keys.fingerprint(hub.sign_public):
            raise WrongHub
        if application.stream not in (0, stream):
            raise BadEnrolmentCode
        certificate = _certificate(store, hub, application, stream, used_by is not None, now_ms)
        connection.execute("UPDATE enrolment SET used_by = ? WHERE name = ?",
                           (application.sign_public, application.code_name))  # fmt: skip
        parent = _parent(connection, stream, certificate)
        late = connection.execute(_LATE, (application.stream, MadeAfterRevocation.code)).fetchall()
    masked = _mask(EnrolmentCode(b"", secret), application.sign_public, company_key)
    said = [VERSION, certificate, hub.sign_public, now_ms, masked, parent]
    return wire.encode([*said, late] if application.stream else said)


def _mask(code: EnrolmentCode, sign_public: bytes, key: bytes) -> bytes:
    """*key* (32 bytes) hidden, or shown again, by a pad made of the code's secret; each secret serves one branch."""
    pad = code.seal(b"company key" + sign_public)
    return bytes(a ^ b for a, b in zip(pad, key, strict=True))


def _read_application(body: bytes) -> Application:
    application = wire.decode_struct(_application_decoder, body, "enrolment")
    _check_version(application.version)
    if (len(application.sign_public), len(application.seal_public)) != (keys.KEY_BYTES, keys.KEY_BYTES):
        raise Malformed(what="enrolment", why="a key has the wrong size")
    return application


def _check_version(version: int) -> None:
    if version != VERSION:
        raise UnknownVersion(what="enrolment", version=version)


def _check_code(secret: bytes, used_by: bytes | None, application: Application, body: bytes, sealed: bytes) -> None:
    code = EnrolmentCode(b"", secret)
    if not hmac.compare_digest(code.seal(body), sealed):
        raise BadEnrolmentCode
    if used_by not in (None, application.sign_public):
        raise UsedEnrolmentCode


def _certificate(
    store: Store, hub: PrivateKeys, application: Application, stream: int, repeat: bool, now_ms: int
) -> bytes:
    """The certificate for the application's keys: a new one, or the one in force if it has the same keys."""
    held = certificates.newest(store, stream)
    if any(one.withdrawn and one.sign_public == application.sign_public for one in held):
        raise RevokedSender
    if held and held[0].sign_public == application.sign_public:
        return held[0].signed
    connection = store.connection()
    epoch, last = certificates.end_of_log(connection, stream)
    if repeat or (last and held and held[0].withdrawn is None):
        raise UsedEnrolmentCode
    if application.sign_public in [one.sign_public for one in held]:
        raise KeyReplaced
    code = connection.execute("SELECT code FROM stream WHERE stream = ?", (stream,)).fetchone()[0]
    newest = held[0].serial if held else 0
    serial = max(newest, min(application.serial, newest + _FORGOTTEN_MAX)) + 1
    after = certificates.EPOCH_END if last else 0
    made = Certificate(
        keys.CERTIFICATE_VERSION,
        stream,
        code,
        application.sign_public,
        application.seal_public,
        serial,
        now_ms,
        epoch,
        after,
    )
    return certificates.issue(connection, hub, made)


def _parent(connection: Connection, stream: int, signed: bytes) -> Parent | None:
    """Where the log goes on, for the new computer of a branch whose last one was withdrawn."""
    found = connection.execute(
        "SELECT e.name, s.last, s.head FROM certificate n "
        "JOIN certificate c ON c.stream = n.stream AND c.withdrawn IS NOT NULL AND c.serial = "
        "(SELECT max(serial) FROM certificate b WHERE b.stream = n.stream AND b.serial < n.serial) "
        "JOIN epoch e ON e.id = c.last_epoch JOIN segment s ON s.epoch = e.id AND s.last = c.last_seq "
        "WHERE n.stream = ? AND n.signed = ?",
        (stream, signed),
    ).fetchone()
    return Parent(*found) if found else None


def read_welcome(data: bytes, code: EnrolmentCode, keyring: PrivateKeys, url: str) -> tuple[Certificate, Welcome]:
    """Checks the hub's answer against the code; the company key in the result is readable.

    Raises WrongHub, BadSignature, HubAnswerUnreadable, UnknownVersion.
    """
    if len(data) > limits.REQUEST_BYTES_MAX:
        raise HubAnswerUnreadable(url=url, why=TOO_LONG)
    try:
        welcome = wire.decode_struct(_welcome_decoder, data, "enrolment")
    except Malformed as error:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE) from error
    _check_version(welcome.version)
    if keys.fingerprint(welcome.hub_public) != code.fingerprint:
        raise WrongHub
    certificate = keys.read_certificate(welcome.certificate, welcome.hub_public)
    if certificate.sign_public != keyring.sign_public:
        raise WrongHub
    if len(welcome.company_key) != keys.KEY_BYTES:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE)
    company_key = _mask(code, keyring.sign_public, welcome.company_key)
    return certificate, msgspec.structs.replace(welcome, company_key=company_key)
