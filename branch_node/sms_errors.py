"""Errors of the SMS program, as the branch says them."""

from sms_daemon.errors import SmsError
from sync.errors import CabangError
from sync.handover_lines import Relayed


def relayed(error: SmsError) -> CabangError:
    """*error* as one of ours, with its own words."""
    return Relayed(error.code, error.happened, error.todo, error.retry_safe, error.params)
