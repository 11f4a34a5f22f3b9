"""Random histories in which branches change their keys and one is shut out; everything drawn from one seed.

``python -m cabang_key_history SEED`` (with the project and tests/support on the path) plays one and tells each step.
"""

import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from cabang_history import STEPS, History
from cabang_keys import code_of, countersigned, customers, held, home_of, wish_of, withdraw, write
from cabang_oracle import check_equal, check_log
from cabang_pair import BranchSide, Company

from sync import rotation
from sync.errors import CabangError, KeyReplaced


class KeyHistory(History):
    """As ``History``; in the end one of three or more branches is shut out."""

    how = "cabang_key_history"

    def _line(self, branch: BranchSide) -> None:
        if self.random.random() < 0.85:
            super()._line(branch)
        else:
            self._change_key(branch)

    def _change_key(self, branch: BranchSide) -> None:
        """A change of keys, whole or cut off at one of its two halves; then the other rounds show it."""
        name = self.random.choice(["key changed", "key change: request lost", "key change: answer lost"])
        home = home_of(branch, self.company.folder)
        rotation.settle(home, branch.store, branch.keyring)
        rotation.prepare(home, self.random.randbytes(64))
        if name != "key change: request lost":
            self._ask_for_key(branch, name == "key changed")
        self.tell(branch, name)

    def _ask_for_key(self, branch: BranchSide, heard: bool) -> None:
        home = home_of(branch, self.company.folder)
        new = rotation.next_keys(home)
        assert new is not None
        answer = countersigned(self.company, wish_of(branch, new))
        if not heard:  # the branch goes on with its old key, until a round tells it
            write(branch, f"K{self.now}")
            with suppress(KeyReplaced):
                self.company.answer(branch.link.ask(0))
                raise AssertionError("an old key spoke")
            answer = countersigned(self.company, wish_of(branch, new))
        rotation.take(home, branch.journal, answer, branch.link.hub_public, "hub")

    def play(self, steps: int = STEPS) -> None:
        """As ``History``; after every claim was checked one branch is shut out, and what holds then is checked."""
        super().play(steps)
        if len(self.company.branches) > 2:
            self._shut_out(self.company.branches[-1])

    def _shut_out(self, branch: BranchSide) -> None:
        """The last branch's key is withdrawn; what it writes then is kept, counts for nothing and reaches nobody."""
        withdraw(self.company, branch)
        self.tell(branch, "key withdrawn")
        before, digest = customers(self.company), self.company.hub.digest()
        write(branch, "LATE")
        answer, _ = self.company.ask(branch)
        assert ("revoked", None) == (code_of(answer), answer.page)
        assert (before, digest) == (customers(self.company), self.company.hub.digest())
        assert ["after_revocation"] == [reason for _, reason in held(self.company)]
        for other in self.company.branches[:-1]:
            self.company.until_done(other)
            check_equal(self.company, other)
        for side in self.company.sides:
            check_log(self.company, side)


def play(template: Path, seed: int, steps: int = STEPS) -> Counter[str]:
    """Plays history *seed* on a copy of *template*; what happened how often.  Raises HistoryFailed."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company.open(template, Path(folder), 2 + seed % 3, f"keys {seed}")
        try:
            history = KeyHistory(company, seed)
            history.play(steps)
        finally:
            with suppress(CabangError):
                company.close()
    return history.happened


def play_all(template: Path, seeds: range) -> Counter[str]:
    """Plays every seed.  Raises HistoryFailed."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        happened += play(template, seed)
    return happened


def main() -> None:
    """Plays the seeds given on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        Company.create(Path(folder))
        for seed in sys.argv[1:]:
            print(seed, dict(play(Path(folder), int(seed))))


if __name__ == "__main__":
    main()
