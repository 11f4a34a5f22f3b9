"""What must hold of a company when everything has healed: each function raises AssertionError naming what does not."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cabang_pair import BranchSide, Company, HubSide, Side
from cabang_till import check_drawers
from cabang_transfers import check_stock, check_transfers

from crm import balances
from sync import audit, changes, entry, ids, lost, ops, rows, stamps, wire
from sync.clock import from_column
from sync.model import EVERYONE, TABLES, everyone


class Written(NamedTuple):
    """One op on one group of a row, as the log says it."""

    table: str
    row: bytes
    group: int
    op: bytes
    base: bytes | None
    values: tuple[Any, ...]


def check_everything(company: Company, sales: dict[bytes, int]) -> None:
    """Every claim about a healed company; *sales*: id and total of every receipt that was printed."""
    for branch in company.branches:
        check_equal(company, branch)
        check_same_log(company, branch)
        check_lists(company, branch)
    for side in company.sides:
        balances.verify(side.store.connection())
        check_log(company, side)
        assert [] == side.rows("SELECT reason, detail FROM quarantine")
    check_receipts(company.hub, sales)
    check_stock(company)
    check_transfers(company)
    check_drawers(company)
    check_nothing_vanished(company)
    check_pages_again(company)


def check_equal(company: Company, branch: BranchSide) -> None:
    """Nothing pending: both sides hold the same."""
    same = company.hub.digest(branch.stream) == branch.digest()
    assert same, f"{branch.code} and the hub differ: {list(differences(company.hub, branch))[:6]}"


def differences(hub: HubSide, branch: BranchSide) -> Iterator[str]:
    """Rows that are not the same on both sides, for people to look at."""
    for spec in TABLES.values():
        if not spec.in_digest:
            continue
        here, there = (_told(side, spec.name, branch.stream, hub) for side in (branch, hub))
        for row in sorted(set(here) ^ set(there)):
            yield f"{spec.name} {row.hex()} is only at {'the branch' if row in here else 'the hub'}"
        for row in sorted(set(here) & set(there)):
            if here[row] != there[row]:
                yield f"{spec.name} {row.hex()}: branch {here[row]}, hub {there[row]}"


def _told(side: Side, table: str, stream: int, hub: HubSide) -> dict[bytes, Any]:
    spec, connection = TABLES[table], side.store.connection()
    found = [rows.as_dict(spec, row) for row in connection.execute(rows.statements(table).select_all)]
    told = {}
    for row in found:
        if side is not hub or {EVERYONE, stream} & hub.feed.audience_of(connection, spec, row):
            groups = spec.groups
            standing = [stamps.standing(row["stamps"], g.number).op.hex() for g in groups] if groups else []
            told[row["id"]] = ([row[f.name] for f in spec.fields], standing)
    return told


def check_same_log(company: Company, branch: BranchSide) -> None:
    """The hub holds the branch's very bytes."""
    sql = "SELECT seq, stamp, header, payload FROM entry WHERE stream = ? ORDER BY seq"
    assert branch.rows(sql, branch.stream) == company.hub.rows(sql, branch.stream)


def check_lists(company: Company, branch: BranchSide) -> None:
    """Conflicts the hub noted for everybody, or for this branch, and what of it is held, are the branch's lists."""
    sql = "SELECT hex(id), kept, lost FROM conflict WHERE audience IN (0, ?) ORDER BY id"
    at_hub = company.hub.rows(sql, branch.stream)
    here = branch.rows(sql, branch.stream)
    missing = [row for row in at_hub if row not in here]
    assert [] == missing, f"{branch.code} was not told of {len(missing)} conflicts"
    sql = "SELECT hex(id), reason FROM held_entry WHERE stream = ? AND reason != 'after_revocation' AND NOT released"
    held, told = (set(side.rows(sql, branch.stream)) for side in (company.hub, branch))
    assert held == told, f"{branch.code} lists {len(told)} held entries, head office {len(held)}"


def check_log(company: Company, side: Side) -> None:
    """Hashes, links, seals and acknowledgements hold."""
    side.journal.seal()
    audit.verify(
        side.store.connection(), side.keyring.sign_public, company.hub.keyring.sign_public, lambda done, total: None
    )


def check_receipts(hub: HubSide, sales: dict[bytes, int]) -> None:
    """Every receipt printed anywhere is at the hub."""
    held = dict(hub.rows("SELECT id, total FROM sale"))
    assert sales == held


# --- nothing vanishes ------------------------------------------------------------------------------------------


def written(hub: HubSide) -> Iterator[Written]:
    """Every op on a group in every log the hub holds, what is held for review left out."""
    sql = (
        "SELECT stream, seq, stamp, start, n, header, payload FROM entry e WHERE NOT EXISTS "
        "(SELECT 1 FROM quarantine q WHERE (q.epoch, q.seq) = (e.epoch, e.seq)) ORDER BY stream, epoch, seq"
    )
    for stream, seq, stamp, start, n, header, payload in hub.rows(sql):
        items = wire.decode_array(payload, "entry")
        read = entry.stored(seq, from_column(stamp), start, n, header, items)
        for change in ops.read_entry(read, stream):
            yield from _groups_of(change)


def _groups_of(change: changes.Change) -> Iterator[Written]:
    spec = change.spec
    if isinstance(change, changes.Set):
        yield Written(spec.name, change.row, change.group.number, change.op, change.base, change.values)
    elif not spec.is_fact:
        row = change.fields
        for group in spec.groups:
            yield Written(spec.name, change.row, group.number, change.op, None, rows.values_of(row, group))


def check_nothing_vanished(company: Company) -> None:
    """Each op stands, or was overwritten by one who saw it, or says what stands, or is in the conflict journal."""
    places: dict[tuple[str, bytes, int], list[Written]] = {}
    for op in written(company.hub):
        places.setdefault((op.table, op.row, op.group), []).append(op)
    noted = {side.stream: _noted(side) for side in company.sides}
    for (table, row, group), found in places.items():
        spec = TABLES[table]
        held = rows.read(company.hub.store.connection(), spec, row)
        assert held is not None, f"a {table} is gone"
        standing = stamps.standing(held["stamps"], group).op
        seen = {lost.counts_as(company.hub.store.connection(), op.base, group) for op in found}
        shown = rows.values_of(held, spec.groups[group])
        for op in found:
            if op.op == standing or op.op in seen or op.values == shown or _same_values(op, found):
                continue
            name = f"{table}.{spec.groups[group].name} {op.values} by {ids.unpack(op.op)}"
            assert (row, op.op) in noted[0], f"{name} vanished: {shown} stands"
            if spec.audience is everyone:
                assert (row, op.op) in noted[ids.stream_of(op.op)], f"{name} vanished at its own branch"


def _same_values(op: Written, found: list[Written]) -> bool:
    """Somebody wrote the same, so that its loss is the other's loss."""
    return any(other.op != op.op and other.values == op.values for other in found)


def _noted(side: Side) -> set[tuple[bytes, bytes]]:
    return set(side.rows("SELECT row, lost_op FROM conflict"))


def check_pages_again(company: Company) -> None:
    """Pages are idempotent: a branch that forgot its cursor hears everything again and nothing changes."""
    for branch in company.branches:
        before = branch.digest()
        with branch.store.write():
            branch.store.put("cursor", 0)
        company.until_done(branch)
        assert before == branch.digest(), f"{branch.code} is changed by pages it had taken"
