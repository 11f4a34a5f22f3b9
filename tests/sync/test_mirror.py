"""The mirror stick: what a branch sealed lies on it, whatever happens to it; head office takes it in by the door."""

import os
import shutil
from pathlib import Path

import pytest
from cabang_keys import change_key, customers, held, home_of, whole, withdraw, write
from cabang_pair import COMPANY_KEY, BranchSide, Company, seeded

from sync import epochs, mirror, mirror_take, segment
from sync.errors import CabangError
from sync.mirror import Log, Mirror, StickFull, StickMissing, StickReadOnly
from sync.mirror_file import MARK, Opening, read_opening
from sync.mirror_take import Taken


class Stick:
    """A folder that stands for a stick, and the mirror of a branch that writes to it."""

    def __init__(self, company: Company, branch: BranchSide, path: Path) -> None:
        self.company, self.branch, self.path = company, branch, path
        path.mkdir(exist_ok=True)
        self.mirror = Mirror(seeded("stick"))

    @property
    def log(self) -> Log:
        return Log(self.branch.store.connection(), self.branch.code, self.branch.stream, COMPANY_KEY)

    @property
    def file(self) -> Path:
        """The newest of the mirror files."""
        return max(self.path.glob("*/*.mirror"), key=lambda path: path.stat().st_mtime_ns)

    def copy(self) -> int:
        """How many segments were written."""
        self.branch.journal.seal()
        return self.mirror.copy(self.log, self.path)

    def taken(self, path: Path | None = None) -> Taken:
        """What head office says of the stick."""
        (one,) = mirror_take.take(self.company.hub.exchange, COMPANY_KEY, path or self.path)
        return one

    def codes(self) -> list[str]:
        """The codes of what went wrong when head office took it."""
        return [error.code for error in self.taken().troubles]


@pytest.fixture
def stick(company: Company, tmp_path: Path) -> Stick:
    """A stick that holds what branch 1 has sent, and X1 and X2, which it has not."""
    made = Stick(company, company.branches[0], tmp_path / "stick")
    write(made.branch, "X1")
    write(made.branch, "X2")
    made.copy()
    return made


def test_a_second_look_writes_nothing(stick) -> None:
    """Goal: what is there is not written again. Method: again, by the same mirror and by one that must look."""
    before = stick.file.read_bytes()
    assert (0, 0) == (stick.copy(), mirror.lacking(stick.log, stick.path).entries)
    stick.mirror = Mirror(seeded("started again"))
    assert (0, before) == (stick.copy(), stick.file.read_bytes())


def test_a_found_stick_tells_nothing(stick) -> None:
    """Goal: only the company reads it. Method: names and headers in its bytes; another key."""
    write(stick.branch, "X3", "Bu Ratnasari")
    stick.copy()
    data = stick.file.read_bytes()
    assert b"Ratnasari" not in data
    with stick.file.open("rb") as file, pytest.raises(CabangError) as caught:
        read_opening(file, b"another".ljust(32), "file")
    assert "mirror_of_others" == caught.value.code


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_record_cut_by_a_power_failure_is_written_anew(stick, cut) -> None:
    """Goal: killed between write and fsync, nothing is missing. Method: the file's end cut off; whole afterwards."""
    write(stick.branch, "X3")
    stick.copy()
    os.truncate(stick.file, stick.file.stat().st_size - cut)
    stick.mirror = Mirror(seeded("started again"))
    assert (1, 0) == (mirror.lacking(stick.log, stick.path).entries, stick.copy() - 1)
    write(stick.branch, "X4")
    assert 1 == stick.copy()
    taken = stick.taken()
    assert ({"X1", "X2", "X3", "X4"}, ["mirror_damaged"]) == (
        customers(stick.company),
        [error.code for error in taken.troubles],
    )


