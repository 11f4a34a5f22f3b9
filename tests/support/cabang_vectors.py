"""The vectors in tests/vectors/: good and bad bytes of the protocol, made by the product's own code from fixed seeds.

``python tests/support/cabang_vectors.py`` writes what is not there yet.  Bytes of a version never change: it refuses
to write over a file.  Bytes are hex; in values of ops and rows they are {"hex": ...}.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from cabang_pair import NOON, keyring, seeded  # noqa: E402
from cabang_vectors_bad import bad  # noqa: E402
from cabang_vectors_hub import at_a_hub  # noqa: E402
from cabang_vectors_laws import digested, laws  # noqa: E402
from cabang_zstd import stored  # noqa: E402

from crm import customers, selling, stock, transfers, vouchers  # noqa: E402,F401  the tables
from sync import clock, doorbell, enrol, entry, exchange, ids, keys, ops, reminder, rotation, segment, wire  # noqa: E402
from sync.changes import Insert  # noqa: E402
from sync.entry import Chain, Former, Header  # noqa: E402
from sync.exchange import Ack, Answer, Refusal, Request  # noqa: E402

FOLDER = ROOT / "tests" / "vectors"
STREAM, EPOCH, START, SECRET = 1, b"epoch 01", b"start1", b"sixteen bytes of"
NEXT_EPOCH, NEXT_START = b"epoch 02", b"start2"
RING, HUB = keyring(STREAM), keyring(0)
ACTOR = ids.pack(0, b"people", 3, 0)
FEED_EPOCH, NONCE, NEXT_NONCE = b"feed 001", b"nonce 01", b"nonce 02"
RECEIVED = NOON + 5000
COMPANY_KEY = bytes(range(32))
CODE = keys.EnrolmentCode(keys.fingerprint(HUB.sign_public), b"ten secret")

OILS = ids.natural("product", "OLI-1")
CUSTOMER = [
    [1, 20, ["17850", "individual", None, False]],
    [[4, 20, 0, ["Sari Dewi", "Jalan Melati 5", "Pontianak", "1990-04-21"]]],
]
CHANGED = [[3, 20, [1, 0], [0, [1, 0], "17851"], [1, [1, 0], "family"]], [[3, 20, [1, 0], [5, [1, 0], "Jalan Baru 7"]]]]
FOUND = [[2, 12, "BARU-1", ["BARU-1", "Kampas rem", None, "goods", 35_000]]]
SALE = [
    [
        *[1, 40, [1, 1, "sale", [3, 0], 121_000]],
        *[[41, ["OLI-1", 2, 45_000, 4_000, 1], ["BARU-1", 1, 35_000, 0, 1]]],
        *[[42, ["cash", 100_000, 100_000], ["qris", 21_000]]],
    ]
]
ADDED = {40}  # tables that got a field since the first of these files: where it is nil, they do not speak of it
UNITS: list[tuple[int, bytes | None, list[Any]]] = [  # advance in ms, who, ops: a personal one is an array in an array
    (1_250, ACTOR, CUSTOMER),
    (0, ACTOR, CHANGED),
    (61_000, None, FOUND),
    (12, ACTOR, SALE),
]
TAGGED = [[2, 24, f"{ids.pack(STREAM, START, 2, 0).hex()}/bayi", [[1, 0], "bayi", True]]]
UNTAGGED = [[3, 24, f"{ids.pack(STREAM, START, 2, 0).hex()}/bayi", [2, [1, 0], False]]]
ASKED = [[1, 33, ["BJM", "PTK", None, None, "Untuk akhir pekan"], [34, ["OLI-1", 3]]]]
SENT = [[1, 33, ["PTK", "BJM"]], [1, 35, [0, "send"], [36, ["OLI-1", 3], ["BARU-1", 1]]]]
PUT_BACK = [[1, 35, [[1, 0], "put_back"], [36, ["BARU-1", 1]], [37, [[1, 1]]]]]
USED = [[1, 72, [ids.pack(0, b"hubhub", 4, 0), EPOCH, 2]]]
TRADE: list[tuple[int, bytes | None, list[Any]]] = [
    *((1_000, ACTOR, CUSTOMER), (1_000, ACTOR, TAGGED), (0, None, UNTAGGED)),
    *((60_000, ACTOR, ASKED), (0, ACTOR, SENT), (7, ACTOR, PUT_BACK), (9, ACTOR, USED)),
]

SETTLED = [
    [
        *[1, 40, [1, 2, "sale", None, 154_440, *[None] * 4, ids.pack(0, b"people", 4, 0)]],
        *[[41, ["OLI-1", 3, 45_000, 9_448, 1], ["BARU-1", 1, 35_000, 6_112, 1]]],
        *[[42, ["transfer", 100_000], ["cash", 54_400, 60_000], ["rounding", 40]]],
    ]
]
TILL: list[tuple[int, bytes | None, list[Any]]] = [(1_000, None, FOUND), (5, ACTOR, SETTLED)]


def hexed(value: Any) -> Any:
    """*value* as JSON has it."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return [hexed(one) for one in value] if isinstance(value, (list, tuple)) else value


