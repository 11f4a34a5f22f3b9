"""Changing a branch's keys: the old key asks, the hub countersigns, only then the new key signs.

Request: MessagePack [version, stream, epoch, new signing key, new encryption key, proof] and a signature of the old
key, label ``cabang rotation 1``; *proof* is the new key's signature, same label, over stream (2) ‖ both new keys.
Answer: [version, certificate].  A repeat with the same new keys gets the same certificate: a lost answer costs nothing.

The certificate names the last entry the hub held: what follows is sealed by the new key, so segments the hub has not
received are sealed again.  New keys lie beside the old ones (``node.key.next``) until then; whichever file fits the
certificate in the database is the node's, so that a stop at any point leaves one working key.
"""

import struct

import msgspec

from sync import certificates, epochs, keys, limits, segment, wire
from sync.connection import Connection
from sync.entry import EPOCH_BYTES
from sync.errors import (
    BadSignature,
    EpochClosed,
    HubAnswerUnreadable,
    KeyReplaced,
    Malformed,
    RevokedSender,
    UnknownSender,
    UnknownVersion,
    WrongHub,
)
from sync.exchange import UNREADABLE
from sync.folder import KEY, Folder, sync_directory, write_private
from sync.journal import Journal
from sync.keys import Certificate, PrivateKeys
from sync.store import Store

VERSION = 1
PATH = "/sync/1/rotate"
NEXT = f"{KEY}.next"
_NEW_KEYS = struct.Struct(">H32s32s")
_CLOSED = "SELECT 1 FROM epoch WHERE stream = ? AND name = ? AND closed"


class Wish(msgspec.Struct, array_like=True, frozen=True):
    """The new keys a branch asks a certificate for, the epoch it writes in, and the new key's own word for it."""

    version: limits.Count
    stream: limits.Count
    epoch: bytes
    sign_public: bytes
    seal_public: bytes
    proof: bytes


class Granted(msgspec.Struct, array_like=True, frozen=True):
    """The hub's answer."""

    version: limits.Count
    certificate: bytes


_wish_decoder = msgspec.msgpack.Decoder(Wish).decode
_granted_decoder = msgspec.msgpack.Decoder(Granted).decode


# --- at the hub ------------------------------------------------------------------------------------------------


def countersign(store: Store, hub: PrivateKeys, data: bytes, now_ms: int) -> bytes:
    """The hub's answer to a wish.

    Raises Malformed, UnknownVersion, UnknownSender, BadSignature, KeyReplaced, RevokedSender, EpochClosed.
    """
    wish = _read_wish(data)
    with store.write() as connection:
        held = certificates.newest(store, wish.stream)
        if not held:
            raise UnknownSender(stream=wish.stream)
        asker = _asker(held, data)
        if asker.withdrawn is not None:
            raise RevokedSender
        if wish.sign_public == held[0].sign_public:
            return wire.encode(Granted(VERSION, held[0].signed))  # asked before; the answer was lost
        if asker is not held[0] or wish.sign_public in [one.sign_public for one in held]:
            raise KeyReplaced
        if connection.execute(_CLOSED, (wish.stream, wish.epoch)).fetchone():
            raise EpochClosed  # a copy that was replaced must not lock out the one that goes on
        return wire.encode(Granted(VERSION, _issue(connection, hub, wish, asker, now_ms)))


def _read_wish(data: bytes) -> Wish:
    wish = wire.decode_struct(_wish_decoder, data[: -keys.SIGNATURE_BYTES], "rotation")
    _check_version(wish.version)
    sizes = len(wish.sign_public), len(wish.seal_public), len(wish.proof), len(wish.epoch)
    wanted = keys.KEY_BYTES, keys.KEY_BYTES, keys.SIGNATURE_BYTES, EPOCH_BYTES
    if sizes != wanted or wish.stream > limits.STREAM_MAX:
        raise Malformed(what="rotation", why="a field has the wrong size")
    _check_proof(wish)
    return wish


def _check_version(version: int) -> None:
    if version != VERSION:
        raise UnknownVersion(what="rotation", version=version)


def _check_proof(wish: Wish) -> None:
    """Who asks holds the new key: nobody gets another's key certified."""
    said = _NEW_KEYS.pack(wish.stream, wish.sign_public, wish.seal_public)
    keys.check(wish.sign_public, keys.ROTATION_LABEL, said, wish.proof, "rotation")


def _asker(held: list[certificates.Certified], data: bytes) -> certificates.Certified:
    """The certificate whose key signed the wish."""
    body, signature = data[: -keys.SIGNATURE_BYTES], data[-keys.SIGNATURE_BYTES :]
    for one in held:
        if keys.fits(one.sign_public, keys.ROTATION_LABEL, body, signature):
            return one
    raise BadSignature(what="rotation")


