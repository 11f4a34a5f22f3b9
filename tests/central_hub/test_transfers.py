"""Mutasi at head office: what is under way between branches, and what does not tally."""

import pytest

from crm import transfers
from crm.transfers import Moved
from sync.database import using


def at(office, code: str, act, *args) -> bytes:
    """What *act* writes at a branch; head office hears it."""
    node = office.branches[code]
    with using(node.store), node.journal.unit(actor=None) as unit:
        made = act(unit, *args)
    office.sync()
    return bytes(made)


@pytest.mark.row("H-44")
def test_a_difference_is_seen_until_it_is_settled(office, admin) -> None:
    """Goal: head office sees where goods are. Method: sent, received with less, written off; list, page, home."""
    oil = office.product("OLI-1")
    dps = office.branches["DPS"].branch_id
    transfer = at(office, "PTK", transfers.send_new, dps, [Moved(oil, 6)], "koper")
    address = f"/stock/transfers/{transfer.hex()}"
    page = admin.get("/stock/transfers")
    assert "PTK → DPS" in page and "Dalam perjalanan" in page and address in page
    assert "koper" in admin.get(address)
    at(office, "DPS", transfers.receive, transfer, [Moved(oil, 5)])
    assert "Mutasi yang ada selisihnya" in admin.get("/")
    assert "1 ada selisih" in admin.get("/stock")
    page = admin.get(address)
    assert "Selisih" in page and '<span class="negative">−1' in page and f"{address}/" not in page
    at(office, "PTK", transfers.settle, transfer, transfers.WRITE_OFF, [Moved(oil, 1)])
    assert "PTK → DPS" not in admin.get("/stock/transfers").partition("<main")[2]
    assert address in admin.get("/stock/transfers", show="done")
    assert "Hilang" in admin.get(address)
    with using(office.hub.store):
        assert 0 == transfers.unequal()


def test_a_transfer_nobody_made(admin) -> None:
    """Goal: a wrong address is a plain 404. Method: an id of nobody."""
    admin.get(f"/stock/transfers/{'0' * 28}", 404)


@pytest.mark.row("P-34")
def test_interests_on_head_offices_card(office, admin) -> None:
    """Goal: one card for all. Method: a word from a branch, one from head office, one taken off."""
    customer = office.customer("PTK", "Minat Sari")
    card = f"/customers/{customer.hex()}"
    admin.send(f"{card}/interests", {"interest": "Oli Matik"})
    assert "<span>oli matik</span>" in admin.get(card)
    office.sync()
    admin.send(f"{card}/interests/remove", {"interest": "oli matik"})
    page = admin.get(card)
    assert "<span>oli matik</span>" not in page and "Dihapus dari kartu" in page
