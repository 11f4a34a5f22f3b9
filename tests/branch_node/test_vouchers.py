"""Vouchers at a branch, over HTTP without scripts: what may be used, using it, the refusal, asking for more."""

import pytest
from cabang_visitor import value_of

from crm import vouchers
from sync.database import using

pytestmark = pytest.mark.usefixtures("reading")


@pytest.fixture(scope="module")
def voucher(shop) -> bytes:
    """Ten uses, of which this branch was granted two."""
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        made = vouchers.issue(unit, "CUCI", "Cuci motor", 2)
        vouchers.grant(unit, made, shop.node.stream, 2)
    shop.sync()
    return made


def form(visitor, voucher: bytes, quantity: str) -> dict[str, str]:
    """The form as the page gives it, filled in."""
    return {"token": value_of(visitor.get("/vouchers"), "token"), "voucher": voucher.hex(), "quantity": quantity}


def test_uses_are_taken_once_and_never_beyond_the_rights(shop, cashier, voucher) -> None:
    """Goal: what is granted is used, told once, and no more. Method: sent twice; one too many; head office issues."""
    assert "Cuci motor" in cashier.get("/vouchers")
    filled = form(cashier, voucher, "1")
    assert [303, 303] == [cashier.send("/vouchers/use", filled).status_code for _ in range(2)]
    assert 1 == shop.count("voucher_use")
    refused = cashier.refused("/vouchers/use", **form(cashier, voucher, "2"))
    assert "Sekarang Cuci motor hanya bisa dipakai 1 kali di cabang ini" in refused
    assert "Minta tambahan ke kantor pusat" in refused
    assert 1 == shop.count("voucher_use")
    assert 303 == cashier.send("/vouchers/ask", form(cashier, voucher, "5")).status_code
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        vouchers.change(unit, voucher, "CUCI", "Cuci motor", 20)
    shop.sync()
    assert 303 == cashier.send("/vouchers/use", form(cashier, voucher, "2")).status_code


def test_a_form_filled_in_badly(shop, cashier, voucher) -> None:
    """Goal: bad input changes nothing and says so. Method: no number, none, no voucher, no token."""
    before = shop.count("voucher_use")
    good = form(cashier, voucher, "1")
    for bad in ({"quantity": "satu"}, {"quantity": "0"}, {"voucher": "x"}, {"voucher": "00" * 14}, {"token": "?"}):
        cashier.refused("/vouchers/use", **{**good, **bad})
    assert before == shop.count("voucher_use")


def test_a_voucher_head_office_has_withdrawn(shop, cashier, voucher) -> None:
    """Goal: a page that is open too long does no harm. Method: withdrawn while the form is open."""
    good = form(cashier, voucher, "1")
    for is_withdrawn in (True, False):
        with using(shop.hub.store), shop.hub.journal.unit() as unit:
            vouchers.withdraw(unit, voucher, is_withdrawn)
        shop.sync()
        if is_withdrawn:
            assert "Kantor pusat sudah menarik voucher ini" in cashier.refused("/vouchers/use", **good)
