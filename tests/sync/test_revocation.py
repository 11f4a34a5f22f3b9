"""A withdrawn key: what came before stays valid, what comes later is kept and counts for nothing."""

import pytest
from cabang_attacks import NEW, opened
from cabang_forge import Forge, in_conversation
from cabang_keys import admit, called, code_of, customers, held, new_code, refused, whole, withdraw, write
from cabang_pair import keyring

from crm import revocations
from crm.errors import NoKeyToWithdraw
from sync import doorbell, enrol, exchange, keys, limits
from sync.database import using
from sync.errors import RevokedSender, UsedEnrolmentCode


@pytest.fixture
def stolen(company):
    """A company whose branch 1 has sent X1, holds X2 unsent, and had its key withdrawn then."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    write(branch, "X2")
    withdraw(company, branch)
    return company


def test_earlier_entries_stay_and_later_ones_are_held(stolen) -> None:
    """Goal: nothing earlier is invalidated, nothing later counts. Method: one entry before, two after; all compared."""
    branch = stolen.branches[0]
    write(branch, "X3")
    before = stolen.hub.digest()
    answer = refused(stolen, branch)
    assert ("revoked", None) == (code_of(answer), answer.page)
    assert ({"X1"}, before) == (customers(stolen), stolen.hub.digest())
    assert ["after_revocation"] * 2 == [reason for _, reason in held(stolen)]
    assert branch.rows("SELECT seq, payload FROM entry ORDER BY seq") == stolen.hub.rows(
        "SELECT seq, payload FROM entry WHERE stream = 1 ORDER BY seq"
    )
    assert whole(stolen).segments


def test_what_was_taken_as_bytes_is_acknowledged(stolen) -> None:
    """Goal: the branch need not send it for ever. Method: two rounds; the second brings no segment."""
    branch = stolen.branches[0]
    refused(stolen, branch)
    assert 0 == branch.link.pending().entries
    assert [] == exchange.read_request(branch.link.ask(0)).segments


def test_the_others_hear_only_what_counts(stolen) -> None:
    """Goal: a stolen computer reaches nobody. Method: it writes, everybody heals; the other branch's customers."""
    refused(stolen, stolen.branches[0])
    other = stolen.branches[1]
    stolen.until_done(other)
    assert {("X1",)} == set(other.rows("SELECT number FROM customer"))
    assert stolen.hub.digest(2) == other.digest()


def test_the_feed_is_closed(stolen) -> None:
    """Goal: it learns nothing any more. Method: head office and others write; no page, and no ring at the door."""
    branch = stolen.branches[0]
    write(stolen.branches[1], "Y1")
    stolen.until_done(stolen.branches[1])
    assert refused(stolen, branch).page is None
    with pytest.raises(RevokedSender):
        called(stolen, doorbell.sign_call(branch.keyring, 1, branch.link.nonce, 1))


def test_a_retry_releases_nothing_of_it(stolen) -> None:
    """Goal: neither an upgrade nor a missing part makes it count. Method: retry, and another branch's exchange."""
    refused(stolen, stolen.branches[0])
    stolen.until_done(stolen.branches[1])
    assert 0 == stolen.hub.exchange.retry_held()
    assert ({"X1"}, 1) == (customers(stolen), len(held(stolen)))


def test_what_it_may_still_send_is_bounded(stolen, monkeypatch) -> None:
    """Goal: it cannot fill head office's disk. Method: a limit of three entries, five sent one by one."""
    monkeypatch.setattr(limits, "WITHDRAWN_ENTRIES_MAX", 3)
    branch = stolen.branches[0]
    for number in range(4):
        write(branch, f"Z{number}")
    for _ in range(3):
        refused(stolen, branch)
    assert 3 == len(held(stolen))


def test_a_request_on_its_way_takes_nothing_any_more(company) -> None:
    """Goal: no gap between reading a request and its transaction. Method: withdrawn while the door is being asked."""
    branch = company.branches[0]
    in_conversation(company, branch)
    write(branch, "X1")
    request = branch.link.ask(0)
    usual = company.hub.exchange.take_segments

    def meanwhile(*asked):
        withdraw(company, branch)
        return usual(*asked)

    company.hub.exchange.take_segments = meanwhile
    assert "revoked" == code_of(company.hub.exchange.answer(request))
    assert (set(), []) == (customers(company), held(company))


def test_it_cannot_begin_a_new_log(stolen) -> None:
    """Goal: a restored copy of it closes nobody's log. Method: an epoch opened by the withdrawn key."""
    branch = stolen.branches[0]
    refused(stolen, branch)
    forge = Forge(stolen, branch)
    opening = opened(forge, forge.open_header())
    before = stolen.hub.rows("SELECT id, closed FROM epoch")
    assert "revoked" == code_of(stolen.hub.exchange.answer(forge.request(opening)))
    assert before == stolen.hub.rows("SELECT id, closed FROM epoch")


