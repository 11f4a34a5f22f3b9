"""How the daemon and the modem's child are started."""

import json
import subprocess
from pathlib import Path

import pytest
from sms_shop import Shop

from sms_daemon.child import modem_command
from sms_daemon.programs import program

NAMES = ("gammu", "select", "schedule", "msgspec", "sqlite3", "sms_daemon")
TRAP = "import pathlib; pathlib.Path(__file__).with_suffix('.caught').touch(); raise SystemExit('a trap')\n"


@pytest.fixture
def traps(tmp_path: Path) -> Path:
    """A folder with files named like modules that the programs import."""
    folder = tmp_path / "traps"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(TRAP, encoding="utf-8")
    return folder


def caught(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.caught"))


def test_the_modems_child_imports_nothing_of_the_current_folder(traps: Path) -> None:
    """Goal: a file that lies about is not run. Method: start it among traps, ask, and let it end."""
    with subprocess.Popen(modem_command(), cwd=traps, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b'{"n":1,"do":"health"}\n')
        child.stdin.flush()
        said = child.stdout.readline()
        child.stdin.close()
    assert ([], "ERR_NOTCONNECTED") == (caught(traps), json.loads(said or b"{}").get("error"))


def test_the_daemon_imports_nothing_of_the_current_folder(shop: Shop, traps: Path) -> None:
    """Goal: as above. Method: a device that is not there, and a message: its words, not the trap's."""
    shop.modems["meja"].rmdir()
    shop.message()
    words = program("sms_daemon", str(shop.folder), "--once")
    done = subprocess.run(words, cwd=traps, capture_output=True, text=True, timeout=30, check=False)
    assert [] == caught(traps), done.stderr
    assert (1, True) == (done.returncode, "SMS that still wait: 1" in done.stderr)
