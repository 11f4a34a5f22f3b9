"""Copies of a node's database: taken while it works, put back later, run beside the original."""

from pathlib import Path

from cabang_oracle import check_equal, check_log
from cabang_pair import BranchSide, Company, HubSide, Side

from crm import balances
from sync import entry, epochs, feed_epochs, limits

HOUR_MS = 3_600_000


def copied(side: Side, name: str) -> Path:
    """A copy of the side's file, as a tool makes it that copies a file in use."""
    path = side.path.with_name(name)
    path.unlink(missing_ok=True)
    side.store.connection().execute("VACUUM INTO ?", (str(path),))
    return path


def twin(company: Company, branch: BranchSide, name: str = "twin.db") -> BranchSide:
    """Another computer that works as the same branch, from a copy made now."""
    made = BranchSide(copied(branch, name), branch.stream, name)
    made.now = branch.now
    return made


def put_back(company: Company, branch: BranchSide, path: Path, found_out: bool) -> BranchSide:
    """The branch works with an older copy from now on; *found_out*: its canary tells so when it starts."""
    branch.store.close()
    made = BranchSide(path, branch.stream, path.name)
    made.now = branch.now
    company.branches[branch.stream - 1] = made
    if found_out:
        epochs.go_on(made.journal, epochs.OLDER)
    return made


def put_hub_back(company: Company, path: Path, found_out: bool = True) -> HubSide:
    """Head office works with an older copy; *found_out*: it knows, as after a restore."""
    now = company.hub.now
    company.hub.store.close()
    company.hub = HubSide(path, 0, path.name)
    company.hub.now = now
    if found_out:
        name = company.hub.chance(entry.EPOCH_BYTES)
        epochs.go_on(company.hub.journal, epochs.RESTORED, feed_epochs.renewed(company.hub.store, name))
        company.hub.restart()
    return company.hub


def working(company: Company, branch: BranchSide) -> BranchSide:
    """The copy that speaks with head office from now on."""
    company.branches[branch.stream - 1] = branch
    return branch


def later(company: Company, *more: Side, ms: int = limits.EPOCH_PAUSE_MS + HOUR_MS) -> None:
    """Time goes on everywhere."""
    for side in {id(side): side for side in (*company.sides, *more)}.values():
        side.now += ms


def check_whole(company: Company, *more: BranchSide) -> None:
    """Both sides hold the same, the books balance and every file verifies."""
    for branch in company.branches:
        check_equal(company, branch)
    for side in (*company.sides, *more):
        balances.verify(side.store.connection())
        check_log(company, side)


def sales(side: Side) -> set[bytes]:
    """The ids of all sales a side holds."""
    return {row for (row,) in side.rows("SELECT id FROM sale")}


def epochs_of(side: Side, stream: int = 1) -> int:
    """How many epochs of a stream a side knows."""
    return int(side.one("SELECT count(*) FROM epoch WHERE stream = ?", stream))


def opened(side: Side) -> str:
    """Why the log went on in the epoch of today."""
    return str(side.store.get(epochs.WHY) or "")
