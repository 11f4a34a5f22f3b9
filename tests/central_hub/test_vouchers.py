"""Vouchers at head office: issuing, who holds what, granting, withdrawing, writing off."""

from crm import vouchers
from sync import epochs
from sync.database import using
from sync.unit import Unit


def use(office, code: str, voucher: bytes, uses: int) -> None:
    """A customer takes some at a branch; head office hears it."""
    node = office.branches[code]
    with using(node.store), node.journal.unit() as unit:
        vouchers.use(unit, voucher, uses)
    office.sync()


def found(office, voucher: bytes) -> vouchers.Listed:
    with using(office.hub.store):
        return vouchers.find(voucher)


def by_code(office, code: str) -> bytes:
    with using(office.hub.store):
        return next(one.id for one in vouchers.listed() if one.code == code)


def test_a_voucher_is_issued_and_changed(office, admin) -> None:
    """Goal: head office says how many uses there are. Method: the form, a code twice, fewer than were granted."""
    form = {"code": "pijat5", "name": "Pijat lima kali", "issued": "20"}
    assert "/vouchers" == admin.done("/vouchers/new", **form)
    assert "Pijat lima kali" in admin.get("/vouchers")
    assert "Sudah ada voucher dengan kode PIJAT5" in admin.refused("/vouchers/new", **form)
    admin.refused("/vouchers/new", **{**form, "code": "X" * 40})
    admin.refused("/vouchers/new", **{**form, "code": "Y", "issued": "banyak"})
    page = f"/vouchers/{by_code(office, 'PIJAT5').hex()}"
    admin.done(f"{page}/grant", branch="PTK", quantity="8")
    assert "sudah mendapat jatah 8" in admin.refused(f"{page}/edit", **{**form, "issued": "7"})
    admin.done(f"{page}/edit", **{**form, "name": "Pijat", "issued": "8"})
    assert "Jatah Pijat yang tersisa hanya 0." in admin.refused(f"{page}/grant", branch="PTK", quantity="1")
    admin.refused(f"{page}/grant", branch="NONE", quantity="1")


def test_who_holds_what_is_seen(office, admin) -> None:
    """Goal: issued, held, used and left at a glance. Method: granted, used at a branch; the list and the page."""
    voucher = office.voucher("LIHAT", "PTK", 6)
    use(office, "PTK", voucher, 2)
    one = found(office, voucher)
    assert (10, 2, 8, 0) == (one.issued, one.used, one.held + one.left, one.lost)
    page = admin.get(f"/vouchers/{voucher.hex()}")
    assert "Toko Pontianak" in page and "Spa Denpasar" in page and "Hapus buku</span>" not in page


def test_a_branch_that_waits_gets_what_is_issued_later(office, admin) -> None:
    """Goal: nobody has to ask twice. Method: all is granted, a branch asks, head office issues more."""
    voucher = office.voucher("NANTI", "PTK", 10)
    use(office, "PTK", voucher, 10)
    node = office.branches["DPS"]
    with using(node.store), node.journal.unit() as unit:
        vouchers.ask(unit, voucher, 3)
    office.sync()
    with using(office.hub.store):
        assert {"PTK": 10, "DPS": 3} == {one.code: one.asked for one in vouchers.holdings(voucher) if one.asked}
    page = f"/vouchers/{voucher.hex()}"
    admin.done(f"{page}/edit", code="NANTI", name="Nanti", issued="30")
    office.sync()
    with using(office.hub.store):
        held = {one.code: one.held for one in vouchers.holdings(voucher)}
    assert held["DPS"] >= 3 and held["PTK"] >= 10


def test_a_voucher_is_withdrawn_and_given_out_again(office, admin) -> None:
    """Goal: taking it back is one step, and undone by one. Method: both; what the branch says meanwhile."""
    voucher = office.voucher("TARIK", "PTK", 2)
    page = f"/vouchers/{voucher.hex()}"
    admin.done(f"{page}/archive")
    office.sync()
    with using(office.branches["PTK"].store):
        assert voucher not in [one.id for one in vouchers.here(office.branches["PTK"].stream)]
    assert "Edarkan lagi" in admin.get(page)
    admin.done(f"{page}/restore")
    assert not found(office, voucher).archived


def test_what_a_lost_computer_held_is_written_off(office, admin) -> None:
    """Goal: it counts as used until head office bears it. Method: a branch goes on anew; the button, twice."""
    voucher = office.voucher("HILANG", "DPS", 4)
    page = f"/vouchers/{voucher.hex()}"
    assert "Tidak ada yang bisa dihapusbukukan" in admin.send(f"{page}/lost/DPS").get_data(as_text=True)
    epochs.go_on(office.branches["DPS"].journal, epochs.OLDER)
    office.sync()
    assert "4 pemakaian pada komputer yang sudah tidak ada" in admin.get(page)
    assert 6 == found(office, voucher).left
    admin.done(f"{page}/lost/DPS")
    one = found(office, voucher)
    assert (10, 4, 0) == (one.left, one.lost, one.held)
    assert 404 == admin.send(f"{page}/lost/NONE").status_code


def test_what_was_used_twice_is_seen(office, admin, monkeypatch) -> None:
    """Goal: head office sees its loss in numbers. Method: a use that is held; page, list and parts."""
    voucher = office.voucher("DUAKALI", "DPS", 2)
    page = f"/vouchers/{voucher.hex()}"
    assert "Terpakai dua kali: " not in admin.get(page)
    monkeypatch.setattr(Unit, "_may_take", lambda *args: None)  # as a copy, which does not know of the other's uses
    use(office, "DPS", voucher, 3)
    one = found(office, voucher)
    assert (3, 0, 2, 8) == (one.twice, one.used, one.held, one.left)
    assert "Terpakai dua kali: 3." in admin.get(page)
    with using(office.hub.store):
        assert {"DPS": 3} == {part.code: part.twice for part in vouchers.holdings(voucher) if part.twice}


def test_a_voucher_nobody_issued(admin) -> None:
    """Goal: a wrong address is a plain 404. Method: an id of nobody."""
    admin.get(f"/vouchers/{'0' * 28}", 404)
