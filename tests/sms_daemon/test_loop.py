"""The daemon's loop with a fake modem: what every message is promised."""

import pytest
from sms_shop import BUDI, DAY, HOUR, MINUTE, SARI, Shop

LONG = "kata " * 80  # 400 characters: three parts
SILENT = {"open": 2.0, "send": 0.1, "list": 2.0, "delete": 2.0, "health": 2.0, "ussd": 2.0}


def test_a_message_goes_out_once(shop: Shop) -> None:
    """Goal: a message is submitted once, and the branch hears of it. Method: one message, one modem; then a restart."""
    message = shop.message()
    shop.start()
    shop.until_rest()
    shop.stop()
    shop.start()
    shop.until_rest()
    assert [(SARI, 1)] == shop.submitted()
    assert ("sent", None) == shop.state(message)
    assert ["sent"] == shop.facts(message)


def test_parts_go_in_order_with_one_number(shop: Shop) -> None:
    """Goal: a telephone can join the parts. Method: a long message; one UDH number, parts 1 to 3, text unchanged."""
    shop.message(LONG)
    shop.start()
    shop.until_rest()
    lines = shop.log("submitted.jsonl")
    assert [1, 2, 3] == [line["part"] for line in lines]
    assert 1 == len({line["ref"] for line in lines})
    assert LONG == "".join(line["text"] for line in lines)


def test_the_intent_is_on_the_disk_before_the_modem_hears(shop: Shop) -> None:
    """Goal: nothing is submitted of which the ledger does not know. Method: another connection looks at each asking."""
    loop = shop.start()
    shop.until_rest()
    message, seen = shop.message(), []
    child = loop.devices[0].child
    assert child is not None
    ask = child.ask

    def spy(request, deadline_s=None):
        if request["do"] == "send":
            seen.append(shop.elsewhere("SELECT p.state, a.outcome FROM part p, attempt a WHERE a.message = p.message"))
        ask(request, deadline_s)

    child.ask = spy  # type: ignore[method-assign]
    shop.until_rest()
    assert [[("sending", None)]] == seen
    assert ("sent", None) == shop.state(message)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("die", "child_gone"),
        ("air die", "child_gone"),
        ("silent", "deadline"),
        ("air silent", "deadline"),
        ("air garbage", "no_answer"),
        ("air cms 500", "cms_500"),
        ("error ERR_TIMEOUT", "no_answer"),
        ("error ERR_UNKNOWN", "no_code"),
    ],
)
def test_what_is_in_doubt_is_never_sent_again_by_itself(shop: Shop, word: str, reason: str) -> None:
    """Goal: nobody gets an SMS twice. Method: every doubtful answer; the rest goes on, days and a restart later too."""
    shop.settle_fast(send=0.1)
    shop.script(sends={SARI: [word, "ok"]})
    doubtful, other = shop.message(), shop.message(number=BUDI)
    shop.start()
    shop.until(lambda: shop.states() == {"unknown": 1, "sent": 1})
    shop.now[0] += 2 * DAY
    shop.stop()
    shop.start()
    shop.until_rest()
    assert ("unknown", reason) == shop.state(doubtful)
    assert ("sent", None) == shop.state(other)
    assert ["unknown"] == shop.facts(doubtful)
    assert 1 == len([line for line in shop.asked("send") if line["number"] == SARI])


def test_a_person_may_have_an_unknown_message_sent_again(shop: Shop) -> None:
    """Goal: an order sends what is in doubt once more, the same way. Method: part 2 of 3 in doubt, then an order."""
    shop.script(sends={SARI: ["ok", "cms 500", "ok"]})
    message = shop.message(LONG)
    shop.start()
    shop.until_rest()
    assert ("unknown", "cms_500") == shop.state(message)
    shop.order(message)
    shop.until_rest()
    lines = shop.asked("send")
    assert [1, 2, 3, 2] == [line["udh"]["part"] for line in lines]
    assert lines[1]["text"] == lines[3]["text"]
    assert lines[1]["udh"] == lines[3]["udh"]
    assert ["unknown", "waiting", "sent"] == shop.facts(message)


