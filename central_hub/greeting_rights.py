"""Giving out the rights to greet by SMS, in the background: one branch for each number (``crm.greeting_rights``)."""

from crm import greeting_rights
from crm.jobs import Job
from sync.node import Node

EVERY_MS = 600_000


def look(node: Node) -> None:
    """Gives out what is free, and ends what nobody can end but head office."""
    greeting_rights.give_out(node.journal)


JOB = Job("greeting_rights", EVERY_MS, look, by_date=False)
