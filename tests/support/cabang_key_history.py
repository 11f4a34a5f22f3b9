"""Random histories in which branches change their keys and one is shut out; everything drawn from one seed."""

from contextlib import suppress

from cabang_history import History
from cabang_keys import code_of, countersigned, customers, held, home_of, wish_of, withdraw, write
from cabang_line_faults import LINES
from cabang_oracle import check_equal, check_log
from cabang_pair import BranchSide

from sync import rotation
from sync.errors import KeyReplaced


class KeyHistory(History):
    """As ``History``; in the end one of three or more branches is shut out."""

    def key_changed(self, branch: BranchSide) -> None:
        """A whole change of keys."""
        self._prepare_key(branch)
        self._ask_for_key(branch, True)

    def key_request_lost(self, branch: BranchSide) -> None:
        """A change that head office never heard of."""
        self._prepare_key(branch)

    def key_answer_lost(self, branch: BranchSide) -> None:
        """Head office has agreed and the branch goes on with its old key, until a round tells it."""
        self._prepare_key(branch)
        self._ask_for_key(branch, False)

    def _prepare_key(self, branch: BranchSide) -> None:
        home = home_of(branch, self.company.folder)
        rotation.settle(home, branch.store, branch.keyring)
        rotation.prepare(home, self.random.randbytes(64))

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

    def _check(self) -> None:
        """As ``History``; then one branch is shut out, and what holds from there on is checked."""
        super()._check()
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


CHANGES = {
    "key changed": KeyHistory.key_changed,
    "key change: request lost": KeyHistory.key_request_lost,
    "key change: answer lost": KeyHistory.key_answer_lost,
}
KeyHistory.lines = {**LINES, **CHANGES}
