"""The till over HTTP, as its script uses it."""

import pytest
from cabang_branch import TillHand
from cabang_visitor import PIN, value_of, values_of

from crm import catalogue, company
from crm.selling import Payment, Sale
from sync.database import using
from sync.model import natural_id

pytestmark = pytest.mark.usefixtures("reading")


def newest(shop):
    return Sale.select().order_by(Sale.number.desc()).first()


def payment_of(sale):
    return Payment.get(Payment.sale == sale.id)


def test_a_sale_with_change(shop, hand) -> None:
    """Goal: the everyday sale. Method: three lines, cash, then receipt, records and stock."""
    before = shop.count("stock_movement")
    address = hand.sell(("OLI-1", "2"), ("899001", "1"), ("PASANG", "1"), tendered="Rp200.000")
    page = hand.visitor.get(address)
    sale = newest(shop)
    assert (155_000, shop.people["dewi"]) == (sale.total, bytes(sale.cashier))
    assert (155_000, 200_000) == (payment_of(sale).amount, payment_of(sale).tendered)
    assert before + 2 == shop.count("stock_movement")
    assert "Kembalikan" in page and "Rp45.000" in page and "PTK-1-" in page


@pytest.mark.parametrize("method", ["transfer", "qris", "card"])
def test_other_ways_to_pay(shop, hand, method) -> None:
    """Goal: without cash there is no change. Method: each method, the amount field left as it is."""
    hand.sell(("BUSI", "1"), method=method, tendered="")
    assert (method, 15_500, None) == (payment_of(newest(shop)).method, 15_500, payment_of(newest(shop)).tendered)


def test_a_double_submit_is_one_sale(shop, hand) -> None:
    """Goal: a retry never sells twice. Method: the same form twice, also as a fragment."""
    form = hand.basket(("BUSI", "3"))
    first = hand.visitor.send("/till", form).headers["Location"]
    count = shop.count("sale")
    second = hand.visitor.send("/till", form).headers["Location"]
    third = hand.visitor.send("/till", form, headers={"HX-Request": "true"})
    assert (first, 200, first) == (second, third.status_code, third.headers["HX-Redirect"])
    assert count == shop.count("sale")


def test_the_price_shown_is_the_price_taken(shop, hand) -> None:
    """Goal: a price that changes during a sale does not surprise the customer. Method: change it at head office."""
    form = hand.basket(("BAN-2", "1"))
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        catalogue.change_product(unit, natural_id("product", "BAN-2"), {"price": 250_000})
    shop.sync()
    hand.visitor.send("/till", form)
    assert 210_000 == newest(shop).total
    assert "Rp250.000" in hand.visitor.get("/till/find", q="BAN-2")
    with using(shop.hub.store), shop.hub.journal.unit() as unit:
        catalogue.change_product(unit, natural_id("product", "BAN-2"), {"price": 210_000})
    shop.sync()


def test_a_price_nobody_showed_is_not_taken(shop, hand, leader) -> None:
    """Goal: the page's numbers cannot be forged. Method: another price, broken ones, one of a list without prices."""
    form = hand.basket(("BAN-2", "1"))
    count = shop.count("sale")
    product, _price, mark = form["offer"][0].split(".")
    (received,) = values_of(leader.get("/stock/receive/find", q="BAN-2"), "offer")
    for offer in (f"{product}.1.{mark}", "nonsense", f"{product}.x.{mark}", "é", received):
        answer = hand.visitor.send("/till", {**form, "offer": [offer]})
        assert (422, True) == (answer.status_code, "masih kosong" in answer.get_data(as_text=True))
    assert count == shop.count("sale")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("quantity", "status"),
    [
        ("1", 303),
        ("12", 303),
        (" 3 ", 303),
        ("4000", 303),
        ("0", 422),
        ("-1", 422),
        ("1.5", 422),
        ("dua", 422),
        ("", 422),
        ("٣", 422),
        ("99999999999", 422),
        ("9" * 40, 422),
    ],
)
def test_quantities(shop, hand, quantity, status) -> None:
    """Goal: easy, typical, extreme and illegal quantities. Method: sell each; a refusal keeps the basket."""
    count = shop.count("sale")
    answer = hand.visitor.send("/till", hand.basket(("BUSI", quantity), tendered="999.000.000"))
    assert status == answer.status_code
    assert count + (status == 303) == shop.count("sale")
    if status == 422:
        assert "Busi" in answer.get_data(as_text=True)


