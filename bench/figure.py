"""A figure as the bench tells it: what was measured, against what in the same run, and what it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """Medians over the runs.  ``against`` names what ``reference`` is ("floor", "idle", "bare commit"); "" for none.

    ``ratio`` is the median of each run's own ratio.  The target is for the ratio if there is one, else for the figure.
    """

    name: str
    unit: str
    figure: float
    target: float
    at_least: bool = False
    against: str = ""
    reference: float | None = None
    ratio: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Does the figure keep its target?"""
        value = self.figure if self.ratio is None else self.ratio
        return value >= self.target if self.at_least else value <= self.target

    def plain(self) -> dict[str, Any]:
        """The figure for JSON."""
        return {
            "name": self.name, "unit": self.unit, "figure": _short(self.figure), "against": self.against or None,
            "reference": _short(self.reference), "ratio": _short(self.ratio), "target": self.target,
            "at_least": self.at_least, "reached": self.reached, "details": dict(self.details),
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The figure for people: one line, and one for each detail."""
        said = f"{self.name:<24}{_amount(self.figure)} {self.unit}"
        if self.ratio is not None:
            said += f" · {self.against} {_amount(self.reference)} · ratio {_amount(self.ratio)}"
        sign = "≥" if self.at_least else "≤"
        said += f" · target {sign} {_amount(self.target)} · {'reached' if self.reached else 'NOT reached'}"
        return [said, *(f"  {name}: {_said(value)}" for name, value in self.details.items())]


@dataclass(frozen=True)
class Skipped:
    """A figure that could not be measured here, and why."""

    name: str
    why: str

    def plain(self) -> dict[str, Any]:
        """The gap for JSON."""
        return {"name": self.name, "skipped": self.why}

    def lines(self) -> list[str]:
        """The gap for people."""
        return [f"{self.name:<24}skipped: {self.why}"]


def compared(
    name: str,
    unit: str,
    pairs: Sequence[tuple[float, float]],
    target: float,
    *,
    against: str,
    at_least: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Figure:
    """The figure of several runs, each (value, reference)."""
    return Figure(
        name, unit, median(value for value, _ in pairs), target, at_least, against,
        median(reference for _, reference in pairs), median(value / reference for value, reference in pairs),
        details or {},
    )  # fmt: skip


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that *percent* of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}") if abs(value) < 1000 else round(value)


def _amount(value: float | None) -> str:
    short = _short(value)
    return "–" if short is None else f"{short:,.6g}"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items())
    return _amount(value) if isinstance(value, int | float) else str(value)
