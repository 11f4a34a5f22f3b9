"""Writes the list of tables and fields in docs/PROTOCOL.md, taken from the models' declarations."""

import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sync.model import TABLES, FieldSpec, TableSpec  # noqa: E402

PAGE = ROOT / "docs" / "PROTOCOL.md"
BEGIN, END = "<!-- tables: written by `make modules` -->", "<!-- end of tables -->"
KINDS = {"blob": "bytes"}


def load() -> None:
    """Imports every module that declares a table."""
    for path in sorted((ROOT / "crm").rglob("*.py")):
        if "@synced" in path.read_text(encoding="utf-8"):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def kind_of(field: FieldSpec) -> str:
    """A field's kind: →table for a reference, ? when it may be nil."""
    kind = f"→{field.target}" if field.target else KINDS.get(field.kind, field.kind)
    return kind + ("?" if field.null else "")


def field_line(field: FieldSpec, number: int | None, safe: str) -> str:
    """One field: its group's number, name, kind, rule."""
    said = [field.name, kind_of(field), safe, f"(implied: {field.declared.implied})" if field.declared.implied else ""]
    return " ".join([*([str(number)] if number is not None else []), *(one for one in said if one)])


def fields(spec: TableSpec, chosen: Iterable[FieldSpec]) -> str:
    """Fields in their order on the wire."""
    groups = {field.name: group for group in spec.groups for field in group.fields}
    lines = []
    for field in chosen:
        group = groups.get(field.name)
        safe = f"sticky {json.dumps(group.safe)}" if group and group.policy == "sticky" else ""
        lines.append(field_line(field, group.number if group else None, safe))
    return "; ".join(lines)


def table(spec: TableSpec) -> Iterator[str]:
    """The lines of one table."""
    kind = "event" if spec.seen else "fact" if spec.is_fact else "by groups"
    told = [kind] + [f"ids of {spec.id_space}"] * (spec.id_space != spec.name)
    told += [f"tips in {spec.seen}"] * bool(spec.seen) + ["feed only"] * (not spec.in_digest)
    yield f"{spec.code} {spec.name} ({', '.join(told)})"
    yield f"    plain: {fields(spec, spec.plain)}"
    if spec.personal:
        yield f"    personal: {fields(spec, spec.personal)}"
    for child in spec.children:
        yield f"    child {child.code} {child.name}: {fields(child, child.plain)}"
    for derived in spec.derived:
        yield f"    derived {derived.name}: {fields(derived, derived.plain)}"


def text() -> str:
    """The whole list."""
    load()
    lines = [line for spec in sorted(TABLES.values(), key=lambda spec: spec.code) for line in table(spec)]
    return "\n".join(["```text", *lines, "```"])


def with_list(page: str, listed: str) -> str:
    """*page* with *listed* between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{listed}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_list(PAGE.read_text(encoding="utf-8"), text()), encoding="utf-8")