def _issue(connection: Connection, hub: PrivateKeys, wish: Wish, before: certificates.Certified, now_ms: int) -> bytes:
    code = connection.execute("SELECT code FROM stream WHERE stream = ?", (wish.stream,)).fetchone()[0]
    epoch, after = certificates.end_of_log(connection, wish.stream)
    if (before.epoch, before.after) == (epoch, certificates.EPOCH_END):
        after = certificates.EPOCH_END  # the epoch held is that of a key before, which may go on in it
    version = keys.CERTIFICATE_VERSION
    made = Certificate(
        version, wish.stream, code, wish.sign_public, wish.seal_public, before.serial + 1, now_ms, epoch, after
    )
    return certificates.issue(connection, hub, made)


# --- at the branch ---------------------------------------------------------------------------------------------


def prepare(home: Folder, seed: bytes, *, anew: bool = False) -> None:
    """Draws no keys twice: *seed* becomes the next key of *home*, unless one waits there already; *anew*: even then."""
    if anew or not (home.path / NEXT).exists():
        write_private(home.path / NEXT, seed)


def next_keys(home: Folder) -> PrivateKeys | None:
    """The keys that wait for the hub's countersignature."""
    path = home.path / NEXT
    return PrivateKeys(path.read_bytes()) if path.exists() else None


def ask(old: PrivateKeys, new: PrivateKeys, stream: int, epoch: bytes) -> bytes:
    """The bytes a branch sends."""
    proof = new.sign(keys.ROTATION_LABEL, _NEW_KEYS.pack(stream, new.sign_public, new.seal_public))
    body = wire.encode(Wish(VERSION, stream, epoch, new.sign_public, new.seal_public, proof))
    return body + old.sign(keys.ROTATION_LABEL, body)


def take(home: Folder, journal: Journal, data: bytes, hub_public: bytes, url: str) -> Certificate:
    """Takes the hub's answer *data*: from here on the new key signs, and it alone.

    Raises HubAnswerUnreadable, UnknownVersion, BadSignature, WrongHub.
    """
    new = next_keys(home)
    try:
        granted = wire.decode_struct(_granted_decoder, data, "rotation")
        _check_version(granted.version)
        certificate = keys.read_certificate(granted.certificate, hub_public)
    except Malformed as error:
        raise HubAnswerUnreadable(url=url, why=UNREADABLE) from error
    if new is None or (certificate.stream, certificate.sign_public) != (journal.stream, new.sign_public):
        raise WrongHub
    with journal.at_rest():
        with journal.store.write() as connection:
            certificates.keep(connection, granted.certificate, certificate)
            with journal.store.wide():
                seal_again(connection, new, journal.stream, certificate.epoch, certificate.after)
            journal.store.put("certificate", granted.certificate)
        journal.keyring.become(new.seed)
    settle(home, journal.store, journal.keyring)
    return certificate


def settle(home: Folder, store: Store, keyring: PrivateKeys) -> None:
    """Puts the key that the certificate in the database names into its place, and *keyring* to it.

    At each start, and at the end of a rotation: whatever was cut off before, one key file is left and it fits.
    """
    new, certificate = next_keys(home), store.get("certificate")
    if new is None or certificate is None:
        return
    if keys.read_certificate(certificate, store.get("hub_public")).sign_public == new.sign_public:
        (home.path / NEXT).replace(home.key_file)
        sync_directory(home.path)
        keyring.become(new.seed)


def seal_again(connection: Connection, new: PrivateKeys, stream: int, within: bytes = b"", after: int = 0) -> None:
    """Seals by the new key what the hub does not hold yet: what follows entry *after* of the epoch named *within*.

    Without one, what it has not signed for.
    """
    place = certificates.epoch_number(connection, stream, within)
    for epoch, name, acknowledged in connection.execute(
        "SELECT id, name, acknowledged FROM epoch WHERE stream = ? AND id >= ? ORDER BY id", (stream, place)
    ).fetchall():
        _seal_epoch(connection, (stream, epoch, name), after if epoch == place else acknowledged, new)


def _seal_epoch(connection: Connection, log: tuple[int, int, bytes], after: int, new: PrivateKeys) -> None:
    stream, epoch, name = log
    sealed = connection.execute(
        "SELECT first, last, head FROM segment WHERE epoch = ? AND first > ? AND signature IS NOT NULL ORDER BY first",
        (epoch, after),
    ).fetchall()
    if not sealed:
        return  # head office may hold more of this epoch than this copy of it
    seal = epochs.seal_before(connection, epoch, sealed[0][0])
    for first, last, head in sealed:
        said = segment.statement(stream, name, first, last, seal, head)
        signature = new.sign(keys.SEGMENT_LABEL, said)
        seal = segment.seal_of(said, signature)
        connection.execute(
            "UPDATE segment SET signature = ?, seal = ? WHERE epoch = ? AND first = ?", (signature, seal, epoch, first)
        )
    connection.execute("UPDATE epoch SET seal = ? WHERE id = ?", (seal, epoch))
