"""Birthday greetings."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from branch_node.sms_greetings import GREETINGS, RIGHTS, birthdays, greet
from central_hub.greeting_rights import look as give_out
from crm import customers, settings
from crm.jobs import Jobs
from crm.messages import Message
from sync.clock import Clock

pytestmark = pytest.mark.usefixtures("reading")


def at(text: str) -> int:
    """A moment at the branch (WIB) in ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000) - 7 * 3_600_000


def on(shop: Any, text: str) -> Any:
    """The branch with its clock at *text*."""
    node = shop.node
    names = ("store", "journal", "zone", "branch_id", "stream", "code", "company_key")
    return SimpleNamespace(**{name: getattr(node, name) for name in names}, clock=Clock(lambda: at(text)))


def customer(shop: Any, name: str, phone: str, born: str, agrees: bool = True) -> bytes:
    """A customer who wants greetings, or not."""
    with shop.node.journal.unit() as unit:
        made = customers.create_customer(
            unit, name=name, phones=[phone], birth_date=born, hash_key=shop.node.company_key
        )
        if agrees:
            customers.set_consent(unit, made, "greeting", True)
    return made


def rights(shop: Any) -> None:
    """The branch has told head office of its customers, and hears what it may greet."""
    shop.sync()
    give_out(shop.hub)
    shop.sync()


def greetings(customer: bytes) -> list[Message]:
    """What was queued for the customer."""
    return list(Message.select().where((Message.customer == customer) & (Message.kind == "greeting")))


@pytest.mark.row("P-16")
def test_a_greeting_on_the_day(shop: Any, leader: Any) -> None:
    """Goal: once, on the day, gone by its end, on the page. Method: without the right; days around, the day twice."""
    yes = customer(shop, "Bunga Citra", "0812-1000-0001", "1990-05-31")
    no = customer(shop, "Tanpa Izin", "0812-1000-0002", "1990-05-31", agrees=False)
    greet(on(shop, "2026-05-31T00:01"))
    assert [] == greetings(yes)
    rights(shop)
    for moment in ("2026-05-30T23:59", "2026-05-31T00:01", "2026-05-31T22:00", "2026-06-01T00:01"):
        greet(on(shop, moment))
    (message,) = greetings(yes)
    assert ([], at("2026-06-01T00:00")) == (greetings(no), message.expires)
    assert "Toko Pontianak: Selamat ulang tahun, Bunga Citra! Semoga sehat dan bahagia selalu." == message.text
    assert message.text in leader.get("/sms", after=f"o.{message.rowno - 1}")


def test_two_cards_with_one_number_are_greeted_once(shop: Any) -> None:
    """Goal: the phone rings once. Method: two customers with the same number and day; next year again."""
    both = [customer(shop, name, "0812-1000-0003", "1991-04-30") for name in ("Rudi", "Rudi Hartono")]
    rights(shop)
    for moment in ("2026-04-30T09:00", "2026-04-30T10:00", "2027-04-30T09:00"):
        greet(on(shop, moment))
    assert 2 == sum(len(greetings(one)) for one in both)


def test_the_language_is_the_branch_s(shop: Any) -> None:
    """Goal: the setting holds for greetings. Method: set English for a moment."""
    one = customer(shop, "Agnes", "0812-1000-0004", "1992-03-30")
    rights(shop)
    for language in ("en", "id"):
        with shop.node.journal.unit() as unit:
            settings.write(unit, {"sms_language": language})
        greet(on(shop, "2026-03-30T09:00"))
    assert ["Toko Pontianak: Happy birthday, Agnes! We wish you good health and much joy."] == [
        message.text for message in greetings(one)
    ]


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2026, 2, 28), ("02-28", "02-29")),
        (date(2028, 2, 28), ("02-28",)),
        (date(2028, 2, 29), ("02-29",)),
        (date(2026, 12, 31), ("12-31",)),
    ],
)
def test_who_was_born_on_a_leap_day(day: date, kept: tuple[str, ...]) -> None:
    """Goal: they are greeted each year. Method: leap and common years."""
    assert kept == birthdays(day)


def test_nothing_while_the_date_is_not_confirmed(shop: Any) -> None:
    """Goal: a PC with a dead clock greets nobody. Method: the node's own jobs with an unconfirmed clock."""
    one = customer(shop, "Lina", "0812-1000-0005", "1993-02-20")
    rights(shop)
    node = on(shop, "2026-02-20T09:00")
    Jobs(node, [GREETINGS]).look()
    assert [] == greetings(one)
    node.clock.confirmed = True
    Jobs(node, [GREETINGS]).look()
    assert 1 == len(greetings(one))


def test_a_right_nobody_needs_is_given_up(shop: Any) -> None:
    """Goal: another branch can greet whoever moved there. Method: the job, before and after it is archived."""
    one = customer(shop, "Yuni", "0812-1000-0006", "1993-02-21")
    rights(shop)
    before = shop.count("greeting_release")
    for _ in range(2):
        RIGHTS.work(shop.node)
    assert before == shop.count("greeting_release")
    with shop.node.journal.unit() as unit:
        customers.change_customer(unit, one, {"archived": True})
    RIGHTS.work(shop.node)
    assert 1 == shop.count("greeting_release") - before
    greet(on(shop, "2026-02-21T09:00"))
    assert [] == greetings(one)
