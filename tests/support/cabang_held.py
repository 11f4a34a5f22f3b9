"""Entries in order at the door that cannot be applied: each breaks one rule and names the reason it is held for."""

from collections.abc import Callable
from typing import Any, NamedTuple

import cabang_carried
from cabang_forge import Forge
from cabang_held_rights import BEYOND, EPOCH
from cabang_pair import Company

from crm.greeting_rights import GreetingRight
from crm.messages import InboundMessage
from crm.money import Shift
from sync import ids, limits, wire

Make = Callable[[Company, Forge], bytes]

SALE = [1, 40, [1, 7, "sale", None, 10], [41, ["OLI-1", 5, 2, 0, 1]], [42, ["cash", 10]]]
CUSTOMER = [1, 20, ["N1", "individual", None, False]]
CONFLICT = [1, 200, [0, "customer", bytes(14), "name", *[bytes(14)] * 2, 1, 2, None, None, 1, 1, 1]]
USER_HERE = [1, 3, ["budi", "cashier", "PTK", False]]
ELSEWHERE = bytes(14)  # the id of a row nobody made
SHIFT = [1, 60, [1, 1, 0, 1]]
TO_BJM = [1, 33, ["PTK", "BJM"]]
OTHERS_SHEET = b"\0\2" + bytes(12)


class Unfit(NamedTuple):
    """``reason``: why the one entry of the segment must be held."""

    name: str
    reason: str
    make: Make


def _ops(*ops: Any, **how: Any) -> Make:
    return lambda company, forge: forge.ops(*ops, **how)


def _person(op: list[Any]) -> Make:
    """A personal op beside the customer it may be about."""
    return _ops(CUSTOMER, personal=[op])


def _odd(price: Any, *more: Any, kind: str = "goods") -> Make:
    """A provisional product with this price."""
    return _ops([2, 12, "A", ["A", None, None, kind, price]], *more)


def _raw(*items: Any) -> Make:
    return lambda company, forge: forge.segment([[forge.header(), *items]])


def _sale(*lines: list[Any], total: Any = 10, paid: Any = 10, more: tuple[Any, ...] = (), **header: Any) -> Make:
    wired = [[41, *(lines or (["OLI-1", 5, 2, 0, 1],))], [42, ["cash", paid]]]
    return _ops([1, 40, [1, 7, "sale", None, total, *more], *wired], **header)


def _moved(kind: str, product: str = "OLI-1", quantity: int = 1, of: Any = 0) -> list[Any]:
    """An event of the transfer *of*, with one line."""
    return [1, 35, [of, kind], [36, [product, quantity]]]


