"""What people type into forms."""

import pytest

from sync.limits import RUPIAH_MAX
from ui.forms import Reading, parse_rupiah


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("25000", 25_000),
        ("25.000", 25_000),
        ("1,250,000", 1_250_000),
        ("Rp 1.250.000,00", 1_250_000),
        ("rp1.250.000,-", 1_250_000),
        ("-5000", -5_000),
        ("−Rp5.000", -5_000),
        ("", None),
        ("1.25", None),
        ("12.5000", None),
        ("1e6", None),
        ("seribu", None),
        ("٣٥٠٠", None),
    ],
)
def test_rupiah_as_typed(typed, amount) -> None:
    """Goal: every way people write an amount, and nothing else. Method: easy, typical, extreme, illegal."""
    assert amount == parse_rupiah(typed)


@pytest.mark.parametrize(
    ("kind", "typed", "value", "wrong"),
    [
        ("text", " Sari ", "Sari", ""),
        ("text", "", "", "Isi dulu bagian ini."),
        ("text", "x" * 201, "", "Paling banyak 200 huruf."),
        ("rupiah", "15.000", 15_000, ""),
        ("rupiah", "banyak", 0, "Ketik jumlah uang, misalnya 25000 atau 25.000."),
        ("rupiah", "-1", 0, "Paling sedikit 0."),
        ("rupiah", str(RUPIAH_MAX + 1), 0, "Itu terlalu banyak."),
        ("quantity", "12", 12, ""),
        ("quantity", "0", 0, "Paling sedikit 1."),
        ("quantity", "1,5", 0, "Ketik bilangan bulat, misalnya 12."),
        ("quantity", "9" * 40, 0, "Ketik bilangan bulat, misalnya 12."),
    ],
)
def test_fields(app, kind, typed, value, wrong) -> None:
    """Goal: a wrong field says why and counts as empty. Method: each kind with each class of value."""
    with app.test_request_context():
        form = Reading({"field": typed})
        read = getattr(form, kind)
        assert value == read("field", required=True)
        assert wrong == form.errors.get("field", "")
        assert typed == form.values["field"]


def test_choices(app) -> None:
    """Goal: only what the list offers. Method: one inside, one outside."""
    with app.test_request_context():
        form = Reading({"a": "cash", "b": "gold"})
        assert ("cash", "") == (form.choice("a", ("cash", "card")), form.choice("b", ("cash", "card")))
        assert ["b"] == list(form.errors)
