"""The zstd module of this Python, as sync/wire.py finds it."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd"]

_MAGIC = bytes.fromhex("28b52ffd")
_BLOCK_MAX = 128 * 1024


def stored(data: bytes) -> bytes:
    """A frame of RFC 8878 that holds *data* (up to 64 KiB) as it is: the same bytes with every library."""
    return _MAGIC + b"\xa0" + len(data).to_bytes(4, "little") + _block(0, len(data), last=True) + data


def bomb(blocks: int) -> bytes:
    """A frame of *blocks* times 128 KiB of zeros in 4 bytes each."""
    size = (blocks * _BLOCK_MAX).to_bytes(4, "little")
    each = [_block(1, _BLOCK_MAX, last=place == blocks - 1) + b"\0" for place in range(blocks)]
    return _MAGIC + b"\xa0" + size + b"".join(each)


def _block(kind: int, size: int, last: bool) -> bytes:
    return (last | kind << 1 | size << 3).to_bytes(3, "little")