def test_a_record_at_the_very_end_that_is_none_is_no_damage(stick) -> None:
    """Goal: a computer lost in the middle of writing is nothing to worry about. Method: half a record behind."""
    with stick.file.open("ab") as file:
        file.write(MARK + b"\0\0\1\0half")
    assert ([], {"X1", "X2"}) == (stick.codes(), customers(stick.company))


def test_a_stick_that_goes_and_comes_back_has_no_gap(stick, tmp_path) -> None:
    """Goal: it goes on by itself. Method: away, two more segments, another stick for one of them, then back."""
    away = stick.path.rename(tmp_path / "away")
    write(stick.branch, "X3")
    with pytest.raises(StickMissing):
        mirror.reach(tmp_path, stick.path)
    stick.path.mkdir()
    every = stick.copy()
    write(stick.branch, "X4")
    shutil.rmtree(stick.path)
    away.rename(stick.path)
    assert (2, True) == (stick.copy(), every > 3)
    assert (0, []) == (mirror.lacking(stick.log, stick.path).entries, stick.codes())
    assert {"X1", "X2", "X3", "X4"} == customers(stick.company)


def test_a_stick_that_fills_up(stick, monkeypatch) -> None:
    """Goal: said in words, nothing half-written, on it goes later. Method: the system's refusal after some bytes."""
    before, usual = stick.file.read_bytes(), os.fsync

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    write(stick.branch, "X3")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StickFull):
        stick.copy()
    monkeypatch.setattr(os, "fsync", usual)
    assert (before, 1, []) == (stick.file.read_bytes(), stick.copy(), stick.codes())


def test_a_stick_that_cannot_be_written(stick, monkeypatch) -> None:
    """Goal: a lock switch is named. Method: a folder nobody may write to, as any user but root has it."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert isinstance(mirror.unwritable(stick.path), StickReadOnly)
    assert StickReadOnly is type(mirror.trouble(stick.path, PermissionError(13, "Permission denied")))


def test_a_spoiled_beginning_costs_a_new_file(stick) -> None:
    """Goal: a damaged header stops nothing. Method: zeros over it; the next copy begins anew, head office takes it."""
    data = stick.file.read_bytes()
    stick.file.write_bytes(bytes(20) + data[20:])
    assert 3 <= stick.copy()
    assert (["not_a_mirror"], {"X1", "X2"}) == (stick.codes(), customers(stick.company))


# --- at head office --------------------------------------------------------------------------------------------


def test_what_was_never_sent_arrives(stick) -> None:
    """Goal: by the ordinary door, once. Method: taken twice; customers, counts, every seal, the digest of a resend."""
    (first, second), digest = (stick.taken(), stick.taken()), stick.company.hub.digest()
    assert ([2, 0], []) == ([first.new, second.new], first.troubles + second.troubles)
    assert first.repeated + first.new == second.repeated
    assert ({"X1", "X2"}, whole(stick.company).segments) == (
        customers(stick.company), stick.company.hub.one("SELECT count(*) FROM segment"),
    )  # fmt: skip
    stick.company.until_done(stick.branch)
    assert digest == stick.company.hub.digest()
    assert stick.company.hub.digest(1) == stick.branch.digest()


def test_a_missing_record_is_named(stick) -> None:
    """Goal: nothing behind a gap is taken. Method: a record in the middle damaged; the sentence, what arrived."""
    write(stick.branch, "X3")
    stick.copy()
    data = bytearray(stick.file.read_bytes())
    places = [place for place in range(len(data)) if data.startswith(MARK, place)]
    data[places[-2] + 30] ^= 1
    stick.file.write_bytes(data)
    damaged, gap = stick.taken().troubles
    last = stick.branch.journal.seq
    assert ({"X1"}, "mirror_damaged", "mirror_gap") == (customers(stick.company), damaged.code, gap.code)
    assert (str(last - 2), str(last)) == (gap.params["held"], gap.params["first"])


def test_a_foreign_stick_is_named(stick, tmp_path) -> None:
    """Goal: neither another company's nor no mirror at all goes in. Method: another key; a folder with other files."""
    with pytest.raises(CabangError) as caught:
        mirror_take.take(stick.company.hub.exchange, COMPANY_KEY, tmp_path)
    assert "no_mirror_there" == caught.value.code
    (one,) = mirror_take.take(stick.company.hub.exchange, b"another".ljust(32), stick.path)
    assert (stick.branch.code, 0, ["mirror_of_others"]) == (one.code, one.new, [e.code for e in one.troubles])
    with pytest.raises(StickMissing):
        mirror_take.take(stick.company.hub.exchange, COMPANY_KEY, tmp_path / "nowhere")