# --- names -----------------------------------------------------------------------------------------------------


def names() -> dict[str, Any]:
    """Names of ops, natural ids, stamps, enrolment codes."""
    natural = [("product", "OLI-1"), ("stock_location", "1/shop"), ("customer", "17850"), ("category", "PELUMAS ÉLITE")]
    last, stamps = clock.stamp_of(NOON), []
    for advance in (1_250, 0, 0, 61_000):
        after = clock.stamp_after(last, advance)
        stamps.append({"before": last, "advance": advance, "after": after})
        last = after
    return {
        "ops": [
            {"stream": s, "start": START.hex(), "n": n, "ordinal": o, "name": ids.pack(s, START, n, o).hex()}
            for s, n, o in ((1, 2, 0), (1, 2, 1), (65_535, 4_294_967_295, 65_535))
        ],
        "natural": [{"space": space, "key": key, "id": ids.natural(space, key).hex()} for space, key in natural],
        "stamps": [*stamps, {"before": (NOON << 16) | 0xFFFF, "advance": 0, "after": (NOON + 1) << 16}],
        "code": {
            "hub_key": HUB.sign_public.hex(),
            "fingerprint": CODE.fingerprint.hex(),
            "secret": CODE.secret.hex(),
            "name": CODE.name.hex(),
            "text": CODE.text(),
            "typed": [CODE.text().lower().replace("-", " "), CODE.text().replace("O", "0").replace("I", "1")],
        },
    }


# --- the log ---------------------------------------------------------------------------------------------------


class Log:
    """Entries and segments, as a branch makes them; says of each what a receiver computes."""

    def __init__(self, epoch: bytes) -> None:
        self.epoch, self.chain, self.seal = epoch, Chain.before(STREAM, epoch, 1), segment.NO_SEAL
        self.waiting: list[list[Any]] = []
        self.read: list[dict[str, Any]] = []

    def add(self, header: Header, items: list[Any]) -> None:
        """One entry."""
        data = entry.encode_header(header)
        stood = self.chain.step(data, items, SECRET)
        self.waiting.append([data, *items])
        changes = ops.read_entry(stood, STREAM)
        self.read.append(
            {
                "seq": stood.seq,
                "header": data.hex(),
                "items": [hexed(item) for item in items],
                "stamp": stood.stamp,
                "head": stood.head.hex(),
                "changes": [said(change) for change in changes],
            }
        )

    def sealed(self, secret: bytes = SECRET) -> dict[str, Any]:
        """What waits as a segment: its bytes without compression, so that they are the same with every zstd."""
        first = self.chain.seq - len(self.waiting) + 1
        statement = segment.statement(STREAM, self.epoch, first, self.chain.seq, self.seal, self.chain.head)
        signature = RING.sign(keys.SEGMENT_LABEL, statement)
        used = secret if segment.uses_secret(self.waiting) else b""
        fields = (segment.VERSION, STREAM, self.epoch, first, len(self.waiting), used, signature)
        body = wire.encode(self.waiting)
        told = {
            "bytes": wire.encode(segment.Envelope(*fields, wire.RAW, body)).hex(),
            "seal_before": self.seal.hex(),
            "statement": statement.hex(),
            "seal": segment.seal_of(statement, signature).hex(),
            "entries": self.read,
        }
        if len(self.waiting) > 1:
            told["compressed"] = wire.encode(segment.Envelope(*fields, wire.ZSTD, stored(body))).hex()
        self.seal, self.waiting, self.read = segment.seal_of(statement, signature), [], []
        return told


