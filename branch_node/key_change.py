"""Changing this branch's keys: what ``cabang rotate-key`` does, and what goes on by itself when it was cut off."""

from branch_node.line import Line
from sync import keys, reminder, rotation
from sync.folder import Folder
from sync.journal import Journal
from sync.node import SEED_BYTES, draw


class KeyChange:
    """The keys of the branch in *home*, whose log is *journal*; *hub_public*: whose word counts."""

    def __init__(self, home: Folder, journal: Journal, hub_public: bytes) -> None:
        self._home, self._journal, self._hub_public = home, journal, hub_public

    def remind(self, line: Line) -> None:
        """Reminds a hub that does not know this branch's key, being restored, of the certificate it gave.

        Raises what the line does, and what the hub names.
        """
        line.post(reminder.PATH, reminder.remind(self._journal.keyring, self._journal.store.get("certificate")))

    def begin(self) -> None:
        """New keys are drawn and kept; nothing is signed by them yet."""
        rotation.settle(self._home, self._journal.store, self._journal.keyring)
        rotation.prepare(self._home, draw(SEED_BYTES))

    def begun(self) -> bool:
        """New keys wait for the hub."""
        return rotation.next_keys(self._home) is not None

    def finish(self, line: Line) -> keys.Certificate:
        """The hub countersigns, from then on the new key signs.  Raises what the line does, and what the hub names."""
        new, journal = rotation.next_keys(self._home), self._journal
        wish = rotation.ask(journal.keyring, new or journal.keyring, journal.stream, journal.epoch_name)
        return rotation.take(self._home, journal, line.post(rotation.PATH, wish), self._hub_public, line.url)
