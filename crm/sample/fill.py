"""Puts the sample company into an empty head office, and goods into the shops of its branches."""

from typing import Any

from crm import catalogue, customers, stock, users
from crm.sample import goods, people
from crm.stock import Moved
from sync.model import natural_id
from sync.unit import Unit

BRANCHES = (("PTK", "Pontianak", "outlet"), ("SGW", "Singkawang", "spa"))
CONSENTS = ("receipt", "reminder")
RECEIVED = 24  # pieces of everything


def fill(node: Any) -> None:
    """Products, customers and staff; *node* is a hub at work that has the branches of ``BRANCHES`` already."""
    with node.journal.unit() as unit:
        _fill_products(unit)
    for first, (code, city, _kind) in enumerate(BRANCHES):
        with node.journal.unit() as unit:
            _fill_customers(unit, code, city, first * people.CUSTOMERS_PER_BRANCH, node.company_key)
    for login in people.LOGINS:
        with node.journal.unit() as unit:
            _add_login(unit, login)


def fill_shop(node: Any) -> None:
    """The first delivery; *node* is a branch at work that has heard of the products."""
    codes = [values["code"] for values in goods.products() if values["kind"] == "goods"]
    with node.journal.unit() as unit:
        stock.record_document(unit, "receive", [Moved(natural_id("product", code), RECEIVED) for code in codes])


def _fill_products(unit: Unit) -> None:
    for values in goods.products():
        catalogue.create_product(unit, {**values, "category": catalogue.make_category(unit, values["category"])})


def _fill_customers(unit: Unit, code: str, city: str, first: int, key: bytes) -> None:
    home = _branch_id(code)
    for values in people.customers(code, city, first):
        made = customers.create_customer(unit, **values, home_branch=home, hash_key=key)
        for purpose in CONSENTS:
            customers.set_consent(unit, made, purpose, True)


def _add_login(unit: Unit, login: people.Login) -> None:
    branch = _branch_id(login.branch) if login.branch else None
    secrets = {"password": login.password, "pin": login.pin}
    users.create_user(unit, username=login.username, name=login.name, role=login.role, branch=branch, **secrets)


def _branch_id(code: str) -> bytes:
    return natural_id("branch", code)