def said(change: Any) -> dict[str, Any]:
    """What an op does, in full."""
    values = list(change.values)
    if change.spec.code in ADDED and values[-1] is None:
        values.pop()
    told = {"table": change.spec.code, "row": change.row.hex(), "op": change.op.hex(), "values": hexed(values)}
    if isinstance(change, Insert):
        return {**told, "children": {name: hexed(lines) for name, lines in change.children.items()}}
    return {**told, "group": change.group.number, "base": change.base.hex() if change.base else None}


def items_of(found: list[Any]) -> list[Any]:
    """Op items of a unit."""
    return [[wire.encode(op[0])] if isinstance(op[0], list) else wire.encode(op) for op in found]


def log() -> dict[str, Any]:
    """An epoch in two segments, and the one after a restore: what was not sealed is carried along."""
    first = Log(EPOCH)
    first.add(Header(entry.OPEN, NOON, None, 1, START, None, 0, b""), [])
    segments = [first.sealed()]
    for advance, actor, found in UNITS[:2]:
        first.add(Header(entry.UNIT, advance, actor, 1, b""), items_of(found))
    segments.append(first.sealed())
    parent = (EPOCH, first.chain.seq, first.chain.head)
    end = first.chain.copy()
    for advance, actor, found in UNITS[2:]:
        first.add(Header(entry.UNIT, advance, actor, 1, b""), items_of(found))
    later = Log(NEXT_EPOCH)
    later.chain = Chain.before(STREAM, NEXT_EPOCH, parent[1] + 1)
    later.add(Header(entry.OPEN, NOON + 100_000, None, 1, NEXT_START, *parent), [])
    opened = later.sealed()
    for advance, actor, found in UNITS[2:]:
        told = entry.encode_header(Header(entry.UNIT, advance, actor, 1, b""))
        end.step(told, items_of(found), SECRET)
        later.add(Header(entry.CARRIED, 1, None, 0, b"", former=Former(START, end.n, end.stamp, told)), items_of(found))
    erased = [entry.commitment(items_of(CUSTOMER)[1], SECRET, 2, 1)]
    salted = [items_of(CUSTOMER)[1][0], entry.salt_of(SECRET, 2, 1)]
    unit = Header(entry.UNIT, 5, None, 1, b"")
    later.add(unit, [items_of(CUSTOMER)[0], [None, *erased]])
    later.add(unit, [items_of(CUSTOMER)[0], salted])
    return {
        "stream": STREAM,
        "epoch": EPOCH.hex(),
        "start": START.hex(),
        "secret": SECRET.hex(),
        "seed": RING.seed.hex(),
        "signing_key": RING.sign_public.hex(),
        "written": [{"advance": a, "actor": who and who.hex(), "ops": hexed(found)} for a, who, found in UNITS[:2]],
        "segments": segments,
        "parent": {"epoch": EPOCH.hex(), "seq": parent[1], "head": parent[2].hex()},
        "next_epoch": NEXT_EPOCH.hex(),
        "next_segments": [opened, later.sealed()],
    }


def trade(units: list[tuple[int, bytes | None, list[Any]]] = TRADE) -> dict[str, Any]:
    """An epoch with a tag put on and taken off, goods asked for, sent and put back, and a voucher used.

    Or one with other *units*.
    """
    written = Log(EPOCH)
    written.add(Header(entry.OPEN, NOON, None, 1, START, None, 0, b""), [])
    for advance, actor, found in units:
        written.add(Header(entry.UNIT, advance, actor, 1, b""), items_of(found))
    return {
        "stream": STREAM,
        "epoch": EPOCH.hex(),
        "start": START.hex(),
        "written": [{"advance": a, "actor": who and who.hex(), "ops": hexed(found)} for a, who, found in units],
        "segments": [written.sealed()],
    }


# --- the exchange ----------------------------------------------------------------------------------------------

ITEMS: list[Any] = [
    [7, [[10, ids.natural("category", "PELUMAS"), 0, ids.pack(0, b"hubhub", 7, 1), NOON << 16, ["Pelumas", False]]]],
    [
        9,
        [
            [11, OILS, 1, *[[group, ids.pack(0, b"hubhub", 9, 0), (NOON << 16) + 1, None] for group in (2, 3)]],
            [20, ids.pack(2, b"others", 2, 0), 3],
        ],
    ],
    [
        12,
        [
            [
                *[40, ids.pack(2, b"others", 5, 0), 2, 1],
                [2, 1, 8, "sale", None, 45_000, NOON, None, None, None],
                [41, [OILS, 1, 45_000, 0, 1]],
                [42, ["cash", 45_000, 50_000]],
            ]
        ],
    ],
]


