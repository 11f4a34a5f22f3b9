"""Small claims about rights: each story raises AssertionError when it is not true."""

from cabang_copies import copied, later, put_back, put_hub_back, twin, working
from cabang_pair import Company
from cabang_vouchers import (
    check_books,
    check_everywhere,
    check_excess,
    granted,
    held,
    issued,
    left,
    query,
    refused,
    use,
)

from crm import vouchers
from crm.vouchers.errors import NotAtWork, NothingToWriteOff, TooFewLeft, TooFewUses
from crm.vouchers.models import VoucherGrant, VoucherLoss
from crm.vouchers.writing import VOUCHER
from sync import rights
from sync.escrow import BeyondRights, NotEnoughRights


def a_branch_cut_off_spends_what_it_was_granted(company: Company) -> None:
    """Three uses granted, three taken, the fourth refused before the log; head office books three."""
    first = company.branches[0]
    voucher = issued(company, 10)
    granted(company, first, voucher, 3)
    for _ in range(3):
        use(first, voucher)
    before = first.journal.seq
    with refused(TooFewUses) as said:
        use(first, voucher)
    assert (0, before) == (said[0].params["left"], first.journal.seq)
    check_everywhere(company)
    company.heal()
    assert 3 == company.hub.one("SELECT sum(quantity) FROM voucher_use")
    check_everywhere(company)


def head_office_grants_no_more_than_it_issued(company: Company) -> None:
    """Eight of ten are granted: three more are refused, two are not."""
    first, second = company.branches[:2]
    voucher = issued(company, 10)
    granted(company, first, voucher, 8)
    with refused(TooFewLeft) as said:
        granted(company, second, voucher, 3)
    assert 2 == said[0].params["left"]
    granted(company, second, voucher, 2)
    assert (8, 2, 0) == (held(first, voucher), held(second, voucher), left(company, voucher))
    check_everywhere(company)


def who_asks_is_answered_in_the_same_round(company: Company) -> None:
    """It gets what it asked for, or its share if that is more."""
    first = company.branches[0]
    voucher = issued(company, 10)
    with first.unit() as unit:
        vouchers.ask(unit, voucher, 2)
    company.round(first)
    assert (10, 0) == (held(first, voucher), left(company, voucher))
    company.heal()
    assert 1 == company.hub.one("SELECT count(*) FROM voucher_grant")
    check_everywhere(company)


def what_another_does_not_need_is_given_back(company: Company) -> None:
    """One branch holds all; the other asks, the first gives its surplus back when it hears so."""
    first, second = company.branches[:2]
    voucher = issued(company, 10)
    granted(company, first, voucher, 10)
    use(first, voucher)
    with second.unit() as unit:
        vouchers.ask(unit, voucher, 2)
    company.until_done(second)
    assert (9, 0, 0) == (held(first, voucher), held(second, voucher), left(company, voucher))
    company.until_done(first)
    assert 0 < held(first, voucher) < 9
    company.until_done(second)
    assert held(second, voucher) >= 2
    check_everywhere(company)


def a_new_epoch_has_nothing(company: Company) -> None:
    """A copy put back may spend nothing; what its former epoch held counts as spent until it is written off."""
    first = company.branches[0]
    voucher = issued(company, 10)
    granted(company, first, voucher, 6)
    use(first, voucher)
    company.heal()
    epoch = first.journal.epoch_name
    back = put_back(company, first, copied(first, "old.db"), found_out=True)
    assert 0 == held(back, voucher)
    with refused(TooFewUses):
        use(back, voucher)
    company.heal()
    assert 4 == left(company, voucher)
    with company.hub.unit() as unit:
        assert 5 == vouchers.write_off(unit, voucher, 1, epoch)
    assert (9, 5) == (left(company, voucher), company.hub.one("SELECT sum(quantity) FROM voucher_loss"))
    granted(company, back, voucher, 9)
    assert 9 == held(back, voucher)
    check_books(company.hub)


def what_two_copies_spend_twice_is_known(company: Company) -> None:
    """Both take two of three: one use is beyond the rights; it is held for review, alone and with its excess."""
    first = company.branches[0]
    voucher = issued(company, 3)
    granted(company, first, voucher, 3)
    other = twin(company, first)
    for side in (first, other):
        use(side, voucher)
        use(side, voucher)
    company.until_done(first)
    later(company, other)
    company.until_done(working(company, other))
    assert [(BeyondRights.code,)] == company.hub.rows("SELECT reason FROM quarantine")
    assert 3 == company.hub.one("SELECT sum(quantity) FROM voucher_use")
    assert {voucher: {(1, first.journal.epoch_name): 1}} == rights.beyond(query(company.hub), VOUCHER)
    check_excess(company, [first, other], {1: 2})


