"""The errors' own words."""

import pytest

from sms_daemon import config, errors
from sms_daemon.errors import ConfigProblem, SmsError, TextTooLong


def family(kind: type[SmsError]) -> list[type[SmsError]]:
    return [kind, *(below for sub in kind.__subclasses__() for below in family(sub))]


def test_each_error_says_what_happened_and_what_to_do() -> None:
    """Goal: a person is never left with a bare code.  Method: every class; two sentences, and a code of its own."""
    kinds = [kind for kind in family(SmsError) if kind.__module__ == errors.__name__]
    assert [] == [kind for kind in kinds if not (kind.happened.strip() and kind.todo.strip())]
    assert len(kinds) == len({kind.code for kind in kinds})
    assert [] == [kind.code for kind in kinds if not kind.code.startswith("sms_")]


def test_an_error_reads_well_also_without_its_parameters() -> None:
    """Goal: an error never fails to be told.  Method: with and without parameters."""
    assert "sms_text_too_long: The text would need 12 SMS; 10 are allowed." == str(TextTooLong(parts=12, limit=10))
    assert "sms_text_too_long: The text would need ? SMS; ? are allowed." == str(TextTooLong())


@pytest.mark.parametrize("kind", family(ConfigProblem))
def test_each_problem_of_the_settings_is_one(kind) -> None:
    """Goal: one except clause catches them all; none may be repeated unchanged.  Method: each class."""
    assert issubclass(kind, ConfigProblem)
    assert not kind.retry_safe


def test_the_example_in_the_words_is_right(tmp_path) -> None:
    """Goal: what a person copies from the message works.  Method: load it."""
    (tmp_path / config.FILE).write_text(config.EXAMPLE)
    assert "meja" == config.load(tmp_path).modems[0].name
