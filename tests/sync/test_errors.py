"""Every error of the project: a code of its own, a sentence that says what happened, one that says what to do."""

import copy
import importlib
import re
from collections import Counter

import cabang_source
import pytest

from sync.errors import CabangError, InvariantBroken, Refused, from_refusal, invariant


def every_error() -> list[type[CabangError]]:
    """All classes with words of their own, once every module that defines some is imported."""
    for path in cabang_source.product():
        if "CabangError" in cabang_source.read(path) and path.name != "cli.py":
            importlib.import_module(cabang_source.module(path))
    found, waiting = [], [CabangError]
    while waiting:
        kind = waiting.pop()
        if kind.__init__ is CabangError.__init__:  # others carry the words of an error that came from elsewhere
            found.append(kind)
        waiting += kind.__subclasses__()
    return found


def test_codes_are_unique_and_plain() -> None:
    """Goal: a code names one error for ever. Method: count the codes of all classes in the project."""
    codes = Counter(kind.code for kind in every_error())
    assert [] == [code for code, times in codes.items() if times > 1]
    assert [] == [code for code in codes if not re.fullmatch(r"[a-z][a-z0-9_]*", code)]


def test_every_error_says_what_happened_and_what_to_do() -> None:
    """Goal: no dead end. Method: both texts of every class are sentences, also when a place is not filled."""
    for kind in every_error():
        for text in (kind.happened, kind.todo):
            assert text.strip() == text and text[:1] not in ("", " ") and text.endswith((".", "?", ")s")), (kind, text)
        assert "%(" not in str(kind()), kind


def test_an_error_survives_a_pipe_between_processes() -> None:
    """Goal: a child process can raise our errors. Method: taken apart and rebuilt by what __reduce__ says."""
    for kind in every_error():
        error = kind(what="segment", why="cut", seq=5)
        again = copy.copy(error)
        assert (kind, error.params, str(error)) == (type(again), again.params, str(again))


def test_a_refusal_becomes_the_error_it_was() -> None:
    """Goal: the branch says what the hub said. Method: every Refused by its code; an unknown code stays readable."""
    for kind in [kind for kind in every_error() if issubclass(kind, Refused)]:
        assert kind is type(from_refusal((kind.code, {"what": "x"})))
    assert "new_code" in str(from_refusal(("new_code", {})))


def test_an_invariant_is_a_function() -> None:
    """Goal: python -O keeps it. Method: true passes, false raises with the fact in words."""
    invariant(True, "stock is counted")
    with pytest.raises(InvariantBroken, match="stock is counted"):
        invariant(False, "stock is counted")
