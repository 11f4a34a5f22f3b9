"""``cabang simulate``: random histories of a company whose line, clocks and processes fail; part of the source."""

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sync.errors import N_, CabangError
from ui.console.language import _
from ui.console.lesson import lesson
from ui.console.program import FAILED
from ui.console.saying import json_option, note, say, wants_json

SOURCE = Path(__file__).resolve().parent.parent.parent
SEEDS = 100


class NoSource(CabangError):
    code = "no_source"
    happened = N_("The random histories are not installed with Cabang; they are part of its source, in %(folder)s.")
    todo = N_("Get Cabang's source, install it with 'pip install -e .', and give the command again.")


class NothingChecked(CabangError):
    code = "assertions_off"
    happened = N_("Python leaves out its assertions here (PYTHONOPTIMIZE or -O), so that nothing would be checked.")
    todo = N_("Unset PYTHONOPTIMIZE, leave out -O, and give the command again.")


def _simulator(source: Path) -> Any:
    """The program that plays histories.  Raises NoSource, NothingChecked."""
    if not __debug__:
        raise NothingChecked
    tests = source / "tests"
    if not (tests / "simulator" / "main.py").is_file():
        raise NoSource(folder=tests / "simulator")
    for folder in (tests / "support", source):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    return import_module("tests.simulator.main")


def _plans(
    simulator: Any, seeds: int | None, seed: int | None, branches: int | None, steps: str | None
) -> Iterable[Any]:
    """What is to be played."""
    if branches is None and steps is None:
        first = seed or 0
        return map(simulator.replay, range(first, first + (seeds or (1 if seed is not None else SEEDS))))
    if seed is None or seeds is not None:
        raise click.UsageError(_("--branches and --steps are about one history: give --seed and no --seeds."))
    try:
        return [simulator.replay(seed, branches, steps)]
    except ValueError:
        raise click.UsageError(_("A history has 2 to 6 branches and its own steps, like 3,7-12.")) from None


@click.command(
    "simulate",
    help=lesson(
        _(
            "Plays random histories of a head office and its branches, with cut lines, wrong clocks, processes that "
            "die, copied databases and changed keys, and checks in the end that nothing was lost and all agree.\n\n"
            "Prints how often each fault, path, deed and table came up. The exit code is 1 when a history failed, or "
            "when something came up less often than once in 100 histories, and at least once. A history that failed "
            "is made short, and the command that shows it again is printed. The last line is a summary."
        ),
        "cabang simulate --seeds 1000",
        "cabang simulate --seed 1234 --trace",
    ),
)
@click.option("--seeds", type=click.IntRange(1, 10_000_000), help=_("So many histories (100)."))
@click.option("--seed", type=click.IntRange(0), help=_("The first history's number; alone: this history again."))
@click.option("--trace", is_flag=True, help=_("Tell each step."))
@click.option("--branches", type=int, help=_("This history with so many branches."))
@click.option("--steps", metavar="3,7-12", help=_("Only these steps of this history; - for none."))
@json_option
@click.pass_context
def simulate(
    context: click.Context, seeds: int | None, seed: int | None, trace: bool, branches: int | None, steps: str | None
) -> None:
    """Reads no folder of yours and writes none."""
    simulator = _simulator(SOURCE)
    plans = _plans(simulator, seeds, seed, branches, steps)
    heard = None if not trace else note if wants_json() else click.echo
    report = simulator.run(plans, seeds is not None or seed is None, note, heard)
    say(report.plain(), report.lines())
    if not report.fine:
        context.exit(FAILED)
