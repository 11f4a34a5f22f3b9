"""A lost computer's mirror stick at head office: the command's words, and the last receipt on the branch's page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cabang_branch import open_shop
from cabang_inside import cabang
from cabang_office import Office

from branch_node.node import BranchNode
from central_hub.commands import COMMANDS
from crm import catalogue, selling
from crm.selling import Line, Paid
from sync.database import using
from sync.settings_file import FILE


def mirrored(node: BranchNode, stick: Path) -> None:
    """The branch writes all it has to *stick*."""
    (node.folder / FILE).write_text(f'mirror = "{stick}"', encoding="utf-8")
    stick.mkdir(exist_ok=True)
    assert None is node.mirror.turn().error


@pytest.fixture
def joined(office: Office) -> Iterator[str]:
    """The code of a branch of its own, whose computer has joined."""
    code = f"M{office.count('branch')}"
    office.enrol(code, office.hub.add_branch(code, f"Cabang {code}"))
    yield code
    office.branches.pop(code).sync.line.close()


def test_the_last_receipt_is_named(office, admin, joined, tmp_path) -> None:
    """Goal: people know which receipts to type in. Method: none, then two on a stick; both name the last."""
    address = f"/branches/{joined}"
    assert f"{joined}-1-0" not in admin.get(address)
    office.sell(joined, "OLI-1")
    office.sell(joined, "OLI-1")
    mirrored(office.branches[joined], tmp_path / "stick")
    said = COMMANDS["take"](office.hub, {"folder": str(tmp_path / "stick")}, lambda *told: None)
    (one,) = said["branches"]
    assert (joined, [], f"{joined}-1-000002") == (one["code"], one["troubles"], one["receipts"][0][0])
    page = admin.get(address)
    assert ("Struk terakhir di sini" in page, f"{joined}-1-000002" in page) == (True, True)
    office.sync(joined)
    assert 0 == office.branches[joined].link.pending().entries


def test_what_the_command_says(tmp_path) -> None:
    """Goal: what happened and what to do, on the screen and for programs. Method: no mirror; a withdrawn key."""
    stick = tmp_path / "stick"
    with open_shop(tmp_path) as shop:
        with using(shop.node.store), shop.node.journal.unit() as unit:
            found = catalogue.find("PASANG")
            assert found is not None
            selling.record_sale(unit, lines=[Line(found.id, 1, 20_000)], payments=[Paid("cash", 20_000)])
        mirrored(shop.node, stick)
        shop.hub.revoke(shop.node.code)
        home = shop.hub.folder
    none = cabang("hub", "take", home, tmp_path / "nowhere")
    assert (1, True) == (none.exit_code, "The mirror stick is not there" in none.stderr)
    done = cabang("hub", "take", home, stick)
    assert 1 == done.exit_code
    for words in ("0 records taken from the stick", "withdrawn before its stick was taken in", "held for review"):
        assert words in done.stdout
    said = json.loads(cabang("hub", "take", home, stick, "--json").stdout)
    assert ["mirror_too_late"] == [trouble["code"] for trouble in said["branches"][0]["troubles"]]
    assert "terima stiknya dulu, baru cabut kuncinya" in cabang("hub", "take", home, stick, wanted="id").stdout