UNREADABLE = [
    Unfit("op: noise", "unreadable_payload", _raw(b"\xc1")),
    Unfit("carried: noise", "unreadable_payload", cabang_carried.noise),
    Unfit("op: no array", "unreadable_payload", _raw(wire.encode(5))),
    Unfit("op: followed by more", "unreadable_payload", _raw(wire.encode(CUSTOMER) + b"\x00")),
    Unfit("op: nested without end", "unreadable_payload", _raw(b"\x91" * 100_000 + b"\xc0")),
    Unfit("op: nested deeper than a value may be", "unreadable_payload", _ops([1, 20, [[[[[[[[[[1]]]]]]]]]]])),
    Unfit("op: no kind", "unreadable_payload", _ops([])),
    Unfit("op: a kind alone", "unreadable_payload", _ops([1])),
    Unfit("op: a kind of text", "unreadable_payload", _ops(["1", 20, []])),
    Unfit("op: a table of text", "unreadable_payload", _ops([1, "customer", []])),
    Unfit("insert: values are text", "unreadable_payload", _ops([1, 20, "Sari"])),
    Unfit("insert: a number where text stands", "unreadable_payload", _ops([1, 20, [5]])),
    Unfit("insert: a number for yes", "unreadable_payload", _ops([1, 20, ["N1", "individual", None, 1]])),
    Unfit("insert: a text too long", "unreadable_payload", _ops([1, 20, ["N" * (limits.TEXT_BYTES_MAX + 1)]])),
    Unfit("insert: a number too large", "unreadable_payload", _ops([1, 50, [1, "receipt", "c", None, 2**63]])),
    Unfit("insert: a fraction of a rupiah", "unreadable_payload", _ops([1, 12, ["A", None, None, "goods", 1.5]])),
    Unfit("insert: child rows are text", "unreadable_payload", _ops([1, 40, [1, 7], "lines"])),
    Unfit("insert: child rows without table", "unreadable_payload", _ops([1, 40, [1, 7], []])),
    Unfit("keyed: a key of bytes", "unreadable_payload", _ops([2, 12, b"KEY", ["KEY"]])),
    Unfit("keyed: no values", "unreadable_payload", _ops([2, 12, "KEY"])),
    Unfit("set: no groups", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0])),
    Unfit("set: of nothing", "unreadable_payload", _ops([3, 20, None, [0, None, "N2"]])),
    Unfit("set: a group of text", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, "number"])),
    Unfit("set: a group twice", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, [0, 0, "N2"], [0, 0, "N3"]])),
    Unfit("set: a group without base", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, [0]])),
    Unfit("set: a fact", "unreadable_payload", _ops(SALE, [3, 40, 0, [0, None, 5]])),
    Unfit("set: a base of 16 bytes", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, [0, bytes(16), "N2"]])),
    Unfit("set: a base of text", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, [0, "N1", "N2"]])),
    Unfit("set: a personal group in a plain op", "unreadable_payload", _ops(CUSTOMER, [3, 20, 0, [4, 0, "Sari"]])),
    Unfit("set: a plain group in a personal op", "unreadable_payload", _person([3, 20, 0, [0, 0, "N2"]])),
    Unfit("person: in a plain op", "unreadable_payload", _ops(CUSTOMER, [4, 20, 0, ["Sari"]])),
    Unfit("person: of no row", "unreadable_payload", _ops(personal=[[4, 20, 0, ["Sari"]]])),
    Unfit("person: of a row of another table", "unreadable_payload", _person([4, 21, 0, ["08"]])),
    Unfit("person: five parts", "unreadable_payload", _person([4, 20, 0, ["Sari"], 1])),
    Unfit("person: values are text", "unreadable_payload", _person([4, 20, 0, "Sari"])),
    Unfit("a sale hidden in a personal op", "unreadable_payload", _ops(personal=[SALE])),
    Unfit("a keyed row hidden in a personal op", "unreadable_payload", _ops(personal=[[2, 12, "KEY", ["KEY"]]])),
    Unfit("reference: beyond the process", "unreadable_payload", _ops([1, 21, [[9, 0], "phone", False]])),
    Unfit("reference: to the future", "unreadable_payload", _ops([1, 21, [[-1, 0], "phone", False]])),
    Unfit("reference: an ordinal too large", "unreadable_payload", _ops([1, 21, [2**16, "phone", False]])),
    Unfit("reference: 15 bytes", "unreadable_payload", _ops([1, 21, [bytes(15), "phone", False]])),
    Unfit("reference: a key where none may stand", "unreadable_payload", _ops([1, 200, [0, "customer", "KEY"]])),
    Unfit("reference: yes", "unreadable_payload", _ops([1, 21, [True, "phone", False]])),
]  # fmt: skip

UNKNOWN = [
    Unfit("op: an unknown kind", "unknown_kind", _ops([9, 20, []])),
    Unfit(
        "a row made again, as head office does",
        "unknown_kind",
        _ops([5, 20, bytes(14), ["N1", "individual", None, False]]),
    ),
    Unfit("op: an unknown table", "unknown_kind", _ops([1, 99, []])),
    Unfit("insert: a field more than there are", "unknown_kind", _ops([1, 20, ["N1", "individual", None, False, 1]])),
    Unfit("insert: an unknown child table", "unknown_kind", _ops([*SALE, [43, [1]]])),
    Unfit("set: an unknown group", "unknown_kind", _ops(CUSTOMER, [3, 20, 0, [8, 0, "new"]])),
    Unfit("a derivation before the first", "unknown_kind", _ops(SALE, derive=0)),
    Unfit("a derivation of the future", "unknown_kind", _ops(SALE, derive=99)),
]


