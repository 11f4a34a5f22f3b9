"""Amounts, numbers, times and ages as people say them."""

import pytest

from ui import formats

NOW_MS = 1_764_741_900_000  # 3 December 2025, 06:05 UTC: 13:05 WIB, 14:05 WITA, 15:05 WIT
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("amount", "locale", "said"),
    [
        (0, "id", "Rp0"),
        (1_250_000, "id", "Rp1.250.000"),
        (-1_250_000, "id", "−Rp1.250.000"),
        (1_250_000, "en", "Rp1,250,000"),
        (10**15, "id", "Rp1.000.000.000.000.000"),
    ],
)
def test_rupiah(amount, locale, said) -> None:
    """Goal: rupiah without cents, a real minus. Method: easy, typical and extreme amounts in both languages."""
    assert said == formats.rupiah(amount, locale)


def test_numbers() -> None:
    """Goal: grouped digits. Method: one number in both languages, one below zero."""
    assert ["12.345", "12,345", "−7"] == [
        formats.number(12_345, "id"),
        formats.number(12_345, "en"),
        formats.number(-7, "id"),
    ]


@pytest.mark.parametrize(
    ("ms", "zone", "indonesian", "english"),
    [
        (NOW_MS, "WIB", "hari ini 13.05", "today 13:05"),
        (NOW_MS, "WITA", "hari ini 14.05", "today 14:05"),
        (NOW_MS, "WIT", "hari ini 15.05", "today 15:05"),
        (NOW_MS - 14 * HOUR_MS, "WIB", "kemarin 23.05", "yesterday 23:05"),
        (NOW_MS - 14 * HOUR_MS, "WIT", "hari ini 01.05", "today 01:05"),
        (NOW_MS + DAY_MS, "WIB", "besok 13.05", "tomorrow 13:05"),
        (NOW_MS - 30 * DAY_MS, "WIB", "3 Nov", "3 Nov"),
        (NOW_MS - 365 * DAY_MS, "WIB", "3 Des 2024", "3 Dec 2024"),
    ],
)
def test_when(ms, zone, indonesian, english) -> None:
    """Goal: times as people say them in the branch's zone. Method: near, far, next year, around midnight."""
    assert (indonesian, english) == (
        formats.when(ms, NOW_MS, zone, "id"),
        formats.when(ms, NOW_MS, zone, "en"),
    )


def test_full_time() -> None:
    """Goal: the whole truth on hover. Method: one moment in both languages, and as machines read it."""
    assert formats.full(NOW_MS, "WIB", "id") == "Rabu, 3 Desember 2025 13.05 WIB"
    assert formats.full(NOW_MS, "WIT", "en") == "Wednesday, 3 December 2025 15:05 WIT"
    assert formats.iso(NOW_MS) == "2025-12-03T06:05:00Z"


@pytest.mark.parametrize(
    ("past_ms", "indonesian", "english"),
    [
        (-HOUR_MS, "baru saja", "just now"),
        (59_999, "baru saja", "just now"),
        (60_000, "satu menit lalu", "one minute ago"),
        (2 * HOUR_MS, "dua jam lalu", "two hours ago"),
        (23 * HOUR_MS, "23 jam lalu", "23 hours ago"),
        (DAY_MS, "sehari lalu", "one day ago"),
        (61 * DAY_MS, "dua bulan lalu", "two months ago"),
        (12_000 * 365 * DAY_MS, "12.000 tahun lalu", "12,000 years ago"),
    ],
)
def test_age(past_ms, indonesian, english) -> None:
    """Goal: ages in words. Method: each unit, its first moment, a clock that runs ahead, an absurd age."""
    assert (indonesian, english) == (
        formats.age(NOW_MS - past_ms, NOW_MS, "id"),
        formats.age(NOW_MS - past_ms, NOW_MS, "en"),
    )
