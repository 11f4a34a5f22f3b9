"""What an import did, for people and programs: counts, and each odd or refused line with what was done."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from crm.imports.errors import WrongLine
from sync.errors import N_, CabangError

LISTED_MAX = 10_000
_OTHERS_IN = N_("Correct the line and import the file again; the other lines are in.")
_NONE_IN = N_("Correct the line and import the file again; nothing of it is in.")
_IN = ("made", "changed", "repeated")


class Oddity(NamedTuple):
    """A kind of odd line: ``what`` is odd and what was ``done``, as message ids."""

    what: str
    done: str


class Report:
    """Counts by name, and odd lines of the kinds *oddities*: all counted, the first LISTED_MAX listed."""

    def __init__(self, kind: str, file: str, oddities: Mapping[str, Oddity]) -> None:
        self.kind, self.file, self._oddities = kind, file, oddities
        self.counts: Counter[str] = Counter()
        self._odd: Counter[str] = Counter()
        self._listed: list[dict[str, Any]] = []
        self._refused: list[dict[str, Any]] = []

    def odd(self, kind: str, line: int, value: Any = "") -> None:
        """Notes one odd line; *value* is what stood there."""
        self._odd[kind] += 1
        if len(self._listed) < LISTED_MAX:
            self._listed.append({"line": line, "kind": kind, "value": str(value)})

    def refuse(self, line: int, error: CabangError, column: str = "") -> None:
        """Notes a row that was not taken, and why; *column* where one cell of it is at fault."""
        self.counts["refused"] += 1
        if len(self._refused) < LISTED_MAX:
            told, todo = (error.told(), "") if isinstance(error, WrongLine) else (error.params, error.todo)
            words = {"code": error.code, "happened": error.happened, "todo": todo, "params": told}
            self._refused.append({"line": line, **({"column": column} if column else {}), **words})

    @property
    def advice(self) -> str:
        """What to do about refused rows, as a message id: says whether the others are in."""
        return _OTHERS_IN if any(self.counts[name] for name in _IN) else _NONE_IN

    def result(self, **more: Any) -> dict[str, Any]:
        """As plain JSON values.

        "oddities": [{"kind", "what", "done", "count"}], most frequent first; "odd": [{"line", "kind", "value"}] and
        "refused_rows": [{"line", "code", "happened", "todo", "params"}] by line, "advice" where there are any; the
        counts by name; *more*.
        """
        kinds = [{"kind": kind, **self._oddities[kind]._asdict(), "count": n} for kind, n in self._odd.most_common()]
        return {
            "kind": self.kind,
            "file": self.file,
            **self.counts,
            **more,
            "oddities": kinds,
            "odd": sorted(self._listed, key=lambda one: one["line"]),
            "refused_rows": [
                {**row, "todo": row["todo"] or self.advice}
                for row in sorted(self._refused, key=lambda one: one["line"])
            ],
            **({"advice": self.advice} if self._refused else {}),
        }
