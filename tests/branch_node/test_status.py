"""The page of the line: what waits, the clock, what went wrong, what is held."""

import msgspec
import pytest
from cabang_words import jargon

from branch_node.pages.status import clock_words
from sync.errors import BadValue, HubBusy, KeyReplaced, RevokedSender

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
    for words in ("Masalah terakhir", "Terputus, ", "tidak menjawab", "Teruskan berjualan"):
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


@pytest.mark.parametrize("behind", [10 * 365 * 24 * HOUR, HOUR])
def test_a_clock_behind_the_newest_record_is_named(shop, leader, hand, monkeypatch, behind) -> None:
    """Goal: nobody confirms a date that cannot be right. Method: a device set back; the question says so; a sale."""
    hand.sell(("BUSI", "1"))
    device = shop.node.clock.device_ms
    monkeypatch.setattr(shop.node.clock, "confirmed", False)
    assert "Tidak mungkin benar" not in leader.get("/status")
    monkeypatch.setattr(shop.node.clock, "device_ms", lambda: device() - behind)
    assert "Tidak mungkin benar: catatan terbaru" in leader.get("/status")
    hand.sell(("BUSI", "1"))


@pytest.mark.parametrize("jump", [-10 * 365 * 24 * HOUR, 58 * MINUTE, 10 * 365 * 24 * HOUR])
def test_a_jumped_clock_is_told_after_the_next_contact(shop, leader, hand, monkeypatch, jump) -> None:
    """Goal: "58 minutes wrong", in words, and no lock-out. Method: the device jumps; exchange, sell, read; put back."""
    shop.sync()
    device = shop.node.clock.device_ms
    monkeypatch.setattr(shop.node.clock, "device_ms", lambda: device() + jump)
    shop.sync()
    hand.sell(("BUSI", "1"))
    shop.sync()
    page = leader.get("/status")
    assert ("58 menit terlalu cepat" if jump == 58 * MINUTE else "hari") in page
    assert "Struk tetap mendapat jam yang benar" in page
    monkeypatch.undo()
    shop.sync()
    assert "Jam PC ini tepat." in leader.get("/status")


def test_how_soon_news_arrive(shop, leader, monkeypatch) -> None:
    """Goal: the line's ways in words. Method: asking, waiting at the door, a measured line, no line."""
    shop.sync()
    assert "bertanya ke kantor pusat setiap 20 detik" in leader.get("/status")
    monkeypatch.setattr(shop.node.sync.doorbell, "listening", True)
    monkeypatch.setattr(shop.node.sync.line.pace, "down", 12_345.6)
    page = leader.get("/status")
    assert "sampai dalam beberapa detik" in page and "sekitar 12 kB per detik" in page
    monkeypatch.setattr(shop.node.sync, "state", shop.node.sync.state._replace(error=HubBusy(seconds=7)))
    page = leader.get("/status")
    assert "mencoba lagi sendiri dalam 7 detik" in page and "beberapa detik" not in page


def test_held_records_in_words(shop, leader) -> None:
    """Goal: what head office could not take is told without jargon. Method: a held entry as the hub writes it."""
    detail = msgspec.msgpack.encode({"what": "unknown kind of product"}).hex()
    place = (b"held-entry-0001x", shop.node.stream, 1, 1_764_741_900_000)
    values = (*place, BadValue.code, detail, False, shop.node.journal.epoch_name, bytes(30))
    with shop.node.store.write() as connection:
        connection.execute("INSERT INTO held_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    page = leader.get("/status")
    with shop.node.store.write(gate=2) as connection:
        connection.execute("DELETE FROM held_entry WHERE id = ?", values[:1])
    assert "Isi lagi dengan nilai yang benar." in page
    assert "Tidak ada yang perlu diperiksa" in leader.get("/status")


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
        "/shift",
        "/shifts",
        "/status",
    ],
)
def test_no_jargon_on_any_page(leader, path, language) -> None:
    """Goal: pages speak like people. Method: the visible words of each page in both languages."""
    leader.speak(language)
    page = leader.get(path)
    leader.speak("id")
    assert set() == jargon(page)


@pytest.mark.parametrize("error", [KeyReplaced(), RevokedSender()])
def test_a_key_that_counts_no_more_and_the_way_on(shop, leader, hand, monkeypatch, error) -> None:
    """Goal: the page leads to the command, step by step, and selling goes on. Method: the refusal, the page, a sale."""
    monkeypatch.setattr(shop.node.sync, "state", shop.node.sync.state._replace(error=error))
    page = leader.get("/status")
    for words in ("Teruskan berjualan", "Cabut kuncinya", f"cabang branch rejoin {shop.node.folder} --code CODE"):
        assert words in page.replace("&#39;", "'")
    hand.sell(("BUSI", "1"))
