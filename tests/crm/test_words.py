"""Search text made a safe query."""

import sqlite3

import pytest

from crm import words

WILD = ['"', "a*b", "NEAR(", "sari OR", "name:", "-", "^a", "()", "a\x00b", "' OR 1=1", "é" * 500, "x " * 500, "👶"]


def test_each_word_is_quoted() -> None:
    """Goal: words in any order, whole or begun. Method: compare both expressions."""
    asked = words.query(" sari  wij")
    assert words.Query(("sari", "wij"), '"sari" AND "wij"', '"sari"* AND "wij"*') == asked


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("Sari Wijaya", (False, True)),
        ("SARI WIJ", (True, True)),
        ("wij-sári", (True, True)),
        ("Sari", (False, False)),
        ("Sarina Wij", (False, True)),
        ("", (False, False)),
    ],
)
def test_a_text_fits_as_the_index_would_say(text: str, fit: tuple[bool, bool]) -> None:
    """Goal: one answer for indexed and new customers. Method: the same text asked of a real FTS5 table."""
    asked = words.query("sari wij")
    assert asked
    assert fit == asked.fits(text)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(name, tokenize = 'unicode61 remove_diacritics 2')")
    connection.execute("INSERT INTO t VALUES (?)", (text,))
    found = [connection.execute("SELECT 1 FROM t WHERE t MATCH ?", (match,)).fetchall() for match in asked[1:]]
    assert fit == tuple(map(bool, found))
    connection.close()


def test_nothing_to_search_gives_no_query() -> None:
    """Goal: signs alone match nothing. Method: texts without letter or digit."""
    assert [None, None, None] == [words.query(text) for text in ("", "  ", '"*-')]


@pytest.mark.row("H-62")
@pytest.mark.parametrize("text", WILD)
def test_no_text_breaks_the_query(text: str) -> None:
    """Goal: what a person types never is query language. Method: run it on a real FTS5 table."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(name)")
    asked = words.query(text)
    if asked:
        assert (
            [] == connection.execute(f"SELECT * FROM t WHERE t MATCH '({asked.begun}) NOT ({asked.whole})'").fetchall()
        )
    connection.close()


@pytest.mark.row("C-17")
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("0812-3456", "8123456"),
        ("+62 812 3456", "8123456"),
        ("62812", "812"),
        ("0062 812", "812"),
        ("812", "812"),
        ("7890", "7890"),
        ("(0812)", "812"),
        ("+65 9123", "659123"),
        ("08", None),
        ("000", None),
        ("sari 0812", None),
        ("", None),
    ],
)
def test_a_phone_is_looked_for_by_its_digits(text: str, part: str | None) -> None:
    """Goal: any national or international form, whole or in part, finds the number. Method: a table."""
    assert part == words.phone_part(text)
