"""Which key may have sealed what: the certificates a file holds are head office's word, each in its place."""

from sync import keys
from sync.connection import Connection
from sync.errors import N_, CabangError, LogDamaged

_HELD = (
    "SELECT stream, serial, sign_public, signed, epoch, after, withdrawn, last_epoch, last_seq FROM certificate "
    "ORDER BY stream, serial"
)
_NEWEST = (
    "SELECT c.stream FROM certificate c JOIN stream s ON s.stream = c.stream WHERE c.serial = "
    "(SELECT max(serial) FROM certificate n WHERE n.stream = c.stream) AND (c.signed, c.sign_public, "
    "iif(c.withdrawn IS NULL, NULL, c.last_seq)) IS NOT (s.certificate, s.sign_public, s.revoked_after)"
)


def history(connection: Connection, hub_public: bytes) -> None:
    """Every certificate says what its row says, and the newest is the one in force.  Raises LogDamaged."""
    before = (0, 0)
    for stream, serial, public, signed, epoch, after, withdrawn, *last in connection.execute(_HELD):
        expected = (stream, serial) > before and (withdrawn is not None or last == [0, 0])
        if not expected or not _says((stream, serial, public, epoch, after), signed, hub_public):
            raise _wrong(stream, serial)
        before = (stream, serial)
    for (stream,) in connection.execute(_NEWEST):
        raise _wrong(stream, 0)


def _says(row: tuple[int, int, bytes, bytes, int], signed: bytes, hub: bytes) -> bool:
    try:
        said = keys.read_certificate(signed, hub)
    except CabangError:
        return False
    return (said.stream, said.serial, said.sign_public, said.epoch, said.after) == row


def _wrong(stream: int, serial: int) -> LogDamaged:
    return LogDamaged(
        entry=stream, why=N_("certificate number %(serial)s is not as head office gave it"), serial=serial
    )
