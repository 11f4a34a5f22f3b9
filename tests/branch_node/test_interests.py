"""What a customer likes: words on the card, without scripts."""

import pytest

from crm.customers import tags

pytestmark = pytest.mark.usefixtures("reading")


@pytest.mark.row("P-34")
def test_interests_are_put_on_the_card_and_taken_off(leader, buyer) -> None:
    """Goal: the card shows what the customer likes. Method: two words, one off, back by the notice's button."""
    card = f"/customers/{buyer.hex()}"
    for word in ("Kopi", "ban tubeless"):
        assert f"{card}#interests" == leader.send(f"{card}/interests", {"interest": word}).headers["Location"]
    page = leader.get(card)
    assert "<span>kopi</span>" in page and "<span>ban tubeless</span>" in page and '<option value="kopi">' in page
    leader.send(f"{card}/interests/remove", {"interest": "kopi"})
    page = leader.get(card)
    assert "<span>kopi</span>" not in page and "Dihapus dari kartu" in page
    undo = page.partition(f'action="{card}/interests?')[2].partition('"')[0]
    leader.send(f"{card}/interests?{undo}")
    assert ["ban tubeless", "kopi"] == tags.of_customer(buyer)


@pytest.mark.parametrize("word", ["", "x" * 41, "a\x00b"])
def test_a_word_that_cannot_be(shop, leader, buyer, word) -> None:
    """Goal: illegal words change nothing. Method: empty, too long, unreadable; told on top of the card."""
    before = shop.count("customer_tag")
    leader.send(f"/customers/{buyer.hex()}/interests", {"interest": word})
    assert "look-bad" in leader.get(f"/customers/{buyer.hex()}")
    leader.send(f"/customers/{buyer.hex()}/interests/remove", {"interest": word})
    assert before == shop.count("customer_tag")


def test_nobody_has_no_card(leader) -> None:
    """Goal: a wrong address is a plain 404. Method: a customer nobody made."""
    assert 404 == leader.send(f"/customers/{'0' * 28}/interests", {"interest": "kopi"}).status_code
