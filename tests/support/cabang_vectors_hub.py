"""Bad vectors that need a hub in some state: each is a whole request, and what the hub says of it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cabang_attacks
from cabang_forge import Forge, in_conversation
from cabang_keys import countersigned, wish_of, withdraw
from cabang_pair import Company, seeded

from crm import vouchers
from sync import wire
from sync.keys import PrivateKeys

USE, ISSUED = 72, "a voucher of ten uses, none of them granted"
WITHDRAWN, REPLACED, CLOSED = "its key withdrawn", "its key replaced", "its epoch replaced by another"
State = Callable[[Company, Forge], bytes]  # the id of what it made, if anything
NOTHING = b""


def _issued(company: Company, forge: Forge) -> bytes:
    with company.hub.unit() as unit:
        return vouchers.issue(unit, "PIJAT", "Pijat bayi", 10)


def _withdrawn(company: Company, forge: Forge) -> bytes:
    withdraw(company, forge.branch)
    return NOTHING


def _replaced(company: Company, forge: Forge) -> bytes:
    countersigned(company, wish_of(forge.branch, PrivateKeys(seeded("new keys")(64))))
    return NOTHING


def _closed(company: Company, forge: Forge) -> bytes:
    next(one for one in cabang_attacks.LASTING if one.code == "epoch_closed").before(company, forge)
    return NOTHING


STATES: dict[str, State] = {"": lambda company, forge: NOTHING, ISSUED: _issued, WITHDRAWN: _withdrawn}
STATES |= {REPLACED: _replaced, CLOSED: _closed}


class Case(NamedTuple):
    """*ops* make the entry that the request brings, given the id of what the state made; without them it asks only."""

    name: str
    outcome: tuple[str, str]
    state: str = ""
    ops: Callable[[Forge, bytes], list[Any]] | None = None
    nonce: bytes = b""  # another than the one given last


def _given(*ops: Any) -> Callable[[Forge, bytes], list[Any]]:
    return lambda forge, made: list(ops)


CUSTOMER = [1, 20, ["N1", "individual", None, False]]
CASES = [
    Case("a product of head office's", ("held", "not_yours"), "",
         _given([2, 11, "A", ["A", "a", None, None, None, "goods", "pcs", 1, 0]])),
    Case("another branch's setting", ("held", "not_yours"), "", _given([2, 2, "2/lock", [2, "lock", "1"]])),
    Case("goods between two other branches", ("held", "not_yours"), "", _given([1, 33, ["BJM", "BJM"]])),
    Case("a price below zero", ("held", "bad_value"), "", _given([2, 12, "A", ["A", None, None, "goods", -1]])),
    Case("a key of another code", ("held", "bad_value"), "", _given([2, 12, "A", ["B", None, None, "goods", 1]])),
    Case("a customer without number", ("held", "bad_value"), "", _given([1, 20, [None, "individual", None, False]])),
    Case("a note on nobody", ("held", "missing_row"), "", _given([1, 23, [bytes(14), "remark"]])),
    Case("a base nobody wrote", ("held", "missing_row"), "",
         _given(CUSTOMER, [3, 20, 0, [0, b"\0\1nobody\0\0\0\1\0\0", "N2"]])),
    Case("one answer with two hours", ("held", "same_id_other_bytes"), "",
         _given(*([2, 53, f"{b'ledger'.hex()}/1", [1, b"ledger", 1, at]] for at in (1, 2)))),
    Case("a use nobody granted", ("held", "beyond_rights"), ISSUED,
         lambda forge, made: [[1, USE, [made, forge.epoch, 1]]]),
    Case("a nonce never given", ("refused", "stale_nonce"), nonce=b"no nonce"),
    Case("an old key", ("refused", "key_replaced"), REPLACED),
    Case("a key that speaks no more", ("refused", "revoked"), WITHDRAWN),
    Case("an entry of a key that speaks no more", ("refused", "after_revocation"), WITHDRAWN, _given(CUSTOMER)),
    Case("behind the end of an epoch", ("refused", "epoch_closed"), CLOSED, _given(CUSTOMER)),
]  # fmt: skip


@contextmanager
def offices() -> Iterator[Callable[[], Company]]:
    """Inside, makes head offices with two branches, all alike."""
    with tempfile.TemporaryDirectory() as files, tempfile.TemporaryDirectory() as folder:
        Company.create(Path(files), 2)
        opened: list[Company] = []

        def fresh() -> Company:
            place = Path(folder) / str(len(opened))
            place.mkdir()
            opened.append(Company.open(Path(files), place, 2, "vectors"))
            return opened[-1]

        yield fresh
        for company in opened:
            company.close()


def at_a_hub() -> list[dict[str, Any]]:
    """Every case: what was before, the bytes, and what a hub of ours says of them."""
    with offices() as fresh:
        return [_told(fresh(), case) for case in CASES]


def _told(company: Company, case: Case) -> dict[str, Any]:
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    forge.start = b"forged"
    made = STATES[case.state](company, forge)
    if case.state in ("", ISSUED, CLOSED):
        in_conversation(company, branch)
    segments = [forge.ops(*case.ops(forge, made))] if case.ops else []
    data = forge.request(*segments, nonce=case.nonce or branch.link.nonce)
    entries = [[wire.encode(op).hex() for op in case.ops(forge, made)]] if case.ops else []
    said = cabang_attacks.outcome(company, data)
    held = [reason for _, _, reason in cabang_attacks.held(company)]
    assert case.outcome[1] in (*said, *held), f"{case.name}: {said}, {held}"
    return {
        "name": case.name,
        "code": case.outcome[1],
        "answer": case.outcome[0],
        "hub": case.state,
        "nonce": branch.link.nonce.hex(),
        "entries": entries,
        "bytes": data.hex(),
    }
