"""Fails when docs/FEATURES.md claims a row that the tests which just ran do not prove.  Run after ``make test``."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "support"))

import cabang_features  # noqa: E402
import cabang_rows  # noqa: E402


def main() -> int:
    page = (HERE.parent / "docs" / "FEATURES.md").read_text(encoding="utf-8")
    found = cabang_features.faults(page, cabang_rows.load())
    for fault in found:
        print(fault)
    proved = len(cabang_features.claims(page))
    print(f"docs/FEATURES.md: {len(found)} faults" if found else f"docs/FEATURES.md: {proved} rows proved")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
