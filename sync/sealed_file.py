"""A file that only the holder of a secret can read, written and read as a stream of chunks.

Layout: ``cabang backup`` and a newline, the header's length (4 bytes), the header (a MessagePack array), then chunks:
length (4 bytes) and ChaCha20-Poly1305 of up to 64 KiB.  The nonce of a chunk is its number (8 bytes), three zeros, and
1 for the last one, else 0; each is sealed together with the hash of all that stands before the first.  So a file that
was cut, put together from two, or changed in any byte is not read as a whole one.  The key is scrypt of the secret.
"""

from collections.abc import Callable
from hashlib import scrypt, sha256
from typing import Any, BinaryIO, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from sync.errors import N_, CabangError, Malformed
from sync.wire import decode_array, encode

MAGIC = b"cabang backup\n"
VERSION = 1
CHUNK_BYTES, TAG_BYTES, SALT_BYTES, CHECK_BYTES, KEY_BYTES = 64 * 1024, 16, 16, 8, 32
HEADER_BYTES_MAX = 4096
SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 15, 8, 1
_SCRYPT_BYTES_MAX = 256 * 1024 * 1024


class NotABackup(CabangError):
    code = "not_a_backup"
    happened = N_("The file %(file)s is no backup of Cabang.")
    todo = N_("Give the file that 'cabang backup' made.")


class BackupNewer(CabangError):
    code = "backup_newer"
    happened = N_("The backup %(file)s was made by a newer Cabang.")
    todo = N_("Install the newer Cabang, then do it again.")


class WrongPhrase(CabangError):
    code = "wrong_phrase"
    happened = N_("This recovery phrase does not open the backup %(file)s.")
    todo = N_("Use the phrase of the very branch or head office that made it; each has its own.")


class BackupDamaged(CabangError):
    code = "backup_damaged"
    happened = N_("The backup %(file)s is damaged, or part of it is missing.")
    todo = N_("Copy it again from where it was kept, or use an older one.")


class About(NamedTuple):
    """What stands readable at the beginning: "branch" or "hub", its code, when it was made (ms UTC)."""

    kind: str
    code: str
    made_ms: int


class _Header(NamedTuple):
    version: int
    kind: str
    code: str
    made_ms: int
    salt: bytes
    n: int
    r: int
    p: int
    check: bytes


class Writer:
    """Writes to *file*; ``close()`` seals the last chunk.  *chance(n)* gives n random bytes."""

    def __init__(self, file: BinaryIO, secret: bytes, about: About, chance: Callable[[int], bytes]) -> None:
        salt = chance(SALT_BYTES)
        key = _key(secret, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
        header = encode([VERSION, *about, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P, _check(key)])
        opening = MAGIC + len(header).to_bytes(4, "big") + header
        file.write(opening)
        self._file, self._cipher, self._opening = file, ChaCha20Poly1305(key), sha256(opening).digest()
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Takes *data*; whole chunks are written."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._put(bytes(self._waiting[:CHUNK_BYTES]), False)
            del self._waiting[:CHUNK_BYTES]
        return len(data)

    def close(self) -> None:
        """Writes what is left as the last chunk; the file itself stays open."""
        self._put(bytes(self._waiting), True)

    def _put(self, data: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), data, self._opening)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Reader:
    """Reads what a ``Writer`` wrote, chunk by chunk, nothing of a chunk before it is known to be right.

    Raises NotABackup, BackupNewer, WrongPhrase; later BackupDamaged.  *name* is the file's, for the errors.
    """

    def __init__(self, file: BinaryIO, secret: bytes, name: str) -> None:
        self._file, self._name = file, name
        header, opening = _read_header(file, name)
        key = _key(secret, header.salt, header.n, header.r, header.p)
        if _check(key) != header.check:
            raise WrongPhrase(file=name)
        self.about = About(header.kind, header.code, header.made_ms)
        self._cipher, self._opening = ChaCha20Poly1305(key), sha256(opening).digest()
        self._ready = b""
        self._number = 0
        self._next = self._sealed()
        if self._next is None:
            raise BackupDamaged(file=name)

    def read(self, size: int) -> bytes:
        """At most *size* bytes; fewer at the end."""
        parts, left = [], size
        while left and (self._ready or self._open()):
            parts.append(self._ready[:left])
            self._ready = self._ready[left:]
            left = size - sum(map(len, parts))
        return b"".join(parts)

    def finish(self) -> None:
        """Reads to the end, so that the whole file is known to be there."""
        while self._open():
            pass

    def _open(self) -> bool:
        """Makes the next chunk ready; False at the end."""
        sealed = self._next
        if sealed is None:
            return False
        self._next = self._sealed()
        try:
            self._ready = self._cipher.decrypt(_nonce(self._number, self._next is None), sealed, self._opening)
        except InvalidTag:
            raise BackupDamaged(file=self._name) from None
        self._number += 1
        return True

    def _sealed(self) -> bytes | None:
        length = self._file.read(4)
        if not length:
            return None
        size = int.from_bytes(length, "big")
        data = self._file.read(size) if len(length) == 4 and TAG_BYTES <= size <= CHUNK_BYTES + TAG_BYTES else b""
        if len(data) != size or not data:
            raise BackupDamaged(file=self._name)
        return data


def _read_header(file: BinaryIO, name: str) -> tuple[_Header, bytes]:
    opening = file.read(len(MAGIC) + 4)
    size = int.from_bytes(opening[len(MAGIC) :], "big")
    if opening[: len(MAGIC)] != MAGIC or size > HEADER_BYTES_MAX:
        raise NotABackup(file=name)
    data = file.read(size)
    try:
        fields: list[Any] = decode_array(data, "backup")
        if fields and type(fields[0]) is int and fields[0] > VERSION:
            raise BackupNewer(file=name)
        header = msgspec.convert(fields, _Header)
    except (Malformed, msgspec.ValidationError):
        raise BackupDamaged(file=name) from None
    n, r, p = header.n, header.r, header.p
    right = min(n - 1, r, p) > 0 and not n & (n - 1) and 128 * n * r * p <= _SCRYPT_BYTES_MAX
    if not right or len(header.salt) != SALT_BYTES:
        raise BackupDamaged(file=name)
    return header, opening + data


def _key(secret: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    return scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=2 * _SCRYPT_BYTES_MAX, dklen=KEY_BYTES)


def _check(key: bytes) -> bytes:
    """Tells a wrong secret from a damaged file."""
    return sha256(b"cabang backup key 1\0" + key).digest()[:CHECK_BYTES]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(8, "big") + bytes(3) + bytes([last])
