"""Two versions of one thing: which are open, each told once, settled once; guesses about new codes kept apart."""

import pytest
from cabang_pair import BranchSide, Company, HubSide, Side

from crm import catalogue, conflicts, customers, users
from crm.catalogue import ProvisionalProduct
from crm.customers import Customer
from crm.users import User
from sync import rows
from sync.database import using
from sync.errors import NoSuchRow
from sync.model import TABLES

LATER_MS = 1_000


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Folder of a head office and branches that have heard from each other once."""
    folder = tmp_path_factory.mktemp("conflicts")
    Company.create(folder)
    return folder


@pytest.fixture
def company(template, tmp_path):
    """Head office and two branches; what is read is read at head office."""
    company = Company.open(template, tmp_path, 2)
    with using(company.hub.store):
        yield company
    company.close()


@pytest.fixture
def hub(company) -> HubSide:
    """Head office."""
    return company.hub


@pytest.fixture
def branch(company) -> BranchSide:
    """The branch PTK."""
    return company.branches[0]


def change(side: Side, customer: bytes, **values: str) -> None:
    """Other values for a customer, a second after what came before."""
    side.now += LATER_MS
    with using(side.store), side.unit() as unit:
        customers.change_customer(unit, customer, values)


def two_names(company: Company, number: str = "X1") -> bytes:
    """A customer named "Cabang" at PTK and "Pusat", which stands, at head office."""
    branch, hub = company.branches[0], company.hub
    with branch.unit() as unit:
        made = unit.insert(Customer, {"number": number, "name": "Sari"})
    company.heal()
    change(branch, made, name="Cabang")
    hub.now = branch.now
    change(hub, made, name="Pusat")
    company.heal()
    return made


def two_prices(company: Company, *codes: str) -> None:
    """Codes that both branches meet, each with a name and price of its own; the second branch's stand."""
    for place, side in enumerate(company.branches, 1):
        side.now += place * LATER_MS
        with using(side.store), side.unit() as unit:
            for code in codes:
                catalogue.make_provisional(unit, code, f"{code} di {side.code}", 1_000 * place)
    company.heal()


def name_of(customer: bytes) -> str:
    """What the side that is read holds."""
    return str(Customer.get(Customer.id == customer).name)


def test_both_sides_are_told(company) -> None:
    """Goal: who wrote what, where. Method: one conflict, read at head office and at the branch."""
    made = two_names(company)
    for side in company.sides:
        with using(side.store):
            (pair,) = conflicts.decisions(10)
            assert ("customer", made, "name", True) == (pair.table, pair.row, pair.group.name, pair.is_open)
            assert ({"name": "Pusat"}, 0) == (pair.kept.values, pair.kept.stream)
            assert ({"name": "Cabang"}, 1) == (pair.lost.values, pair.lost.stream)
            assert conflicts.Counts(1, 0) == conflicts.counts()


@pytest.mark.parametrize(("side", "name"), [("lost", "Cabang"), ("kept", "Pusat")])
def test_one_choice_settles_it_everywhere(company, hub, branch, side, name) -> None:
    """Goal: the list gets shorter on every node. Method: choose each side at the branch, then again at head office."""
    made = two_names(company)
    with using(branch.store), branch.unit() as unit:
        assert conflicts.choose(unit, conflicts.decisions(1)[0].id, side)
    company.heal()
    for node in company.sides:
        with using(node.store):
            assert (name, []) == (name_of(made), conflicts.decisions(10))
            (pair,) = conflicts.decisions(10, is_open=False)
    before = hub.journal.seq
    with hub.unit() as unit:
        assert conflicts.choose(unit, pair.id, "lost") is None
    assert (before, name) == (hub.journal.seq, name_of(made))


def test_a_choice_is_taken_back(company, hub) -> None:
    """Goal: undo gives what stood before, never over somebody's newer word. Method: take back; choose, change, take."""
    made = two_names(company)
    (pair,) = conflicts.decisions(1)
    with hub.unit() as unit:
        chosen = conflicts.choose(unit, pair.id, "lost") or b""
    with hub.unit() as unit:
        assert conflicts.take_back(unit, pair.id, chosen)
    assert "Pusat" == name_of(made)
    with hub.unit() as unit:
        assert not conflicts.take_back(unit, pair.id, chosen)


