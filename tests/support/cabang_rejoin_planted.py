"""Planted bugs of a folder that joins again: each with the scene that must notice it."""

from pathlib import Path
from typing import Any

from cabang_copies import twin
from cabang_key_planted import CHANGED, Patch, Planted, _must_fail, _nothing
from cabang_keys import admit, change_key, customers, held, home_of, new_code, refused, rejoined, whole, withdraw, write
from cabang_pair import Company, keyring, seeded

from sync import certificates, enrol, epochs, rejoin, review, starts
from sync.branch import Load

SEED = seeded("joined again")(64)


def a_tail_counts_again(company: Company, folder: Path) -> None:
    """Sent in vain under a withdrawn key, and never sent."""
    branch = company.branches[0]
    company.heal()
    withdraw(company, branch)
    write(branch, "X1")
    write(branch, "X2")
    refused(company, branch)
    write(branch, "X3")
    rejoined(company, branch, home_of(branch, folder), SEED, new_code(company, 1))
    company.heal()
    assert ({"X1", "X2", "X3"}, []) == (customers(company), held(company))
    assert whole(company).entries and whole(company, branch).entries


def a_withdrawn_key_vouches_for_nothing(company: Company, folder: Path) -> None:
    """Its unit lies in one epoch, and is carried in another that head office took the opening of."""
    branch = company.branches[0]
    company.heal()
    write(branch, "BAD")
    other = twin(company, branch)
    epochs.go_on_behind(branch.journal, branch.journal.epoch, branch.link.acknowledged(), None)
    branch.link.uplink.forget()
    answer, nonce = company.ask(branch, Load(1, 1 << 16))
    branch.link.take(answer, branch.open_page(answer, nonce))
    withdraw(company, branch)
    refused(company, other)
    refused(company, branch)
    assert (set(), 2) == (customers(company), len(held(company)))


def former_keys_stay_former(company: Company, folder: Path) -> None:
    """A key that was replaced, with a code."""
    branch = company.branches[0]
    change_key(company, branch, home_of(branch, folder), CHANGED.seed)
    withdraw(company, branch)
    _must_fail(lambda: admit(company, enrol.apply(new_code(company, 1), keyring(1))))


def a_code_serves_its_branch(company: Company, folder: Path) -> None:
    """Another branch's folder uses a code."""
    withdraw(company, company.branches[0])
    code = new_code(company, 1)
    _must_fail(lambda: rejoined(company, company.branches[1], home_of(company.branches[1], folder), SEED, code))
    assert code.name in [name for (name,) in company.hub.rows("SELECT name FROM enrolment WHERE used_by IS NULL")]


def _says_nothing_of_late(patch: Patch) -> None:
    patch.setattr(enrol, "_LATE", "SELECT x'', 0 WHERE ? != ? AND 0")


def _never_late(patch: Patch) -> None:
    usual = starts.Starts.judge

    def judge(self: Any, connection: Any, epoch: int, stream: int, accepted: Any, late: bool) -> Any:
        return usual(self, connection, epoch, stream, accepted, False)

    patch.setattr(starts.Starts, "judge", judge)


def _any_key(patch: Patch) -> None:
    usual = certificates.newest
    patch.setattr(certificates, "newest", lambda store, stream: usual(store, stream)[:1])


def _any_code(patch: Patch) -> None:
    usual = enrol._read_application
    patch.setattr(enrol, "_read_application", lambda body: _of_nobody(usual(body)))


def _of_nobody(application: enrol.Application) -> enrol.Application:
    fields = {name: getattr(application, name) for name in application.__struct_fields__}
    return enrol.Application(**{**fields, "stream": 0})


def _only_sealed_again(patch: Patch) -> None:
    patch.setattr(rejoin, "_parent", lambda *args: None)


def _held_for_ever(patch: Patch) -> None:
    patch.setattr(review.Review, "release", lambda *args: None)


PLANTED: dict[str, Planted] = {
    "what a withdrawn key wrote is not named": Planted(_says_nothing_of_late, a_tail_counts_again),
    "only the first of a run is found": Planted(_nothing(starts.Starts, "_behind"), a_tail_counts_again),
    "the notice stays": Planted(_held_for_ever, a_tail_counts_again),
    "no epoch is opened": Planted(_only_sealed_again, a_tail_counts_again),
    "a withdrawn key vouches": Planted(_never_late, a_withdrawn_key_vouches_for_nothing),
    "former keys are certified": Planted(_any_key, former_keys_stay_former),
    "a code serves every branch": Planted(_any_code, a_code_serves_its_branch),
}
