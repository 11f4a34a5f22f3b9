"""How a branch joins: a one-time code, keys made at the branch, a certificate from the hub.

Request: MessagePack [version, code name, stream code?, sign key, encryption key] and 32 bytes that only a holder of
the code's secret can make.  Answer: [version, certificate, hub's public key, hub ms, company key].  The branch trusts
the hub's key because the code carries its fingerprint.  A repeat with the same keys gets the same certificate.
"""

import hmac
import sqlite3

import msgspec

from sync import keys, limits, wire
from sync.errors import BadEnrolmentCode, HubAnswerUnreadable, Malformed, UsedEnrolmentCode, WrongHub
from sync.exchange import TOO_LONG, UNREADABLE
from sync.keys import Certificate, EnrolmentCode, PrivateKeys
from sync.store import Store

VERSION = 1
SEAL_BYTES = 32


class Application(msgspec.Struct, array_like=True, frozen=True):
    """What a branch asks for with its code."""

    version: limits.Count
    code_name: bytes
    sign_public: bytes
    seal_public: bytes


class Welcome(msgspec.Struct, array_like=True, frozen=True):
    """What the hub gives an enrolled branch.  ``company_key`` is masked: it takes the code's secret to read it."""

    version: limits.Count
    certificate: bytes
    hub_public: bytes
    hub_ms: limits.Count
    company_key: bytes


_application_decoder = msgspec.msgpack.Decoder(Application).decode
_welcome_decoder = msgspec.msgpack.Decoder(Welcome).decode


def apply(code: EnrolmentCode, keyring: PrivateKeys) -> bytes:
    """The bytes a branch sends."""
    body = wire.encode(Application(VERSION, code.name, keyring.sign_public, keyring.seal_public))
    return body + code.seal(body)


def new_code(connection: sqlite3.Connection, hub_public: bytes, stream: int, secret: bytes, now_ms: int) -> str:
    """Makes a one-time code for branch number *stream*; earlier ones nobody used are void.  Inside ``write()``."""
    connection.execute("DELETE FROM enrolment WHERE stream = ? AND used_by IS NULL", (stream,))
    code = EnrolmentCode(keys.fingerprint(hub_public), secret)
    connection.execute(
        "INSERT INTO enrolment (name, secret, stream, made_at) VALUES (?, ?, ?, ?)", (code.name, secret, stream, now_ms)
    )
    return code.text()


def admit(store: Store, hub: PrivateKeys, data: bytes, company_key: bytes, now_ms: int) -> bytes:
    """The hub's answer to an application; raises BadEnrolmentCode, UsedEnrolmentCode, Malformed."""
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
        certificate = _certify(connection, hub, application, stream, now_ms)
        connection.execute("UPDATE enrolment SET used_by = ? WHERE name = ?",
                           (application.sign_public, application.code_name))  # fmt: skip
    masked = _mask(EnrolmentCode(b"", secret), application.sign_public, company_key)
    return wire.encode(Welcome(VERSION, certificate, hub.sign_public, now_ms, masked))


def _mask(code: EnrolmentCode, sign_public: bytes, key: bytes) -> bytes:
    """*key* (32 bytes) hidden, or shown again, by a pad made of the code's secret; each secret serves one branch."""
    pad = code.seal(b"company key" + sign_public)
    return bytes(a ^ b for a, b in zip(pad, key, strict=True))


def _read_application(body: bytes) -> Application:
    application = wire.decode_struct(_application_decoder, body, "enrolment")
    if (len(application.sign_public), len(application.seal_public)) != (keys.KEY_BYTES, keys.KEY_BYTES):
        raise Malformed(what="enrolment", why="a key has the wrong size")
    return application


def _check_code(secret: bytes, used_by: bytes | None, application: Application, body: bytes, sealed: bytes) -> None:
    code = EnrolmentCode(b"", secret)
    if not hmac.compare_digest(code.seal(body), sealed):
        raise BadEnrolmentCode
    if used_by not in (None, application.sign_public):
        raise UsedEnrolmentCode


def _certify(
    connection: sqlite3.Connection, hub: PrivateKeys, application: Application, stream: int, now_ms: int
) -> bytes:
    """The certificate, made once and kept."""
    code, held, public = connection.execute(
        "SELECT code, certificate, sign_public FROM stream WHERE stream = ?", (stream,)
    ).fetchone()
    if held is not None and public == application.sign_public:
        return bytes(held)
    made = keys.certify(hub, Certificate(1, stream, code, application.sign_public, application.seal_public, 1, now_ms))
    connection.execute(
        "UPDATE stream SET certificate = ?, sign_public = ? WHERE stream = ?",
        (made, application.sign_public, stream),
    )
    return made


def read_welcome(data: bytes, code: EnrolmentCode, keyring: PrivateKeys, url: str) -> tuple[Certificate, Welcome]:
    """Checks the hub's answer against the code; the company key in the result is readable.

    Raises WrongHub, BadSignature, HubAnswerUnreadable.
    """
    if len(data) > limits.REQUEST_BYTES_MAX:
        raise HubAnswerUnreadable(url=url, why=TOO_LONG)
    try:
        welcome = wire.decode_struct(_welcome_decoder, data, "enrolment")
    except Malformed as error:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE) from error
    if keys.fingerprint(welcome.hub_public) != code.fingerprint:
        raise WrongHub
    certificate = keys.read_certificate(welcome.certificate, welcome.hub_public)
    if certificate.sign_public != keyring.sign_public:
        raise WrongHub
    if len(welcome.company_key) != keys.KEY_BYTES:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE)
    company_key = _mask(code, keyring.sign_public, welcome.company_key)
    return certificate, msgspec.structs.replace(welcome, company_key=company_key)