@pytest.mark.row("H-62", "H-42")
@pytest.mark.parametrize(
    ("tendered", "status"),
    [
        ("15500", 303),
        ("20.000", 303),
        ("Rp 50.000,00", 303),
        ("1000000000000000", 303),
        ("15499", 422),
        ("0", 422),
        ("-20000", 422),
        ("banyak", 422),
        ("", 303),
        ("1000000000000001", 422),
        ("1,5", 422),
    ],
)
def test_money(shop, hand, tendered, status) -> None:
    """Goal: easy, typical, extreme and illegal amounts. Method: pay 15,500 with each."""
    count = shop.count("sale")
    answer = hand.visitor.send("/till", hand.basket(("BUSI", "1"), tendered=tendered))
    assert status == answer.status_code
    assert count + (status == 303) == shop.count("sale")
    if status == 422:
        page = answer.get_data(as_text=True)
        assert 'id="e-tendered"' in page and value_of(page, "token")


def test_a_total_beyond_the_limit(shop, hand) -> None:
    """Goal: an impossible total is said in words, the basket stays. Method: five times a thousand million tyres."""
    count = shop.count("sale")
    answer = hand.visitor.send("/till", hand.basket(*[("BAN-2", "1000000000")] * 5, method="transfer"))
    assert (422, count) == (answer.status_code, shop.count("sale"))
    page = answer.get_data(as_text=True)
    assert (5, True) == (page.count("data-line="), 'role="alert"' in page)


def test_mistakes_in_english(hand) -> None:
    """Goal: errors speak the person's language. Method: too little money, in English."""
    hand.visitor.speak("en")
    page = hand.visitor.send("/till", hand.basket(("BUSI", "1"), tendered="1")).get_data(as_text=True)
    hand.visitor.speak("id")
    assert "That is less than the total." in page


def test_an_unknown_way_to_pay(hand) -> None:
    """Goal: only the listed methods. Method: another one."""
    assert 422 == hand.visitor.send("/till", hand.basket(("BUSI", "1"), method="gold")).status_code


def test_finding(hand) -> None:
    """Goal: code and barcode are exact, words are a list, nothing offers a new code. Method: each."""
    exact = [("data-exact" in hand.visitor.get("/till/find", q=text)) for text in ("oli-1", "899001", "oli", "Ban")]
    assert [True, True, False, False] == exact
    assert "Ban luar" in hand.visitor.get("/till/find", q="ban")
    assert "data-unknown" in hand.visitor.get("/till/find", q="TIDAK-ADA")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("code", "name", "price", "wrong"),
    [
        ("NEW-1", "Kanvas rem", "35000", ""),
        ("  new-2 ", "Rantai é 428 “H”", "Rp1.000.000.000", ""),
        ("NEW-3", "", "1000", "name"),
        ("NEW-4", "Kampas", "gratis", "price"),
        ("NEW-5", "Kampas", "0", "price"),
        ("NEW-6", "n" * 101, "1000", "name"),
        ("NEW-7", "Kampas", "1000000000000001", "price"),
        ("NEW\x007", "Kampas", "1000", "name"),
    ],
)
def test_a_code_nobody_knows(shop, hand, code, name, price, wrong) -> None:
    """Goal: sell what head office does not know yet. Method: make it, sell it; illegal values stay in the form."""
    before = shop.count("provisional_product")
    answer = hand.visitor.send("/till/provisional", {"code": code, "name": name, "price": price})
    page = answer.get_data(as_text=True)
    assert (422 if wrong else 200, before + (not wrong)) == (answer.status_code, shop.count("provisional_product"))
    if wrong:
        assert "field-error" in page
    else:
        form = {**hand.basket(), "offer": values_of(page, "offer"), "quantity": ["1"], "tendered": "2000000000"}
        assert 303 == hand.visitor.send("/till", form).status_code
        assert 200 == hand.visitor.send("/till/provisional", {"code": code, "name": "Lain", "price": price}).status_code
        assert before + 1 == shop.count("provisional_product")


