"""The vectors of the laws: effective stamps, what stands of concurrent ops, events folded, rights counted, a digest."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cabang_pair import NOON, Company

from crm import customers, transfers, vouchers
from crm.transfers.rules import LIFE
from sync import escrow, events, ids, limits
from sync.database import using
from sync.events import Event
from sync.merge import effective
from sync.model import TABLES, natural_id
from sync.policies import Head, settle

MINUTE = 60_000 << 16
OIL = natural_id("product", "OLI-1")


def op(stream: int, ordinal: int = 0) -> bytes:
    """The name of an op."""
    return ids.pack(stream, b"start%d" % stream, 2, ordinal)


def laws() -> dict[str, Any]:
    """What the hub computes, and every branch that folds events or counts rights."""
    return {"effective": stamped(), "stands": standing(), "fold": folded(), "escrow": counted()}


def stamped() -> list[dict[str, int]]:
    """Effective stamps; ``causes``: of the bases and events seen."""
    now, far, old = NOON << 16, limits.STAMP_MS_MAX << 16, (limits.STAMP_MS_MIN - 1) << 16
    cases = [(0, 0, now, now + 1), (now, 0, now, now + 1), (0, now + 9, now, now + 1), (0, 0, now + MINUTE, now)]
    cases += [(5, 0, far, now), (5, 7, old, now), (now + 1, now, 0, now)]
    names = ("before", "causes", "stamp", "received")
    return [{**dict(zip(names, case, strict=True)), "effective": effective(*case)} for case in cases]


def standing() -> list[dict[str, Any]]:
    """Ops on one group in the order they came: [name, base, effective, value], and what stands after the last."""
    told = []
    for table, group, found in (
        ("customer", "name", [(op(1), None, 10, "a"), (op(2), op(1), 20, "b"), (op(3), op(1), 15, "c")]),
        ("customer", "name", [(op(1), None, 10, "a"), (op(3), op(1), 20, "b"), (op(2), op(1), 20, "c")]),
        ("customer", "name", [(op(1), None, 10, "a"), (op(1, 1), op(1), 10, "b"), (op(2), op(1, 1), 5, "c")]),
        ("customer_tag", "listed", [(op(1), None, 10, True), (op(2), op(1), 20, False), (op(3), op(1), 15, True)]),
        ("customer_tag", "listed", [(op(1), None, 10, True), (op(2), None, 12, True), (op(3), op(2), 20, False)]),
        ("customer_tag", "listed", [(op(1), None, 10, True), (op(2), op(1), 20, False), (op(3), op(2), 30, True)]),
    ):
        spec = next(one for one in TABLES[table].groups if one.name == group)
        heads: list[Head] = []
        stands = b""
        for name, base, at, value in found:
            settled = settle(spec, heads, Head(name, at, (value,)), base)
            heads = settled.heads if spec.policy == "sticky" else [settled.stands]
            stands = settled.stands.op
        ops = [[name.hex(), base.hex() if base else None, at, value] for name, base, at, value in found]
        told.append({"table": table, "group": group, "policy": spec.policy, "ops": ops, "stands": stands.hex()})
    return told


def folded() -> list[dict[str, Any]]:
    """Events of a transfer: [id, kind, tips, effective stamp or nil], in the order they came."""
    asked, sent, here = op(1), op(1, 1), op(2)
    cases: list[list[tuple[bytes, str, tuple[bytes, ...], int | None]]] = [
        [(asked, "send", (), 10), (here, "receive", (asked,), 20)],
        [(here, "receive", (asked,), 5), (asked, "send", (), 10)],
        [(asked, "cancel", (), 10), (here, "send", (), 20)],
        [(asked, "send", (), 10), (here, "send", (), 20), (sent, "receive", (asked, here), 30)],
        [(asked, "cancel", (), 10), (sent, "send", (asked,), 20)],
        [(asked, "send", (), None), (here, "send", (), 20)],
        [(asked, "put_back", (), 10), (sent, "send", (), 10), (here, "receive", (sent,), 11)],
    ]
    told = []
    for case in cases:
        found = events.fold(LIFE, [Event(name, kind, frozenset(seen), at) for name, kind, seen, at in case])
        told.append(
            {
                "events": [[name.hex(), kind, [one.hex() for one in seen], at] for name, kind, seen, at in case],
                "status": found.status,
                "order": [one.hex() for one in found.order],
                "flags": {one.hex(): flag for one, flag in found.flags.items()},
                "tasks": [one.hex() for one in found.tasks],
            }
        )
    return told


def counted() -> list[dict[str, Any]]:
    """Steps with ten rights in the order they came: [kind, stream, epoch, quantity], and by how much each is beyond."""
    one, two, new = (1, b"epoch 01"), (2, b"epoch 02"), (1, b"epoch 03")
    cases: list[list[tuple[str, tuple[int, bytes], int]]] = [
        [("grant", one, 6), ("spend", one, 4), ("spend", one, 3), ("grant", two, 5), ("grant", two, 4)],
        [("grant", one, 6), ("spend", two, 1), ("give_back", one, 2), ("give_back", one, 5), ("grant", two, 6)],
        [("grant", one, 6), ("spend", one, 1), ("write_off", one, 5), ("spend", one, 1), ("grant", new, 9)],
    ]
    return [_counted(case) for case in cases]


def _counted(steps: Iterable[tuple[str, tuple[int, bytes], int]]) -> dict[str, Any]:
    issued, told = 10, []
    accounts: dict[tuple[int, bytes], escrow.Account] = {}
    for kind, place, quantity in steps:
        account = accounts.get(place, escrow.Account())
        over = escrow.excess(kind, quantity, account, escrow.left(issued, accounts.values()))
        told.append({"step": [kind, place[0], place[1].hex(), quantity], "beyond": over})
        if not over:
            accounts[place] = account.after(kind, quantity)
    held = [[stream, epoch.hex(), one.held] for (stream, epoch), one in sorted(accounts.items())]
    return {"issued": issued, "steps": told, "held": held, "left": escrow.left(issued, accounts.values())}


def digested() -> dict[str, Any]:
    """What a branch that wrote nothing is told, as the items of its pages, and the digest over all of it."""
    with tempfile.TemporaryDirectory() as files, tempfile.TemporaryDirectory() as folder:
        Company.create(Path(files), 2)
        company = Company.open(Path(files), Path(folder), 2, "vectors")
        first, second = company.branches
        _trade(company)
        company.until_done(first)
        with second.store.write():
            second.store.put("cursor", 0)
        items: list[Any] = []
        more = True
        while more:
            answer, nonce = company.ask(second)
            page = second.open_page(answer, nonce)
            items += page or []
            more = second.link.take(answer, page).more
        found = second.digest()
        assert found == company.hub.digest(2)
        company.close()
    return {"stream": 2, "items": items, "digest": found}


def _trade(company: Company) -> None:
    """A customer with a tag, goods sent, a voucher: head office and the first branch at work."""
    first, second = company.branches
    with company.hub.unit() as unit:
        voucher = vouchers.issue(unit, "PIJAT", "Pijat bayi", 10)
        vouchers.grant(unit, voucher, second.stream, 4)
    company.until_done(first)
    with first.unit() as unit:
        made = customers.create_customer(unit, name="Sari Dewi", hash_key=b"k" * 32)
    with using(first.store), first.unit() as unit:
        customers.tags.add(unit, made, "bayi")
    with using(first.store), first.unit() as unit:
        transfers.send_new(unit, second.id, [transfers.Moved(OIL, 3)])
