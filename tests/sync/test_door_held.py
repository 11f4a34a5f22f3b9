"""Behind the door: what cannot be applied is kept, held for review with its reason, and changes no row."""

import cabang_attacks
import cabang_held
import pytest
from cabang_forge import Forge, in_conversation


@pytest.mark.parametrize("unfit", cabang_held.ALL, ids=lambda unfit: unfit.name)
def test_an_unfit_entry_is_held_and_changes_no_row(standing, unfit) -> None:
    """Goal: one bad entry changes and blocks nothing. Method: one rule broken; reason, digest and log compared."""
    in_conversation(standing, standing.branches[0])
    forge = Forge(standing, standing.branches[0])
    data = unfit.make(standing, forge)
    before, entries = standing.hub.digest(), standing.hub.one("SELECT count(*) FROM entry")
    assert ("held", unfit.reason) == cabang_attacks.outcome(standing, forge.request(data))
    assert before == standing.hub.digest()
    assert entries + 1 == standing.hub.one("SELECT count(*) FROM entry")


def test_the_entry_after_a_held_one_is_applied(company) -> None:
    """Goal: one bad entry blocks nothing. Method: a good one, each unfit one, a good one, in one segment each."""
    in_conversation(company, company.branches[0])
    forge = Forge(company, company.branches[0])
    good = [cabang_attacks.CUSTOMER]
    bad = [b"\xc1"]
    sent = forge.request(forge.segment(forge.entries(good, bad, good, bad, good)))
    assert ("held", "unreadable_payload", "unreadable_payload") == cabang_attacks.outcome(company, sent)
    assert 3 == company.hub.one("SELECT count(*) FROM customer WHERE number = 'N1'")


def test_every_unfit_entry_has_a_name_of_its_own() -> None:
    """Goal: a failing one is found by its name; every reason has some. Method: count."""
    names = [unfit.name for unfit in cabang_held.ALL]
    assert len(names) == len(set(names))
    reasons = {"unreadable_payload", "unknown_kind", "not_yours", "missing_row", "bad_value", "same_id_other_bytes",
               "beyond_rights"}  # fmt: skip
    assert reasons == {unfit.reason for unfit in cabang_held.ALL}
