"""The documents name what is there, and all of it: modules, commands, extras, markers, settings."""

import configparser
import re
from pathlib import Path

import cabang_source
import click
import pytest

DOCS = ("README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "GLOSSARY.md")
COMMAND = re.compile(r"\bcabang(?:\.exe)? ((?:[a-z][a-z-]+(?: |`|$|\n))+)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
SETTING = re.compile(r"\bCABANG_[A-Z_]+\b")


def documents() -> list[Path]:
    """Every document, as a path below the root."""
    return [Path(name) for name in DOCS] + sorted(
        path.relative_to(cabang_source.ROOT) for path in (cabang_source.ROOT / "docs").glob("*.md")
    )


def module_faults(page: str, wanted: list[str]) -> list[str]:
    """Lines of the module table that are missing, stale or of modules that are gone."""
    modules = cabang_source.tool("modules")
    section = page.partition(modules.BEGIN)[2].partition(modules.END)[0]
    listed = [line for line in section.splitlines() if line.startswith("| `")]
    return [f"missing: {line}" for line in wanted if line not in listed] + [
        f"wrong or gone: {line}" for line in listed if line not in wanted
    ]


def commands_named(page: str) -> list[str]:
    """The `cabang` commands in code of *page*, as words: "hub init"."""
    code = re.findall(r"```.*?```|`[^`]+`", page, re.DOTALL)
    return [match[1].strip("` \n") for part in code for match in COMMAND.finditer(part)]


def leaves(group: click.Group, before: str = "") -> list[str]:
    """Every command below *group*, as words."""
    found: list[str] = []
    for name, command in sorted(group.commands.items()):
        words = f"{before} {name}".strip()
        found += leaves(command, words) if isinstance(command, click.Group) else [words]
    return found


def command_faults(named: list[str], there: list[str]) -> list[str]:
    """Commands that documents name and that are not there."""
    return [f"cabang {words}" for words in named if not any(_begins(words, leaf) for leaf in there)]


def _begins(words: str, leaf: str) -> bool:
    return f"{words} ".startswith(f"{leaf} ") or leaf.startswith(f"{words} ")


def setup_cfg() -> configparser.ConfigParser:
    """setup.cfg, read."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(cabang_source.ROOT / "setup.cfg", encoding="utf-8")
    return parser


def program() -> click.Group:
    """The `cabang` command."""
    import cli

    assert isinstance(cli.main, click.Group)
    return cli.main


def test_every_module_is_in_the_architecture() -> None:
    """Goal: ARCHITECTURE.md names every module in its own words. Method: compare the table with the files."""
    modules = cabang_source.tool("modules")
    wanted = [modules.row(path) for path in modules.modules()]
    assert [] == module_faults(cabang_source.read(Path("ARCHITECTURE.md")), wanted), "run `make modules`"


def test_every_module_says_what_it_is() -> None:
    """Goal: no empty line in the table. Method: each module has a first line that ends within the table's width."""
    modules = cabang_source.tool("modules")
    assert [] == [
        str(path) for path in modules.modules() if not 0 < len(modules.first_line(cabang_source.ROOT / path)) <= 160
    ]


def test_every_command_named_is_there() -> None:
    """Goal: no document teaches a command that is gone. Method: look for each in the program's own tree."""
    there = leaves(program())
    pages = [cabang_source.read(path) for path in documents() if path.name != "PROTOCOL.md"]  # its labels look alike
    assert [] == [fault for page in pages for fault in command_faults(commands_named(page), there)]


def test_every_command_is_named_in_the_readme() -> None:
    """Goal: no command is a secret. Method: look for each of the program's commands in README."""
    named = commands_named(cabang_source.read(Path("README.md")))
    assert [] == [leaf for leaf in leaves(program()) if not any(_begins(words, leaf) for words in named)]


def test_every_extra_is_documented() -> None:
    """Goal: README tells what each extra is for. Method: compare with setup.cfg."""
    readme = cabang_source.read(Path("README.md"))
    assert [] == [name for name in setup_cfg()["options.extras_require"] if f"`{name}`" not in readme]


def test_every_setting_is_documented() -> None:
    """Goal: no hidden setting. Method: every CABANG_ name in code and tests stands in README, and the reverse."""
    files = [path for path in cabang_source.everything() if path.name != "test_docs.py"]
    used = {name for path in files for name in SETTING.findall(cabang_source.read(path))}
    assert sorted(used) == sorted(set(SETTING.findall(cabang_source.read(Path("README.md")))))


def test_every_marker_has_a_user() -> None:
    """Goal: no marker without a test. Method: look for each of setup.cfg's markers in the tests."""
    markers = [re.split(r"[:(]", line)[0] for line in setup_cfg()["tool:pytest"]["markers"].strip().splitlines()]
    tests = "".join(cabang_source.read(path) for path in cabang_source.everything() if path.parts[0] == "tests")
    assert [] == [name for name in markers if f"mark.{name}" not in tests]


@pytest.mark.parametrize("page", documents(), ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Goal: no broken link between documents. Method: each relative link is a file."""
    folder = (cabang_source.ROOT / page).parent
    assert [] == [link for link in LINK.findall(cabang_source.read(page)) if not (folder / link).exists()]


def test_the_words_of_the_pages_are_in_the_glossary() -> None:
    """Goal: one word for each thing, and none twice. Method: no two lines of GLOSSARY.md explain one word."""
    lines = re.findall(r"^\| ([a-z][^|]*?) \|", cabang_source.read(Path("GLOSSARY.md")), re.MULTILINE)
    words = [word for line in lines if line != "word" for word in line.split(", ")]
    assert sorted(set(words)) == sorted(words)


def test_planted_faults_are_caught() -> None:
    """Goal: the checks themselves work. Method: a table, a page and a program with one fault each."""
    modules = cabang_source.tool("modules")
    page = modules.with_table(f"{modules.BEGIN}\n{modules.END}", "| `sync/ids.py` | Ids. |\n| `sync/old.py` | Old. |")
    faults = module_faults(page, ["| `sync/ids.py` | Ids. |", "| `sync/new.py` | New. |"])
    assert ["missing: | `sync/new.py` | New. |", "wrong or gone: | `sync/old.py` | Old. |"] == faults
    group = click.Group(
        "cabang", commands=[click.Command("verify"), click.Group("hub", commands=[click.Command("init")])]
    )
    assert ["hub init", "verify"] == leaves(group)
    named = commands_named(
        "Run `cabang verify DIR`, `cabang hub init DIR`, `cabang fly` or\n```sh\ncabang hub stop x\n```"
    )
    assert ["verify", "hub init", "fly", "hub stop"] == named
    assert ["cabang fly", "cabang hub stop"] == command_faults(named, leaves(group))
