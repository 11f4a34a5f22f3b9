"""Codes in shops' files that stand for money, not for goods: carriage, discounts, fees, corrections."""

CHARGES = frozenset(
    {
        *("POST", "DOT", "C2", "C3"),  # carriage
        "D",  # discount
        *("M", "ADJUST", "ADJUST2", "B"),  # entered by hand, corrected, bad debt
        *("BANK CHARGES", "AMAZONFEE", "CRUK"),  # fees and commission
        "S",  # samples
    }
)
