"""``cabang bench``: the speed figures, each a ratio to what was measured beside it in the same run."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

RUNS = 3


class Group(NamedTuple):
    """Figures that are measured together: the package with a module for each part, and the parts."""

    package: str
    parts: tuple[str, ...]


CORE = "core"
GROUPS = {
    CORE: Group("bench", ("push", "sale", "bytes", "memory", "till")),
    "sms": Group("bench.sms", ("overhead", "waiting")),
    "sync": Group("bench.sync_figures", ("push", "pull", "bytes", "merge", "memory", "till")),
}
_PARTS = "; ".join(f"{name}: {', '.join(group.parts)}" for name, group in GROUPS.items())


def _chosen(group: Group, text: str | None) -> tuple[str, ...]:
    """The modules of the parts in *text*, or of all parts of the *group*."""
    names = tuple(filter(None, (part.strip() for part in (text or "").split(",")))) or group.parts
    unknown = ", ".join(name for name in names if name not in group.parts)
    if unknown:
        raise click.BadParameter(f"{unknown}: choose from {', '.join(group.parts)}", param_hint="'--only'")
    return tuple(f"{group.package}.{name}" for name in names)


@click.command("bench")
@click.argument("group", type=click.Choice(list(GROUPS)), default=CORE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option("--runs", type=click.IntRange(1, 99), default=RUNS, show_default=True, help="Medians of so many runs.")
@click.option("--only", metavar="PART,…", help=f"Only these ({_PARTS}).")
def bench(group: str, as_json: bool, runs: int, only: str | None) -> None:
    """Measures how fast and how small Cabang is on this computer, and compares with its targets.

    Without GROUP the core: push, sales, bytes, memory, till; "sms" is the sending of SMS, "sync" the exchange between
    branch and head office, also of a large company.

    Compare ratios: absolute figures drift from hour to hour, and limits in seconds are meant for a computer that does
    little else.  Takes some minutes and about 200 MB of disk, "sync" a quarter of an hour and 2 GB; the exit code says
    nothing of the figures.

    \b
    Example:
      cabang bench --only push,sale --runs 5
      cabang bench sms
      cabang bench sync --only push,pull
    """
    said = []
    for name in _chosen(GROUPS[group], only):
        measure: Callable[..., list[Any]] = import_module(name).measure
        for figure in measure(runs, lambda line: click.echo(line, err=True)):
            said.append(figure.plain())
            if not as_json:
                click.echo("\n".join(figure.lines()))
    if as_json:
        click.echo(json.dumps(report(runs, said), ensure_ascii=False))


def report(runs: int, figures: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The one JSON object."""
    return {"runs": runs, "figures": figures}