def talk() -> dict[str, Any]:
    """Two requests and their answers."""
    held = log()["segments"]
    sent = bytes.fromhex(held[1]["bytes"])
    first = Request(1, STREAM, EPOCH, exchange.NO_NONCE, 0, 0, b"", 2, NOON, None, [], 0)
    second = first.__class__(1, STREAM, EPOCH, NONCE, 3, 3, FEED_EPOCH, 2, NOON, -1500, [sent], 64)
    told = (FEED_EPOCH, 3, 12, False, 3, RECEIVED + 1)
    raw = wire.encode(ITEMS)
    page = exchange.Page(
        *told, wire.RAW, raw, HUB.sign(keys.PAGE_LABEL, exchange.page_statement(STREAM, told, NONCE, raw))
    )
    head = bytes.fromhex(held[1]["entries"][-1]["head"])
    acked = segment.acknowledgement(STREAM, EPOCH, 3, head, RECEIVED)
    ack = Ack(3, RECEIVED, HUB.sign(keys.ACKNOWLEDGEMENT_LABEL, acked))
    return {
        "hub_key": HUB.sign_public.hex(),
        "seed": RING.seed.hex(),
        "requests": [
            {"fields": hexed(wire.decode_array(wire.encode(one), "")), "bytes": exchange.sign_request(RING, one).hex()}
            for one in (first, second)
        ],
        "answers": [
            wire.encode(Answer(1, NONCE, 0, Refusal("stale_nonce", {}), None, None)).hex(),
            wire.encode(Answer(1, NEXT_NONCE, 3, None, ack, page)).hex(),
        ],
        "acknowledged": {"head": head.hex(), "statement": acked.hex()},
        "page": {"nonce": NONCE.hex(), "items": hexed(ITEMS)},
        "refusal": wire.encode(Refusal("hub_busy", {"seconds": "7"})).hex(),
        "doorbell": {"nonce": NEXT_NONCE.hex(), "count": 1, "bytes": doorbell.sign_call(RING, 1, NEXT_NONCE, 1).hex()},
    }


# --- keys ------------------------------------------------------------------------------------------------------


def joining() -> dict[str, Any]:
    """Enrolment, a change of keys, a reminder."""
    granted = keys.Certificate(1, STREAM, "PTK", RING.sign_public, RING.seal_public, 1, NOON)
    certificate = keys.certify(HUB, granted)
    masked = enrol._mask(CODE, RING.sign_public, COMPANY_KEY)
    new = keys.PrivateKeys(seeded("new keys")(64))
    later = keys.certify(HUB, keys.Certificate(1, STREAM, "PTK", new.sign_public, new.seal_public, 2, NOON, EPOCH, 3))
    return {
        "code": CODE.text(),
        "seed": RING.seed.hex(),
        "request": enrol.apply(CODE, RING).hex(),
        "answer": wire.encode([1, certificate, HUB.sign_public, NOON, masked, None]).hex(),
        "certificate": hexed(list(wire.decode_array(certificate[:-64], ""))),
        "company_key": COMPANY_KEY.hex(),
        "new_seed": new.seed.hex(),
        "epoch": EPOCH.hex(),
        "rotation": rotation.ask(RING, new, STREAM, EPOCH).hex(),
        "rotation_answer": wire.encode(rotation.Granted(1, later)).hex(),
        "reminder": reminder.remind(new, later).hex(),
    }


def vectors() -> dict[str, Any]:
    """Every file's content, by its name."""
    good = {"names": names(), "log": log(), "exchange": talk(), "keys": joining()}
    told = digested()
    return {
        **good,
        "trade": trade(),
        "till": trade(TILL),
        "laws": laws(),
        "digest": {**told, "items": hexed(told["items"])},
        "bad": {**bad(good), "hub": at_a_hub()},
    }


def text(content: Any) -> str:
    """A file's text: one line for each vector."""
    parts = [f"{json.dumps(name)}: {_lines(value)}" for name, value in content.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(value: Any) -> str:
    told = [json.dumps(one, ensure_ascii=False) for one in value] if isinstance(value, list) else []
    return "[\n" + ",\n".join(told) + "\n]" if told else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for name, content in vectors().items():
        path = FOLDER / f"{name}.json"
        if path.exists() and path.read_text(encoding="utf-8") != text(content):
            sys.exit(f"{path.name} holds other bytes: delete it if they were in no release, else count the version up")
        path.write_text(text(content), encoding="utf-8")
