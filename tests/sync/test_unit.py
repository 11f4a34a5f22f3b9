"""A unit refuses, before its log, what the hub could not take: no honest entry is ever held for review."""

import pytest
from cabang_pair import Company, Side

from crm.branches import BranchSetting
from crm.catalogue import Category, Product, ProvisionalProduct
from crm.customers import Customer
from crm.selling import Payment, Sale, SaleLine
from sync import limits, stamps
from sync.errors import CabangError, InvariantBroken, NoSuchRow, NotAllowedHere
from sync.model import TABLES, natural_id

OIL = natural_id("product", "OLI-1")


def sale(unit, customer=None, lines=1, **values) -> bytes:
    """A sale of so many lines of ten rupiah."""
    made = [{"product": OIL, "quantity": 1, "price": 10}] * lines
    row = {"number": 1, "customer": customer, "total": 10 * lines, **values}
    return unit.insert(Sale, row, children={SaleLine: made, Payment: [{"amount": 10 * lines}]})


@pytest.fixture
def customer(branch) -> bytes:
    """A customer of the branch."""
    with branch.unit() as unit:
        return unit.insert(Customer, {"number": "X1", "name": "Sari", "home_branch": branch.id})


UNREADABLE = [
    {"archived": 1},
    {"number": 5},
    {"number": None},
    {"name": "\ud800"},
    {"birth_date": b"x"},
]


@pytest.mark.parametrize("values", UNREADABLE, ids=repr)
def test_what_the_hub_cannot_read_is_refused_before_the_log(branch, customer, values) -> None:
    """Goal: the same rule on both sides. Method: values of the wrong kind or size, set, inserted; nothing is left."""
    before = branch.journal.seq, branch.rows("SELECT * FROM customer")
    with pytest.raises(CabangError), branch.unit() as unit:
        unit.set(Customer, customer, values)
    with pytest.raises(CabangError), branch.unit() as unit:
        unit.insert(Customer, {"number": "X2", **values})
    assert before == (branch.journal.seq, branch.rows("SELECT * FROM customer"))


def test_a_text_too_long_is_refused_before_the_log(branch, customer) -> None:
    """Goal: as above. Method: one character more than a text may have."""
    before = branch.journal.seq
    with pytest.raises(CabangError), branch.unit() as unit:
        unit.set(Customer, customer, {"name": "S" * (limits.TEXT_BYTES_MAX + 1)})
    assert before == branch.journal.seq


@pytest.mark.parametrize(
    ("values", "lines"),
    [({"total": 11}, 1), ({"at": -1}, 1), ({"at": limits.STAMP_MS_MAX}, 1), ({"number": 2**63}, 1), ({"till": "1"}, 1)],
    ids=["a wrong total", "before our time", "after our time", "a number too large", "a till of text"],
)
def test_a_sale_the_hub_would_hold_is_refused_before_the_log(branch, values, lines) -> None:
    """Goal: as above, for facts. Method: one wrong value in a sale."""
    before = branch.journal.seq
    with pytest.raises(CabangError), branch.unit() as unit:
        sale(unit, lines=lines, **values)
    assert (before, []) == (branch.journal.seq, branch.rows("SELECT * FROM sale"))


def test_a_document_of_the_largest_size_is_taken(company, branch) -> None:
    """Goal: what a person may enter arrives. Method: a sale of as many lines as an op may have."""
    with branch.unit() as unit:
        sale(unit, lines=limits.OP_ROWS_MAX)
    company.heal()
    assert [] == company.hub.rows("SELECT reason FROM quarantine")
    assert limits.OP_ROWS_MAX == company.hub.one("SELECT count(*) FROM sale_line")


def test_others_tables_are_refused_before_the_log(branch) -> None:
    """Goal: hub_only and owner_only are met at once. Method: a category, another branch's setting, one given away."""
    before = branch.journal.seq
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        unit.insert(Category, {"name": "Oli"}, key=("Oli",))
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        unit.insert(BranchSetting, {"stream": 2, "name": "lock"}, key=(2, "lock"))
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        made = unit.insert(BranchSetting, {"stream": 1, "name": "lock"}, key=(1, "lock"))
        unit.set(BranchSetting, made, {"stream": 2})
    assert before == branch.journal.seq


