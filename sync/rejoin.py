"""A branch's folder joins again with a new code, its key being replaced or withdrawn: same log, new keys, a new epoch.

The road back for data put back from before a change of keys, and for a computer whose key was withdrawn by mistake.
The hub's certificate serves epochs to come alone: the log goes on in one that begins behind what surely counts at the
hub, and all that came later is carried there.  Where the hub holds nothing of the log, it is sealed again as it is.
"""

from collections.abc import Mapping

from sync import certificates, enrol, epochs, keys, rotation
from sync.connection import Connection
from sync.enrol import Welcome
from sync.errors import WrongHub
from sync.folder import Folder
from sync.journal import Journal
from sync.keys import Certificate, EnrolmentCode, PrivateKeys
from sync.store import WIDE


def ask(code: EnrolmentCode, new: PrivateKeys, journal: Journal) -> bytes:
    """The bytes a branch sends; *new* lies in its folder already (``rotation.prepare``).  Raises WrongHub."""
    hub: bytes = journal.store.get("hub_public")
    if code.fingerprint != keys.fingerprint(hub):
        raise WrongHub
    held = certificates.newest(journal.store, journal.stream)
    return enrol.apply(code, new, journal.stream, held[0].serial)


def take(home: Folder, journal: Journal, new: PrivateKeys, certificate: Certificate, welcome: Welcome) -> None:
    """Takes what the hub answered, as ``enrol.read_welcome`` read it: from here on *new* signs.  Raises WrongHub."""
    if (certificate.stream, certificate.sign_public) != (journal.stream, new.sign_public):
        raise WrongHub
    with journal.at_rest():
        with journal.store.write(gate=WIDE) as connection:
            _put_in_force(connection, journal, new, certificate, welcome)
        journal.keyring.become(new.seed)
    rotation.settle(home, journal.store, journal.keyring)
    journal.sealed()


def _put_in_force(
    connection: Connection, journal: Journal, new: PrivateKeys, certificate: Certificate, welcome: Welcome
) -> None:
    place = None
    if certificate.after == certificates.EPOCH_END:
        place = _parent(connection, journal.stream, welcome)
    certificates.keep(connection, welcome.certificate, certificate)
    journal.store.put("certificate", welcome.certificate)
    if place:
        epochs.open_behind(connection, journal, new, *place)
    else:
        rotation.seal_again(connection, new, journal.stream)


def _parent(connection: Connection, stream: int, welcome: Welcome) -> tuple[int, int] | None:
    """(epoch, entry) of the last entry that surely counts at the hub; None when nothing of this log is known to."""
    late: Mapping[bytes, int] = dict(welcome.late)
    place = None
    for one in epochs.path(connection, stream):
        last = late.get(one.name, one.acknowledged + 1) - 1
        if one.first <= last < one.acknowledged and epochs.ends(connection, one.id, last):
            return one.id, last
        if one.acknowledged:
            place = one.id, one.acknowledged
    return place or _held_end(connection, stream, welcome)


def _held_end(connection: Connection, stream: int, welcome: Welcome) -> tuple[int, int] | None:
    """Where the hub says that this log ends, when that is a place of this very log: its acknowledgement was lost."""
    if welcome.parent is None:
        return None
    sql = (
        "SELECT s.epoch, s.last FROM segment s JOIN epoch e ON e.id = s.epoch "
        "WHERE e.stream = ? AND e.name = ? AND s.last = ? AND s.head = ?"
    )
    found: tuple[int, int] | None = connection.execute(sql, (stream, *welcome.parent.place)).fetchone()
    return found
