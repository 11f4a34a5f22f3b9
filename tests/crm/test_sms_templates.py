"""The templates of the branch's messages, in both languages."""

import re

import pytest

from branch_node import sms_texts
from crm.messages import KINDS
from crm.sms_templates import FIELDS, SHOP, TEMPLATES
from sms_daemon import segments

LANGUAGES = ("id", "en")
ASKED_FOR = {  # what the papers ask for → the template that says it
    "payment account": "payment_account",
    "payment confirmed": "payment_confirmed",
    "payment processed": "payment_processed",
    "order status": "order_status",
    "return-treatment reminder": "return_reminder",
    "draw result and points": "draw_points",
    "queue status": "queue_status",
    "promotion": "promotion",
    "promotion processed": "promotion_processed",
    "birthday": "birthday",
    "new product": "new_product",
    "registration success": "registered",
    "registration error": "registration_wrong",
    "registration without connection": "registration_later",
    "receipt": "receipt",
}
USUAL = {
    "shop": "Toko Pontianak",
    "account": "1234567890",
    "amount": "Rp1.250.000",
    "bank": "BCA",
    "date": "Sabtu 3 Jan 10.00",
    "draw": "undian Januari",
    "name": "Sari Wijayanti",
    "number": "PTK-000123",
    "offer": "ban luar diskon 20%",
    "order": "PO-000123",
    "place": "3",
    "points": "120",
    "prize": "payung",
    "product": "Oli mesin 1 liter",
    "receipt": "PTK-1-000123",
    "status": "siap diambil",
    "treatment": "pijat bayi",
    "until": "31 Jan",
}


def test_every_message_of_the_list_has_a_template() -> None:
    """Goal: nothing the papers ask for is missing. Method: the list against the table, both ways."""
    assert set(ASKED_FOR.values()) == set(TEMPLATES)


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_template_is_whole(key: str) -> None:
    """Goal: its places, its fields and its kind agree. Method: compare them."""
    template = TEMPLATES[key]
    assert {SHOP, *template.fields} == set(re.findall(r"%\((\w+)\)s", template.text))
    assert set(template.fields) <= set(FIELDS) <= set(USUAL)
    assert (key, True) == (template.key, template.kind in KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TEMPLATES)
def test_a_usual_text_is_one_plain_part(key: str, language: str) -> None:
    """Goal: no template costs more than it must. Method: usual fillings, counted."""
    text = sms_texts.compose(key, language, USUAL)
    counted = segments.count(text)
    assert (segments.GSM7, 1) == (counted.coding, counted.parts), text


def test_the_languages_differ() -> None:
    """Goal: both languages are there. Method: each template in both."""
    texts = [sms_texts.compose(key, language, USUAL) for key in TEMPLATES for language in LANGUAGES]
    assert len(set(texts)) == len(texts) == 2 * len(TEMPLATES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sari", "Sari"),
        ("Siti Nur Aini Sri Wahyuni Kusuma", "Siti Nur Aini Sri"),
        ("x" * 100, "x" * 24),
        ("Abdurrahman Wahid Hasyim Asyari", "Abdurrahman Wahid Hasyim"),
        ("", "Bapak/Ibu"),
    ],
)
def test_a_long_name_costs_no_second_part(name: str, said: str) -> None:
    """Goal: whole words that fit; nobody is addressed by a blank. Method: names of all lengths."""
    assert said == sms_texts.addressed(name, "id")