def test_who_did_it_is_in_the_books(company) -> None:
    """Goal: an audit knows who withdrew a key. Method: a person revokes; row, log, nothing at the branches."""
    branch = company.branches[0]
    with using(company.hub.store), company.hub.unit(actor=b"a person here.") as unit:
        last = revocations.revoke(unit, branch.id)
    assert [(1, last, b"a person here.")] == company.hub.rows("SELECT serial, last, author FROM revocation")
    company.until_done(company.branches[1])
    assert [] == company.branches[1].rows("SELECT 1 FROM revocation")


def test_a_key_is_withdrawn_once(stolen) -> None:
    """Goal: a second click changes nothing. Method: revoke again; the refusal and the log."""
    entries = stolen.hub.journal.seq
    with pytest.raises(NoKeyToWithdraw):
        withdraw(stolen, stolen.branches[0])
    assert entries == stolen.hub.journal.seq


# --- another computer ------------------------------------------------------------------------------------------


def test_another_computer_is_told_where_the_log_goes_on(stolen) -> None:
    """Goal: the new computer's log follows what counts. Method: enrol it; parent, certificate, the old one's answer."""
    branch = stolen.branches[0]
    end = stolen.hub.rows("SELECT name, seq, head FROM epoch WHERE stream = 1")[0]
    refused(stolen, branch)  # what came later does not move the end
    code, ring = new_code(stolen, 1), keyring(11)
    data = admit(stolen, enrol.apply(code, ring))
    certificate, welcome = enrol.read_welcome(data, code, ring, "hub")
    assert welcome.parent is not None
    assert (2, end) == (certificate.serial, welcome.parent.place)
    assert "revoked" == code_of(refused(stolen, branch))
    assert data == admit(stolen, enrol.apply(code, ring))


def test_the_old_computer_does_not_disturb_the_new_one(stolen) -> None:
    """Goal: two computers under one number do not mix. Method: the new one's log grows while the old one goes on."""
    branch = stolen.branches[0]
    code, ring = new_code(stolen, 1), keyring(11)
    admit(stolen, enrol.apply(code, ring))
    forge = Forge(stolen, branch)
    forge.keyring = ring
    opening = opened(forge, forge.open_header())
    nonce = stolen.hub.exchange.answer(forge.request(epoch=NEW)).nonce
    answer = stolen.hub.exchange.answer(forge.request(opening, epoch=NEW, nonce=nonce))
    assert (None, True) == (answer.refusal, answer.ack is not None)
    assert "revoked" == code_of(refused(stolen, branch))
    after = stolen.hub.exchange.answer(forge.request(epoch=NEW, nonce=answer.nonce))
    assert (None, answer.held) == (after.refusal, after.held)
    assert [(3, "after_revocation")] == held(stolen)
    old = Forge(stolen, branch)
    old.epoch = NEW
    into = stolen.hub.exchange.answer(old.request(old.good(), nonce=branch.link.nonce))
    assert ("revoked", after.held) == (code_of(into), into.held)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_withdrawn_computer_does_not_enrol_again(stolen, when) -> None:
    """Goal: a code found beside a stolen computer is worthless. Method: its own old code and keys; a new code too."""
    branch = stolen.branches[0]
    if when == "after":
        admit(stolen, enrol.apply(new_code(stolen, 1), keyring(11)))
    registry = stolen.hub.rows("SELECT * FROM stream"), stolen.hub.rows("SELECT * FROM certificate")
    (secret,) = stolen.hub.rows("SELECT secret FROM enrolment WHERE stream = 1 AND used_by IS NOT NULL LIMIT 1")[0]
    from_note = keys.EnrolmentCode(keys.fingerprint(stolen.hub.keyring.sign_public), secret)
    with pytest.raises((RevokedSender, UsedEnrolmentCode)):
        admit(stolen, enrol.apply(from_note, branch.keyring))
    assert registry == (stolen.hub.rows("SELECT * FROM stream"), stolen.hub.rows("SELECT * FROM certificate"))
    if when == "before":
        with pytest.raises(RevokedSender):
            admit(stolen, enrol.apply(new_code(stolen, 1), branch.keyring))


def test_a_code_lying_about_is_void(company) -> None:
    """Goal: withdrawing closes every door. Method: an unused code from before; it admits nobody."""
    code = new_code(company, 1, "lying about")
    withdraw(company, company.branches[0])
    assert [] == company.hub.rows("SELECT 1 FROM enrolment WHERE name = ?", code.name)


def test_a_second_computer_does_not_push_the_first_out(company) -> None:
    """Goal: a code given twice by mistake locks nobody out. Method: a spare code used when the branch is at work."""
    write(company.branches[0], "X1")
    company.heal()
    with pytest.raises(UsedEnrolmentCode):
        admit(company, enrol.apply(new_code(company, 1), keyring(11)))
    company.heal()
    assert {"X1"} == customers(company)
