"""The sealed file of a backup: whole and unchanged, or not read at all."""

import io
from typing import Any

import pytest
from cabang_forge import flipped
from cabang_pair import seeded

from sync import sealed_file, wire
from sync.errors import CabangError
from sync.sealed_file import About, BackupDamaged, BackupNewer, NotABackup, Reader, Writer, WrongPhrase

SECRET = b"a secret of twenty b"
ABOUT = About("branch", "PTK", 1_767_243_600_000)
CHUNK = 32


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Keys cost nothing and chunks are small."""
    monkeypatch.setattr(sealed_file, "SCRYPT_N", 2)
    monkeypatch.setattr(sealed_file, "CHUNK_BYTES", CHUNK)


def sealed(data: bytes, seed: str = "seed") -> bytes:
    file = io.BytesIO()
    writer = Writer(file, SECRET, ABOUT, seeded(seed))
    for place in range(0, len(data), 7):
        writer.write(data[place : place + 7])
    writer.close()
    return file.getvalue()


def opened(data: bytes, secret: bytes = SECRET) -> bytes:
    reader = Reader(io.BytesIO(data), secret, "FILE")
    parts = []
    while part := reader.read(5):
        parts.append(part)
    reader.finish()
    assert ABOUT == reader.about
    return b"".join(parts)


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the first chunk, and each chunk with its length."""
    start = len(sealed_file.MAGIC)
    place = start + 4 + int.from_bytes(data[start : start + 4], "big")
    opening, found = data[:place], []
    while place < len(data):
        size = 4 + int.from_bytes(data[place : place + 4], "big")
        found.append(data[place : place + size])
        place += size
    return opening, found


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 100])
def test_it_is_read_as_it_was_written(size) -> None:
    """Goal: round trip. Method: sizes around the ends of chunks, written and read in small pieces."""
    data = seeded("data")(size)
    assert data == opened(sealed(data))


def test_what_nobody_reads_is_looked_at_too() -> None:
    """Goal: a file is known to be whole. Method: the end of three chunks, none read; the last one damaged."""
    data = sealed(bytes(3 * CHUNK))
    Reader(io.BytesIO(data), SECRET, "FILE").finish()
    with pytest.raises(BackupDamaged):
        Reader(io.BytesIO(data[:-1]), SECRET, "FILE").finish()


def test_every_byte_counts() -> None:
    """Goal: nothing changed is taken. Method: each byte flipped in turn; only our errors, never the contents."""
    data = sealed(seeded("data")(80))
    for place in range(len(data)):
        with pytest.raises(CabangError):
            opened(flipped(data, place))


def test_half_a_file_is_refused() -> None:
    """Goal: a cut copy is noticed. Method: cut after each byte; ends of chunks are among them."""
    data = sealed(seeded("data")(80))
    for end in range(len(data)):
        with pytest.raises((BackupDamaged, NotABackup)):
            opened(data[:end])


def test_chunks_stay_where_they_are() -> None:
    """Goal: no file is put together from parts. Method: chunks swapped, left out, doubled, of another file."""
    data, other = seeded("data")(100), seeded("other")(100)
    opening, parts = chunks(sealed(data))
    _, others = chunks(sealed(other, "another seed"))
    assert data == opened(b"".join([opening, *parts]))
    first, second, *rest = parts
    for wrong in (
        [second, first, *rest],
        [second, *rest],
        [first, *rest],
        [first, first, second, *rest],
        [*parts, parts[-1]],
        [*parts[:-1], others[-1]],
        others,
        [*parts, b"\x00"],
    ):
        with pytest.raises(BackupDamaged):
            opened(b"".join([opening, *wrong]))


def test_another_phrase_is_told_from_damage() -> None:
    """Goal: the person knows what to do. Method: another secret; no backup; a newer version."""
    data = sealed(b"data")
    with pytest.raises(WrongPhrase):
        opened(data, b"another secret of 20")
    for noise in (b"", b"PK\x03\x04", b"SQLite format 3\0" * 9, sealed_file.MAGIC):
        with pytest.raises((NotABackup, BackupDamaged)):
            opened(noise)
    with pytest.raises(BackupNewer):
        opened(data.replace(wire.encode([1, "branch"])[1:], wire.encode([2, "branch"])[1:]))


def with_header(**changed: Any) -> bytes:
    names = sealed_file._Header._fields
    header = dict(zip(names, (1, *ABOUT, bytes(16), 2, 8, 1, bytes(8)), strict=True)) | changed
    said = wire.encode([header[name] for name in names])
    return sealed_file.MAGIC + len(said).to_bytes(4, "big") + said


@pytest.mark.parametrize(
    "changed",
    [{"n": 0}, {"n": 3}, {"n": 1}, {"n": -2, "r": -1}, {"n": 1 << 40}, {"r": 1 << 30}, {"p": 1 << 30}, {"p": 0},
     {"salt": b""}, {"salt": "text"}, {"kind": 5}, {"n": True}],
)  # fmt: skip
def test_a_header_cannot_make_us_work_for_ever(changed) -> None:
    """Goal: no key derivation without bounds. Method: odd and huge numbers in the header."""
    with pytest.raises(BackupDamaged):
        opened(with_header(**changed))
