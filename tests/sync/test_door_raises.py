"""No check at the door without an attack: every ``raise`` of the pure modules is reached by one."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import cabang_attacks
import cabang_held
from cabang_forge import Forge, in_conversation
from cabang_pair import Company

from sync import checks, entry, ops, policies, segment, verify, wire

MODULES = (verify, policies, segment, entry, ops, checks, wire)


JOURNAL_ONLY = {"check_values", "write"}  # what the journal asks before its log; see test_unit.py


def raises(module: ModuleType) -> set[tuple[str, int]]:
    """(file name, line) of every raise statement that bytes from outside can reach."""
    tree = ast.parse(inspect.getsource(module))
    tree.body = [node for node in tree.body if getattr(node, "name", "") not in JOURNAL_ONLY]
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


def attack_all(company: Company) -> None:
    """Every attack and every unfit entry, one after another; those that end the stream last."""
    branch = company.branches[0]
    for attack in cabang_attacks.DOOR:
        in_conversation(company, branch)
        cabang_attacks.outcome(company, attack.make(company, Forge(company, branch)))
    for unfit in cabang_held.ALL:
        in_conversation(company, branch)
        forge = Forge(company, branch)
        cabang_attacks.outcome(company, forge.request(unfit.make(company, forge)))
    for attack in reversed(cabang_attacks.LASTING):
        in_conversation(company, branch)
        forge = Forge(company, branch)
        attack.before(company, forge)
        in_conversation(company, branch)
        cabang_attacks.outcome(company, attack.make(company, forge))


def test_every_raise_is_reached_by_an_attack(company) -> None:
    """Goal: each check has its adversary. Method: all attacks under a trace; the raises of the source, compared."""
    with traced(MODULES) as reached:
        attack_all(company)
    wanted = set().union(*(raises(module) for module in MODULES))
    assert "" == ", ".join(f"{name}:{line}" for name, line in sorted(wanted - reached))
    assert len(wanted) >= 40
