"""Baskets put aside at the till: held, listed, gone on with by one, sold once."""

from cabang_visitor import value_of


def test_a_basket_is_held_and_gone_on_with(shop, hand, leader) -> None:
    """Goal: held, listed, one resumes, sold once. Method: hold, go on at another browser, take over, sell at both."""
    form = hand.basket(("BUSI", "3"), discount=["500"], held_name="Bu  Rina", tendered="")
    count, log = shop.count("sale"), shop.count("entry")
    assert 303 == hand.visitor.send("/till/hold", form).status_code
    assert (count, log) == (shop.count("sale"), shop.count("entry"))
    chosen = {"token": form["token"]}
    assert "Bu Rina" in leader.get("/till")
    first = leader.send("/till/resume", chosen)
    page = leader.get(first.headers["Location"])
    assert ("3", "500", form["token"]) == tuple(value_of(page, name) for name in ("quantity", "discount", "token"))
    assert "/till" == hand.visitor.send("/till/resume", chosen).headers["Location"]
    assert "dilanjutkan Sari" in hand.visitor.get("/till")
    assert f"/till?held={form['token']}" == hand.visitor.send("/till/resume?over=1", chosen).headers["Location"]
    answers = [visitor.send("/till", form).headers["Location"] for visitor in (hand.visitor, leader)]
    assert (answers[0], count + 1, 0) == (answers[1], shop.count("sale"), shop.count("held_basket"))
    assert "/till" == leader.send("/till/resume", chosen).headers["Location"]


def test_what_cannot_be_held(shop, hand) -> None:
    """Goal: nothing empty is kept, and what is not wanted goes. Method: an empty list, a forged token, removing."""
    form = hand.basket(("BUSI", "1"), held_name="x" * 41)
    for wrong in ({**form, "offer": []}, {**form, "token": "x"}):
        hand.visitor.send("/till/hold", wrong)
    assert 0 == shop.count("held_basket")
    hand.visitor.send("/till/hold", form)
    assert (1, True) == (shop.count("held_basket"), "Tanpa nama" in hand.visitor.get("/till"))
    hand.visitor.send("/till/drop", {"token": form["token"]})
    assert 0 == shop.count("held_basket")
    assert "Busi" not in hand.visitor.get("/till", held=form["token"])