def test_no_amount_is_the_exact_money(shop, hand) -> None:
    """Goal: exact money is one key. Method: pay in cash without an amount; nothing is to be given back."""
    hand.sell(("BUSI", "2"), tendered=" ")
    assert (31_000, None) == (payment_of(newest(shop)).amount, payment_of(newest(shop)).tendered)


def test_a_refused_payment_stays_at_paying(hand) -> None:
    """Goal: the page that says no is the one that asked. Method: too little money; the form comes back at paying."""
    page = hand.visitor.send("/till", hand.basket(("BUSI", "1"), tendered="1")).get_data(as_text=True)
    section = page.partition("data-pay-step")[2].partition(">")[0]
    assert [True, False, False] == ['class="till paying"' in page, "hidden" in section, "autofocus" in page]


@pytest.mark.parametrize(("price", "status"), [("12.500", 200), ("0", 200), ("", 422), ("-1", 422), ("murah", 422)])
def test_a_product_without_a_price(shop, hand, price, status) -> None:
    """Goal: nothing is sold for nothing unasked. Method: a product at Rp0; its price is asked for, then taken."""
    with using(shop.node.store), shop.node.journal.unit() as unit:
        made = catalogue.make_provisional(unit, "TANPA-HARGA", "Sarung jok", 0)
    found = hand.visitor.get("/till/find", q="TANPA-HARGA")
    assert [False, True] == ["data-line=" in found, 'data-unknown="/till/price"' in found]
    answer = hand.visitor.send("/till/price", {"code": made.hex(), "price": price})
    page = answer.get_data(as_text=True)
    assert (status, status == 200) == (answer.status_code, "data-line=" in page)
    if status == 200:
        hand.visitor.send("/till", {**hand.basket(), "offer": values_of(page, "offer"), "quantity": ["2"]})
        assert 2 * int(price.replace(".", "")) == newest(shop).total


def test_a_price_of_head_office_is_not_changed_here(hand) -> None:
    """Goal: typing a price is for products without one. Method: ask for another price; an unknown product is none."""
    oil = natural_id("product", "OLI-1").hex()
    page = hand.visitor.send("/till/price", {"code": oil, "price": "1"}).get_data(as_text=True)
    assert 'data-price="45000"' in page
    assert 404 == hand.visitor.send("/till/price", {"code": "00" * 16, "price": "1"}).status_code


def test_a_list_is_shown_again(hand) -> None:
    """Goal: a reload loses no line and sells none twice. Method: ask for the lines; once more after the sale."""
    form = hand.basket(("BUSI", "2"), ("OLI-1", "1"))
    page = hand.visitor.send("/till/again", form).get_data(as_text=True)
    assert (["2", "1"], form["offer"]) == (values_of(page, "quantity"), values_of(page, "offer"))
    hand.visitor.send("/till", form)
    assert 204 == hand.visitor.send("/till/again", form).status_code


