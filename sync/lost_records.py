"""What is written after head office was put back: what it still holds, what branches hand back, what it decided."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import BlobField, BooleanField, CompositeKey, IntegerField, TextField

from sync.model import (
    HUB,
    Child,
    IdField,
    Look,
    RefField,
    Synced,
    child,
    everyone,
    fact,
    hub_only,
    making_branch,
    synced,
)

MAKER = -1  # stands for a group's number where the op made the row


@synced
class PutBack(Synced):
    """Head office goes on as feed ``feed_epoch`` and holds these units of its own log, from before and no others.

    ``known``: process start (6 bytes) ‖ number of its last unit (4), one behind the other; part ``part`` of ``parts``.
    """

    id = IdField(primary_key=True)
    feed_epoch = fact(BlobField(index=True))
    part = fact(IntegerField())
    parts = fact(IntegerField())
    known = fact(BlobField())

    class Sync:
        code = 190
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        digest = False


@synced
class LostChange(Synced):
    """A branch holds of ``row`` what head office wrote and has lost.  A proposal: it changes nothing by itself.

    ``said``: a MessagePack array of [group, value…], or of one [-1, value…] for a fact.
    """

    id = IdField(primary_key=True)
    stream = fact(IntegerField(), implied="stream")
    table = fact(TextField(column_name="tbl"))
    row = fact(BlobField(index=True))
    said = fact(BlobField(null=True), personal=True)

    class Sync:
        code = 191
        audience = staticmethod(making_branch)


@child(LostChange)
class LostOp(Child):
    """The op that stands in a group there (group -1: the one that made the row), with its effective stamp."""

    lost_change = fact(RefField("lost_change"))
    line = fact(IntegerField())
    group = fact(IntegerField(column_name="grp"))
    op = fact(BlobField(index=True))
    effective = fact(IntegerField())

    class Sync:
        code = 192

    class Meta:
        primary_key = CompositeKey("lost_change", "line")
        without_rowid = True


def _head_office(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (HUB,)


@synced
class LostVerdict(Synced):
    """Head office took over what it had lost of ``row``, or dropped it; person ``by`` decided."""

    id = IdField(primary_key=True)
    table = fact(TextField(column_name="tbl"))
    row = fact(BlobField(index=True))
    taken = fact(BooleanField())
    at = fact(IntegerField(), implied="at")
    by = fact(RefField("user", null=True))

    class Sync:
        code = 193
        audience = staticmethod(_head_office)
        writers = staticmethod(hub_only)
        owner = "head office"


@child(LostVerdict)
class LostVerdictOp(Child):
    """An op that was lost, and the op that stands for it from now on (none when a fact was dropped)."""

    lost_verdict = fact(RefField("lost_verdict"))
    line = fact(IntegerField())
    group = fact(IntegerField(column_name="grp"))
    lost = fact(BlobField(index=True))
    stands = fact(BlobField(null=True))

    class Sync:
        code = 194

    class Meta:
        primary_key = CompositeKey("lost_verdict", "line")
        without_rowid = True
