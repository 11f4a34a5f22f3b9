"""Reminding a hub of a certificate it gave and has forgotten, being restored from a backup made before.

A branch that changed its keys since would else be a stranger.  Message: MessagePack [version, certificate] and the
signature of the certificate's key, label ``cabang reminder 1``.  The hub knows its own hand, so nobody else's word is
taken; answer: [version, serial of the certificate now in force].
"""

import msgspec

from sync import certificates, keys, limits, wire
from sync.errors import KeyReplaced, RevokedSender, UnknownSender, UnknownVersion
from sync.keys import PrivateKeys
from sync.store import Store

VERSION = 1
PATH = "/sync/1/certificate"


class Reminder(msgspec.Struct, array_like=True, frozen=True):
    """A certificate, as the hub signed it."""

    version: limits.Count
    certificate: bytes


_decoder = msgspec.msgpack.Decoder(Reminder).decode


def remind(keyring: PrivateKeys, certificate: bytes) -> bytes:
    """The bytes a branch sends."""
    body = wire.encode(Reminder(VERSION, certificate))
    return body + keyring.sign(keys.REMINDER_LABEL, body)


def be_reminded(store: Store, hub_public: bytes, data: bytes) -> bytes:
    """The hub's answer.

    Raises Malformed, UnknownVersion, BadSignature, UnknownSender; KeyReplaced for a certificate that is not newer, and
    RevokedSender where one was withdrawn: a withdrawal is undone by a new enrolment alone.
    """
    body, signature = data[: -keys.SIGNATURE_BYTES], data[-keys.SIGNATURE_BYTES :]
    said = wire.decode_struct(_decoder, body, "certificate")
    if said.version != VERSION:
        raise UnknownVersion(what="certificate", version=said.version)
    certificate = keys.read_certificate(said.certificate, hub_public)
    keys.check(certificate.sign_public, keys.REMINDER_LABEL, body, signature, "certificate")
    with store.write() as connection:
        held = certificates.newest(store, certificate.stream)
        if not held:
            raise UnknownSender(stream=certificate.stream)
        if held[0].withdrawn is not None:
            raise RevokedSender
        if said.certificate != held[0].signed:
            if certificate.serial <= held[0].serial:
                raise KeyReplaced
            certificates.put_in_force(connection, said.certificate, certificate)
    return wire.encode([VERSION, certificate.serial])
