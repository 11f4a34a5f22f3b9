"""What templates call."""

import pytest
from flask import Flask, render_template_string

PAGE = "{{ _('Nobody found for “%(text)s”.', text=name) }}|{{ _('Search') }}|{{ _('') }}|{{ _('Not in the book') }}"


@pytest.mark.parametrize(
    ("language", "page"),
    [
        ("id", "Tidak ada yang cocok dengan “&lt;b&gt;”.|Cari||Not in the book"),
        ("en", "Nobody found for “&lt;b&gt;”.|Search||Not in the book"),
    ],
)
def test_sentences_in_the_language_of_the_page(app: Flask, language: str, page: str) -> None:
    """Goal: each page speaks one language, what people typed stays text. Method: a place, none, nothing, unknown."""
    with app.test_request_context("/", headers={"Cookie": f"lang={language}"}):
        assert page == render_template_string(PAGE, name="<b>")
