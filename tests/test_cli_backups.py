"""`cabang backup`, `restore`, `recovery-phrase` and `hub streams`: a branch and its head office, lost and put back."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cabang_branch import Shop, open_shop
from cabang_inside import cabang
from cabang_serving import serving

from branch_node.node import BranchNode
from central_hub import lost
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import catalogue, selling
from crm.catalogue import Product
from crm.selling import Line, Paid
from sync import limits, sealed_file
from sync.database import using
from sync.folder import Folder
from sync.model import natural_id
from sync.store import Store
from ui.serve import WebServer

PHRASE = re.compile(r"(?:[A-Z2-7]{4}-){8}[A-Z2-7]{4}")


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Keys cost nothing."""
    monkeypatch.setattr(sealed_file, "SCRYPT_N", 2)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A branch and its head office, which serves it."""
    with open_shop(tmp_path) as made:
        yield made


def sell(node: BranchNode) -> bytes:
    with using(node.store), node.journal.unit() as unit:
        found = catalogue.find("OLI-1")
        assert found is not None
        return selling.record_sale(unit, lines=[Line(found.id, 1, 45_000)], payments=[Paid("cash", 45_000)]).id


def exchanged(node: BranchNode) -> None:
    with using(node.store):
        node.sync.until_done()


def facts(*words: str | Path, **more: Any) -> dict[str, Any]:
    done = cabang(*words, "--json", **more)
    assert 0 == done.exit_code, done.output
    return dict(json.loads(done.stdout.splitlines()[-1]))


def sales(node: BranchNode | HubNode) -> set[bytes]:
    return {bytes(row) for (row,) in node.store.connection().execute("SELECT id FROM sale")}


def test_a_new_node_tells_its_phrase_once(tmp_path: Path) -> None:
    """Goal: nobody can forget to write it down. Method: `hub init`, then the same phrase asked for again."""
    done = cabang("hub", "init", tmp_path / "hub")
    (phrase,) = PHRASE.findall(done.output)
    assert phrase == cabang("recovery-phrase", tmp_path / "hub").stdout.strip()
    assert phrase == facts("recovery-phrase", tmp_path / "hub")["phrase"]


def test_a_lost_branch_is_put_back(shop: Shop, tmp_path: Path, monkeypatch) -> None:
    """Goal: nothing that head office has is lost, the old computer may even go on. Method: backup, sales, restore."""
    monkeypatch.setattr(limits, "EPOCH_PAUSE_MS", 0)
    node, folder = shop.node, shop.node.folder
    first = sell(node)
    exchanged(node)
    node.close()
    file, phrase = tmp_path / "ptk.cabang", facts("recovery-phrase", folder)["phrase"]
    assert facts("backup", folder, file)["bytes"] == file.stat().st_size
    old = shop.node = BranchNode.open(Folder(folder))
    second = sell(old)
    exchanged(old)
    done = cabang("restore", file, tmp_path / "new", "--phrase-stdin", stdin=f"{phrase.lower()}\n")
    assert (0, True) == (done.exit_code, "PTK is back in" in done.stdout), done.output
    new = BranchNode.open(Folder(tmp_path / "new"))
    third = sell(new)
    exchanged(new)
    assert {first, second, third} <= sales(shop.hub) == sales(new)
    fourth = sell(old)
    exchanged(old)
    assert fourth in sales(shop.hub) and third in sales(old)
    assert "put back from a backup" in cabang("doctor", new.folder).output
    new.sync.line.close()
    new.close()
    epochs = facts("hub", "streams", shop.hub.folder)["streams"][1]["epochs"]
    assert [True, True, False] == [epoch["closed"] for epoch in epochs]
    assert [None, epochs[0]["name"], epochs[0]["name"]] == [epoch["parent"] for epoch in epochs]
    told = cabang("hub", "streams", shop.hub.folder).stdout
    assert "PTK" in told and "two computers seen at work" in told


@contextmanager
def joined(shop: Shop, hub: HubNode) -> Iterator[BranchNode]:
    """The branch speaks with this hub, at another address than before."""
    shop.node.close()
    with serving(WebServer(create_server_app(hub), "127.0.0.1", 0)) as server:
        store = Store.open(shop.node.store.path)
        with store.write():
            store.put("hub_url", server.url.rstrip("/"))
        store.close()
        shop.node = BranchNode.open(shop.node.home)
        exchanged(shop.node)
        yield shop.node
        shop.node.sync.line.close()


def price(node: BranchNode | HubNode) -> int:
    with using(node.store):
        found = catalogue.find("OLI-1")
    assert found is not None
    return int(found.price)


def test_head_office_is_put_back(shop: Shop, tmp_path: Path) -> None:
    """Goal: it gets back what it lost, its own writing too. Method: backup, a price and a sale; the backup at work."""
    shop.hub.close()
    file, phrase = tmp_path / "hub.cabang", facts("recovery-phrase", shop.hub.folder)["phrase"]
    facts("backup", shop.hub.folder, file)
    old = HubNode.open(shop.hub.home)
    with using(old.store), old.journal.unit() as unit:
        unit.set(Product, natural_id("product", "OLI-1"), {"price": 51_000})
    with joined(shop, old):
        old.close()
    assert "HUB" == facts("restore", file, tmp_path / "new", "--phrase-stdin", stdin=phrase)["code"]
    assert "also what head office had written: take it over" in cabang("doctor", tmp_path / "new").output
    made = sell(shop.node)
    shop.hub = new = HubNode.open(Folder(tmp_path / "new"))
    with joined(shop, new) as back:
        assert made in sales(new)
        assert (45_000, 51_000) == (price(new), price(back))
        assert (1, []) == lost.decide(new, None, True, None)
        exchanged(back)
        assert 51_000 == price(new) == price(back)
        digests = [cabang("digest", new.folder, "--for", "PTK").stdout, cabang("digest", back.folder).stdout]
        assert digests[0] == digests[1] != ""
        assert 0 == cabang("verify", new.folder).exit_code == cabang("verify", back.folder).exit_code


def test_words_for_what_is_refused(tmp_path: Path) -> None:
    """Goal: the person knows what to do. Method: a mistyped phrase, another's, none, a used folder, no backup."""
    hub, other = tmp_path / "hub", tmp_path / "other"
    for folder in (hub, other):
        assert 0 == cabang("hub", "init", folder).exit_code
    file, phrase = tmp_path / "file", facts("recovery-phrase", hub)["phrase"]
    facts("backup", hub, file)
    wrong = ("B" if phrase[0] == "A" else "A") + phrase[1:]
    new = ("restore", file, tmp_path / "new", "--json", "--phrase-stdin")
    codes = [
        json.loads(cabang(*words, stdin=stdin).stdout)["error"]["code"]
        for words, stdin in (
            (new, wrong),
            (new, facts("recovery-phrase", other)["phrase"]),
            (new, ""),
            (("restore", file, tmp_path / "new", "--json"), phrase),
            (("restore", file, hub, "--json", "--phrase-stdin"), phrase),
            (("restore", hub / "hub.db", tmp_path / "new", "--json", "--phrase-stdin"), phrase),
            (("backup", hub, file, "--json"), ""),
            (("backup", hub, tmp_path / "nowhere" / "file", "--json"), ""),
            (("hub", "streams", tmp_path, "--json"), ""),
        )
    ]
    assert codes == [
        *("bad_recovery_phrase", "wrong_phrase", "bad_recovery_phrase", "no_phrase", "folder_in_use", "not_a_backup"),
        *("backup_exists", "backup_not_written", "not_a_node"),
    ]
