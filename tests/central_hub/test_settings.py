"""What head office sets for every branch."""

from crm import company
from sync.database import using


def test_head_office_sets_what_holds_everywhere(office, owner) -> None:
    """Goal: limits and rounding are set on one page. Method: save, save again, a wrong value beside its field."""
    assert 'value="5"' in owner.get("/settings")
    fields = {company.limit_name("cashier"): "7", company.CASH_ROUNDING: "100"}
    assert [303, 303] == [owner.send("/settings", fields).status_code for _ in range(2)]
    with using(office.hub.store):
        assert (7, 100) == (company.read().limit("cashier"), company.read().cash_step)
    wrong = owner.send("/settings", {company.limit_name("cashier"): "101"})
    assert (422, True) == (wrong.status_code, "bukan persen" in wrong.get_data(as_text=True))
    owner.send("/settings", {company.limit_name("cashier"): "5", company.CASH_ROUNDING: "0"})
