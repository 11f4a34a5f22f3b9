"""Typed text made clean."""

import pytest

from crm import texts
from crm.errors import BadChoice, BadText

GOOD = [
    ("Sari", "Sari"),
    ("  Sari   Dewi ", "Sari Dewi"),
    ("R.M. Soerjo-Koesoemo, S.E.", "R.M. Soerjo-Koesoemo, S.E."),
    ("Ni’mah “Ima” 🌸", "Ni’mah “Ima” 🌸"),
    ("Jose\u0301", "José"),
    ("ꦱꦫꦶ", "ꦱꦫꦶ"),
    ("O", "O"),
    ("x" * 100, "x" * 100),
    ("=1+1", "=1+1"),
    ("<script>", "<script>"),
    ("Robert'); DROP TABLE customer;--", "Robert'); DROP TABLE customer;--"),
    ("Sari\r\nDewi\tAyu", "Sari Dewi Ayu"),
]
ILLEGAL = ["", "   ", "\n", "x" * 101, "Sari\x00", "Sari\x1b[2J", "\ud800", "\ue000"]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_names_of_people_are_taken_as_they_are(text: str, expected: str) -> None:
    """Goal: every real name passes, in one normal form. Method: easy, typical and extreme names."""
    assert expected == texts.one_line(text, "Name", 100)


@pytest.mark.row("H-62")
@pytest.mark.parametrize("text", ILLEGAL)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """Goal: no empty, endless or unprintable name. Method: illegal values."""
    with pytest.raises(BadText):
        texts.one_line(text, "Name", 100)


def test_a_paragraph_keeps_its_lines() -> None:
    """Goal: notes may have lines. Method: mixed line ends and spaces."""
    assert "Suka oli\nmurah" == texts.paragraph("  Suka  oli\r\nmurah \n\n", "Note")


def test_an_empty_optional_field_is_nothing() -> None:
    """Goal: "" and None are one value. Method: three inputs."""
    assert [None, None, "Jl. Ahmad Yani"] == [texts.optional(t, "Street") for t in (None, " ", "Jl.  Ahmad Yani")]


def test_a_choice_names_what_can_be_chosen() -> None:
    """Goal: the error helps. Method: a right and a wrong choice."""
    assert "spa" == texts.choice("spa", ("outlet", "spa"), "Kind")
    with pytest.raises(BadChoice) as refused:
        texts.choice("shop", ("outlet", "spa"), "Kind")
    assert "outlet, spa" == refused.value.params["choices"]
