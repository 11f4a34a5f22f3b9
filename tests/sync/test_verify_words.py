"""Why a log is damaged and why an entry is held: said in the person's language, never half in English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cabang_attacks
import cabang_held
import cabang_source
import msgspec
import pytest
from cabang_forge import Forge, in_conversation
from cabang_pair import Company

from sync import audit
from sync.errors import CabangError, LogDamaged, Quarantined, from_refusal
from ui.translate import text, translate_error
from ui.translations_build import PLACE, PROJECT

SOURCES = sorted([*(PROJECT / "sync").glob("*.py"), *(PROJECT / "crm").rglob("*.py")])
SAME = {"program", "total", "data", "cabang", "transfer", "voucher"}  # words of both languages
NO_WORDS = (
    "said",
    "field",
    "table",
    "owner",
    "version",
    "place",
    "entry",
)  # names and numbers, shown to nobody or known
FUNCTIONS = ("damaged", "wrong", "_check", "_wrong")  # that take a reason and make the error


def kinds(kind: type[CabangError]) -> set[str]:
    """The names of a class of errors and of all under it."""
    return {kind.__name__}.union(*(kinds(sub) for sub in kind.__subclasses__()))


SAID_TO_PEOPLE = kinds(LogDamaged) | kinds(Quarantined)


def english_left(shown: str, meant: str) -> set[str]:
    """Words of *meant*, which is English, that stand in *shown*."""
    return (_words(shown) & _words(meant)) - SAME


def _words(message: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", PLACE.sub(" ", message).lower()))


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every call that makes an error of those, or hands a reason to who makes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = cabang_source.dotted(node.func).rpartition(".")[2]
            if name in SAID_TO_PEOPLE or name in FUNCTIONS:
                yield node


def raw_words(call: ast.Call) -> list[str]:
    """English written straight into an error: text with letters that no N_ marks."""
    given = [word.value for word in call.keywords if word.arg not in NO_WORDS]
    texts = [part for value in [*call.args, *given] for part in _literals(value)]
    return [said for said in texts if re.search("[a-z]", said)]


def _literals(value: ast.expr) -> list[str]:
    """What is written out in *value* itself, or in either of its two cases."""
    if isinstance(value, ast.IfExp):
        return _literals(value.body) + _literals(value.orelse)
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def marked(path: Path) -> list[str]:
    """Every text a module marks for translation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and cabang_source.dotted(n.func) == "N_"]
    return [str(call.args[0].value) for call in called if isinstance(call.args[0], ast.Constant)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_reason_is_bare_english(path) -> None:
    """Goal: every reason can be translated. Method: the source's calls that make such errors; texts without N_."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [] == [(call.lineno, raw_words(call)) for call in calls(tree) if raw_words(call)]


MAKERS = [path for path in SOURCES if any(name in path.read_text(encoding="utf-8") for name in SAID_TO_PEOPLE)]


def test_every_reason_has_indonesian_words() -> None:
    """Goal: no English on an Indonesian screen. Method: each reason marked where such errors are made, shown."""
    texts = [message for path in MAKERS for message in marked(path) if message[:1].islower() or message[:1] == "%"]
    assert len(texts) > 60
    assert {} == {message: left for message in texts if (left := english_left(text(message, "id"), message))}


def test_reasons_are_filled_in_both_languages() -> None:
    """Goal: a reason's own places are filled. Method: one with places, as error, in English and in Indonesian."""
    error = LogDamaged(entry="PTK 3", why="the seal over %(first)s–%(last)s does not fit them", first=3, last=7)
    assert str(error).endswith("The log is damaged at entry PTK 3: the seal over 3–7 does not fit them.")
    assert "Catatan rusak di nomor PTK 3: segel untuk 3–7 tidak cocok." == translate_error(error, "id")[0]


@pytest.fixture(scope="module")
def held(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company whose branch 1 has sent every unfit entry there is."""
    company = Company.open(template, tmp_path_factory.mktemp("words"), 2)
    branch = company.branches[0]
    for unfit in cabang_held.ALL:
        in_conversation(company, branch)
        forge = Forge(company, branch)
        cabang_attacks.outcome(company, forge.request(unfit.make(company, forge)))
    yield company
    company.close()


def test_every_hold_reason_is_shown_in_indonesian(held) -> None:
    """Goal: people read why an entry is held. Method: every unfit entry sent; the words told, in both languages."""
    found = held.hub.rows("SELECT reason, detail FROM quarantine")
    assert len(cabang_held.ALL) == len(found)
    for reason, detail in found:
        error = from_refusal((reason, msgspec.msgpack.decode(bytes.fromhex(detail))))
        shown, meant = (" ".join(translate_error(error, locale)) for locale in ("id", "en"))
        assert set() == english_left(shown, meant), (shown, meant)
        assert not PLACE.search(shown) and "?" not in shown


def test_nothing_a_branch_sends_makes_a_log_look_damaged(held) -> None:
    """Goal: no branch can have the hub called damaged. Method: every entry that must be held, tried twice; verify."""
    held.hub.exchange.retry_held()
    own = held.hub.keyring.sign_public
    found = audit.verify(held.hub.store.connection(), own, own, lambda done, total: None)
    assert len(cabang_held.ALL) < found.entries
