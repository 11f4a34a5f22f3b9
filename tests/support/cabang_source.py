"""The project's own Python files, read for the tests that look at the source itself."""

import ast
import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("sync", "crm", "ui", "branch_node", "central_hub", "sms_daemon")
AROUND = ("tests", "bench", "tools")


def tool(name: str) -> ModuleType:
    """One of the programs in tools/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def product() -> Iterator[Path]:
    """Every Python file of the product, as a path below the root."""
    yield from _python_files(*PACKAGES)
    if (ROOT / "cli.py").exists():
        yield Path("cli.py")


def everything() -> Iterator[Path]:
    """The product, its tests, its benchmarks and its tools."""
    yield from product()
    yield from _python_files(*AROUND)


def _python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path.relative_to(ROOT) for path in sorted((ROOT / folder).rglob("*.py")))


def read(path: Path) -> str:
    """The text of a file below the root."""
    return (ROOT / path).read_text(encoding="utf-8")


def module(path: Path) -> str:
    """`sync/ids.py` → `sync.ids`; `sync/__init__.py` → `sync`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache(maxsize=1)  # one check after another asks for the same file
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node of the syntax tree of *source*."""
    return tuple(ast.walk(ast.parse(source)))


def imports(source: str, inside: str) -> Iterator[str]:
    """Every module that *source*, the text of module *inside*, imports; `from a import b` gives `a` and `a.b`."""
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, inside)
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


def _base(node: ast.ImportFrom, inside: str) -> str:
    if not node.level:
        return node.module or ""
    parent = ".".join(inside.split(".")[: -node.level])
    return f"{parent}.{node.module}" if node.module else parent


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
