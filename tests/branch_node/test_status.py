"""The page of the line: what waits, the clock, what went wrong, what is held."""

import msgspec
import pytest

from branch_node.pages.status import clock_words
from sync.errors import BadValue

pytestmark = pytest.mark.usefixtures("reading")
MINUTE, HOUR = 60_000, 3_600_000


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, "Jam PC ini belum dicocokkan dengan kantor pusat."),
        (0, "Jam PC ini tepat."),
        (-59_999, "Jam PC ini tepat."),
        (-58 * MINUTE, "Jam PC ini 58 menit terlambat."),
        (5 * HOUR, "Jam PC ini 5 jam terlalu cepat."),
        (-400 * 24 * HOUR, "Jam PC ini 400 hari terlambat."),
    ],
)
def test_the_clock_in_words(app, error, words) -> None:
    """Goal: a wrong clock is said as people say it. Method: none, small and large errors both ways."""
    with app.test_request_context("/"):
        assert words == clock_words(error)


def test_what_waits_and_sending_it(shop, leader, hand) -> None:
    """Goal: what waits, then the button sends it. Method: sell, read, press, read."""
    shop.sync()
    hand.sell(("BUSI", "1"))
    assert "1 penjualan, 0 perubahan lain" in leader.get("/status")
    assert 303 == leader.send("/status/send").status_code
    page = leader.get("/status")
    assert "Semua sudah terkirim" in page and "Tersambung, semua terkirim" in page


def test_a_cut_line_in_words(shop, leader, hand, monkeypatch) -> None:
    """Goal: what went wrong and what to do; selling goes on. Method: another address for the hub, press, sell."""
    monkeypatch.setattr(shop.node.sync.line, "url", "http://127.0.0.1:9")
    hand.sell(("BUSI", "1"))
    leader.send("/status/send")
    page = leader.get("/status")
    for words in ("Masalah terakhir", "Luring, ", "tidak menjawab", "Teruskan berjualan"):
        assert words in page
    hand.sell(("BUSI", "1"))
    monkeypatch.undo()
    leader.send("/status/send")
    assert "Masalah terakhir" not in leader.get("/status")


def test_date_and_time_are_confirmed_by_a_person(shop, leader, monkeypatch) -> None:
    """Goal: after a start without contact one person says whether the clock is right. Method: ask, answer."""
    monkeypatch.setattr(shop.node.clock, "confirmed", False)
    assert "Apakah tanggal dan jam ini benar?" in leader.get("/status")
    leader.send("/status/clock")
    assert shop.node.clock.confirmed
    assert "Apakah tanggal" not in leader.get("/status")


def test_held_records_in_words(shop, leader) -> None:
    """Goal: what head office could not take is told without jargon. Method: a held entry as the hub writes it."""
    detail = msgspec.msgpack.encode({"what": "unknown kind of product"}).hex()
    values = (b"held-entry-0001x", shop.node.stream, 1, 1_764_741_900_000, BadValue.code, detail, False, bytes(30))
    with shop.node.store.write() as connection:
        connection.execute("INSERT INTO held_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    page = leader.get("/status")
    with shop.node.store.write(gate=2) as connection:
        connection.execute("DELETE FROM held_entry WHERE id = ?", values[:1])
    assert "Isi lagi dengan nilai yang benar." in page
    assert "Tidak ada yang perlu diperiksa" in leader.get("/status")


FORBIDDEN = ("hash", "seq", "epoch", "stream", "segment", "hlc", "quarantine", "merge")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/till",
        "/customers",
        "/customers/new",
        "/products",
        "/stock",
        "/stock/receive",
        "/stock/count",
        "/sales",
        "/conflicts",
        "/status",
    ],
)
def test_no_jargon_on_any_page(leader, path, language) -> None:
    """Goal: pages speak like people. Method: the visible words of each page in both languages."""
    leader.speak(language)
    page = leader.get(path).partition("<main")[2].lower()
    leader.speak("id")
    text = " ".join(part.partition(">")[2] for part in page.split("<"))
    assert [] == [word for word in FORBIDDEN if word in text.split()]