def test_an_order_is_carried_out_once(shop: Shop) -> None:
    """Goal: one order, one submission. Method: order, a message in doubt again, restarts without a new order."""
    shop.script(sends={SARI: ["cms 500"]})
    message = shop.message()
    shop.start()
    shop.until_rest()
    shop.order(message)
    for _ in range(2):
        shop.until_rest()
        shop.stop()
        shop.start()
    shop.until_rest()
    assert 2 == len(shop.asked("send"))
    assert ["unknown", "waiting", "unknown"] == shop.facts(message)


def test_a_refused_message_is_tried_again_later_and_blocks_nobody(shop: Shop) -> None:
    """Goal: back-off per message. Method: a number refused for ever; others go at once; six tries on a moved clock."""
    shop.script(sends={SARI: ["cms 38"]})
    message = shop.message()
    others = [shop.message(number=BUDI) for _ in range(3)]
    shop.start()
    shop.until_rest()
    assert ("waiting", "backoff") == shop.state(message)
    assert [("sent", None)] * 3 == [shop.state(other) for other in others]
    for hours in (0.01, 0.04, 0.2, 0.6, 2.5):
        shop.now[0] += int(hours * HOUR)
        shop.until_rest()
    assert ("failed", "too_many_tries") == shop.state(message)
    assert 6 == len([line for line in shop.asked("send") if line["number"] == SARI])
    assert ["failed"] == shop.facts(message)


def test_a_number_that_does_not_exist_fails(shop: Shop) -> None:
    """Goal: a definite refusal is not tried again, and no other part of it either. Method: CMS 1 on part 1 of 3."""
    shop.script(sends={SARI: ["cms 1", "ok"]})
    message = shop.message(LONG)
    shop.start()
    shop.until_rest()
    assert ("failed", "cms_1") == shop.state(message)
    assert 1 == len(shop.asked("send"))


def test_the_modems_own_trouble_costs_no_try(shop: Shop) -> None:
    """Goal: a message does not pay for its modem. Method: CMS 331 twice, then well: sent, no try counted."""
    shop.script(sends={SARI: ["cms 331", "cms 331", "ok"]})
    message = shop.message()
    shop.start()
    shop.until_rest()
    assert ("sent", None) == shop.state(message)
    assert [(0,)] == shop.ledger.rows("SELECT tries FROM part")
    assert ["device", "device", "sent"] == [row[0] for row in shop.ledger.rows("SELECT outcome FROM attempt")]


def test_a_full_sim_is_emptied_first(shop: Shop) -> None:
    """Goal: CMS 322 leads to a listing, then the message goes. Method: refuse once with 322."""
    shop.sim({"sender": BUDI, "text": "halo"})
    shop.script(sends={SARI: ["cms 322", "ok"]})
    message = shop.message()
    shop.start()
    shop.until_rest()
    assert ("sent", None) == shop.state(message)
    assert 2 == len(shop.asked("list"))
    assert ["halo"] == shop.inbound()


def test_a_message_cancelled_in_time_is_not_sent(shop: Shop) -> None:
    """Goal: cancel works until it is on its way. Method: a message for later, cancelled; one that went is not."""
    later, gone = shop.message(not_before=shop.now[0] + HOUR), shop.message(number=BUDI)
    shop.start()
    shop.until_rest()
    shop.order(later, "cancel")
    shop.order(gone, "cancel")
    shop.now[0] += 2 * HOUR
    shop.until_rest()
    assert ("cancelled", "cancelled") == shop.state(later)
    assert ("sent", None) == shop.state(gone)
    assert [(BUDI, 1)] == shop.submitted()


def test_an_expired_message_is_not_sent(shop: Shop) -> None:
    """Goal: too late is not sent. Method: one expired before, one while it waited; an order sends it all the same."""
    before = shop.message(expires=shop.now[0])
    later = shop.message(not_before=shop.now[0] + HOUR, expires=shop.now[0] + 2 * HOUR)
    shop.start()
    shop.until_rest()
    shop.now[0] += 3 * HOUR
    shop.until_rest()
    assert [("expired", "expired")] * 2 == [shop.state(before), shop.state(later)]
    shop.order(later)
    shop.until_rest()
    assert ("sent", None) == shop.state(later)
    assert 1 == len(shop.submitted())


