"""Operators' answers about credit; wordings as subscribers of the Indonesian operators see them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_daemon.credit import BALANCE_MAX, read_balance


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("Sisa Pulsa Anda Rp. 12.345. Masa aktif s.d 31/12/2026.", 12_345),
        ("Pulsa Rp15.250 berlaku sd 2026-12-31. Mau Bonus? Hub *123#", 15_250),
        ("Pulsa Anda: Rp 25.000,- aktif sampai 12.03.2027", 25_000),
        ("Plsa reguler. Saldo Rp7.350,50", 7_350),
        ("Pulsamu Rp 1.234.567, masa aktif 14 Des 2026", 1_234_567),
        ("Pls: Rp5000,00 s/d 30-11-2026", 5_000),
        ("Balance: IDR 12,500.00 valid until 2026-12-01", 12_500),
        ("Your balance is Rp. 9,876", 9_876),
        ("Sisa pulsa: 12345", 12_345),
        ("Saldo utama Anda saat ini adalah sebesar Rp 800", 800),
        ("PULSA RP0", 0),
        ("Pulsa Rp 0,00. Segera isi ulang.", 0),
        ("Main balance Rp10.500\n1. Paket 2GB Rp10.000\n2. Paket 5GB Rp25.000", 10_500),
        ("Bonus pulsa Rp5.000 s.d. 1 Des. Sisa pulsa Rp1.000", 1_000),
        ("Paket 1GB hanya Rp10.000. Pulsa Anda Rp2.150", 2_150),
        ("Pulsa 31 Des 2026, sisa pulsa Rp 3.000", 3_000),
        ("Rp 12.500 aktif s.d. 01/12/2026", 12_500),
        ("IDR 7500", 7_500),
        ("Rp2.000, sama dengan Rp2000", 2_000),
        (f"Pulsa Rp{BALANCE_MAX}", BALANCE_MAX),
    ],
)
def test_a_balance_is_read(text, rupiah) -> None:
    """Goal: the rupiah of each wording.  Method: marks, separators, cents, dates, offers before and after."""
    assert rupiah == read_balance(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Reply for *888#",
        "Sisa kuota 5 GB",
        "Sisa: 3GB, 100 SMS",
        "Pulsa aktif s.d. 31.12.2026",
        "Saldo 31.12.2026",
        "Pulsa 2026-12-31",
        "Pulsa 14 Desember 2026",
        "Pulsa 30 hari",
        "Paket mulai Rp10.000 di *123#",
        "Beli pulsa Rp10.000 dapat bonus",
        "Rp5.000 atau Rp10.000?",
        "Harga Rp5.000",
        f"Pulsa Rp{BALANCE_MAX + 1}",
        "Pulsa 6281234567890",
        "Saldo Rp12.34.5",
        "Rp25rb",
        "Corp 500",
        "Layanan tidak tersedia. Silakan coba lagi.",
        "x" * 2_000 + " Pulsa Rp5.000",
    ],
)
def test_what_is_no_balance_is_unknown(text) -> None:
    """Goal: never a false alarm.  Method: quotas, dates, offers, numbers, amounts that could be either."""
    assert read_balance(text) is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text("Pulsa RpIDR0123456789.,:-/ \n", max_size=200)))
def test_any_answer_is_read_or_unknown(text) -> None:
    """Goal: no operator's text breaks the daemon.  Method: any text, and texts close to the real ones."""
    found = read_balance(text)
    assert found is None or 0 <= found <= BALANCE_MAX


@settings(max_examples=100, deadline=None)
@given(st.integers(0, BALANCE_MAX), st.sampled_from([".", ",", ""]), st.sampled_from(["", ".00", ",00", ",-"]))
def test_every_amount_is_read(amount, separator, end) -> None:
    """Goal: separators and cents do not change the rupiah.  Method: any amount, grouped either way, with any end."""
    grouped = f"{amount:,}".replace(",", separator)
    assert amount == read_balance(f"Sisa pulsa Rp{grouped}{end if end[:1] != separator else ''} s.d. 31/12/2026")
