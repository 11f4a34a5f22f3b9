"""The catalogue: complete, consistent, and used by pages and errors."""

import os

import pytest

import crm
from sync.errors import NotAllowedHere, WriterBusy
from sync.model import TABLES
from ui import translations_build
from ui.translate import text, translate_error
from ui.translations_build import HEADER, compile_texts, ensure_compiled, problems, read_parts


def test_every_message_has_an_indonesian_text() -> None:
    """Goal: no English on an Indonesian page. Method: messages of all code and templates against the parts."""
    assert [] == problems()


def test_table_names_and_owners_have_an_indonesian_text() -> None:
    """Goal: errors that name a table or its owner are whole. Method: what the models declare."""
    assert crm
    texts, _wrong = read_parts()
    named = {spec.name for spec in TABLES.values()} | {spec.owner for spec in TABLES.values() if spec.owner}
    assert set() == named - texts.keys()


def test_indonesian_has_one_plural() -> None:
    """Goal: the header is right for Indonesian. Method: read it."""
    assert "nplurals=1; plural=0;" in HEADER


def test_a_message_in_words() -> None:
    """Goal: places are filled in both languages. Method: one message, with and without a place."""
    assert ("Stok", "On hand") == (text("On hand", "id"), text("On hand", "en"))
    assert text("At most %(most)s characters, please.", "id", most=5) == "Paling banyak 5 huruf."
    assert text("", "id") == ""


@pytest.mark.parametrize(
    ("locale", "happened", "todo"),
    [
        ("id", "barang hanya bisa diubah oleh kantor pusat.", "Minta kantor pusat melakukan perubahan itu."),
        ("en", "product can only be changed by head office.", "Ask head office to make the change."),
    ],
)
def test_an_error_in_words(locale, happened, todo) -> None:
    """Goal: errors speak the person's language, their values too. Method: an error whose values are messages."""
    assert (happened, todo) == translate_error(NotAllowedHere(what="product", owner="head office"), locale)


def test_an_error_with_a_missing_value() -> None:
    """Goal: an error text never fails. Method: an error made without its value."""
    assert translate_error(WriterBusy(), "id")[0] == "Basis data sibuk selama ? detik."


def test_disagreeing_parts_are_named(tmp_path) -> None:
    """Goal: one word for each thing. Method: two parts with other texts, one with other places."""
    (tmp_path / "a.po").write_text('msgid "Sale"\nmsgstr "Penjualan"\n', encoding="utf-8")
    (tmp_path / "b.po").write_text(
        'msgid "Sale"\nmsgstr "Jualan"\n\nmsgid "%(count)s left"\nmsgstr "Sisa %(n)s"\n', encoding="utf-8"
    )
    texts, wrong = read_parts(tmp_path)
    assert texts["Sale"] == "Penjualan"
    assert ["b.po: 'Sale' is also 'Penjualan'", "b.po: '%(count)s left' and 'Sisa %(n)s' have other places"] == wrong


def test_compiled_again_when_a_part_is_newer(tmp_path) -> None:
    """Goal: a fresh checkout and a changed part both work. Method: compile, change, compile, look at the file."""
    parts = tmp_path / "parts"
    parts.mkdir()
    part, made = parts / "a.po", tmp_path / "id" / "LC_MESSAGES" / "messages.mo"
    part.write_text('msgid "Sale"\nmsgstr "Penjualan"\n', encoding="utf-8")
    ensure_compiled(tmp_path)
    assert b"Penjualan" in made.read_bytes()
    part.write_text('msgid "Sale"\nmsgstr "Jualan"\n', encoding="utf-8")
    later = made.stat().st_mtime_ns + 1_000_000_000
    os.utime(part, ns=(later, later))
    ensure_compiled(tmp_path)
    assert b"Jualan" in made.read_bytes()


def test_the_catalogue_is_the_same_each_time(tmp_path) -> None:
    """Goal: a build changes nothing by itself. Method: compile twice, compare."""
    texts, _wrong = read_parts()
    for name in ("one", "two"):
        compile_texts(texts, tmp_path / name)
    first, second = (tmp_path / name / "id/LC_MESSAGES/messages.po" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_the_committed_catalogue_is_built_from_the_parts(tmp_path) -> None:
    """Goal: translators see what people see. Method: build anew and compare with the file in the project."""
    compile_texts(read_parts()[0], tmp_path)
    built = (tmp_path / "id/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    ensure_compiled()
    assert built == (translations_build.TRANSLATIONS / "id/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
