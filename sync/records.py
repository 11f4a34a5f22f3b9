"""What the hub writes about merging, for people to see: conflicts, and entries held for review.

Both reach branches by the feed; neither is in any log entry nor in the digest.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from peewee import BlobField, BooleanField, IntegerField, TextField

from sync.errors import MadeAfterRevocation
from sync.model import HUB, IdField, Look, Synced, fact, hub_only, lww, synced


def _place(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["audience"],)


@synced
class Conflict(Synced):
    """Two people changed one thing without seeing each other: what stands, what gave way, who, when, where.

    ``kept`` and ``lost`` are MessagePack arrays of the group's values; ``*_stream`` the nodes; ``*_at`` ms UTC;
    ``audience`` the audience key of the row the conflict is about.
    """

    id = IdField(primary_key=True)
    audience = fact(IntegerField())
    table = fact(TextField(column_name="tbl"))
    row = fact(IdField(index=True))
    group = fact(TextField(column_name="grp"))
    kept_op = fact(BlobField())
    lost_op = fact(BlobField())
    kept_stream = fact(IntegerField())
    lost_stream = fact(IntegerField())
    kept_actor = fact(IdField(null=True))
    lost_actor = fact(IdField(null=True))
    kept_at = fact(IntegerField())
    lost_at = fact(IntegerField())
    noted_at = fact(IntegerField(index=True))
    kept = fact(BlobField(null=True), personal=True)
    lost = fact(BlobField(null=True), personal=True)

    class Sync:
        code = 200
        audience = staticmethod(_place)
        writers = staticmethod(hub_only)
        owner = "head office"
        digest = False


def _origin(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """The branch it came from; not the computer that follows one whose key was withdrawn."""
    return (HUB,) if row["reason"] == MadeAfterRevocation.code else (row["stream"],)


@synced
class HeldEntry(Synced):
    """An accepted entry that could not be applied: which, why (an error's code and words), and whether it is by now.

    ``epoch``: the name of the epoch in which ``seq`` counts.
    """

    id = IdField(primary_key=True)
    stream = lww(IntegerField())
    seq = lww(IntegerField())
    at = lww(IntegerField())
    reason = lww(TextField())
    detail = lww(TextField())
    released = lww(BooleanField(default=False))
    epoch = lww(BlobField())
    stamps = BlobField()

    class Sync:
        code = 201
        audience = staticmethod(_origin)
        writers = staticmethod(hub_only)
        owner = "head office"
        digest = False


def held_id(stream: int, epoch: bytes, seq: int) -> bytes:
    """The id of the notice about a held entry: the same when a hub that was put back holds it again."""
    named = stream.to_bytes(2, "big") + epoch + seq.to_bytes(8, "big")
    return sha256(b"cabang held entry 1\0" + named).digest()[:16]
