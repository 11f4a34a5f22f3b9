"""The till's prices: a member's, a company's, and a price that head office changed while the basket was open."""

import pytest
from cabang_visitor import value_of, values_of

from crm import customers
from crm.catalogue import prices
from sync.database import using
from sync.model import natural_id

BUSI = natural_id("product", "BUSI")


@pytest.fixture(scope="module")
def firm(shop) -> str:
    """A company; the branch has heard of a price for members and one for companies."""
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        prices.set_prices(unit, BUSI, {"member": 900, "corporate": 800})
    shop.sync()
    with using(shop.node.store), shop.node.journal.unit() as unit:
        made = customers.create_customer(unit, name="PT Maju", kind="corporate", hash_key=shop.node.company_key)
    return made.hex()


def prices_in(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('data-price="')[1:]]


@pytest.mark.usefixtures("reading")
@pytest.mark.row("G-38", "G-40")
def test_a_basket_has_the_prices_of_its_customer(shop, cashier, firm) -> None:
    """Goal: scanned before or after the customer, the price is theirs. Method: look up both ways; sell; look at it."""
    for_nobody, for_firm = cashier.get("/till/find", q="BUSI"), cashier.get(f"/till/find/{firm}", q="BUSI")
    assert (["800"], False) == (prices_in(for_firm), prices_in(for_nobody) == ["800"])
    offer = values_of(for_nobody, "offer")[0]
    form = {"token": value_of(cashier.get("/till"), "token"), "offer": [offer], "quantity": ["3"], "method": "cash"}
    again = cashier.send("/till/prices", {**form, "customer": firm}).get_data(as_text=True)
    assert (["800"], True) == (prices_in(again), 'value="3"' in again)
    assert prices_in(for_nobody) == prices_in(cashier.send("/till/prices", form).get_data(as_text=True))
    answer = cashier.send("/till", {**form, "offer": values_of(again, "offer"), "customer": firm})
    assert 303 == answer.status_code
    receipt = cashier.get(answer.headers["Location"])
    assert "Rp2.400" in receipt and "Harganya sekarang" not in receipt
    assert "Rp800" in cashier.get(f"/products/{BUSI.hex()}")


@pytest.mark.usefixtures("reading")
def test_a_basket_keeps_the_price_it_showed(cashier, firm) -> None:
    """Goal: a change meanwhile is said and does not change the sale. Method: sell to the firm at what nobody pays."""
    offer = values_of(cashier.get("/till/find", q="BUSI"), "offer")[0]
    form = {"token": value_of(cashier.get("/till"), "token"), "offer": [offer], "quantity": ["1"], "method": "cash"}
    answer = cashier.send("/till", {**form, "customer": firm})
    assert 303 == answer.status_code
    assert "Harganya sekarang Rp800" in cashier.get(answer.headers["Location"])
