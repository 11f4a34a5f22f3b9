"""Beranda: are all branches alive, how is today, what needs me."""

import pytest

from central_hub import branch_health
from crm.branches import by_code
from sync.database import using
from ui.clock import wall_ms

HOUR_MS = 3_600_000
DAY_MS, WIB_MS = 24 * HOUR_MS, 7 * HOUR_MS


@pytest.fixture
def told(office):
    """Sets what a branch reported: told(code, hours silent, waiting, clock error in ms); put back afterwards."""
    before = office.hub.store.connection().execute("SELECT * FROM stream").fetchall()

    def tell(code, silent, waiting=0, clock_error=0) -> None:
        contact = wall_ms() - silent * HOUR_MS
        values = (contact, waiting, wall_ms() if waiting else 0, clock_error, code)
        with office.hub.store.write() as connection:
            connection.execute(
                "UPDATE stream SET last_contact = ?, reported_waiting = ?, reported_oldest = ?, clock_error = ?"
                " WHERE code = ?",
                values,
            )

    yield tell
    with office.hub.store.write() as connection:
        for row in before:
            connection.execute(
                "UPDATE stream SET last_contact = ?, reported_waiting = ?, reported_oldest = ?, clock_error = ?"
                " WHERE stream = ?",
                (*row[-4:], row[0]),
            )


def row_of(page: str, code: str) -> str:
    """The part of the page that is the branch's row."""
    return page.partition(f'href="/branches/{code}"')[2].partition("</tr>")[0]


@pytest.mark.row("H-61")
def test_sales_of_a_branch_are_at_head_office(office, admin) -> None:
    """Goal: what a branch sold is seen at the centre. Method: sell, sync, read today's row and total."""
    office.sell("PTK", "BAN-2", 3, 210_000)
    before = admin.get("/")
    office.sync("PTK")
    after = admin.get("/")
    assert row_of(before, "PTK") != row_of(after, "PTK")
    with using(office.hub.store):
        sql = f"SELECT sum(total) FROM sale WHERE stream = 1 AND (at + {WIB_MS}) / {DAY_MS} = ?"
        today = (office.hub.clock.now_ms() + WIB_MS) // DAY_MS
        total = office.hub.store.connection().execute(sql, (today,)).fetchone()[0]
    assert f"Rp{total:,}".replace(",", ".") in row_of(after, "PTK")


@pytest.mark.parametrize(
    ("silent", "word"), [(0, "Tersambung"), (2, "Terputus"), (30, "Perhatian"), (24 * 4, "Mendesak")]
)
def test_the_state_of_a_branch_in_a_word(admin, told, silent, word) -> None:
    """Goal: a colour is never alone. Method: contact now, hours, a day and days ago."""
    told("DPS", silent)
    assert word in row_of(admin.get("/"), "DPS")


def test_the_age_of_the_last_contact_in_words(admin, told) -> None:
    """Goal: ages as people say them. Method: five hours of silence."""
    told("DPS", 5)
    assert "lima jam lalu" in row_of(admin.get("/"), "DPS")


def test_the_backlog_as_the_branch_reported(admin, told) -> None:
    """Goal: what lies at the branch, and since when. Method: twelve entries reported."""
    told("DPS", 5, waiting=12)
    assert "12 sejak" in row_of(admin.get("/"), "DPS")


def test_what_has_arrived_does_not_wait_any_more(office, admin) -> None:
    """Goal: the branch reports before it sends. Method: sell, sync once, no round after."""
    office.sell("PTK", "OLI-1")
    with using(office.branches["PTK"].store):
        office.branches["PTK"].sync.round()
    assert "tidak ada" in row_of(admin.get("/"), "PTK")


@pytest.mark.parametrize(
    ("error", "words"),
    [(58 * 60_000, "58 menit terlalu cepat"), (-5 * HOUR_MS, "lima jam terlambat"), (90_000, "tepat"),
     (40 * 24 * HOUR_MS, "40 hari terlalu cepat")],
)  # fmt: skip
def test_the_clock_in_words(admin, told, error, words) -> None:
    """Goal: more than two minutes is told, with the direction. Method: fast, slow, right enough, far off."""
    told("DPS", 0, clock_error=error)
    assert words in row_of(admin.get("/"), "DPS")


def test_the_badge_names_the_one_branch_in_trouble(admin, told) -> None:
    """Goal: the badge of every page says it. Method: one silent branch, then two, then none."""
    told("DPS", 30)
    assert "DPS: kontak terakhir" in admin.get("/products")
    told("PTK", 30)
    assert "cabang perlu dilihat" in admin.get("/products")
    told("DPS", 0)
    told("PTK", 0)
    assert "tersambung" in admin.get("/line")


def test_the_badge_tells_of_clock_and_backlog(admin, told) -> None:
    """Goal: a branch that talks but is not well is named. Method: a wrong clock; an old backlog."""
    told("PTK", 0)
    told("DPS", 0, clock_error=HOUR_MS)
    assert "DPS: jam 60 menit terlalu cepat" in admin.get("/line")


def test_what_needs_me(office, admin, cashier) -> None:
    """Goal: conflicts, held entries and new codes are counted for those who settle them. Method: make one of each."""
    office.conflict("Beranda")
    office.sell("DPS", "BARU-BERANDA", 1, 5_000)
    office.sync()
    page = admin.get("/")
    assert all(words in page for words in ("Dua versi untuk satu hal", "Kode barang baru", "Yang menunggu Anda"))
    assert "Dua versi untuk satu hal" not in cashier.get("/")


def test_a_cashier_sees_no_sums(cashier) -> None:
    """Goal: today's sums are for those who may read reports. Method: the page of a cashier."""
    page = cashier.get("/")
    assert "Penjualan hari ini" not in page
    assert "DPS" in page


def test_levels_are_ordered(office, app) -> None:
    """Goal: the worst branch decides. Method: a branch that never came beside two that did."""
    with app.test_request_context("/"), using(office.hub.store):
        known = branch_health.branches(wall_ms())
        assert by_code("PTK") is not None
    assert "ok" == branch_health.worst([branch._replace(level="ok") for branch in known])
    assert "red" == branch_health.worst([known[0]._replace(level="red"), known[1]._replace(level="new")])
    assert "new" == branch_health.worst([])
