"""Random histories in which databases are copied and put back while keys change and are withdrawn."""

from collections.abc import Callable
from pathlib import Path

from cabang_history_copies import MISHAPS, CopiesHistory
from cabang_keys import code_of, new_code, rejoined, withdraw
from cabang_pair import BranchSide, Company, keyring

from sync import keys, reminder, rotation
from sync.errors import BadSignature, EpochClosed, KeyReplaced, RevokedSender
from sync.folder import Folder, write_private

SHUT_OUT = (KeyReplaced, BadSignature, RevokedSender)


class RejoinHistory(CopiesHistory):
    """As ``CopiesHistory``; a copy whose key counts no more works on and joins again, in the end at last."""

    def __init__(self, company: Company, seed: int) -> None:
        self.seeds = {ring.sign_public: ring.seed for ring in (keyring(side.stream) for side in company.branches)}
        super().__init__(company, seed)

    def _start(self, path: Path, like: BranchSide) -> BranchSide:
        """The copy holds the key that its database is certified for."""
        made = super()._start(path, like)
        signed = keys.read_certificate(made.store.get("certificate"), made.link.hub_public)
        made.keyring.become(self.seeds[signed.sign_public])
        return made

    # --- keys ------------------------------------------------------------------------------------------------

    def _home(self, side: BranchSide) -> Folder:
        """A folder of this copy alone, with its key in it."""
        home = Folder(self.company.folder / f"{side.path.stem} keys")
        home.path.mkdir(exist_ok=True)
        write_private(home.key_file, side.keyring.seed)
        return home

    def _new_seed(self) -> bytes:
        seed = self.random.randbytes(64)
        self.seeds[keys.PrivateKeys(seed).sign_public] = seed
        return seed

    def key_changed(self, branch: BranchSide) -> bool:
        """One of a branch's computers changes the key; the others are shut out by that."""
        new, hub = keys.PrivateKeys(self._new_seed()), self.company.hub
        home = self._home(branch)
        rotation.prepare(home, new.seed, anew=True)
        wish = rotation.ask(branch.keyring, new, branch.stream, branch.journal.epoch_name)
        try:
            answer = rotation.countersign(hub.store, hub.keyring, wish, hub.now)
        except (*SHUT_OUT, EpochClosed):
            return False
        rotation.take(home, branch.journal, answer, branch.link.hub_public, "hub")
        return True

    def key_withdrawn(self, branch: BranchSide) -> bool:
        """Head office withdraws the key in force, whoever holds it, with whatever was not sent."""
        self.old_hub = None  # what head office withdraws after its backup it must withdraw again
        if self.company.hub.one("SELECT revoked_after FROM stream WHERE stream = ?", branch.stream) is not None:
            return False
        withdraw(self.company, branch)
        return True

    def joined_again(self, branch: BranchSide) -> bool:
        """A code from head office, for one of a branch's computers; another one that was at work is shut out."""
        assert self.happened["joined again"] < JOINED_MAX, "a branch joins again without end"
        self.key_withdrawn(branch)
        code = new_code(self.company, branch.stream, f"{self.seed} {self.happened['joined again']}")
        rejoined(self.company, branch, self._home(branch), self._new_seed(), code)
        return True

    # --- talking ---------------------------------------------------------------------------------------------

    def _talk(self, branch: BranchSide) -> bool:
        """One round, as a branch's program makes it; a key that counts no more ends it."""
        try:
            return self._reminding(branch)
        except SHUT_OUT:
            self.happened["a copy is shut out"] += 1
            if self.step:
                return False
        self._tell_if(self.joined_again(branch), branch, "joined again")
        return self._talk(branch)

    def _reminding(self, branch: BranchSide) -> bool:
        try:
            return self._one_round(branch)
        except BadSignature:
            hub = self.company.hub
            shown = reminder.remind(branch.keyring, branch.store.get("certificate"))
            reminder.be_reminded(hub.store, hub.keyring.sign_public, shown)
            return self._one_round(branch)

    def _one_round(self, branch: BranchSide) -> bool:
        former = branch.link.uplink.ask().last is not None
        answer, nonce = self.company.ask(branch)
        progress = branch.link.take(answer, branch.open_page(answer, nonce))
        refused = {error.code: error for error in SHUT_OUT}.get(code_of(answer))
        if refused and not progress.settled:
            raise refused(what="segment")
        return self._heard(branch, answer, progress, former)

    def _line(self, branch: BranchSide) -> None:
        try:
            super()._line(branch)
        except SHUT_OUT as error:
            self._say(branch, f"shut out: {error.code}")


JOINED_MAX = 120  # in one history
KEYS: dict[str, Callable[[RejoinHistory, BranchSide], bool]] = {
    "key changed": RejoinHistory.key_changed,
    "key withdrawn": RejoinHistory.key_withdrawn,
    "joined again": RejoinHistory.joined_again,
}
RejoinHistory.mishaps = {**MISHAPS, **KEYS}
MUST_HAPPEN = (*KEYS, "a copy is shut out")
