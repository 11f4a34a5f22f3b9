"""A branch's computer is lost with unsent sales: its stick is taken in, another one joins and sells on."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cabang_inside import cabang
from cabang_nodes import digest, findings, start

from branch_node.node import BranchNode
from crm import catalogue, selling
from crm.selling import Line, Paid
from sync.database import using
from sync.folder import Folder
from sync.settings_file import FILE

pytestmark = pytest.mark.journey


def sell(folder: Path, count: int, send: bool = False) -> list[str]:
    """Sells at a branch that does not run; the printed numbers."""
    node = BranchNode.open(Folder(folder))
    with using(node.store):
        made = []
        for _ in range(count):
            with node.journal.unit() as unit:
                found = catalogue.find("OLI")
                product = found.id if found else catalogue.make_provisional(unit, "OLI", "Oli", 45_000)
                sold = selling.record_sale(unit, lines=[Line(product, 1, 45_000)], payments=[Paid("cash", 45_000)])
            made.append(selling.receipt_number(node.code, 1, sold.number))
        if send:
            node.sync.until_done()
        node.mirror.turn()
    node.sync.stop()
    node.close()
    return made


def receipts(folder: Path) -> list[str]:
    """The numbers of all receipts a branch holds."""
    node = BranchNode.open(Folder(folder))
    rows = node.store.connection().execute("SELECT number FROM sale ORDER BY number").fetchall()
    node.sync.stop()
    node.close()
    return [selling.receipt_number(node.code, 1, number) for (number,) in rows]


def facts(*words: str | Path) -> dict[str, Any]:
    """What a command that goes well says."""
    done = cabang(*words, "--json")
    assert 0 == done.exit_code, done.output
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_a_lost_computer_and_its_stick(tmp_path: Path) -> None:
    """Goal: no printed receipt is lost while the stick survives; selling again by four commands. Method: sales sent
    and unsent, a stick that is put in late, the folder is deleted; every receipt, digests and seals compared.
    """
    hub, old, new, stick = (tmp_path / name for name in ("hub", "old", "new", "stick"))
    cabang("hub", "init", hub)
    running = start("hub", hub)
    try:
        code = facts("hub", "add-branch", hub, "PTK", "--name", "Pontianak")["enrolment"]
        assert 0 == cabang("branch", "init", old, "--hub", running.url, "--code", code).exit_code
        (old / FILE).write_text(f'mirror = "{stick}"\n', encoding="utf-8")
        printed = sell(old, 2, send=True)
        assert "The mirror stick is not there" in findings(old)["mirror"]["sentence"]
        stick.mkdir()
        printed += sell(old, 2)
        assert 0 == findings(old)["mirror"]["count"]
        shutil.rmtree(old)
        (taken,) = facts("hub", "take", hub, stick)["branches"]
        assert ("PTK", [], printed[-1]) == (taken["code"], taken["troubles"], taken["receipts"][0][0])
        assert 0 < taken["new"]
        assert 0 == facts("hub", "take", hub, stick)["branches"][0]["new"]
        facts("hub", "revoke", hub, "PTK")
        code = facts("hub", "new-code", hub, "PTK")["enrolment"]
        assert 0 == cabang("branch", "init", new, "--hub", running.url, "--code", code).exit_code
        assert printed == receipts(new)
        assert ["PTK-1-000005"] == sell(new, 1, send=True)
        (new / FILE).write_text(f'mirror = "{stick}"\n', encoding="utf-8")
        assert ["PTK-1-000006"] == sell(new, 1)  # the same stick serves the new computer
        (taken,) = facts("hub", "take", hub, stick)["branches"]
        assert ([], "PTK-1-000006") == (taken["troubles"], taken["receipts"][0][0])
        facts("sync", new)
        assert digest(hub, "--for", "PTK") == digest(new)
        assert [0, 0] == [cabang("verify", folder).exit_code for folder in (hub, new)]
    finally:
        running.stop()
