"""Perlu diputuskan: what copies of a branch's data leave for people, named, linked and ticked off."""

import re

import pytest

from central_hub.node import HubNode
from crm import catalogue, selling
from crm.selling import Line, Paid
from sync import copies, epochs
from sync.database import using

FORBIDDEN = ("hash", "seq", "epoch", "stream", "segment", "hlc", "quarantine", "merge")


@pytest.fixture
def twice(office) -> tuple[bytes, bytes]:
    """Two sales of DPS that bear one number: the branch sold, was put back, and sold again."""
    node = office.branches["DPS"]
    made: list[bytes] = []
    for _ in range(2):
        with using(node.store), node.journal.unit() as unit:
            found = catalogue.find("OLI-1")
            assert found is not None
            unit.query = _forgetful(unit.query)
            paid = [Paid("cash", 77_000 + 1_000 * len(made))]
            line = Line(found.id, 1, 77_000 + 1_000 * len(made))
            made.append(selling.record_sale(unit, lines=[line], payments=paid, till=7).id)
        epochs.go_on(node.journal, epochs.OLDER)
    office.sync("DPS")
    return made[0], made[1]


def _forgetful(query):
    """A till that does not know what it sold, as after its data was put back."""
    return lambda sql, params=(): [(1,)] if "max(number)" in sql else query(sql, params)


def shown(page: str, words: str) -> str:
    """The article about something."""
    return next((part for part in page.split("<article")[1:] if words in part), "").partition("</article>")[0]


def test_two_receipts_with_one_number_are_named(office, admin, twice) -> None:
    """Goal: a task names both, and can be ticked off. Method: two sales of till 7; the page, its links, the button."""
    card = shown(admin.get("/conflicts"), "DPS-7-000001")
    assert all(f'href="/sales/{sale.hex()}"' in card for sale in twice)
    assert all(words in card for words in ("2 penjualan", "Rp77.000", "Rp78.000"))
    found = re.search(r'name="task" value="([^"]+)"', card)
    assert found
    assert "Komputer dan struk yang perlu dicocokkan" in admin.get("/")
    assert 303 == admin.send("/copies/done", {"task": found[1]}).status_code
    assert "" == shown(admin.get("/conflicts"), "DPS-7-000001")


def test_a_task_nobody_listed_is_none(office, admin) -> None:
    """Goal: nothing is ticked off before it is there. Method: a made-up task; the next page is as it was."""
    admin.send("/copies/done", {"task": "receipt 1 1 1 2"})
    assert set() == {task for task in copies.ticked_off(office.hub.store) if task == "receipt 1 1 1 2"}


def test_two_computers_are_named(office, admin) -> None:
    """Goal: head office stops one of them. Method: a branch spoke of a replaced log; the words, without jargon."""
    hub: HubNode = office.hub
    number = office.branches["PTK"].stream
    copies.note(hub.store, number, hub.clock.now_ms())
    page = admin.get("/conflicts")
    card = shown(page, "Dua komputer bekerja sebagai cabang ini.")
    assert "PTK" in card and "Hentikan salah satunya" in card
    visible = re.sub(r"<[^>]+>", " ", card).lower()
    assert [] == [word for word in FORBIDDEN if word in visible]
    found = re.search(r'name="task" value="([^"]+)"', card)
    assert found
    admin.send("/copies/done", {"task": found[1]})
    assert "Dua komputer" not in admin.get("/conflicts")
