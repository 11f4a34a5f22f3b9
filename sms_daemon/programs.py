"""How this package's own programs are started: from where this one was found, never from the current folder."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parents[1])
_START = (
    "import sys, runpy; sys.path.append({here!r}); runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)


def program(module: str, *words: str) -> list[str]:
    """What starts *module* with *words*.  A file called ``select.py`` beside the person who starts it is not run."""
    return [sys.executable, "-P", "-c", _START.format(here=HERE, module=module), *words]