def test_our_own_mistakes_are_named(branch, customer) -> None:
    """Goal: a wrong call fails loudly. Method: an unknown field, an unknown row, children of another model."""
    with pytest.raises(InvariantBroken), branch.unit() as unit:
        unit.set(Customer, customer, {"nickname": "S"})
    with pytest.raises(InvariantBroken), branch.unit() as unit:
        unit.insert(Customer, {"number": "X2", "nickname": "S"})
    with pytest.raises(NoSuchRow), branch.unit() as unit:
        unit.set(Customer, bytes(14), {"number": "X2"})
    with pytest.raises(InvariantBroken), branch.unit() as unit:
        unit.insert(Customer, {"number": "X2"}, children={SaleLine: []})


def test_one_unit_sets_a_contested_field_twice(three) -> None:
    """Goal: an honest unit is never held. Method: two changes of one field in a unit, another branch's in between."""
    first, second, _ = three.branches
    with first.unit() as unit:
        made = unit.insert(Customer, {"number": "X1", "name": "S"})
    three.heal()
    second.now, three.hub.now = second.now + 10**6, three.hub.now + 10**6
    with second.unit() as unit:
        unit.set(Customer, made, {"name": "Other"})
    three.until_done(second)
    with first.unit() as unit:
        unit.set(Customer, made, {"name": "x"})
        unit.set(Customer, made, {"name": "y"})
    three.heal()
    assert [] == three.hub.rows("SELECT reason FROM quarantine")
    assert 1 == len({side.one("SELECT name FROM customer") for side in three.sides})


def test_one_unit_makes_and_changes_a_row_another_branch_made_too(three) -> None:
    """Goal: an honest unit is never held. Method: a keyed row made and changed in one unit, met by another's."""
    first, second, _ = three.branches
    second.now, three.hub.now = second.now + 10**6, three.hub.now + 10**6
    with second.unit() as unit:
        unit.insert(ProvisionalProduct, {"code": "Z", "name": "n1"}, key=("Z",))
    three.until_done(second)
    with first.unit() as unit:
        made = unit.insert(ProvisionalProduct, {"code": "Z", "name": "n2"}, key=("Z",))
        unit.set(ProvisionalProduct, made, {"name": "n3"})
    three.heal()
    assert [] == three.hub.rows("SELECT reason FROM quarantine")
    assert 1 == len({side.one("SELECT name FROM provisional_product") for side in three.sides})


def two_versions(company: Company) -> tuple[bytes, bytes]:
    """A customer whose name two branches changed unseen, and the op that stands everywhere."""
    first, second, *_others = company.branches
    with first.unit() as unit:
        made = unit.insert(Customer, {"number": "X1", "name": "S"})
    company.heal()
    for side, name in ((first, "first"), (second, "second")):
        side.now += 10**6 * side.stream
        with side.unit() as unit:
            unit.set(Customer, made, {"name": name})
    company.heal()
    return made, company.hub.one("SELECT kept_op FROM conflict")


def op_of_name(side: Side) -> bytes:
    """The op that stands in the name of the only customer."""
    number = next(group.number for group in TABLES["customer"].groups if group.name == "name")
    return stamps.standing(side.one("SELECT stamps FROM customer"), number).op


@pytest.mark.parametrize("place", [0, 1, 3], ids=["head office", "who wrote it", "who wrote neither"])
def test_confirming_settles_a_conflict_on_every_node(three, place) -> None:
    """Goal: everybody learns that it is decided. Method: confirm at one node; values stay, another op stands at all."""
    made, kept_op = two_versions(three)
    held = {side.one("SELECT name FROM customer") for side in three.sides}
    assert {kept_op} == {op_of_name(side) for side in three.sides}
    with three.sides[place].unit() as unit:
        unit.confirm(Customer, made, "name")
    three.heal()
    stands = {op_of_name(side) for side in three.sides}
    assert (1, False) == (len(stands), kept_op in stands)
    assert held == {side.one("SELECT name FROM customer") for side in three.sides}
    assert 1 == three.hub.one("SELECT count(*) FROM conflict")


def test_who_may_not_write_may_not_confirm(company, branch) -> None:
    """Goal: confirming is writing. Method: a product of head office and a row nobody made; the log stays as it was."""
    before = branch.journal.seq
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        unit.confirm(Product, OIL, "name")
    with pytest.raises(NoSuchRow), branch.unit() as unit:
        unit.confirm(Customer, bytes(14), "name")
    assert before == branch.journal.seq


def test_what_is_personal_is_confirmed_in_a_personal_op(branch, customer) -> None:
    """Goal: erasing a person takes the confirmed name along. Method: the ops of the entry, by their shape."""
    with branch.unit() as unit:
        unit.confirm(Customer, customer, "name")
        unit.confirm(Customer, customer, "number")
        kinds = [type(item) for item in unit.items]
    assert [list, bytes] == kinds
