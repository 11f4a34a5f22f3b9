"""``python -m sms_daemon``: the words when it cannot start."""

import os
import subprocess

from sms_shop import SARI, Shop

from sms_daemon.programs import program
from ui.translations_build import TRANSLATIONS, ensure_compiled

INDONESIAN = ("--translations", str(TRANSLATIONS))


def run(shop: Shop, *words: str) -> "subprocess.CompletedProcess[str]":
    ensure_compiled()
    command = program("sms_daemon", str(shop.folder), *words)
    env = {**os.environ, "LANGUAGE": "id"}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)


def test_missing_settings_are_named(shop: Shop) -> None:
    """Goal: what happened and what to do. Method: no sms.toml."""
    (shop.folder / "sms.toml").unlink()
    done = run(shop)
    assert 1 == done.returncode
    assert "sms.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_absent_modem_leaves_messages_waiting(shop: Shop) -> None:
    """Goal: the real program, as it is started. Method: --once with a device that is not there."""
    shop.modems["meja"].rmdir()
    shop.message()
    done = run(shop, "--once")
    assert 1 == done.returncode
    assert "SMS that still wait: 1" in done.stderr
    assert "meja" in done.stderr


def test_it_speaks_the_language_of_the_person(shop: Shop) -> None:
    """Goal: no English for who reads Indonesian, and no number in full. Method: what waits, a modem's state, an error.

    A message that is in doubt, one that waits, a device that is not there; then no settings at all.
    """
    shop.message()
    shop.start()
    shop.until_rest()
    with shop.ledger.transaction():
        for table in ("message", "part"):
            shop.ledger.run(f"UPDATE {table} SET state = 'sending'")
    shop.stop()
    shop.modems["meja"].rename(shop.folder / "elsewhere")
    shop.message("dua")
    done = run(shop, "--once", *INDONESIAN)
    said = [line.partition(",")[2][4:] if line[:2] == "20" else line for line in done.stderr.splitlines()]
    assert [
        "SMS yang sedang dikirim waktu program terakhir berhenti: 1. Tidak ada yang tahu apakah terkirim.",
        "Modem meja: Tidak ada",
        "Dari cabang: 1 SMS, 0 keputusan orang.",
        "Modem meja: Mati",
        "SMS yang masih menunggu: 1",
        "meja: Perangkat modem tidak ada. Colokkan modem. Kalau sudah, periksa perangkatnya di sms.toml.",
    ] == said
    assert SARI not in done.stderr
    (shop.folder / "sms.toml").unlink()
    assert "Belum ada setelan modem" in run(shop, *INDONESIAN).stderr


def test_what_the_computer_refuses_is_said_in_words(shop: Shop) -> None:
    """Goal: no traceback for a right that is missing. Method: a folder where the lock's file should be."""
    (shop.folder / "sms.lock").mkdir()
    done = run(shop, *INDONESIAN)
    assert (1, False) == (done.returncode, "Traceback" in done.stderr)
    assert "Komputer ini menolak" in done.stderr
    assert "sms.lock" in done.stderr