def test_a_stick_with_a_bad_place(stick, monkeypatch) -> None:
    """Goal: what was read before a bad sector arrives. Method: the system refuses to read the third record on."""
    usual, seen = Opening.read, []

    def read(opening, file):
        seen.append(file)
        if len(seen) == 3:
            raise OSError(5, "Input/output error")
        return usual(opening, file)

    monkeypatch.setattr(Opening, "read", read)
    taken = stick.taken()
    assert (["mirror_unreadable"], {"X1"}) == ([error.code for error in taken.troubles], customers(stick.company))


def test_a_forged_record_is_refused(stick) -> None:
    """Goal: who has the company key still is not the branch. Method: a segment of the branch with another signature."""
    with stick.file.open("r+b") as file:
        opening = read_opening(file, COMPANY_KEY, "file")
        records = [record.data for record in opening.records(file) if record.data]
        last = segment.parse(records[-1])
        forged = segment.pack(1, last.epoch, last.first + 1, segment.inflate(last), last.secret, bytes(64))
        file.seek(0, os.SEEK_END)
        file.write(opening.packed(forged, bytes(12)))
    taken = stick.taken()
    assert (["mirror_not_taken"], 2) == ([error.code for error in taken.troubles], taken.new)
    assert {"X1", "X2"} == customers(stick.company)


def test_unsent_records_under_a_changed_key(stick, tmp_path) -> None:
    """Goal: a change of keys spoils no stick. Method: changed with X1 and X2 unsent; copied again, taken."""
    change_key(stick.company, stick.branch, home_of(stick.branch, tmp_path), seeded("new keys")(64))
    assert (2, []) == (stick.copy(), stick.codes())
    assert {"X1", "X2"} == customers(stick.company)


def test_a_key_withdrawn_before(stick) -> None:
    """Goal: it does not count, is there to be looked at, and people hear the right order. Method: withdraw, take."""
    withdraw(stick.company, stick.branch)
    taken = stick.taken()
    assert (["mirror_too_late"], 0, 2) == ([error.code for error in taken.troubles], taken.new, taken.held)
    assert (["after_revocation"] * 2, set()) == ([why for _, why in held(stick.company)], customers(stick.company))
    assert taken[:5] == stick.taken()[:5]


def test_a_key_withdrawn_after(stick) -> None:
    """Goal: the right order loses nothing. Method: take, withdraw; all counts, and the stick again changes nothing."""
    stick.taken()
    assert stick.branch.journal.seq == withdraw(stick.company, stick.branch)
    assert ([], 0, {"X1", "X2"}) == (stick.codes(), stick.taken().new, customers(stick.company))


def test_a_stick_of_a_log_that_went_on_anew(stick, tmp_path) -> None:
    """Goal: epochs come in their order, nothing counts twice. Method: a restored copy goes on; both on one stick."""
    epochs.go_on(stick.branch.journal, epochs.OLDER)
    write(stick.branch, "X3")
    stick.copy()
    assert 2 == len(list(stick.path.glob("*/*.mirror")))
    taken = stick.taken()
    assert ([], {"X1", "X2", "X3"}) == (taken.troubles, customers(stick.company))
    stick.company.until_done(stick.branch)
    assert stick.company.hub.digest(1) == stick.branch.digest()
