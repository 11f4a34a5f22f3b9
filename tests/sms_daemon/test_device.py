"""One modem and its child: opening, PIN, loss, sickness, unplugging."""

import select
import subprocess
from dataclasses import replace
from typing import Any

import pytest
from sms_shop import BUDI, SARI, Shop


def pins(shop: Shop) -> list[str | None]:
    return [request["pin"] for request in shop.asked("open")]


def opened(shop: Shop, times: int) -> None:
    shop.until(lambda: len(shop.asked("open")) >= times)


def test_a_refused_pin_is_never_entered_again(shop: Shop) -> None:
    """Goal: three wrong PINs lock a SIM; ours is entered once. Method: refuse; wait, restart; then change sms.toml."""
    shop.settings(meja='pin = "1111"')
    shop.script(open={"pin": "2222"})
    shop.start()
    opened(shop, 4)
    shop.until_rest()
    shop.stop()
    shop.start()
    shop.until_rest()
    assert "wrong_pin" == shop.device()["state"]
    assert "1111" not in str(shop.device()["pin_refused"])
    shop.stop()
    assert ["1111"] == [pin for pin in pins(shop) if pin]
    shop.settings(meja='pin = "2222"')
    shop.start()
    shop.until_rest()
    assert "ready" == shop.device()["state"]


def test_a_pin_without_an_answer_is_not_entered_again(shop: Shop) -> None:
    """Goal: a modem that swallows its answer locks no SIM. Method: silence at the PIN; new children, a restart."""
    shop.settings(meja='pin = "1111"')
    shop.script(open={"pin": "1111", "mute_pin": True})
    shop.start()
    shop.until(lambda: shop.device()["state"] == "wrong_pin")
    shop.stop()
    shop.start()
    shop.until(lambda: shop.device()["state"] == "wrong_pin")
    assert ["1111"] == [pin for pin in pins(shop) if pin]


def test_a_pin_that_opened_the_card_after_all_counts_as_right(shop: Shop) -> None:
    """Goal: one lost answer costs no trip to the settings. Method: as above, but the card is open afterwards."""
    shop.settings(meja='pin = "1111"')
    shop.script(open={"pin": "1111", "mute_pin": True})
    shop.start()
    shop.until(lambda: "1111" in pins(shop))
    shop.script()
    shop.until_rest()
    assert ("ready", None) == (shop.device()["state"], shop.device()["pin_refused"])


def test_a_program_that_cannot_start_is_tried_later(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: a machine without room for a child keeps the daemon. Method: a command that is none, then the right one."""
    message = shop.message()
    usual = subprocess.Popen

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OSError(12, "no memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    shop.start()
    shop.until(lambda: shop.device()["restarts"] >= 1)
    assert "child_gone" == shop.device()["reason"]
    monkeypatch.setattr(subprocess, "Popen", usual)
    shop.until(lambda: shop.state(message) == ("sent", None))


@pytest.mark.parametrize("state", ["absent", "busy", "no_device_right", "no_sim", "pin", "puk", "no_network"])
def test_a_modem_that_cannot_work_says_why_and_is_tried_again(shop: Shop, state: str) -> None:
    """Goal: a state in words, and back to work by itself. Method: refuse to open; then open."""
    gone = state in ("absent", "busy", "no_device_right")
    shop.script(open={"ok": False, "state": state, "gone": gone})
    message = shop.message()
    shop.start()
    shop.until(lambda: shop.device()["state"] == state)
    opened(shop, 2)
    assert [] == shop.submitted()
    shop.script()
    shop.until(lambda: shop.state(message) == ("sent", None))
    assert "ready" == shop.device()["state"]


def test_a_device_that_is_not_there_costs_no_child(shop: Shop) -> None:
    """Goal: an absent modem is looked for without starting programs. Method: no device; then it is there."""
    shop.modems["meja"].rmdir()
    shop.timings = replace(shop.timings, look_again=60)
    shop.start()
    shop.until_rest()
    assert "absent" == shop.device()["state"]
    assert shop.running.devices[0].child is None
    shop.modems["meja"].mkdir()
    shop.until(lambda: shop.device()["state"] == "ready")


def test_a_modem_that_comes_back_as_another_device_is_opened_anew(shop: Shop) -> None:
    """Goal: pulled out and put in again, it goes on. Method: another folder under the same name; a part in flight."""
    shop.script(sends={SARI: ["air silent"]})
    message, other = shop.message(), shop.message(number=BUDI)
    shop.start()
    shop.until(shop.submitted)
    shop.modems["meja"].rename(shop.folder / "old")
    shop.until(lambda: shop.device()["state"] == "absent")
    assert ("unknown", "child_gone") == shop.state(message)
    shop.modems["meja"].mkdir()
    shop.until(lambda: shop.state(other) == ("sent", None))
    assert [(BUDI, 1)] == shop.submitted()


def test_an_answer_that_is_there_counts_though_the_modem_is_gone(shop: Shop) -> None:
    """Goal: no needless doubt. Method: the modem says "sent", and is pulled out before that is heard."""
    message = shop.message()
    device = shop.start().devices[0]
    shop.until(lambda: device.sending)
    assert device.child is not None
    assert select.select([device.child.fileno()], [], [], 10)[0]
    shop.modems["meja"].rename(shop.folder / "old")
    device._looked_at = 0.0
    shop.until(lambda: shop.device()["state"] == "absent")
    assert ("sent", None) == shop.state(message)


def test_too_many_lost_children_make_a_modem_sick(shop: Shop) -> None:
    """Goal: a modem that eats messages is left alone. Method: every send dies; four messages, then it rests."""
    shop.script(sends={"*": ["die"]})
    for n in range(8):
        shop.message(f"kabar {n}")
    shop.start()
    shop.until(lambda: shop.device()["state"] == "sick")
    assert {"unknown": 4, "queued": 4} == shop.states()
    assert 4 == shop.device()["restarts"]


def test_three_device_errors_in_a_row_make_a_new_child(shop: Shop) -> None:
    """Goal: a confused modem is opened anew. Method: CMS 310 three times, then well; two openings."""
    shop.script(sends={SARI: ["cms 310", "cms 310", "cms 310", "ok"]})
    message = shop.message()
    shop.start()
    shop.until(lambda: shop.state_if_any(message) == ("sent", None))
    assert 2 == len(shop.asked("open"))


def test_health_tells_of_a_lost_network_and_a_lost_sim(shop: Shop) -> None:
    """Goal: an idle modem's trouble is seen. Method: health says no network; the SIM goes; both come back."""
    shop.timings = replace(shop.timings, health=0.05)
    shop.start()
    shop.until_rest()
    shop.script(health={"registration": "none"}, open={"ok": False, "state": "no_network"})
    shop.until(lambda: shop.device()["state"] == "no_network")
    shop.script()
    shop.until(lambda: shop.device()["state"] == "ready")
    shop.script(health={"sim": "absent"}, open={"ok": False, "state": "no_sim"})
    shop.until(lambda: shop.device()["state"] == "no_sim")


def test_the_row_tells_signal_and_operator(shop: Shop) -> None:
    """Goal: pages can say how the modem is. Method: look at its row."""
    shop.start()
    shop.until_rest()
    row = shop.device()
    assert (70, "FAKE", "home", 20) == (row["signal"], row["operator"], row["registration"], row["sim_size"])
