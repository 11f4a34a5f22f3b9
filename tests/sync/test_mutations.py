"""Five thousand damaged messages: only our errors escape, and nothing changes."""

from cabang_mutations import LAST_CHECKS, SHARES, Mutations, state

COUNT = 5_000


def test_damaged_messages_raise_our_errors_alone(company) -> None:
    """Goal: nothing from outside crashes or changes a node. Method: every message mutated; rows, log, keys compared.

    Of each kind some get as far as the last check.
    """
    mutations = Mutations(company, "ordinary")
    before = state(company)
    mutations.run(COUNT)
    assert before == state(company)
    assert (100, set(SHARES)) == (sum(SHARES.values()), set(LAST_CHECKS))
    assert set() == set(LAST_CHECKS.items()) - set(mutations.outcomes)
    company.heal()
    assert [company.hub.digest(one.stream) for one in company.branches] == [one.digest() for one in company.branches]
