"""Which ``raise`` statements of a module ran: the measure of "no check without an attack"."""

import ast
import inspect
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any


def raises(module: ModuleType, left_out: Collection[str] = ()) -> set[tuple[str, int]]:
    """(file name, line) of every raise statement, those in the functions and classes *left_out* excepted."""
    tree = ast.parse(inspect.getsource(module))
    tree.body = [node for node in tree.body if getattr(node, "name", "") not in left_out]
    return {(Path(str(module.__file__)).name, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Raise)}


@contextmanager
def traced(modules: tuple[ModuleType, ...]) -> Iterator[set[tuple[str, int]]]:
    """Inside, every line that runs in *modules* is noted."""
    files = {str(module.__file__): Path(str(module.__file__)).name for module in modules}
    reached: set[tuple[str, int]] = set()

    def line(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        reached.add((files[frame.f_code.co_filename], frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        return line if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield reached
    finally:
        sys.settrace(before)