def _rename_product(company: Company, forge: Forge) -> bytes:
    base = ids.natural("product", "OLI-1")
    op = company.hub.one("SELECT substr(stamps, 1, 14) FROM product WHERE id = ?", base)
    return forge.ops([3, 11, "OLI-1", [7, op, 1, 0]])


def _ceded(by: int) -> Make:
    """Another branch's right to greet, given up in the name of branch number *by*."""

    def make(company: Company, forge: Forge) -> bytes:
        with company.hub.unit() as unit:
            right = unit.insert(GreetingRight, {"stream": forge.stream + 1, "feed": EPOCH, "number": forge.start})
        return forge.ops([2, 55, f"{right.hex()}/{by}", [right, by]])

    return make


def _anothers_answer(company: Company, forge: Forge) -> bytes:
    """The key of an answer that came in, with other words."""
    row = {"owner": 0, "ledger": forge.start, "position": 1, "at": 1}
    with company.hub.unit() as unit:
        unit.insert(InboundMessage, row, key=(forge.start, 1))
    return forge.ops([2, 53, f"{forge.start.hex()}/1", [forge.stream, forge.start, 1, 1]])


def _anothers_drawer(company: Company, forge: Forge) -> bytes:
    """Cash taken out of a drawer that is not this branch's."""
    with company.hub.unit() as unit:
        shift = unit.insert(Shift, {"number": 1, "opening": 0, "receipts_from": 1})
    return forge.ops([1, 61, [shift, "out", 1, "beli es"]])


def _start_again(company: Company, forge: Forge) -> bytes:
    used = company.hub.one("SELECT start FROM process_start WHERE stream = 1 ORDER BY seq LIMIT 1")
    return forge.segment([[forge.header(start=used), wire.encode(CUSTOMER)]])


def _keyed_sale(company: Company, forge: Forge) -> bytes:
    """A natural id that begins like a name of branch number 2, whose shop the movements would leave."""
    key = next(str(n) for n in range(10**6) if ids.natural("sale", str(n))[:2] == b"\0\2")
    return forge.ops([2, 40, key, *SALE[2:]])


def _linked(company: Company, forge: Forge) -> bytes:
    """Two cards, and a branch that says they are one person's."""
    cards = [ids.natural("customer", number) for number in ("L1", "L2")]
    key = "/".join(card.hex() for card in sorted(cards))
    made = [[2, 20, number, [number, "individual", None, False]] for number in ("L1", "L2")]
    return forge.ops(*made, [2, 25, key, [*sorted(cards), "linked", None, 1]])


FORBIDDEN = [
    Unfit("a product", "not_yours", _ops([2, 11, "A", ["A", "a", None, None, None, "goods", "pcs", 1, 0]])),
    Unfit("a product's price", "not_yours", _rename_product),
    Unfit("a branch", "not_yours", _ops([2, 1, "SUB", ["SUB", 9, "Surabaya", "outlet", "WIB"]])),
    Unfit("a category", "not_yours", _ops([2, 10, "OLI", ["Oli", False]])),
    Unfit("a place for stock", "not_yours", _ops([2, 30, "1/store", [1, "store"]])),
    Unfit("another branch's setting", "not_yours", _ops([2, 2, "2/lock", [2, "lock", "1"]])),
    Unfit("a setting given away", "not_yours", _ops([2, 2, "1/lock", [1, "lock", "1"]], [3, 2, "1/lock", [0, 0, 2]])),
    Unfit("a colleague of another branch", "not_yours", _ops([1, 3, ["budi", "cashier", "BJM", False]])),
    Unfit("a colleague of head office", "not_yours", _ops([1, 3, ["budi", "owner", None, False]])),
    Unfit("a colleague sent to another branch", "not_yours", _ops(USER_HERE, [3, 3, 0, [3, 0, "BJM"]])),
    Unfit("a message for another branch to send", "not_yours", _ops([1, 50, [2, "receipt", "x"]])),
    Unfit("a message for head office to send", "not_yours", _ops([1, 50, [0, "receipt", "x"]])),
    Unfit("a conflict", "not_yours", _ops(CONFLICT)),
    Unfit("goods between two other branches", "not_yours", _ops([1, 33, ["BJM", "SBY"]])),
    Unfit("another branch's goods sent", "not_yours", _ops([1, 33, ["BJM", "PTK"]], _moved("send"))),
    Unfit("goods received by the branch that sends them", "not_yours", _ops(TO_BJM, _moved("receive"))),
    Unfit("a step nobody can take", "not_yours", _ops(TO_BJM, _moved("fly"))),
    Unfit("another branch's count", "not_yours", _ops([1, 38, [2, "open", 1]])),
    Unfit("cash out of another branch's drawer", "not_yours", _anothers_drawer),
    Unfit("two customers linked", "not_yours", _linked),
    Unfit("a voucher", "not_yours", _ops([1, 70, ["FREE", "Pijat", 9, False]])),
    Unfit("uses granted to oneself", "not_yours", _ops([1, 71, [ELSEWHERE, 1, EPOCH, 9]])),
    Unfit("uses written off", "not_yours", _ops([1, 74, [ELSEWHERE, 1, EPOCH, 1]])),
    Unfit("a right to greet given to oneself", "not_yours", _ops([1, 54, [1, EPOCH, 0]])),
    Unfit("another branch's right to greet given up", "not_yours", _ceded(1)),
    Unfit("another branch's right given up in its name", "not_yours", _ceded(2)),
    Unfit("another branch's right given up for head office", "not_yours", _ceded(0)),
    Unfit("a record of a held entry", "not_yours", _ops([1, 201, [1, 1, 1, "gap", "", True]])),
]  # fmt: skip