def test_another_mind_about_what_is_settled(company, hub) -> None:
    """Goal: a choice is never the last word. Method: change while open, settled, twice, after somebody's newer word."""
    made = two_names(company)
    (pair,) = conflicts.decisions(1)

    def choose_again(side: str) -> tuple[bool, str]:
        with hub.unit() as unit:
            done = conflicts.choose_again(unit, pair.id, side) is not None
        return done, name_of(made)

    assert (False, "Pusat") == choose_again("lost")
    with hub.unit() as unit:
        conflicts.choose(unit, pair.id, "kept")
    assert (True, "Cabang") == choose_again("lost")
    assert (False, "Cabang") == choose_again("lost")
    assert (True, "Pusat") == choose_again("kept")
    company.heal()
    change(hub, made, name="Akhir")
    assert (False, "Akhir") == choose_again("lost")
    assert ([], 0) == (conflicts.decisions(1), conflicts.waiting())


def test_what_is_open_about_a_card(company, hub, branch) -> None:
    """Goal: the card shows its own. Method: two names and two answers of one customer, two names of another."""
    made, other = two_names(company), two_names(company, "X2")
    for side, given in ((branch, True), (hub, False)):
        side.now += LATER_MS
        with using(side.store), side.unit() as unit:
            customers.set_consent(unit, made, "promotion", given)
    company.heal()
    tables = {ident: [pair.table for pair in conflicts.about_customer(ident)] for ident in (made, other)}
    assert {made: ["consent", "customer"], other: ["customer"]} == tables
    assert 3 == conflicts.waiting()


def test_what_is_open_about_a_code(company, hub) -> None:
    """Goal: a product's page shows its own. Method: two codes, one left as it is."""
    two_prices(company, "A1", "A2")
    first, second = conflicts.codes(2)
    assert first == conflicts.about_code(first.id)
    with hub.unit() as unit:
        conflicts.leave_codes(unit, first.id)
    assert (None, second) == (conflicts.about_code(first.id), conflicts.about_code(second.id))
    assert 0 == conflicts.waiting()


def test_a_later_change_settles_it(company, hub) -> None:
    """Goal: what somebody decided meanwhile is not asked again. Method: change the name once more."""
    made = two_names(company)
    change(hub, made, name="Akhir")
    assert [] == conflicts.decisions(10)
    assert conflicts.Counts(0, 0) == conflicts.counts()


def test_a_change_of_another_field_settles_nothing(company, hub) -> None:
    """Goal: each group stands for itself. Method: change the street of a customer with two names."""
    change(hub, two_names(company), street="Jl. Gajah Mada 1")
    assert 1 == len(conflicts.decisions(10))


def test_pages_hold_each_conflict_once(company) -> None:
    """Goal: nothing is skipped or told twice. Method: five conflicts in pages of two; three are settled."""
    made = [two_names(company, f"X{place}") for place in range(5)]
    assert made[::-1] == [pair.row for pair in paged(True)]
    for pair in conflicts.decisions(3):
        with company.hub.unit() as unit:
            conflicts.choose(unit, pair.id, "kept")
    assert made[1::-1] == [pair.row for pair in paged(True)]
    assert made[:1:-1] == [pair.row for pair in paged(False)]


def paged(is_open: bool) -> list[conflicts.Pair]:
    """The whole list, two at a time."""
    found, after = [], None
    while shown := conflicts.decisions(2, after, is_open):
        found += shown
        after = shown[-1].noted_at, shown[-1].id
    return found


def test_one_pair_for_all_audiences(company, hub) -> None:
    """Goal: noted for two branches, told once. Method: the same conflict for another audience beside it."""
    two_names(company)
    plant(hub, audience=1, id=bytes(16))
    assert 2 == hub.one("SELECT count(*) FROM conflict")
    assert [bytes(16)] == [pair.id for pair in conflicts.decisions(10)]
    assert conflicts.Counts(1, 0) == conflicts.counts()


