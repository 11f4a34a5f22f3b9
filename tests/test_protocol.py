"""docs/PROTOCOL.md says what the program does: tables, codes, limits, addresses, labels, examples."""

import re
from pathlib import Path

import cabang_source
import pytest

from sync import doorbell, exchange, limits, reminder, rotation
from sync.errors import CabangError, Quarantined, Refused
from sync.model import TABLES

PAGE = cabang_source.read(Path("docs/PROTOCOL.md"))
LABEL = re.compile(r'b"(cabang [a-z ]+ \d)\\0"')
OWN_LABELS = {  # ids of rows that only a hub makes; a node's backups
    *("cabang conflict 1", "cabang held entry 1", "cabang lost 1"),
    *("cabang backup key 1", "cabang recovery phrase 1"),
}
TALK = {"hub", "branch", "enrol", "rotation", "reminder", "doorbell"}  # of sync: what speaks on the line
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{16,}")
CODE = re.compile(r"`([a-z]+(?:_[a-z]+)*)`")
LIMIT = re.compile(r"^\| [^|]+ \| ([0-9, ]+) \| (`[A-Z_`, ]+) \|$", re.MULTILINE)
OWN_LIMITS = {  # of one node, not met by who talks to it
    *(
        "CARRIED_BYTES_MAX",
        "DOORBELL_LOOK_S",
        "WRITER_WAIT_S_MAX",
        "APPLY_SLICE_S_MAX",
        "APPLY_ALONE_S_MAX",
        "PEOPLE_WAIT_S_MAX",
    ),
    "SOCKET_PATH_BYTES_MAX",
}


def section(number: int) -> str:
    """One numbered section of the page."""
    return PAGE.partition(f"\n## {number}. ")[2].partition(f"\n## {number + 1}. ")[0]


def talking() -> set[str]:
    """The modules that what speaks on the line rests on: an error of theirs could travel."""
    sources = {cabang_source.module(path): cabang_source.read(path) for path in cabang_source.product()}
    found: set[str] = set()
    left = {f"sync.{name}" for name in TALK}
    while left:
        found |= left
        left = {name for module in left for name in cabang_source.imports(sources[module], module)}
        left = left & sources.keys() - found
    return found


def codes(kind: type[CabangError], modules: set[str]) -> set[str]:
    """The codes of an error and all below it: those declared in *modules*, and wherever a refusal or reason is."""
    below = set().union(*(codes(sub, modules) for sub in kind.__subclasses__()), set())
    ours = kind.__module__.partition(".")[0] in cabang_source.PACKAGES
    counts = kind.__module__ in modules or (ours and issubclass(kind, Refused | Quarantined))
    return below | ({kind.code} if counts else set())


def documented_limits() -> dict[str, str]:
    """The limits of the page's table: name → value."""
    found: dict[str, str] = {}
    for values, names in LIMIT.findall(section(9)):
        found |= dict(zip(re.findall(r"[A-Z_]+", names), values.split(", "), strict=True))
    return found


def test_the_list_of_tables_is_true() -> None:
    """Goal: no field goes stale. Method: the list made again from the models' declarations."""
    tables = cabang_source.tool("tables")
    assert tables.with_list(PAGE, tables.text()) == PAGE, "run `make modules`"


def test_every_table_says_who_writes_and_who_holds_it() -> None:
    """Goal: no table without its law. Method: number, name and natural key of each line, against the models."""
    cabang_source.tool("tables").load()
    lines = re.findall(r"^\| (\d+) \| (\w+) \| ([^|]*)\| ([^|]+) \| ([^|]+) \|$", section(7), re.MULTILINE)
    told = sorted((int(number), name, bool(key.strip())) for number, name, key, *_ in lines)
    assert told == sorted((spec.code, name, spec.natural is not None) for name, spec in TABLES.items())


def test_every_code_is_explained() -> None:
    """Goal: a client meets no code it cannot look up. Method: the codes of section 8, against the declared ones."""
    cabang_source.tool("tables").load()
    declared = codes(CabangError, talking())
    named = {code for code in CODE.findall(section(8)) if code not in {"held_entry", "seq", "seconds"}}
    assert {"beyond_rights", "not_enough_rights"} <= declared
    assert (set(), set()) == (declared - named, named - declared)


def test_every_limit_is_told() -> None:
    """Goal: no limit is a surprise. Method: names and values of section 9, against those of the heart."""
    there = {name: str(value) for name, value in vars(limits).items() if name.isupper()}
    assert documented_limits() == {name: value for name, value in there.items() if name not in OWN_LIMITS}
    assert OWN_LIMITS <= there.keys()


@pytest.mark.parametrize("path", [exchange.PATH, exchange.ENROL_PATH, rotation.PATH, reminder.PATH, doorbell.PATH])
def test_every_address_is_told(path: str) -> None:
    """Goal: no hidden address. Method: look for each in section 4's table."""
    assert f"| `{path}` |" in section(4)


def test_every_label_is_told() -> None:
    """Goal: whatever is hashed or signed can be made again. Method: the labels in the source, against the page."""
    sources = [cabang_source.read(path) for path in cabang_source.product() if path.parts[0] in ("sync", "crm")]
    labels = {label for source in sources for label in LABEL.findall(source)} - OWN_LABELS
    assert [] == sorted(label for label in labels if label not in PAGE)
    assert len(labels) >= 20


def test_every_example_is_true() -> None:
    """Goal: no wrong example. Method: each run of hex on the page stands in the vectors."""
    folder = cabang_source.ROOT / "tests" / "vectors"
    vectors = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.json"))
    found = HEX.findall(PAGE.replace(section(9), ""))  # its numbers are decimal
    assert [] == [one for one in found if one not in vectors]
    assert len(found) >= 12
