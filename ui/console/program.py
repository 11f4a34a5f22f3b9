"""The outermost edge of every command: errors become words and an exit code."""

import sqlite3
from typing import Any

import click

from sync.errors import CabangError
from ui.console.errors import DatabaseUnreadable, SystemRefused
from ui.console.language import speak
from ui.console.saying import tell_error

FAILED = 1


class Program(click.Group):
    """A group of commands that exits 0 when all is well, 1 after telling an error, 2 for wrong usage."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Runs the command that the words of the command line name."""
        speak()
        return super().main(*args, **options)

    def invoke(self, context: click.Context) -> Any:
        """Runs the command; every error that is not ours is named as well as the system names it."""
        try:
            return super().invoke(context)
        except CabangError as error:
            tell_error(error)
        except sqlite3.DatabaseError as error:
            tell_error(DatabaseUnreadable(why=str(error)))
        except BrokenPipeError:
            raise
        except OSError as error:
            tell_error(SystemRefused(why=error.strerror or str(error), file=error.filename or "-"))
        return context.exit(FAILED)
