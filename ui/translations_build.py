"""Builds the Indonesian catalogue: ``python -m ui.translations_build`` merges the parts, checks them, compiles.

``translations/parts/*.po`` hold the texts, one file per area.  From them are made
``translations/id/LC_MESSAGES/messages.po`` (for translators' tools) and ``messages.mo`` (what programs read).  The
command exits 1 and names what is wrong when a message of the project has no Indonesian text, when two parts disagree,
or when a text's places differ from its message's.
"""

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).parent.parent
TRANSLATIONS = Path(__file__).parent / "translations"
SOURCES = ("branch_node", "central_hub", "crm", "sms_daemon", "sync", "ui", "cli.py")
KEYWORDS: dict[str, Any] = dict.fromkeys(("_", "N_", "gettext", "lazy_gettext"))
PLACE = re.compile(r"%\(\w+\)[sd]")
PLURAL = "\0"  # between the two forms of a message of click's that counts; Indonesian has one form
HEADER = """# Indonesian texts of Cabang, built from parts/*.po by python -m ui.translations_build.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def used_messages(project: Path = PROJECT) -> dict[str, str]:
    """Every message id of the project's code and templates, with one place where it stands."""
    found: dict[str, str] = {}
    for path in _source_files(project):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {} if path.suffix == ".py" else {"silent": "false"}
        for line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=options):
            if isinstance(message, str) and message:
                found.setdefault(message, f"{path.relative_to(project)}:{line}")
    return found


def _source_files(project: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = project / name
        if source.is_file():
            yield source
        else:
            yield from sorted([*source.rglob("*.py"), *source.rglob("*.html")])


def read_parts(folder: Path = TRANSLATIONS / "parts") -> tuple[dict[str, str], list[str]]:
    """(Indonesian text by message id, what is wrong); where parts disagree the first in order of name counts."""
    texts: dict[str, str] = {}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as lines:
            part = read_po(lines, locale="id")
        for message in part:
            if message.id and message.string:
                key = message.id if isinstance(message.id, str) else PLURAL.join(message.id)
                said = message.string if isinstance(message.string, str) else message.string[0]
                wrong += _disagreements(path.name, key, said, texts)
                texts.setdefault(key, said)
    return texts, wrong


def _disagreements(part: str, message: str, said: str, texts: dict[str, str]) -> Iterator[str]:
    if texts.get(message, said) != said:
        yield f"{part}: {message!r} is also {texts[message]!r}"
    if sorted(PLACE.findall(message)) != sorted(PLACE.findall(said)):
        yield f"{part}: {message!r} and {said!r} have other places"


def problems() -> list[str]:
    """What is wrong with the catalogue, one line each; empty when all is well."""
    texts, wrong = read_parts()
    used = used_messages()
    return wrong + [f"{place}: no Indonesian for {msg!r}" for msg, place in used.items() if msg not in texts]


def compile_texts(texts: dict[str, str], folder: Path = TRANSLATIONS) -> None:
    """Writes messages.po and messages.mo for *texts*; each appears whole or not at all."""
    catalog = Catalog(locale="id", charset="utf-8")
    catalog.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for message in sorted(texts):
        if PLURAL in message:
            catalog.add(tuple(message.split(PLURAL)), (texts[message],))
        else:
            catalog.add(message, texts[message])
    body, compiled = BytesIO(), BytesIO()
    write_po(body, catalog, omit_header=True, width=110)
    write_mo(compiled, catalog)
    target = folder / "id" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    _put(target / "messages.po", HEADER.encode() + body.getvalue())
    _put(target / "messages.mo", compiled.getvalue())


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def ensure_compiled(folder: Path = TRANSLATIONS) -> None:
    """Compiles when messages.mo is missing or older than a part."""
    compiled = folder / "id" / "LC_MESSAGES" / "messages.mo"
    parts = [path.stat().st_mtime_ns for path in (folder / "parts").glob("*.po")]
    if parts and (not compiled.exists() or compiled.stat().st_mtime_ns < max(parts)):
        compile_texts(read_parts(folder / "parts")[0], folder)


def main() -> int:
    """Builds and tells on standard error what is wrong; 1 when anything is."""
    compile_texts(read_parts()[0])
    wrong = problems()
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
