"""The `cabang` command inside this process: all of it but the start of a process, which costs half a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cabang_rows
import pytest
from click.testing import CliRunner, Result

import cli
from ui.console import imports, language, saying


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Inside, commands of this process speak *wanted*, "id" or "en"."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (language, saying, imports):
            patch.setattr(module, "LANGUAGE", wanted)
        yield


def cabang(*words: str | Path, wanted: str = "en", stdin: str = "") -> Result:
    """``cabang *words*`` in the language *wanted*; an error that is none of ours is raised."""
    texts = [str(word) for word in words]
    cabang_rows.command_used(*texts)
    with speaking(wanted):
        done = CliRunner().invoke(cli.main, texts, input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done
