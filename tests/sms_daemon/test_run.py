"""The daemon as a process: signals, --once, the socket, the log."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sms_shop import SARI, Shop, start_program

from sms_daemon import control, lock, reading
from sms_daemon.control import NotRunning

ELSEWHERE = {"do": "ussd", "code": "*888#", "modem": "lain"}


def ended(process: "subprocess.Popen[str]", seconds: float = 20) -> tuple[int, str]:
    """Exit code and what it said."""
    try:
        _, said = process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode, said


def wait_for(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_once_sends_what_is_due_and_ends_well(shop: Shop) -> None:
    """Goal: --once for a clock-driven shop. Method: two messages, one SMS on the SIM; exit 0; the log names nobody."""
    shop.message("rahasia")
    later = shop.message(not_before=int(time.time() * 1000) + 10**8)
    shop.sim({"sender": SARI, "text": "halo"})
    code, said = ended(start_program(shop, once=True, reports=0.2))
    assert 0 == code, said
    assert [(SARI, 1)] == shop.submitted()
    assert "+62812****890" in said
    assert not [secret for secret in ("rahasia", SARI, "halo") if secret in said]
    assert {"sent": 1, "waiting": 1} == reading.status(shop.folder, 0)["states"]
    assert ["halo"] == [message["text"] for message in reading.inbox(shop.folder)]
    assert later


def test_once_waits_for_the_report_of_what_it_sent(shop: Shop) -> None:
    """Goal: a report that comes within three seconds is not lost. Method: told with a listing after the send."""
    shop.message()
    process = start_program(shop, once=True)
    wait_for(shop.submitted)
    shop._put("meja", "reports.json", [{"reference": 0, "sender": SARI, "status": 0, "at": None}])
    code, said = ended(process)
    assert 0 == code, said
    assert {"delivered": 1} == reading.status(shop.folder, 0)["states"]


@pytest.mark.parametrize(
    ("script", "words"),
    [({"open": {"ok": False, "state": "no_sim"}}, "SIM"), ({"sends": {SARI: ["cms 38"]}}, "wait")],
)
def test_once_says_what_is_left(shop: Shop, script: dict[str, Any], words: str) -> None:
    """Goal: exit 1 and words when due messages remain. Method: no SIM; a network that refuses."""
    shop.message()
    shop.script(**script)
    code, said = ended(start_program(shop, once=True))
    assert 1 == code
    assert words in said
    assert "SMS that still wait: 1" in said


def test_sigterm_ends_it_soon_with_a_silent_modem(shop: Shop) -> None:
    """Goal: the end comes within its time whatever the modem does. Method: a part in flight on a silent modem."""
    message = shop.message()
    shop.script(sends={SARI: ["silent"]})
    process = start_program(shop)
    wait_for(lambda: shop.asked("send"))
    assert "ERR_NO_MODEM" == control.ask(shop.folder, ELSEWHERE)["error"]
    process.send_signal(signal.SIGTERM)
    code, said = ended(process, 5)
    assert 0 == code, said
    (unknown,) = reading.status(shop.folder, 0)["unknown"]
    assert (message.hex(), "restart", "+62812****890") == (unknown["id"], unknown["reason"], unknown["recipient"])
    assert not lock.is_held(shop.folder)
    assert not (shop.folder / "sms.sock").exists()


def test_other_processes_ask_through_the_socket(shop: Shop) -> None:
    """Goal: the operator can be asked. Method: ask a running daemon; a second daemon is refused in words."""
    process = start_program(shop)
    wait_for(lambda: [one["state"] for one in reading.status(shop.folder, 0)["modems"]] == ["ready"])
    assert reading.status(shop.folder, 0)["running"]
    said = control.ask(shop.folder, {"do": "ussd", "code": "*888#"})
    assert {"ok": True, "text": "Sisa pulsa Rp 50.000", "modem": "meja"} == {
        name: said.get(name) for name in ("ok", "text", "modem")
    }
    assert {"ok": False, "error": "ERR_NO_MODEM", "modems": {}} == control.ask(shop.folder, ELSEWHERE)
    assert not control.ask(shop.folder, {"do": "dance"})["ok"]
    with pytest.raises(lock.SmsRunning):
        lock.Lock(shop.folder)
    process.send_signal(signal.SIGTERM)
    assert 0 == ended(process)[0]
    with pytest.raises(NotRunning):
        control.ask(shop.folder, ELSEWHERE)


def test_a_bad_client_holds_up_nobody(shop: Shop) -> None:
    """Goal: rubbish, half a line and too many clients. Method: send them; the daemon still answers."""
    process = start_program(shop)
    wait_for(lambda: (note := lock.note(shop.folder)) and note.address)
    note = lock.note(shop.folder)
    assert note is not None
    peers = []
    for place in range(2 * control.CLIENTS_MAX):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(note.address)
        peer.sendall((b"\xff\n", b'{"do"', b"[1]\n", b"x" * 70_000)[place % 4][:65_536])
        peers.append(peer)
    assert "ERR_NO_MODEM" == control.ask(shop.folder, ELSEWHERE)["error"]
    for peer in peers:
        peer.close()
    process.send_signal(signal.SIGINT)
    assert 0 == ended(process)[0]


def test_a_long_path_puts_the_socket_elsewhere(shop: Shop, tmp_path: Path) -> None:
    """Goal: a deep folder works. Method: a folder whose path is too long for a socket; ask through the note."""
    deep = tmp_path / ("d" * 120)
    shop.folder.rename(deep)
    shop.folder = deep
    shop.settings(meja="")
    process = start_program(shop)
    wait_for(lambda: (note := lock.note(deep)) and note.address)
    note = lock.note(deep)
    assert note is not None
    assert "ERR_NO_MODEM" == control.ask(deep, ELSEWHERE)["error"]
    process.send_signal(signal.SIGTERM)
    assert 0 == ended(process)[0]
    assert not Path(note.address).parent.exists()