MISSING = [
    Unfit("a customer nobody made", "missing_row", _ops([3, 20, ELSEWHERE, [0, None, "N2"]])),
    Unfit("a base nobody wrote", "missing_row", _ops(CUSTOMER, [3, 20, 0, [0, b"\0\1nobody\0\0\0\1\0\0", "N2"]])),
    Unfit("a contact point of nobody", "missing_row", _ops([1, 21, [ELSEWHERE, "phone", False]])),
    Unfit("a customer of a branch nobody opened", "missing_row", _ops([1, 20, ["N1", "individual", "NONE", False]])),
    Unfit("a sale to nobody", "missing_row", _ops([1, 40, [1, 7, "sale", ELSEWHERE, 10], *SALE[3:]])),
    Unfit("a sale of nothing known", "missing_row", _sale(["NOTHING", 5, 2, 0, 1])),
    Unfit("a note on nobody", "missing_row", _ops([1, 23, [ELSEWHERE, "remark"]])),
    Unfit("goods for a branch nobody opened", "missing_row", _ops([1, 33, ["PTK", "NONE"]])),
    Unfit("a step of goods nobody asked for", "missing_row", _ops(_moved("send", of=ELSEWHERE))),
    Unfit("goods nobody knows", "missing_row", _ops(TO_BJM, _moved("send", "NOTHING"))),
    Unfit("an event that saw what nobody said", "missing_row", _ops(TO_BJM, [*_moved("send"), [37, [ELSEWHERE]]])),
    Unfit("an event that saw a thing with a key", "missing_row", _ops(TO_BJM, [*_moved("send"), [37, [bytes(16)]]])),
    Unfit("a use of a voucher nobody issued", "missing_row", _ops([1, 72, [ELSEWHERE, EPOCH, 1]])),
    Unfit("a right to greet nobody gave out", "missing_row",
          _ops([2, 55, f"{ELSEWHERE.hex()}/1", [ELSEWHERE, 1]])),
    Unfit("a drawer nobody opened, counted", "missing_row", _ops([1, 62, [ELSEWHERE, 0, 0, 0]])),
    Unfit("an event that saw itself", "missing_row", _ops(TO_BJM, [*_moved("send"), [37, [1]]])),
]  # fmt: skip