def test_quiet_hours_hold_what_is_not_urgent(shop: Shop) -> None:
    """Goal: no advertising at night. Method: at 22.00 a promotion waits for 08.00; a receipt and staff go at once."""
    shop.now[0] += 10 * HOUR
    promotion, receipt, staff = shop.message(kind="promotion"), shop.message(kind="receipt"), shop.message(number=BUDI)
    shop.start()
    shop.until_rest()
    assert [("waiting", "quiet"), ("sent", None), ("sent", None)] == [*map(shop.state, (promotion, receipt, staff))]
    shop.now[0] += 10 * HOUR - MINUTE
    shop.until_rest()
    assert ("waiting", "quiet") == shop.state(promotion)
    shop.now[0] += MINUTE
    shop.until_rest()
    assert ("sent", None) == shop.state(promotion)


def test_quiet_hours_begin_while_messages_wait(shop: Shop) -> None:
    """Goal: the rule holds at the moment of sending. Method: promotions wait for the limit; then it is 20.00."""
    shop.settings(meja="parts_per_hour = 1")
    messages = [shop.message(f"Obeng {n}", kind="promotion") for n in range(3)]
    shop.start()
    shop.until_rest()
    shop.now[0] += 8 * HOUR
    shop.until_rest()
    assert [("sent", None), ("waiting", "quiet"), ("waiting", "quiet")] == [shop.state(one) for one in messages]


def test_consent_is_asked_just_before_sending(shop: Shop) -> None:
    """Goal: who took consent back gets nothing. Method: held without it; sent after it was given."""
    given, not_given = b"customer-given", b"customer-none-"
    shop.consent(given, "receipt", True)
    shop.consent(not_given, "receipt", False)
    well = shop.message(kind="receipt", customer=given)
    held = shop.message(kind="receipt", customer=not_given, number=BUDI)
    never = shop.message(kind="reminder", customer=given)
    shop.start()
    shop.until_rest()
    assert [("sent", None), ("held", "consent"), ("held", "consent")] == [*map(shop.state, (well, held, never))]
    assert ["held"] == shop.facts(held)
    shop.consent(not_given, "receipt", True)
    shop.sweep()
    shop.until_rest()
    assert ("sent", None) == shop.state(held)


def test_an_erased_number_is_not_sent_to(shop: Shop) -> None:
    """Goal: erasure reaches what waits. Method: the branch empties the number while the message waits."""
    message = shop.message(not_before=shop.now[0] + HOUR)
    shop.start()
    shop.until_rest()
    shop.branch.execute("UPDATE message SET recipient = NULL, text = NULL")
    shop.now[0] += HOUR
    shop.until_rest()
    assert ("cancelled", "cancelled") == shop.state(message)
    assert [] == shop.submitted()


def test_limits_count_parts(shop: Shop) -> None:
    """Goal: the operator does not block the SIM. Method: 4 parts a minute; two messages of three parts; restart."""
    shop.settings(meja="parts_per_minute = 4")
    shop.message(LONG)
    shop.message(LONG, number=BUDI)
    shop.start()
    shop.until_rest()
    assert 4 == len(shop.submitted())
    shop.stop()
    shop.start()
    shop.until_rest()
    assert 4 == len(shop.submitted())
    shop.now[0] += MINUTE
    shop.until_rest()
    assert 6 == len(shop.submitted())


def test_one_number_gets_so_much_a_day(shop: Shop) -> None:
    """Goal: nobody is flooded. Method: two parts a day to a customer; staff is exempt; the third goes a day later."""
    shop.settings(meja="parts_per_recipient_per_day = 2")
    messages = [shop.message(f"Resi {n}", kind="receipt") for n in range(3)]
    staff = shop.message("halo")
    shop.start()
    shop.until_rest()
    assert ("sent", None) == shop.state(staff)
    assert sorted([("sent", None), ("waiting", "recipient_rate"), ("waiting", "recipient_rate")], key=str) == sorted(
        map(shop.state, messages), key=str
    )
    shop.now[0] += DAY
    shop.until_rest()
    assert 4 == len(shop.submitted())


def test_a_message_is_not_lost_when_the_same_text_comes_five_times(shop: Shop) -> None:
    """Goal: a loop somewhere does not flood a customer. Method: five equal receipts; the fifth is held."""
    messages = [shop.message(kind="receipt") for _ in range(5)]
    shop.start()
    shop.until_rest()
    assert ("held", "duplicate") == shop.state(messages[4])
    shop.order(messages[4])
    shop.until_rest()
    assert 5 == len(shop.submitted())


