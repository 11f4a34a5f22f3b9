"""Checks taken away: each ``raise`` of the heart's pure modules with the attack that must notice that it is gone."""

import ast
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from sync import checks, entry, escrow, ops, policies, segment, verify, wire

FIRST = (verify, policies, escrow, checks)
MODULES = (*FIRST, segment, entry, ops, wire)
JOURNAL_ONLY = {"ops.check_values", "ops.write"}  # what the journal asks before its log


class Check(NamedTuple):
    """The *number*-th raise, from 0, of a function: ``verify._place 1``."""

    module: ModuleType
    function: str
    number: int
    line: int

    @property
    def name(self) -> str:
        """As in ``NOTICED``."""
        return f"{self.module.__name__.removeprefix('sync.')}.{self.function} {self.number}"


def all_checks() -> list[Check]:
    """Every raise that bytes from outside can meet."""
    found = [check for module in MODULES for check in _checks(module)]
    return [check for check in found if check.name.partition(" ")[0] not in JOURNAL_ONLY]


def _checks(module: ModuleType) -> Iterator[Check]:
    for path, function in _functions(ast.parse(inspect.getsource(module)), ()):
        lines = sorted(node.lineno for node in ast.walk(function) if isinstance(node, ast.Raise))
        yield from (Check(module, path, number, line) for number, line in enumerate(lines))


def _functions(node: ast.AST, path: tuple[str, ...]) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield ".".join((*path, child.name)), child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*path, child.name))


class _Without(ast.NodeTransformer):
    """``pass`` in the place of one raise."""

    def __init__(self, line: int) -> None:
        self.line = line

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node) if node.lineno == self.line else node


def without(check: Check) -> tuple[FunctionType, CodeType]:
    """The function, and the code it would have without this check."""
    tree = _Without(check.line).visit(ast.parse(inspect.getsource(check.module)))
    code = compile(tree, inspect.getfile(check.module), "exec")
    function: Any = check.module
    for name in check.function.split("."):
        function = vars(function)[name]
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name)
    return function, code


NOTICED: dict[str, str] = {  # attacks of cabang_attacks, and entries of cabang_held
    "verify._sender 0": "envelope: an unknown stream",
    "verify._sender 1": "key withdrawn",
    "verify._check_repeat 0": "chain: a held entry changed",
    "verify._place 0": "epoch replaced",
    "verify._place 1": "chain: an entry left out before",
    "verify._opening 0": "epoch: not where its parent ends",
    "verify._opening 1": "epoch: an orphan beside the first",
    "verify._opening 2": "epoch: an opening with ops",
    "escrow.keep_within 0": "a use nobody granted",
    "checks.check_row 0": "a sale without total",
    "checks.check_row 1": "a sale before our time",
    "checks.check_children 0": "a line without price",
    "segment.parse 0": "envelope: over the limit",
    "segment.parse 1": "envelope: another version",
    "segment.parse 2": "envelope: a short signature",
    "segment.parse 3": "envelope: entry number zero",
    "segment.parse 4": "envelope: the hub's stream",
    "segment.inflate 0": "envelope: more entries than it holds",
    "segment.inflate 1": "entry: empty",
    "segment.inflate 2": "entry: larger than an entry may be",
    "segment.inflate 3": "op: a secret nobody uses",
    "entry._decode_header 0": "header: too few fields",
    "entry._decode_header 1": "header: time runs backwards",
    "entry._decode_header 2": "header: an actor of 13 bytes",
    "entry._decode_header 3": "header: a start of five bytes",
    "entry._parent 0": "epoch: a parent's head cut short",
    "entry._carried 0": "carried: unit number none",
    "entry._carried 1": "carried: a stamp below zero",
    "entry._carried 2": "carried: the header of another start",
    "entry.commitment 0": "op: a short salt",
    "entry.Chain.grow 0": "entry: too many ops",
    "entry.Chain.grow 1": "carried: a personal op without its salt",
    "entry.Chain._move 0": "header: a second opening in one epoch",
    "entry.Chain._move 1": "epoch: without its opening",
    "entry.Chain._move 2": "chain: a stamp beyond 64 bits",
    "ops.read_entry 0": "op: noise",
    "ops._Reader.read 0": "op: an unknown kind",
    "ops._Reader.read 1": "a sale hidden in a personal op",
    "ops._Reader._keyed 0": "keyed: a key of bytes",
    "ops._Reader._child 0": "insert: child rows are text",
    "ops._Reader._child 1": "insert: an unknown child table",
    "ops._Reader._person 0": "person: in a plain op",
    "ops._Reader._person 1": "person: of a row of another table",
    "ops._Reader._set 0": "set: no groups",
    "ops._Reader._set 1": "set: a group twice",
    "ops._Reader._group 0": "set: a group of text",
    "ops._Reader._group 1": "set: an unknown group",
    "ops._Reader._group 2": "set: a personal group in a plain op",
    "ops._Reader._group 3": "set: a base of 16 bytes",
    "ops._Plan.read 0": "insert: a field more than there are",
    "ops._Plan.read 1": "op: nested deeper than a value may be",
    "ops._head 0": "op: no kind",
    "ops._head 1": "person: five parts",
    "ops._id_of 0": "reference: a key where none may stand",
    "ops._no_key 0": "set: a base of text",
    "wire.decode_struct 0": "request: nothing at all",
    "wire.decode_array 0": "op: noise",
    "wire.decode_array 1": "op: no array",
    "wire.decompress 0": "envelope: unknown compression",
    "wire.decompress 1": "envelope: no compression where it says so",
    "wire.decompress 2": "envelope: compression followed by more",
    "wire._within 0": "envelope: a bomb",
    "wire.Frame.restore 0": "reference: beyond the process",
    "wire._pair 0": "reference: 15 bytes",
}
