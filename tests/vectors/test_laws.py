"""The laws as vectors: the other client, written from the document, finds what our code found."""

import hashlib
import json
from pathlib import Path
from typing import Any

import other_bytes
import other_laws
import other_rows
import pytest

FOLDER = Path(__file__).parent
GOLDEN = {
    "trade": "52dec4956816accc",
    "till": "9701d645141a6885",
    "laws": "92bf838eedcef404",
    "digest": "3f884bf63528f16b",
}  # as those of test_vectors.py
LAWS, TRADE, TILL, DIGEST = (
    json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in ("laws", "trade", "till", "digest")
)
EPOCHS = pytest.mark.parametrize("epoch", [TRADE, TILL], ids=["trade", "till"])
TABLES = other_rows.read_tables((FOLDER.parent.parent / "docs" / "PROTOCOL.md").read_text(encoding="utf-8"))


def unhexed(value: Any) -> Any:
    """A value of a file, its bytes as bytes."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return [unhexed(one) for one in value] if isinstance(value, list) else value


def cases(kind: str) -> Any:
    """The vectors of one law, as parameters."""
    return pytest.mark.parametrize("told", LAWS[kind], ids=range(len(LAWS[kind])))


@pytest.mark.parametrize("name", GOLDEN)
def test_the_bytes_of_a_version_stay(name: str) -> None:
    """Goal: who changes a law counts the version up. Method: the hash of each file, written down here."""
    assert GOLDEN[name] == hashlib.sha256((FOLDER / f"{name}.json").read_bytes()).hexdigest()[:16]


@cases("effective")
def test_effective_stamps(told: dict[str, int]) -> None:
    """Goal: the order of changes can be had from the document. Method: its formula, on clocks right and wrong."""
    assert told["effective"] == other_laws.effective(
        *(told[name] for name in ("before", "causes", "stamp", "received"))
    )


@cases("stands")
def test_what_stands(told: dict[str, Any]) -> None:
    """Goal: lww and sticky can be had from the document. Method: each case in its order, and backwards."""
    ops = [(bytes.fromhex(op), base and bytes.fromhex(base), at, value) for op, base, at, value in told["ops"]]
    assert [told["stands"]] * 2 == [other_laws.stands(told["policy"], one).hex() for one in (ops, ops[::-1])]


@cases("fold")
def test_events_folded(told: dict[str, Any]) -> None:
    """Goal: a transfer's status can be had from the document. Method: each case in its order, and backwards."""
    events = [
        (bytes.fromhex(i), kind, [bytes.fromhex(one) for one in tips], at) for i, kind, tips, at in told["events"]
    ]
    for found in (events, events[::-1]):
        status, order, flags, tasks = other_laws.fold(found)
        assert (told["status"], told["order"]) == (status, [one.hex() for one in order])
        assert told["flags"] == {one.hex(): flag for one, flag in flags.items()}
        assert told["tasks"] == [one.hex() for one in tasks]


@cases("escrow")
def test_rights_counted(told: dict[str, Any]) -> None:
    """Goal: what is beyond rights can be had from the document. Method: step by step; what is held and left."""
    rights = other_laws.Rights(told["issued"])
    for one in told["steps"]:
        assert one["beyond"] == rights.step(*one["step"])
    assert told["held"] == [[*place, held] for place, held in sorted(rights.held.items())]
    assert told["left"] == rights.left


def test_all_cases_differ() -> None:
    """Goal: the cases say something. Method: each flag, each policy, and a step beyond among them."""
    assert {"beaten", "repeated", "illegal"} == {flag for one in LAWS["fold"] for flag in one["flags"].values()}
    assert {"lww", "sticky"} == {one["policy"] for one in LAWS["stands"]}
    assert any(step["beyond"] for one in LAWS["escrow"] for step in one["steps"])


def test_the_other_client_adds_up_the_digest() -> None:
    """Goal: the digest can be had from the document. Method: pages with a transfer, a tag and a voucher, taken in."""
    rows = other_rows.Rows(TABLES)
    rows.take_page(0, unhexed(DIGEST["items"]))
    assert {20, 24, 33, 35, 70, 71} <= {code for code, _ in rows.rows}
    assert DIGEST["digest"] == rows.digest()


@EPOCHS
def test_the_other_client_reads_the_trade(epoch: dict[str, Any]) -> None:
    """Goal: tags, goods on the way, vouchers, discounts can be read from the document. Method: rows against changes."""
    rows = other_rows.Rows(TABLES)
    wanted: dict[tuple[int, bytes], list[Any]] = {}
    for n, (unit, told) in enumerate(zip(epoch["written"], epoch["segments"][0]["entries"][1:], strict=True), 2):
        actor = unit["actor"] and bytes.fromhex(unit["actor"])
        place = other_rows.Unit(epoch["stream"], bytes.fromhex(epoch["start"]), n, told["stamp"] >> 16, actor)
        ops = [op[0] if isinstance(op[0], list) else op for op in unhexed(unit["ops"])]
        rows.wrote(told["seq"], place, ops)
        for change in told["changes"]:
            key = (change["table"], bytes.fromhex(change["row"]))
            values = unhexed(change["values"])
            if "group" not in change:
                wanted[key] = values
                continue
            for at, value in zip(rows.tables[key[0]].places(change["group"]), values, strict=True):
                wanted[key][at] = value
    rows.enter(99)
    assert wanted == {key: row.values for key, row in rows.rows.items()}


def test_the_other_client_folds_what_it_read() -> None:
    """Goal: from bytes to a status by the document alone. Method: the pages of digest.json; the transfer's events."""
    rows = other_rows.Rows(TABLES)
    rows.take_page(0, unhexed(DIGEST["items"]))
    events = [
        (ident, row.values[1], [seen for (seen,) in row.children.get("transfer_seen", [])], row.effective)
        for (code, ident), row in rows.rows.items()
        if code == 35
    ]
    assert ("sent", {}) == other_laws.fold(events)[::2]


@EPOCHS
def test_the_trade_is_in_order(epoch: dict[str, Any]) -> None:
    """Goal: the new segment is a good one. Method: its chain walked and its seal checked by the other client."""
    (told,) = epoch["segments"]
    _, stream, named, first, count, secret, signature, *body = other_bytes.unpack(bytes.fromhex(told["bytes"]))
    place = other_bytes.Place.before(stream, named, first)
    for (header, *items), one in zip(other_bytes.unpack(other_bytes.inflate(*body)), told["entries"], strict=True):
        place.step(header, items, secret)
        assert (one["seq"], one["head"]) == (place.seq, place.head.hex())
    statement = other_bytes.statement_of(stream, named, first, first + count - 1, bytes(32), place.head)
    assert told["statement"] == statement.hex()
    key = json.loads((FOLDER / "log.json").read_text(encoding="utf-8"))["signing_key"]
    other_bytes.check(bytes.fromhex(key), signature, "cabang segment 1", statement)
