"""``cabang bench``: the speed figures, each a ratio to what was measured beside it in the same run."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

PARTS = ("push", "sale", "bytes", "memory", "till")
RUNS = 3


def _chosen(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    names = tuple(filter(None, (part.strip() for part in (text or "").split(",")))) or PARTS
    unknown = ", ".join(name for name in names if name not in PARTS)
    if unknown:
        raise click.BadParameter(f"{unknown}: choose from {', '.join(PARTS)}")
    return names


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option("--runs", type=click.IntRange(1, 99), default=RUNS, show_default=True, help="Medians of so many runs.")
@click.option("--only", metavar="PART,…", callback=_chosen, help=f"Only these: {', '.join(PARTS)}.")
def bench(as_json: bool, runs: int, only: tuple[str, ...]) -> None:
    """Measures how fast and how small Cabang is on this computer, and compares with its targets.

    Compare ratios only: absolute figures drift from hour to hour.  Takes some minutes and about 200 MB of disk; the
    exit code says nothing of the figures.

    \b
    Example:
      cabang bench --only push,sale --runs 5
    """
    said = []
    for name in only:
        measure: Callable[..., list[Any]] = import_module(f"bench.{name}").measure
        for figure in measure(runs, lambda line: click.echo(line, err=True)):
            said.append(figure.plain())
            if not as_json:
                click.echo("\n".join(figure.lines()))
    if as_json:
        click.echo(json.dumps(report(runs, said), ensure_ascii=False))


def report(runs: int, figures: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The one JSON object."""
    return {"runs": runs, "figures": figures}