@pytest.mark.parametrize(
    ("number", "text", "reason"),
    [("12", "halo", "bad_number"), (SARI, "", "empty"), (SARI, "x" * 2000, "too_long"), (SARI, "a\0b", "bad_text")],
)
def test_what_cannot_be_sent_fails_at_once(shop: Shop, number: str, text: str, reason: str) -> None:
    """Goal: bad input gets a reason and is never submitted, not even by order. Method: a table."""
    message = shop.message(text, number=number)
    shop.start()
    shop.until_rest()
    shop.order(message)
    shop.until_rest()
    assert ("failed", reason) == shop.state(message)
    assert [] == shop.asked("send")


def test_urgent_messages_go_first(shop: Shop) -> None:
    """Goal: rank before age, and bulk keeps a turn. Method: promotions wait long, then receipts; see the order."""
    numbers = {f"+62811000000{n}": "promotion" if n < 3 else "receipt" for n in range(7)}
    for place, (number, kind) in enumerate(numbers.items()):
        shop.message(number=number, kind=kind, at=shop.now[0] - HOUR + place)
    shop.start()
    shop.until_rest()
    assert ["receipt", "receipt", "promotion", "receipt", "receipt", "promotion", "promotion"] == [
        numbers[number] for number, _ in shop.submitted()
    ]


def test_any_modem_takes_the_next_message_and_keeps_it(shop: Shop) -> None:
    """Goal: modems share the work; a long message stays on one. Method: two modems, long messages."""
    shop.settings(meja="", gudang="")
    shop.start()
    shop.until_rest()
    for n in range(6):
        shop.message(LONG, number=f"+62811000000{n}")
    shop.until(lambda: shop.states() == {"sent": 6})
    first, second = set(shop.submitted("meja")), set(shop.submitted("gudang"))
    assert first
    assert second
    assert 18 == len(first | second) == len(shop.submitted("meja")) + len(shop.submitted("gudang"))
    assert set() == {number for number, _ in first} & {number for number, _ in second}


def test_a_sick_modem_blocks_no_other(shop: Shop) -> None:
    """Goal: one bad modem costs little. Method: one is silent at opening; the other sends all."""
    shop.settle_fast(open=0.05)
    shop.settings(meja="", gudang="")
    shop.script("meja", open={"silent": True})
    for n in range(4):
        shop.message(f"kabar {n}")
    shop.settle_fast(open=0.6)
    shop.start()
    shop.until(lambda: shop.states() == {"sent": 4})
    assert 4 == len(shop.submitted("gudang"))


def test_stopping_marks_what_is_in_flight(shop: Shop) -> None:
    """Goal: the end is quick and honest. Method: a silent modem with a part in flight; stop and look."""
    shop.script(sends={"*": ["air silent"]})
    message = shop.message()
    loop = shop.start()
    shop.until(shop.submitted)
    loop.stop()
    loop.run(lambda: None)
    assert ("unknown", "restart") == shop.state(message)
    assert "off" == shop.device()["state"]
    shop.closed()


def test_stopping_waits_a_moment_for_the_part_in_flight(shop: Shop) -> None:
    """Goal: no needless doubt. Method: stop while a part is in flight that is answered soon."""
    message, next_one = shop.message(), shop.message(number=BUDI)
    loop = shop.start()
    shop.until(lambda: loop.devices[0].sending)
    loop.stop()
    loop.run(lambda: None)
    assert [("sent", None), ("queued", None)] == [shop.state(message), shop.state(next_one)]
    shop.closed()


def test_a_modem_at_its_limit_says_so(shop: Shop) -> None:
    """Goal: people see why nothing goes. Method: one part a minute; the reason comes and goes."""
    shop.settings(meja="parts_per_minute = 1")
    shop.message("satu")
    shop.message("dua")
    shop.start()
    shop.until_rest()
    assert ("ready", "rate") == (shop.device()["state"], shop.device()["reason"])
    shop.now[0] += MINUTE
    shop.until_rest()
    shop.now[0] += MINUTE
    shop.until_rest()
    assert ("ready", None) == (shop.device()["state"], shop.device()["reason"])