@pytest.mark.parametrize("odd", [{"group": "newer"}, {"table": "newer"}, {"kept": None}, {"lost": None}], ids=str)
def test_what_cannot_be_told_is_left_out(company, hub, odd) -> None:
    """Goal: a newer program's or an erased person's conflict harms no page. Method: plant one, read both lists."""
    two_names(company)
    plant(hub, id=bytes(16), lost_op=bytes(14), **odd)
    assert (1, 0) == (len(conflicts.decisions(10)), len(conflicts.decisions(10, is_open=False)))
    assert conflicts.Counts(1, 0) == conflicts.counts()
    with pytest.raises(NoSuchRow):
        conflicts.find(bytes(16))


def plant(hub: HubSide, **values: object) -> None:
    """A copy of the one conflict with other *values*, as the hub would note it."""
    spec = TABLES["conflict"]
    (ident,) = (row for (row,) in hub.rows("SELECT id FROM conflict LIMIT 1"))
    with hub.unit() as unit:
        row = {**(rows.read(unit._connection, spec, ident) or {}), **values}
        rows.insert(unit._connection, spec, tuple(row.values()))


def test_codes_are_kept_apart(company) -> None:
    """Goal: guesses of programs hide no decision. Method: three codes at two branches beside a customer's two names."""
    two_names(company)
    two_prices(company, "A1", "A2", "A3")
    assert conflicts.Counts(1, 3) == conflicts.counts()
    assert ["customer"] == [pair.table for pair in conflicts.decisions(10)]
    first, second = conflicts.codes(2)
    assert ["A1", "A2"] == [first.code, second.code]
    assert ["A3"] == [code.code for code in conflicts.codes(2, after="A2")]
    assert ["name", "price"] == [pair.group.name for pair in first.pairs]
    assert ({"price": 2_000}, {"price": 1_000}) == (first.pairs[1].kept.values, first.pairs[1].lost.values)


def test_all_codes_are_left_as_they_are(company, hub, monkeypatch) -> None:
    """Goal: one press settles all, in units of a bounded size. Method: three groups at once; who decided is known."""
    two_prices(company, "A1", "A2", "A3")
    monkeypatch.setattr(conflicts, "AT_ONCE_MAX", 4)
    done: list[int] = []
    while not done or done[-1]:
        with hub.unit() as unit:
            done.append(conflicts.leave_codes(unit))
    company.heal()
    assert [4, 2, 0] == done
    for side in company.sides:
        with using(side.store):
            assert (conflicts.Counts(0, 0), []) == (conflicts.counts(), conflicts.codes(5))
            assert {2_000} == {made.price for made in ProvisionalProduct.select()}


def test_one_code_is_left_as_it_is(company, hub) -> None:
    """Goal: the others wait. Method: leave one of two, by its id."""
    two_prices(company, "A1", "A2")
    with hub.unit() as unit:
        assert 2 == conflicts.leave_codes(unit, conflicts.codes(1)[0].id)
    assert ["A2"] == [code.code for code in conflicts.codes(5)]


def test_an_adopted_code_is_settled(company, hub, branch) -> None:
    """Goal: head office's catalogue decides. Method: adopt; nothing is open there or at the branch, nor can be."""
    two_prices(company, "A1")
    (pair, _price) = conflicts.codes(1)[0].pairs
    with hub.unit() as unit:
        catalogue.create_product(unit, {"code": "A1", "name": "Aki", "price": 90_000})
    company.heal()
    for side in (hub, branch):
        with using(side.store):
            assert (conflicts.Counts(0, 0), []) == (conflicts.counts(), conflicts.codes(5))
    with hub.unit() as unit:
        assert conflicts.choose(unit, pair.id, "lost") is None


def test_who_may_write_a_row(company, hub, branch) -> None:
    """Goal: no button that would be refused. Method: a member of another branch's staff."""
    with hub.unit() as unit:
        workplace = hub.one("SELECT id FROM branch WHERE stream = 2")
        ident = users.create_user(unit, username="dina", name="Dina", role="cashier", branch=workplace)
    row = conflicts.row_of("user", ident)
    assert row is not None
    spec = TABLES[User._meta.table_name]
    assert [True, False, True] == [conflicts.may_write(spec, row, stream) for stream in (0, 1, 2)]
