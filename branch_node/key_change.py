"""Changing this branch's keys: what ``cabang rotate-key`` does, and what goes on by itself when it was cut off.

And ``cabang branch rejoin``: with a code from head office, when no key of this folder counts there any more.
"""

from branch_node.line import Line
from sync import enrol, exchange, keys, rejoin, reminder, rotation
from sync.errors import KeyReplaced, RevokedSender
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

    def rejoin(self, line: Line, code: keys.EnrolmentCode) -> keys.Certificate:
        """New keys are certified for a code from head office, and the log goes on under them.

        Keys that wait from earlier serve, as the answer to them may have been lost, unless head office knows them as
        former ones.  Raises what the line does, and what the hub names.
        """
        self.begin()
        try:
            return self._rejoin(line, code)
        except (KeyReplaced, RevokedSender):
            rotation.prepare(self._home, draw(SEED_BYTES), anew=True)
            return self._rejoin(line, code)

    def _rejoin(self, line: Line, code: keys.EnrolmentCode) -> keys.Certificate:
        new = rotation.next_keys(self._home) or self._journal.keyring
        answer = line.post(exchange.ENROL_PATH, rejoin.ask(code, new, self._journal))
        certificate, welcome = enrol.read_welcome(answer, code, new, line.url)
        rejoin.take(self._home, self._journal, new, certificate, welcome)
        return certificate