@pytest.mark.row("C-17", "C-21")
def test_a_new_customer_with_the_sale(shop, hand) -> None:
    """Goal: name and phone are enough, the phone is the member's card. Method: sell, then find by the phone."""
    hand.sell(("BUSI", "1"), new_name="Rina Wati", new_phone="0812 7000 1111")
    assert newest(shop).customer
    found = hand.visitor.get("/till/customers", q="70001111")
    assert "Rina Wati" in found
    ident = found.partition('data-customer="')[2].partition('"')[0]
    hand.sell(("BUSI", "2"), customer=ident)
    assert "Rp46.500" in hand.visitor.get(f"/customers/{ident}")
    again = hand.visitor.send("/till", hand.basket(("BUSI", "1"), new_name="Rina", new_phone="+62 812-7000-1111"))
    assert (422, True) == (again.status_code, "Ini nomor Rina Wati" in again.get_data(as_text=True))


@pytest.mark.parametrize(("name", "phone", "field"), [("Rina", "021", "new_phone"), ("", "0812 7000 2222", "new_name")])
def test_a_new_customer_that_cannot_be(shop, hand, name, phone, field) -> None:
    """Goal: nothing half-written. Method: a bad phone, no name: neither customer nor sale, the error at its field."""
    counts = shop.count("customer"), shop.count("sale")
    answer = hand.visitor.send("/till", hand.basket(("BUSI", "1"), new_name=name, new_phone=phone))
    assert (422, True) == (answer.status_code, f'id="e-{field}"' in answer.get_data(as_text=True))
    assert counts == (shop.count("customer"), shop.count("sale"))


def test_a_customer_of_another_list(hand) -> None:
    """Goal: an unknown customer is an error in words. Method: an id of nobody."""
    answer = hand.visitor.send("/till", hand.basket(("BUSI", "1"), customer="0" * 28))
    assert (422, True) == (answer.status_code, "tidak dikenal" in answer.get_data(as_text=True))


def test_selling_needs_no_head_office(shop, hand) -> None:
    """Goal: the line is not on the road of a sale. Method: sell while nothing is exchanged, look at the badge."""
    hand.sell(("BUSI", "1"))
    assert shop.node.link.pending().entries
    assert "menunggu" in hand.visitor.get("/till")


def approve(shop, hand, form, who="sari", pin=None):
    """The answer to somebody's PIN for the discounts of this basket."""
    chosen = {**form, "user": shop.people[who].hex(), "pin": pin or PIN}
    return hand.visitor.send("/till/approve", chosen, headers={"HX-Request": "true"})


@pytest.mark.parametrize(
    ("line", "whole", "total"),
    [("5", "", 147_250), ("", "5 %", 147_250), ("7750", "", 147_250), ("", "Rp50", 154_950), ("2%", "2.000", 149_900)],
)
def test_discounts_as_they_are_typed(shop, hand, line, whole, total) -> None:
    """Goal: percent and rupiah, of a line and of the sale. Method: each, within what a cashier may give."""
    address = hand.sell(("BUSI", "10"), discount=[line], sale_discount=whole)
    assert (total, None) == (newest(shop).total, newest(shop).approver)
    page = hand.visitor.get(address)
    assert "Sebelum potongan" in page and "Rp155.000" in page


@pytest.mark.parametrize("typed", ["101%", "-5", "5.5", "banyak", "155001", "1e3", "9" * 30])
def test_discounts_that_cannot_be(shop, hand, typed) -> None:
    """Goal: illegal discounts are named beside their field, the basket stays. Method: each on line and sale."""
    count = shop.count("sale")
    for fields in ({"discount": [typed]}, {"sale_discount": typed}):
        answer = hand.visitor.send("/till", hand.basket(("BUSI", "10"), **fields))
        page = answer.get_data(as_text=True)
        assert (422, True, True) == (answer.status_code, 'aria-invalid="true"' in page, f'value="{typed}"' in page)
    assert count == shop.count("sale")


