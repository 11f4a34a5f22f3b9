"""``python -m sms_daemon``: the words when it cannot start."""

import subprocess
import sys

from sms_shop import ROOT, Shop


def run(shop: Shop, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sms_daemon", str(shop.folder), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


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
    assert "Messages that still wait: 1" in done.stderr
    assert "meja" in done.stderr