BAD = [
    Unfit("a price below zero", "bad_value", _odd(-1)),
    Unfit("a price beyond the limit", "bad_value", _odd(limits.RUPIAH_MAX + 1)),
    Unfit("an unknown kind of product", "bad_value", _odd(1, kind="gods")),
    Unfit("a price set below zero", "bad_value", _odd(1, [3, 12, "A", [4, 0, -1]])),
    Unfit("a key of another code", "bad_value", _ops([2, 12, "KEY", ["OTHER", None, None, "goods", 0]])),
    Unfit("a key not in its normal form", "bad_value", _ops([2, 12, "key", ["key", None, None, "goods", 0]])),
    Unfit("a key without the code", "bad_value", _ops([2, 12, "KEY", [None, None, None, "goods", 0]])),
    Unfit("a key where there is none", "bad_value", _keyed_sale),
    Unfit("a customer without number", "bad_value", _ops([1, 20, [None, "individual"]])),
    Unfit("a number taken away", "bad_value", _ops(CUSTOMER, [3, 20, 0, [0, 0, None]])),
    Unfit("a line without price", "bad_value", _sale(["OLI-1", 5])),
    Unfit("a sale before our time", "bad_value", _sale(more=(-1,))),
    Unfit("a sale after our time", "bad_value", _sale(more=(limits.STAMP_MS_MAX,))),
    Unfit("a sale without total", "bad_value", _sale(total=None)),
    Unfit("a sale whose lines are more", "bad_value", _sale(["OLI-1", 6, 2, 0, 1])),
    Unfit("a sale whose lines are less", "bad_value", _sale(["OLI-1", 5, 2, 1, 1])),
    Unfit("a sale not paid", "bad_value", _sale(paid=9)),
    Unfit("a sale of no lines", "bad_value", _ops([1, 40, [1, 7, "sale", None, 10], [42, ["cash", 10]]])),
    Unfit("goods sent to oneself", "bad_value", _ops([1, 33, ["PTK", "PTK"]])),
    Unfit("nothing asked for", "bad_value", _ops([*TO_BJM, [34, ["OLI-1", 0]]])),
    Unfit("less than nothing sent", "bad_value", _ops(TO_BJM, _moved("send", quantity=-1))),
    Unfit("a cancellation that moves goods", "bad_value", _ops(TO_BJM, _moved("cancel"))),
    Unfit("an unknown step of unknown goods", "bad_value", _ops(_moved("fly", of=ELSEWHERE))),
    Unfit("an event that saw nobody knows what", "bad_value", _ops(TO_BJM, [*_moved("send"), [37, []]])),
    Unfit("less than nothing counted", "bad_value", _ops([1, 38, [1, "open", 1]], [1, 39, [0, "OLI-1", 1, -1, 0]])),
    Unfit("corrected by another branch's count", "bad_value", _ops([1, 31, ["count", *[None] * 5, OTHERS_SHEET]])),
    Unfit("a use of nothing", "bad_value", _ops([1, 72, [ELSEWHERE, EPOCH, 0]])),
    Unfit("a use of nobody knows when", "bad_value", _ops([1, 72, [ELSEWHERE, b"once", 1]])),
    Unfit("a shift begun with less than nothing", "bad_value", _ops([1, 60, [1, 1, -1, 1]])),
    Unfit("a shift at no till", "bad_value", _ops([1, 60, [0, 1, 0, 1]])),
    Unfit("cash that went neither in nor out", "bad_value", _ops(SHIFT, [1, 61, [0, "away", 1, "x"]])),
    Unfit("nothing put into a drawer", "bad_value", _ops(SHIFT, [1, 61, [0, "in", 0, "x"]])),
    Unfit("less than nothing in a drawer", "bad_value", _ops(SHIFT, [1, 62, [0, -1, 0, 0]])),
    Unfit("a drawer that should hold all the world's money", "bad_value", _ops(SHIFT, [1, 62, [0, 0, 10**18 + 1, 0]])),
    Unfit("two passwords for one person", "bad_value",
          _ops(USER_HERE, [2, 4, "aa", [0]], [2, 4, "bb", [0]])),
]  # fmt: skip

DOUBLE = [
    Unfit("another answer under the same number", "same_id_other_bytes", _anothers_answer),
    Unfit("a process start used again", "same_id_other_bytes", _start_again),
    Unfit("carried: another unit under a held name", "same_id_other_bytes", cabang_carried.another_unit),
    Unfit("carried: the name of the unit that comes next", "same_id_other_bytes", cabang_carried.its_own_future),
]

RIGHTS = [Unfit(name, "beyond_rights", make) for name, make in BEYOND.items()]

ALL = [*UNREADABLE, *UNKNOWN, *FORBIDDEN, *MISSING, *BAD, *DOUBLE, *RIGHTS]
