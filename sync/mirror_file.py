"""A mirror file: the sealed segments of one epoch on a stick, each encrypted, appended one behind the other.

Layout: ``cabang mirror`` and a newline, the header's length (4 bytes), the header (a MessagePack array [version, code,
stream, epoch, salt, check]), then records: a mark (8 bytes), length (4), nonce (12) and ChaCha20-Poly1305 of a segment
as it is sent, sealed together with the hash of all that stands before the first record.  The key comes from the company
key and the salt.  What is no whole record, as after a power cut, is passed over up to the next mark.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from sync import limits
from sync.entry import EPOCH_BYTES
from sync.errors import N_, CabangError, Malformed
from sync.wire import decode_array, encode

MAGIC = b"cabang mirror\n"
MARK = b"\xc4\xb3mirror"
SUFFIX = ".mirror"
VERSION = 1
SALT_BYTES, CHECK_BYTES, NONCE_BYTES, TAG_BYTES, LENGTH_BYTES = 16, 8, 12, 16, 4
HEADER_BYTES_MAX = 256
_HEAD_BYTES = len(MARK) + LENGTH_BYTES + NONCE_BYTES
_SEARCH_BYTES = 64 * 1024

Chance = Callable[[int], bytes]


class NotAMirror(CabangError):
    code = "not_a_mirror"
    happened = N_("The file %(file)s is no mirror file of Cabang, or its beginning is damaged.")
    todo = N_("The other files were looked at all the same; use an older stick or a backup for what this one held.")


class MirrorNewer(CabangError):
    code = "mirror_newer"
    happened = N_("The mirror file %(file)s was written by a newer Cabang.")
    todo = N_("Install the newer Cabang here, then do it again.")


class MirrorOfOthers(CabangError):
    code = "mirror_of_others"
    happened = N_("The mirror file %(file)s belongs to another company.")
    todo = N_("Take the stick of a branch of this head office.")


class About(NamedTuple):
    """Whose segments: the branch's code and number, the name of the epoch."""

    code: str
    stream: int
    epoch: bytes


class Record(NamedTuple):
    """A segment's bytes, or None for a stretch that is no whole record; ``at_end``: nothing comes behind it."""

    place: int
    data: bytes | None
    at_end: bool = False


class Opening:
    """The beginning of a mirror file as bytes, and the cipher of its records."""

    def __init__(self, about: About, salt: bytes, company_key: bytes) -> None:
        key = sha256(b"cabang mirror key 1\0" + company_key + salt).digest()
        self.about, self.check = about, sha256(b"cabang mirror check 1\0" + key).digest()[:CHECK_BYTES]
        header = encode([VERSION, *about, salt, self.check])
        self.data = MAGIC + len(header).to_bytes(LENGTH_BYTES, "big") + header
        self._cipher, self._bound = ChaCha20Poly1305(key), sha256(self.data).digest()

    def packed(self, segment: bytes, nonce: bytes) -> bytes:
        """A segment as a record."""
        sealed = self._cipher.encrypt(nonce, segment, self._bound)
        return MARK + len(sealed).to_bytes(LENGTH_BYTES, "big") + nonce + sealed

    def read(self, file: BinaryIO) -> bytes | None:
        """The segment in the record at which *file* stands, None where no whole record stands; EOFError at the end."""
        head = file.read(_HEAD_BYTES)
        if not head:
            raise EOFError
        size = int.from_bytes(head[len(MARK) : len(MARK) + LENGTH_BYTES], "big")
        if head[: len(MARK)] != MARK or not TAG_BYTES < size <= limits.SEGMENT_WIRE_BYTES_MAX + TAG_BYTES:
            return None
        try:
            return self._cipher.decrypt(head[-NONCE_BYTES:], file.read(size), self._bound)
        except (InvalidTag, ValueError):
            return None

    def records(self, file: BinaryIO) -> Iterator[Record]:
        """All that stands behind the header, in order; what cannot be read is told once a stretch."""
        place = len(self.data)
        with suppress(EOFError):
            while True:
                file.seek(place)
                segment = self.read(file)
                following = file.tell() if segment is not None else _find(file, place + 1)
                yield Record(place, segment, following is None)
                if following is None:
                    return
                place = following


def _find(file: BinaryIO, place: int) -> int | None:
    """Where the next mark stands, from *place* on."""
    file.seek(place)
    kept = b""
    while chunk := file.read(_SEARCH_BYTES):
        data = kept + chunk
        found = data.find(MARK)
        if found >= 0:
            return place + found
        kept = data[1 - len(MARK) :]
        place += len(data) - len(kept)
    return None


def read_opening(file: BinaryIO, company_key: bytes, name: str) -> Opening:
    """Reads the beginning; raises NotAMirror, MirrorNewer, MirrorOfOthers.  *name* is the file's, for the errors."""
    begin = file.read(len(MAGIC) + LENGTH_BYTES)
    size = int.from_bytes(begin[len(MAGIC) :], "big")
    if begin[: len(MAGIC)] != MAGIC or size > HEADER_BYTES_MAX:
        raise NotAMirror(file=name)
    data = file.read(size)
    version, about, salt, check = _fields(data, name)
    if version > VERSION:
        raise MirrorNewer(file=name)
    opening = Opening(about, salt, company_key)
    if opening.check != check:
        raise MirrorOfOthers(file=name)
    if opening.data != begin + data:
        raise NotAMirror(file=name)
    return opening


def _fields(data: bytes, name: str) -> tuple[int, About, bytes, bytes]:
    try:
        fields: list[Any] = decode_array(data, "mirror")
        version, code, stream, epoch, salt, check = msgspec.convert(
            fields[:6], tuple[int, str, limits.Count, bytes, bytes, bytes]
        )
    except (Malformed, msgspec.ValidationError):
        raise NotAMirror(file=name) from None
    if (len(epoch), len(salt)) != (EPOCH_BYTES, SALT_BYTES):
        raise NotAMirror(file=name)
    return version, About(code, stream, epoch), salt, check


def append(path: Path, opening: Opening, segments: Iterable[bytes], chance: Chance) -> int:
    """Writes *segments* behind what the file holds, on the disk when this returns; how many bytes they took.

    Raises OSError; then the file is as it was, as far as the stick still lets anybody say so.
    """
    with path.open("ab", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        try:
            for segment in segments:
                _write(file, opening.packed(segment, chance(NONCE_BYTES)))
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(before)
            raise
        return file.tell() - before


def _write(file: Any, data: bytes) -> None:
    """All of *data*; a file without a buffer may take less at once."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
