"""Credit: asked by USSD, and what is held when it runs out."""

from sms_shop import BUDI, SARI, Shop

ASKING = 'ussd_balance = "*888#"\nbalance_floor = 10000\nbalance_reserve = 2000\n'


def start(shop: Shop, text: str) -> None:
    shop.settings(meja=ASKING)
    shop.script(ussd={"text": text})
    shop.start()
    shop.until_rest()


def answer(shop: Shop, text: str) -> None:
    shop.script(ussd={"text": text})
    shop.running.duties[0].ask_balance()
    shop.until_rest()
    shop.until_rest()


def test_the_credit_is_asked_at_the_start(shop: Shop) -> None:
    """Goal: people see the credit. Method: the operator's sentence; the number in the row."""
    start(shop, "Sisa pulsa Anda Rp 25.500 s/d 1 Mei")
    assert (25_500, shop.now[0]) == (shop.device()["balance"], shop.device()["balance_at"])
    assert 1 == len(shop.asked("ussd"))


def test_an_unknown_credit_is_not_nothing(shop: Shop) -> None:
    """Goal: silence of the operator stops nobody. Method: no number in the answer; a promotion goes."""
    message = shop.message(kind="promotion")
    start(shop, "Menu tidak tersedia")
    assert shop.device()["balance"] is None
    assert ("sent", None) == shop.state(message)


def test_below_the_floor_advertising_is_held_until_it_is_topped_up(shop: Shop) -> None:
    """Goal: the last credit is for what matters. Method: Rp 5.000: promotions held, a receipt goes; then Rp 50.000."""
    promotion, receipt = shop.message(kind="promotion"), shop.message(kind="receipt", number=BUDI)
    start(shop, "Pulsa Rp 5.000")
    assert [("held", "credit"), ("sent", None)] == [shop.state(promotion), shop.state(receipt)]
    answer(shop, "Pulsa Rp 50.000")
    assert ("sent", None) == shop.state(promotion)
    assert ["held", "sent"] == shop.facts(promotion)


def test_no_credit_stops_the_modem_not_the_queue(shop: Shop) -> None:
    """Goal: an empty SIM does not burn the queue. Method: CMS 21: one fails, the rest waits for money."""
    shop.script(sends={SARI: ["cms 21", "ok"]})
    messages = [shop.message(f"Nomor {n}") for n in range(3)]
    shop.settings(meja=ASKING)
    shop.script(sends={SARI: ["cms 21", "ok"]}, ussd={"text": "Rp 300"})
    shop.start()
    shop.until_rest()
    shop.until_rest()
    assert [("failed", "cms_21"), ("queued", None), ("queued", None)] == [shop.state(one) for one in messages]
    assert ("no_credit", 300) == (shop.device()["reason"], shop.device()["balance"])
    shop.script(sends={SARI: ["cms 21", "ok"]}, ussd={"text": "Rp 20.000"})
    shop.running.duties[0].ask_balance()
    shop.until(lambda: shop.states() == {"failed": 1, "sent": 2})
    assert shop.device()["reason"] is None


def test_a_modem_with_credit_takes_over(shop: Shop) -> None:
    """Goal: promotions are held only when no modem may pay. Method: two modems, one poor: the rich one sends all."""
    shop.settings(meja=ASKING, gudang=ASKING)
    shop.script("meja", ussd={"text": "Rp 5.000"})
    shop.script("gudang", ussd={"text": "Rp 90.000"})
    shop.start()
    shop.until(lambda: all(shop.device(name)["balance"] for name in ("meja", "gudang")))
    for n in range(4):
        shop.message(f"Nomor {n}", kind="promotion")
    shop.until(lambda: shop.states() == {"sent": 4})
    assert 4 == len(shop.submitted("gudang"))


def test_a_question_is_not_asked_later_than_it_was_meant(shop: Shop) -> None:
    """Goal: nothing is bought twice by a code that was given up. Method: ask, pull the modem out, put it in again."""
    start(shop, "Pulsa Rp 50.000")
    answers: list[dict[str, object]] = []
    shop.modems["meja"].rename(shop.folder / "old")
    shop.running.duties[0].ask("*123*1#", answers.append)
    shop.running.devices[0].lose("device")
    shop.until(lambda: answers)
    shop.modems["meja"].mkdir()
    shop.script(ussd={"text": "Pulsa Rp 50.000"})
    shop.until(lambda: shop.device()["state"] == "ready")
    shop.until_rest()
    assert [False] == [answer["ok"] for answer in answers]
    assert [] == [asked["code"] for asked in shop.asked("ussd")]