def test_a_discount_beyond_the_limit_needs_a_pin(shop, hand) -> None:
    """Goal: who approved is in the sale, and approves no more than was seen. Method: refuse, approve, raise it."""
    form = hand.basket(("BUSI", "10"), sale_discount="20")
    refused = hand.visitor.send("/till", form)
    assert (422, True) == (refused.status_code, "lebih dari 5 %" in refused.get_data(as_text=True))
    assert "Sari" in hand.visitor.get("/till/approval") and "Dewi" not in hand.visitor.get("/till/approval")
    assert [401, 401] == [
        approve(shop, hand, form, pin="9999").status_code,
        approve(shop, hand, form, "dewi").status_code,
    ]
    assert 422 == approve(shop, hand, {**form, "sale_discount": "21"}).status_code
    approved = approve(shop, hand, form).get_data(as_text=True)
    mark = value_of(approved, "approval")
    other = hand.basket(("BUSI", "10"), sale_discount="20", approval=mark)
    for wrong in ({**form, "approval": mark, "sale_discount": "21"}, other, {**form, "approval": mark[:-1] + "x"}):
        assert 422 == hand.visitor.send("/till", wrong).status_code
    assert 303 == hand.visitor.send("/till", {**form, "approval": mark}).status_code
    assert (124_000, shop.people["sari"]) == (newest(shop).total, bytes(newest(shop).approver))


def test_a_role_without_a_limit_of_its_own(shop, leader) -> None:
    """Goal: a supervisor needs nobody below twenty percent. Method: sell at twenty, be refused at twenty-one."""
    hand = TillHand(leader)
    hand.sell(("BUSI", "10"), sale_discount="20")
    assert (124_000, None) == (newest(shop).total, newest(shop).approver)
    assert 422 == leader.send("/till", hand.basket(("BUSI", "10"), sale_discount="21")).status_code


@pytest.fixture
def rounded(shop):
    """Cash is rounded to Rp100 meanwhile."""
    for step in ("100", "0"):
        with using(shop.hub.store), shop.hub.journal.unit() as unit:
            company.write(unit, {company.CASH_ROUNDING: step})
        shop.sync()
        if step == "100":
            yield


def tenders(sale):
    found = Payment.select().where(Payment.sale == sale.id).order_by(Payment.line)
    return [(one.method, one.amount, one.tendered) for one in found]


def test_a_sale_paid_in_parts(shop, hand, rounded) -> None:
    """Goal: several tenders, change from cash, cash rounded. Method: transfer and cash; all in parts; cash exact."""
    parts = {"part_method": ["transfer", "qris"], "part_amount": ["5.000", "60"]}
    page = hand.visitor.get(hand.sell(("BUSI", "1"), tendered="20000", **parts))
    expected = [("transfer", 5_000, None), ("qris", 60, None), ("cash", 10_400, 20_000), ("rounding", 40, None)]
    assert expected == tenders(newest(shop))
    assert "Pembulatan tunai" in page and "Rp9.600" in page
    assert "Transfer + QRIS + Tunai" in hand.visitor.get("/sales")
    hand.sell(("BUSI", "1"), tendered="", part_method=["card", "qris"], part_amount=["5000", "10500"])
    assert [("card", 5_000, None), ("qris", 10_500, None)] == tenders(newest(shop))
    hand.sell(("BUSI", "1"), sale_discount="Rp40", tendered="")
    assert [("cash", 15_500, None), ("rounding", -40, None)] == tenders(newest(shop))


@pytest.mark.parametrize(
    ("ways", "amounts"),
    [(["transfer"], ["15501"]), (["gold"], ["500"]), (["rounding"], ["40"]), (["qris"], ["-1"]), (["qris"], ["x"])],
)
def test_parts_that_cannot_be(shop, hand, ways, amounts) -> None:
    """Goal: illegal parts are said, the basket stays. Method: too much, unknown ways, illegal amounts."""
    count = shop.count("sale")
    form = hand.basket(("BUSI", "1"), part_method=ways, part_amount=amounts, method="qris")
    answer = hand.visitor.send("/till", form)
    assert (422, True, count) == (answer.status_code, "Busi" in answer.get_data(as_text=True), shop.count("sale"))
