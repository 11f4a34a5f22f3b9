"""The branch's door: an answer that is not the hub's own, or not to this question, is refused and changes nothing."""

import pytest
from cabang_answers import ATTACKS
from cabang_pair import BranchSide

from crm.customers import Customer
from sync import exchange, wire
from sync.errors import CabangError
from sync.exchange import Answer


@pytest.fixture
def waiting(company) -> BranchSide:
    """A branch with two entries to send, and something of head office's to hear."""
    branch = company.branches[0]
    company.round(branch)
    for number in ("X1", "X2"):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": number, "name": "Sari"})
    with company.hub.unit() as unit:
        unit.insert(Customer, {"number": "H1", "name": "Dewi"})
    return branch


def take(branch: BranchSide, answer: Answer, nonce: bytes) -> None:
    """What a sync client does with an answer's bytes."""
    read = exchange.read_answer(wire.encode(answer), "hub")
    branch.link.take(read, branch.open_page(read, nonce))


@pytest.mark.parametrize("name", ATTACKS)
def test_a_false_answer_is_refused_and_changes_nothing(company, waiting, name) -> None:
    """Goal: nobody but the hub tells a branch anything. Method: one thing broken in a true answer; code and state."""
    code, change = ATTACKS[name]
    answer, nonce = company.ask(waiting)
    before = (waiting.digest(), waiting.rows("SELECT * FROM customer"), waiting.link.acknowledged())
    with pytest.raises(CabangError) as caught:
        take(waiting, change(company, waiting, answer), nonce)
    assert code == caught.value.code
    assert before[:2] == (waiting.digest(), waiting.rows("SELECT * FROM customer"))
    assert before[2] == waiting.link.acknowledged() or name.startswith("page:")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_branch_goes_on_after_a_false_answer(company, waiting, name) -> None:
    """Goal: no answer locks a branch out. Method: the false answer, then ordinary exchanges; digests equal."""
    answer, nonce = company.ask(waiting)
    with pytest.raises(CabangError):
        take(waiting, ATTACKS[name][1](company, waiting, answer), nonce)
    company.heal()
    assert company.hub.digest(1) == waiting.digest()
    assert 3 == waiting.one("SELECT count(*) FROM customer")


def test_the_true_answer_is_taken(company, waiting) -> None:
    """Goal: the attacks fail by what they break alone. Method: the same answer, nothing broken."""
    take(waiting, *company.ask(waiting))
    assert (company.hub.digest(1), 0) == (waiting.digest(), waiting.link.pending().entries)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Selamat datang di WiFi</html>",
        b"\x91" * 100_000 + b"\xc0",
        wire.encode([1] * 6),
        wire.encode({"a": 1}),
    ],
    ids=["nothing", "a login page", "deep", "numbers", "a map"],
)
def test_what_is_no_answer_at_all(data) -> None:
    """Goal: a captive portal is named as what it is. Method: other bytes, as answer and as refusal."""
    for read in (exchange.read_answer, exchange.read_refusal):
        with pytest.raises(CabangError) as caught:
            read(data, "hub")
        assert "hub_answer_unreadable" == caught.value.code
