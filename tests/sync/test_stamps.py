"""The packed column that says which op stands in each group."""

from hypothesis import given
from hypothesis import strategies as st

from sync import stamps
from sync.stamps import Standing

standings = st.builds(
    Standing, st.binary(min_size=14, max_size=14), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)
)


@given(standings, st.lists(st.tuples(st.integers(0, 255), standings), max_size=12))
def test_the_last_op_of_a_group_stands(first, later) -> None:
    """Goal: a column keeps one op per group. Method: any replacements, compared with a dict."""
    column = stamps.fresh(*first)
    kept: dict[int, Standing] = {}
    for group, standing in later:
        column = stamps.replaced(column, group, standing)
        kept[group] = standing
    assert (first, kept) == stamps.read(column)
    assert [kept.get(group, first) for group in range(256)] == [stamps.standing(column, group) for group in range(256)]


@given(standings, st.lists(st.tuples(st.integers(0, 9), standings), max_size=8, unique_by=lambda pair: pair[0]))
def test_the_order_of_replacements_does_not_show(first, later) -> None:
    """Goal: equal states are equal bytes. Method: replacements of different groups in two orders."""
    column = turned = stamps.fresh(*first)
    for group, standing in later:
        column = stamps.replaced(column, group, standing)
    for group, standing in reversed(later):
        turned = stamps.replaced(turned, group, standing)
    assert column == turned