def what_is_held_in_two_epochs_counts_once(company: Company) -> None:
    """A copy with a use nobody has granted is copied itself: both bring that use along, head office shows one."""
    first = company.branches[0]
    voucher = issued(company, 3)
    granted(company, first, voucher, 3)
    other = twin(company, first)
    use(first, voucher, 3)
    use(other, voucher)
    third = twin(company, other, "third.db")
    company.until_done(first)
    for side in (other, third):
        later(company, first, other, third)
        company.until_done(working(company, side))
    assert 2 == company.hub.one("SELECT count(*) FROM quarantine")
    assert [1] == [sum(places.values()) for places in rights.beyond(query(company.hub), VOUCHER).values()]
    check_excess(company, [first, other, third], {1: 3})


def a_use_of_what_was_written_off_is_beyond(company: Company) -> None:
    """A computer that was given up turns up with a use: head office had borne it, and sees that it came."""
    first = company.branches[0]
    voucher = issued(company, 10)
    granted(company, first, voucher, 3)
    epoch, lost = first.journal.epoch_name, twin(company, first)
    use(lost, voucher)
    put_back(company, first, copied(first, "old.db"), found_out=True)
    company.heal()
    with company.hub.unit() as unit:
        assert 3 == vouchers.write_off(unit, voucher, 1, epoch)
    later(company, lost)
    company.until_done(working(company, lost))
    assert [(BeyondRights.code,)] == company.hub.rows("SELECT reason FROM quarantine")
    assert {voucher: {(1, epoch): 1}} == rights.beyond(query(company.hub), VOUCHER)
    check_books(company.hub)


def an_epoch_at_work_is_not_written_off(company: Company) -> None:
    """Neither by the button nor by a program that goes round it; once the key is withdrawn it is."""
    first = company.branches[0]
    voucher = issued(company, 10)
    granted(company, first, voucher, 3)
    place = {"voucher": voucher, "stream": 1, "epoch": first.journal.epoch_name}
    with refused(NothingToWriteOff), company.hub.unit() as unit:
        vouchers.write_off(unit, voucher, 1, first.journal.epoch_name)
    with refused(NotEnoughRights), company.hub.unit() as unit:
        unit.insert(VoucherLoss, {**place, "quantity": 1})
    with company.hub.unit() as unit:
        unit.withdraw_certificate(1)
    with refused(NotAtWork), company.hub.unit() as unit:
        vouchers.grant(unit, voucher, 1, 1)
    with company.hub.unit() as unit:
        assert 3 == vouchers.write_off(unit, voucher, 1, first.journal.epoch_name)
    assert 0 == rights.account(query(company.hub), VOUCHER, voucher, (1, first.journal.epoch_name)).held


def rights_are_granted_to_who_is_at_work(company: Company) -> None:
    """A grant to an epoch that is over, by a program that goes round the button."""
    first = company.branches[0]
    voucher = issued(company, 10)
    epoch = first.journal.epoch_name
    put_back(company, first, copied(first, "old.db"), found_out=True)
    company.heal()
    with refused(NotEnoughRights), company.hub.unit() as unit:
        unit.insert(VoucherGrant, {"voucher": voucher, "stream": 1, "epoch": epoch, "quantity": 1})


def a_restored_head_office_grants_nothing_it_had_issued(company: Company) -> None:
    """It forgot six of ten granted: nothing more of them is granted; of what it issues now it is."""
    first, second = company.branches[:2]
    voucher = issued(company, 10)
    old = copied(company.hub, "old hub.db")
    granted(company, first, voucher, 6)
    put_hub_back(company, old)
    with second.unit() as unit:
        vouchers.ask(unit, voucher, 9)
    company.heal()
    assert (0, 6, 0) == (left(company, voucher), held(first, voucher), held(second, voucher))
    with refused(TooFewLeft):
        granted(company, second, voucher, 5)
    check_everywhere(company)
    anew = issued(company, 5, code="BARU")
    granted(company, second, anew, 5)
    assert 5 == held(second, anew)


STORIES = (
    a_branch_cut_off_spends_what_it_was_granted,
    head_office_grants_no_more_than_it_issued,
    who_asks_is_answered_in_the_same_round,
    what_another_does_not_need_is_given_back,
    a_new_epoch_has_nothing,
    what_two_copies_spend_twice_is_known,
    what_is_held_in_two_epochs_counts_once,
    a_use_of_what_was_written_off_is_beyond,
    an_epoch_at_work_is_not_written_off,
    rights_are_granted_to_who_is_at_work,
    a_restored_head_office_grants_nothing_it_had_issued,
)
