"""A plugin for the stock ``sqlite-utils``: shows rupiah, and verifies a node's file that lies on the desk.

sqlite-utils DIR/branch.db "select id, rupiah(total) from sale limit 3"
sqlite-utils cabang-balances DIR/branch.db
"""

import json
import sqlite3
from pathlib import Path

import click
import sqlite_utils

import crm  # noqa: F401  (the models declare what a fact implies)
from crm import balances
from sync.connection import read_only
from sync.errors import CabangError


def rupiah(amount: int | None) -> str | None:
    """``Rp1.250.000``; negative with a minus."""
    if amount is None:
        return None
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


@sqlite_utils.hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Gives SQL the function ``rupiah(amount)``."""
    conn.create_function("rupiah", 1, rupiah, deterministic=True)


@sqlite_utils.hookimpl
def register_commands(cli: click.Group) -> None:
    """Adds ``sqlite-utils cabang-balances``."""

    @cli.command(name="cabang-balances")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def check(path: Path) -> None:
        """Check that stock, totals and movements in a branch.db or hub.db are the sums they claim to be."""
        connection = read_only(path)
        try:
            click.echo(json.dumps(balances.verify(connection)))
        except CabangError as error:
            raise click.ClickException(str(error)) from error
        finally:
            connection.close()
