"""A made-up shop to measure with: Indonesian customers, products, and the people who sell."""

from collections.abc import Sequence
from random import Random
from typing import Any

from bench.words import AREAS, CITIES, FIRST, GOODS, LAST, REMARKS, STREETS
from branch_node.node import BranchNode
from central_hub.node import HubNode
from crm.branches import by_code
from crm.catalogue.edit import create_product
from crm.customers import create_customer
from crm.selling.rules import Line, Paid
from crm.users import create_user
from sync.database import using
from sync.node import Node

CODE, BRANCH_NAME = "PTK", "Pontianak"
USERNAME, PASSWORD = "kasir", "kata sandi kasir"
TOGETHER = 100  # rows in one unit where units are not what is measured


def _name(rng: Random, words: int = 2) -> str:
    return " ".join([*rng.sample(FIRST, words - 1), rng.choice(LAST)])


def customer(rng: Random) -> dict[str, Any]:
    """The fields of one customer's card, about 300 bytes of text."""
    house = f"No. {rng.randrange(1, 400)} RT {rng.randrange(1, 20):03} RW {rng.randrange(1, 30):03}"
    street = f"Jalan {rng.choice(STREETS)} Gang {rng.choice(LAST)} {house}, Kelurahan {rng.choice(AREAS)}"
    phone = f"08{rng.randrange(11, 60)}-{rng.randrange(10_000):04}-{rng.randrange(10_000):04}"
    relative = f"keluarga {_name(rng)} {phone}, {rng.choice(FIRST).lower()}{rng.randrange(1_000)}@contoh.co.id"
    member = f"KTP 6171{rng.randrange(10**12):012}"
    caution = f"{rng.choice(REMARKS)}; {member}; {relative}; dicatat {_date(rng, 2015, 2027)} oleh {_name(rng)}"
    return {
        "name": _name(rng, 3), "street": street, "city": rng.choice(CITIES), "birth_date": _date(rng, 1950, 2010),
        "caution": caution,
    }  # fmt: skip


def _date(rng: Random, first: int, after: int) -> str:
    return f"{rng.randrange(first, after)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def add_customers(node: Node, count: int, rng: Random, together: int = 1) -> None:
    """Writes *count* customers at *node*, each a single row, *together* in one unit."""
    with using(node.store):
        for first in range(0, count, together):
            with node.journal.unit() as unit:
                for _ in range(min(together, count - first)):
                    create_customer(unit, hash_key=node.company_key, **customer(rng))


def stock_shop(hub: HubNode, products: int, customers: int, rng: Random) -> None:
    """Gives head office a catalogue, customers' cards, and a cashier for the branch."""
    with using(hub.store):
        for first in range(0, products, TOGETHER):
            with hub.journal.unit() as unit:
                for number in range(first, min(first + TOGETHER, products)):
                    name = f"{rng.choice(GOODS)} {rng.choice(LAST)} {rng.randrange(100)}"
                    price = 500 * rng.randrange(4, 400)
                    create_product(unit, {"code": f"{10_000 + number}", "name": name, "price": price})
        add_customers(hub, customers, rng, TOGETHER)
        add_cashier(hub)


def add_cashier(hub: HubNode) -> None:
    """A cashier who works at the branch; her password travels there."""
    found = by_code(CODE)
    branch = bytes(found.id) if found else None
    with hub.journal.unit() as unit:
        create_user(
            unit, username=USERNAME, name="Kasir", role="supervisor", branch=branch,
            password=PASSWORD,
        )  # fmt: skip


def ids_of(node: Node, table: str) -> list[bytes]:
    """Every id in *table*, oldest first."""
    return [row[0] for row in node.store.connection().execute(f"SELECT id FROM {table} ORDER BY rowid")]


def three_lines(rng: Random, products: Sequence[bytes]) -> list[Line]:
    """Lines of three different products."""
    return [Line(product, rng.randrange(1, 4), 500 * rng.randrange(4, 400)) for product in rng.sample(products, 3)]


def cash_for(lines: Sequence[Line]) -> Paid:
    """Cash for these lines, in notes of ten thousand."""
    total = sum(line.quantity * line.price for line in lines)
    return Paid("cash", total, -(-total // 10_000) * 10_000)


def actor_of(branch: BranchNode) -> bytes:
    """The cashier's id at the branch."""
    found = branch.store.connection().execute("SELECT id FROM user WHERE username = ?", (USERNAME,)).fetchone()
    return bytes(found[0])
