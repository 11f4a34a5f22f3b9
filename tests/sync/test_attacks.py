"""All attacks together: there are enough, each kind has its own, and nobody but the hub gives a branch a key."""

from collections.abc import Iterator
from typing import Any

import cabang_answers
import cabang_attacks
import cabang_held
import cabang_impostor
import cabang_key_attacks
import pytest
from cabang_impostor import Impostor
from cabang_keys import customers, home_of, write
from cabang_pair import COMPANY_KEY, BranchSide, Company

from sync import wire
from sync.errors import CabangError

WANTED = 60
LISTS: dict[str, dict[str, str]] = {
    "at the hub's door": {one.name: one.code for one in [*cabang_attacks.DOOR, *cabang_attacks.LASTING]},
    "behind the hub's door": {one.name: one.reason for one in cabang_held.ALL},
    "on keys and doorbell": {one.name: one.error.code for one in cabang_key_attacks.ALL},
    "at the branch's door": {name: code for name, (code, _) in cabang_answers.ATTACKS.items()},
    "on who joins or changes keys": {one.name: one.error.code for one in cabang_impostor.ALL},
}
KINDS: dict[str, list[tuple[str, str]]] = {  # what must be tried: some of its attacks, each with its code or reason
    "forged": [
        ("signature: noise", "bad_signature"),
        ("wish: a key nobody holds", "bad_signature"),
        ("reminder: its own hand", "bad_signature"),
    ],
    "another branch's key": [
        ("request: another branch's key", "bad_signature"),
        ("signature: another branch's", "bad_signature"),
        ("call: another key", "bad_signature"),
    ],
    "swapped label": [
        ("request: signed as a page", "bad_signature"),
        ("signature: as an acknowledgement", "bad_signature"),
        ("page: signed as an acknowledgement", "bad_signature"),
        ("acknowledgement: signed as a page", "bad_signature"),
        ("grant: a certificate signed as a page", "bad_signature"),
    ],
    "replayed": [
        ("request: asked twice", "stale_nonce"),
        ("request: asked again under the next nonce", "bad_signature"),
        ("chain: a held segment under the next number", "bad_signature"),
        ("chain: a held segment in another epoch", "malformed"),
        ("page: to another question", "bad_signature"),
        ("call: made twice", "stale_nonce"),
    ],
    "truncated": [
        ("request: cut", "malformed"),
        ("chain: the last entry left out", "bad_signature"),
        ("envelope: compression cut", "malformed"),
        ("page: cut", "bad_signature"),
    ],
    "gap": [("chain: an entry left out before", "gap"), ("epoch: not where its parent ends", "gap")],
    "reordered": [("chain: entries in another order", "bad_signature")],
    "forked": [("chain: a held entry changed", "fork"), ("epoch: an orphan beside the first", "fork")],
    "old epoch": [
        ("epoch replaced", "epoch_closed"),
        ("wish: from an epoch that was replaced", "epoch_closed"),
        ("page: of another feed", "bad_signature"),
    ],
    "far-future number": [
        ("chain: an entry number of the far future", "gap"),
        ("envelope: an entry number beyond 48 bits", "malformed"),
        ("acknowledgement: of what was never written", "wrong_hub"),
        ("chain: a stamp beyond 64 bits", "malformed"),
    ],
    "revoked key": [
        ("key withdrawn", "revoked"),
        ("call: by a withdrawn key", "revoked"),
        ("wish: by a withdrawn key", "revoked"),
        ("enrolment: a withdrawn key", "revoked"),
        ("request: a withdrawn key's epoch", "revoked"),
    ],
    "rolled-back registry": [
        ("request: by an old key, the registry put back", "key_replaced"),
        ("reminder: of an older one", "key_replaced"),
        ("reminder: after a withdrawal", "revoked"),
    ],
    "another branch's goods": [
        ("another branch's goods sent", "not_yours"),
        ("goods received by the branch that sends them", "not_yours"),
        ("another branch's count", "not_yours"),
        ("corrected by another branch's count", "bad_value"),
    ],
    "another's rows": [("a product's price", "not_yours"), ("another branch's setting", "not_yours")],
    "a name used twice": [
        ("a process start used again", "same_id_other_bytes"),
        ("carried: another unit under a held name", "same_id_other_bytes"),
    ],
    "hub impostor": [
        ("page: another key's", "bad_signature"),
        ("acknowledgement: another key's", "bad_signature"),
        ("welcome: of another hub", "wrong_hub"),
        ("grant: of another hub", "bad_signature"),
    ],
    "oversize, bombs, nesting": [
        ("request: over the limit", "too_large"),
        ("envelope: a bomb", "too_large"),
        ("page: a bomb", "too_large"),
        ("request: nested without end", "malformed"),
    ],
}


def test_there_are_enough_and_of_every_kind() -> None:
    """Goal: at least 60 named attacks, none of a kind missing. Method: all lists counted, each kind's looked up."""
    named = [name for attacks in LISTS.values() for name in attacks]
    codes = {name: code for attacks in LISTS.values() for name, code in attacks.items()}
    assert (len(named), True) == (len(set(named)), len(named) >= WANTED)
    assert {} == {kind: missing for kind, some in KINDS.items() if (missing := set(some) - set(codes.items()))}
    assert [] == [where for where, attacks in LISTS.items() if len(attacks) < 20]


def state(branch: BranchSide) -> list[Any]:
    """What an impostor must leave alone."""
    return [branch.digest(), branch.keyring.seed, branch.rows("SELECT * FROM certificate"), branch.store.get("code")]


@pytest.fixture(scope="module")
def asking(template, tmp_path_factory) -> Iterator[Company]:
    """A company whose first branch keeps asking."""
    company = Company.open(template, tmp_path_factory.mktemp("impostors"), 1)
    yield company
    company.close()


@pytest.mark.parametrize("impostor", cabang_impostor.ALL, ids=lambda impostor: impostor.name)
def test_an_impostor_is_refused_and_changes_nothing(asking, impostor: Impostor) -> None:
    """Goal: nobody but the hub gives a branch a key. Method: one thing broken in a true answer; its code, and state."""
    branch = asking.branches[0]
    before = state(branch)
    with pytest.raises(CabangError) as caught:
        impostor.door(asking, impostor.make(asking))
    assert impostor.error.code == caught.value.code
    assert (before, branch.keyring.seed) == (state(branch), home_of(branch, asking.folder).key_file.read_bytes())


def test_the_true_answers_are_taken(company) -> None:
    """Goal: the attacks fail by what they break alone. Method: both answers, nothing broken; work goes on."""
    branch = company.branches[0]
    assert COMPANY_KEY == cabang_impostor.welcomed(company, cabang_impostor.welcome(company))
    write(branch, "X1")
    company.heal()
    assert {"X1"} == customers(company)
    cabang_impostor.granted(company, wire.encode([1, cabang_impostor.certificate(company)]))
    assert cabang_impostor.OWN.seed == branch.keyring.seed
