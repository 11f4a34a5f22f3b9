"""The made-up company: right in every form, and nobody real."""

from crm import phones
from crm.catalogue.edit import clean_code
from crm.sample import goods, people
from crm.users import PERMISSIONS, ROLES, check_password, check_pin, clean_username


def test_the_goods() -> None:
    """Goal: forty products, each found by one code and one barcode. Method: count, clean, compare."""
    products = goods.products()
    barcodes = [values["barcode"] for values in products if values["kind"] == "goods"]
    assert 40 == len({clean_code(values["code"]) for values in products}) == len(products)
    assert len(set(barcodes)) == len(barcodes)
    assert {13} == {len(code) for code in barcodes}
    assert all(values["price"] > 0 for values in products)


def test_a_barcode_checks_itself() -> None:
    """Goal: scanners accept the codes, and they are of the range shops may use. Method: two, one worked by hand."""
    assert ("2000000001012", "2000000000008") == (goods.barcode(101), goods.barcode(0))


def test_the_customers() -> None:
    """Goal: sixty people with one valid number each. Method: the rules a till applies."""
    cards = people.customers("PTK", "Pontianak", 0) + people.customers("SGW", "Singkawang", 30)
    numbers = {phones.normalise(phone) for card in cards for phone in card["phones"]}
    assert 60 == len(numbers) == len({card["number"] for card in cards}) == len({card["name"] for card in cards})
    assert {"+628120000"} == {number[:10] for number in numbers}


def test_the_logins() -> None:
    """Goal: every login works. Method: the rules for names, passwords, PINs and roles."""
    for login in people.LOGINS:
        assert login.username == clean_username(login.username)
        assert (login.password, login.pin) == (check_password(login.password), check_pin(login.pin))
        assert login.role in ROLES
    assert PERMISSIONS["sell"] & {login.role for login in people.LOGINS if login.branch}
