"""What `cabang sms status` says of modems."""

import os
from pathlib import Path

import pytest
from cabang_sms import bookkeeper, running

from branch_node import sms_report
from sms_daemon import ledger
from ui.console.language import _

NOON = 1_767_243_600_000


def words(folder: Path) -> str:
    """How the first modem is."""
    found: str = sms_report.status_facts(folder)["modems"][0]["words"]
    return found


@pytest.mark.usefixtures("reading")
def test_a_modem_in_words(tmp_path: Path) -> None:
    """Goal: nobody is told that all is well when nothing goes. Method: ready; out of credit; the program ended."""
    ledger.create(tmp_path, os.urandom(ledger.ID_BYTES))
    with bookkeeper(tmp_path) as book:
        with running(tmp_path):
            book.modem("ready", NOON)
            assert words(tmp_path).startswith(_("The modem is ready."))
            book.modem("ready", NOON, reason="no_credit")
            assert words(tmp_path).startswith(_("The SIM has no credit."))
        assert words(tmp_path).startswith(_("The SMS program is not running."))
