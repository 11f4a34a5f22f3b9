"""Writes the table of modules in ARCHITECTURE.md: one line each, taken from the module's first line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sync", "crm", "ui", "branch_node", "central_hub", "sms_daemon")
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- modules: written by `make modules` -->", "<!-- end of modules -->"


def modules(root: Path = ROOT) -> Iterator[Path]:
    """Every module of the product, as a path below *root*, package after package."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if path.name != "__init__.py":
                yield path.relative_to(root)
    if (root / "cli.py").exists():
        yield Path("cli.py")


def first_line(path: Path) -> str:
    """The first sentence of a module's docstring, on one line; empty when it has none."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(words.partition("\n\n")[0].split())
    return re.split(r"(?<=[.])\s", paragraph)[0].replace("|", "\\|")


def row(path: Path, root: Path = ROOT) -> str:
    """The table's line for one module."""
    return f"| `{path.as_posix()}` | {first_line(root / path)} |"


def table(root: Path = ROOT) -> str:
    """The whole table."""
    return "\n".join(["| module | what it is |", "|---|---|", *(row(path, root) for path in modules(root))])


def with_table(page: str, rows: str) -> str:
    """*page* with *rows* between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{rows}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table()), encoding="utf-8")
