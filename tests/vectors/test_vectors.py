"""The vectors: our code and the other client read and make the good ones, and refuse the bad ones by their codes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import cabang_source
import cabang_vectors
import cabang_vectors_bad as door
import other_bytes
import other_client
import other_rows
import pytest
from cryptography.exceptions import InvalidSignature

from sync import entry, exchange, keys, ops, segment, wire
from sync.errors import CabangError

FOLDER = Path(__file__).parent
GOOD = ("names", "log", "exchange", "keys")
GOLDEN = {  # version 1: these bytes never change.  What is new goes into a new file.
    "names": "f9fdf0deb734fd1e",
    "log": "7f93300ea873d923",
    "exchange": "68a9896a638e86ec",
    "keys": "80f500502dc4f127",
}


def load(name: str) -> dict[str, Any]:
    """One file of vectors."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


NAMES, LOG, TALK, KEYS, BAD = (load(name) for name in (*GOOD, "bad"))
OTHER_KEY, OTHER_ENCRYPTION = other_client.keys_of(bytes.fromhex(LOG["seed"]))


def unhexed(value: Any) -> Any:
    """A value of a file, its bytes as bytes."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return [unhexed(one) for one in value] if isinstance(value, list) else value


def cases(kind: str) -> Any:
    """The bad vectors of one kind, as parameters."""
    return pytest.mark.parametrize("bad", BAD[kind], ids=lambda bad: bad["name"])


# --- our code --------------------------------------------------------------------------------------------------


def test_our_code_makes_these_bytes() -> None:
    """Goal: no byte changes unseen. Method: everything made again from the seeds, compared with the files."""
    made = cabang_vectors.vectors()
    assert sorted(made) == sorted(path.stem for path in FOLDER.glob("*.json"))
    files = {name: (FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in made}
    assert files == {name: cabang_vectors.text(content) for name, content in made.items()}


@pytest.mark.parametrize("name", GOOD)
def test_the_bytes_of_a_version_stay(name: str) -> None:
    """Goal: who changes bytes counts the version up. Method: the hash of each file, written down here."""
    assert GOLDEN[name] == hashlib.sha256((FOLDER / f"{name}.json").read_bytes()).hexdigest()[:16]
    assert [1, 1] == [segment.VERSION, exchange.VERSION]


def test_our_door_takes_the_good_segments() -> None:
    """Goal: the bad ones fail by what they break alone. Method: the unbroken one, plain, compressed, and a repeat."""
    first, second = LOG["segments"]
    for form in ("bytes", "compressed"):
        taken = door.at_the_door(bytes.fromhex(second[form]), LOG)
        assert taken is not None
        assert (second["entries"][-1]["head"], second["seal"]) == (taken.head.hex(), taken.seal.hex())
    assert door.at_the_door(bytes.fromhex(first["bytes"]), LOG) is None


def test_our_branch_takes_the_good_answers() -> None:
    """Goal: the bad ones fail by what they break alone. Method: the unbroken requests, answers and welcome."""
    for one in TALK["requests"]:
        assert one["fields"] == cabang_vectors.hexed(
            wire.decode_array(wire.encode(door.at_the_hub(bytes.fromhex(one["bytes"]))), "")
        )
    for answer in TALK["answers"]:
        door.at_the_branch(bytes.fromhex(answer), TALK)
    assert KEYS["company_key"] == door.welcomed(bytes.fromhex(KEYS["answer"]), KEYS).company_key.hex()


def refusal(read: Any, *given: Any) -> str:
    """The code with which *read* refuses."""
    with pytest.raises(CabangError) as caught:
        read(*given)
    return caught.value.code


@cases("segment")
def test_a_bad_segment_is_refused(bad: dict[str, str]) -> None:
    """Goal: hostile bytes get their code. Method: each broken segment before a hub that holds the first alone."""
    assert bad["code"] == refusal(door.at_the_door, bytes.fromhex(bad["bytes"]), LOG)


@cases("entry")
def test_a_bad_entry_is_held_for_review(bad: dict[str, str]) -> None:
    """Goal: what cannot be read is held with its reason. Method: each op as the only one of an entry in order."""
    header = entry.encode_header(entry.Header(entry.UNIT, 1, None, 1, b"start1"))
    stood = entry.Entry(2, 1, b"start1", 1, entry.decode_header(header), header, [bytes.fromhex(bad["bytes"])], b"")
    assert bad["code"] == refusal(ops.read_entry, stood, 1)


@cases("request")
def test_a_bad_request_is_refused(bad: dict[str, str]) -> None:
    """Goal: hostile bytes get their code. Method: each broken request before a hub that knows the branch."""
    assert bad["code"] == refusal(door.at_the_hub, bytes.fromhex(bad["bytes"]))


@cases("answer")
def test_a_bad_answer_is_not_taken(bad: dict[str, str]) -> None:
    """Goal: a branch takes nothing a hub did not sign. Method: each broken answer, read as a branch reads it."""
    assert bad["code"] == refusal(door.at_the_branch, bytes.fromhex(bad["bytes"]), TALK)


@cases("enrolment_answer")
def test_a_bad_welcome_is_not_taken(bad: dict[str, str]) -> None:
    """Goal: a branch joins no other hub. Method: each broken answer to the enrolment of keys.json."""
    assert bad["code"] == refusal(door.welcomed, bytes.fromhex(bad["bytes"]), KEYS)


@cases("code")
def test_a_mistyped_code_is_refused(bad: dict[str, str]) -> None:
    """Goal: a slip of the finger is found before anything is sent. Method: each mistyped code, read by both."""
    assert bad["code"] == refusal(keys.read_code, bad["text"])
    with pytest.raises(ValueError):
        other_client.read_code(bad["text"])


def test_a_hub_says_each_code_that_needs_one() -> None:
    """Goal: no code of the document is without bytes. Method: what hubs in all states said when the vectors were made;
    a row under another's number cannot be written down: names follow from the stream.
    """
    document = (
        cabang_source.read(Path("docs/PROTOCOL.md")).partition("Reasons of entries held")[2].partition("Never")[0]
    )
    reasons = {line.split("`")[1] for line in document.splitlines() if line.startswith("| `")}
    told = {one["code"] for kind in ("hub", "entry") for one in BAD[kind]}
    assert reasons - {"foreign_id"} <= told
    assert {"stale_nonce", "epoch_closed", "revoked", "key_replaced"} <= told


@cases("hub")
def test_the_other_client_would_ask_so(bad: dict[str, Any]) -> None:
    """Goal: these are requests in order. Method: signature, nonce and segments as the other client reads them."""
    data = bytes.fromhex(bad["bytes"])
    other_bytes.check(bytes.fromhex(LOG["signing_key"]), data[-64:], "cabang request 1", data[:-64])
    fields = other_bytes.unpack(data[:-64])
    assert (bad["nonce"] == fields[3].hex()) is (bad["code"] != "stale_nonce")
    brought = [other_bytes.unpack(other_bytes.inflate(*other_bytes.unpack(one)[7:])) for one in fields[10]]
    assert bad["entries"] == [[op.hex() for op in items] for body in brought for _, *items in body]


# --- the other client ------------------------------------------------------------------------------------------


def test_the_other_client_is_another() -> None:
    """Goal: what it can do is what the document says. Method: none of its files imports the product."""
    sources = [path.read_text(encoding="utf-8") for path in FOLDER.glob("other_*.py")]
    named = [name for source in sources for name in cabang_source.imports(source, "tests.vectors.other")]
    assert set() == {name.partition(".")[0] for name in named} & {*cabang_source.PACKAGES, "cli"}


def test_the_other_client_makes_the_names() -> None:
    """Goal: names can be made from the document. Method: ops' names, natural ids, stamps and the code, compared."""
    for one in NAMES["ops"]:
        made = other_bytes.name_of(one["stream"], bytes.fromhex(one["start"]), one["n"], one["ordinal"])
        assert one["name"] == made.hex()
    for one in NAMES["natural"]:
        assert one["id"] == other_bytes.natural_id(one["space"], one["key"]).hex()
    for one in NAMES["stamps"]:
        place = other_bytes.Place(1, bytes(32), one["before"])
        place.step(other_bytes.pack([1, one["advance"], None, 1]), [], b"")
        assert one["after"] == place.stamp
    code = other_client.Code(bytes.fromhex(NAMES["code"]["fingerprint"]), bytes.fromhex(NAMES["code"]["secret"]))
    assert NAMES["code"]["text"] == other_client.write_code(code)
    assert [code, code] == [other_client.read_code(text) for text in NAMES["code"]["typed"]]


def test_the_other_client_writes_the_log() -> None:
    """Goal: a log can be written from the document. Method: the same units, sealed; bytes, heads, seals compared."""
    secret, epoch, start = (bytes.fromhex(LOG[name]) for name in ("secret", "epoch", "start"))
    writer = other_bytes.Writer(OTHER_KEY, LOG["stream"], epoch, start, secret)
    opened = other_bytes.unpack(bytes.fromhex(LOG["segments"][0]["entries"][0]["header"]))[1]
    writer.open(opened)
    sealed = [other_bytes.pack(writer.seal())]
    for unit in LOG["written"]:
        items = [[other_bytes.pack(op[0])] if isinstance(op[0], list) else other_bytes.pack(op) for op in unit["ops"]]
        writer.unit((writer.place.stamp >> 16) + unit["advance"], items, bytes.fromhex(unit["actor"]))
    sealed.append(other_bytes.pack(writer.seal()))
    assert [one["bytes"] for one in LOG["segments"]] == [one.hex() for one in sealed]
    assert LOG["segments"][1]["seal"] == writer.seal_before.hex()
    small = other_bytes.unpack(bytes.fromhex(LOG["segments"][1]["compressed"]))
    assert other_bytes.unpack(sealed[1])[8] == other_bytes.inflate(*small[7:])


@pytest.mark.parametrize("part", ["segments", "next_segments"])
def test_the_other_client_reads_the_log(part: str) -> None:
    """Goal: a log can be checked from the document. Method: chains, carried units and erased ops among it, walked."""
    seal = bytes(32)
    place = None
    for told in LOG[part]:
        _, stream, epoch, first, count, secret, signature, *body = other_bytes.unpack(bytes.fromhex(told["bytes"]))
        place = place or other_bytes.Place.before(stream, epoch, first)
        for (header, *items), one in zip(other_bytes.unpack(other_bytes.inflate(*body)), told["entries"], strict=True):
            place.step(header, items, secret)
            assert (one["seq"], one["head"]) == (place.seq, place.head.hex())
        statement = other_bytes.statement_of(stream, epoch, first, first + count - 1, seal, place.head)
        assert told["statement"] == statement.hex()
        other_bytes.check(bytes.fromhex(LOG["signing_key"]), signature, "cabang segment 1", statement)
        seal = other_bytes.seal_of(statement, signature)
        assert told["seal"] == seal.hex()


def test_the_other_client_reads_the_ops() -> None:
    """Goal: ops can be read from the document. Method: the rows its reading makes, against the changes told."""
    document = (FOLDER.parent.parent / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
    rows = other_rows.Rows(other_rows.read_tables(document))
    wanted: dict[tuple[int, bytes], list[Any]] = {}
    for n, (unit, told) in enumerate(zip(LOG["written"], LOG["segments"][1]["entries"], strict=True), 2):
        place = other_rows.Unit(LOG["stream"], bytes.fromhex(LOG["start"]), n, told["stamp"] >> 16, None)
        rows.wrote(told["seq"], place, [op[0] if isinstance(op[0], list) else op for op in unit["ops"]])
        for change in told["changes"]:
            key = (change["table"], bytes.fromhex(change["row"]))
            values = wanted.setdefault(key, list(change["values"]))
            if "group" in change:
                for at, value in zip(rows.tables[key[0]].places(change["group"]), change["values"], strict=True):
                    values[at] = value
    rows.enter(99)
    assert wanted == {key: row.values for key, row in rows.rows.items()}


def test_the_other_client_exchanges() -> None:
    """Goal: requests and answers can be made from the document. Method: bytes compared, signatures checked."""
    for one in TALK["requests"]:
        assert one["bytes"] == other_client.signed_request(OTHER_KEY, unhexed(one["fields"])).hex()
    _, answer = (other_client.read_answer(bytes.fromhex(one)) for one in TALK["answers"])
    hub, nonce = bytes.fromhex(TALK["hub_key"]), bytes.fromhex(TALK["page"]["nonce"])
    assert answer.page and answer.acknowledgement
    assert unhexed(TALK["page"]["items"]) == other_client.open_page(hub, 1, nonce, answer.page)
    head = bytes.fromhex(TALK["acknowledged"]["head"])
    other_client.check_acknowledgement(hub, 1, bytes.fromhex(LOG["epoch"]), head, answer.acknowledgement)
    assert ["hub_busy", {"seconds": "7"}] == other_bytes.unpack(bytes.fromhex(TALK["refusal"]))
    bell = TALK["doorbell"]
    assert bell["bytes"] == other_client.call(OTHER_KEY, 1, bytes.fromhex(bell["nonce"]), bell["count"]).hex()


def test_the_other_client_joins_and_changes_keys() -> None:
    """Goal: keys can be had from the document. Method: the bytes of each request, what each answer says."""
    code = other_client.read_code(KEYS["code"])
    mine, other = other_client.raw_public(OTHER_KEY), other_client.raw_public(OTHER_ENCRYPTION)
    assert KEYS["request"] == other_client.enrolment(code, mine, other).hex()
    joined = other_client.read_enrolment(bytes.fromhex(KEYS["answer"]), code, mine, other)
    assert (KEYS["company_key"], "PTK") == (joined.company_key.hex(), joined.code)
    new, encryption = other_client.keys_of(bytes.fromhex(KEYS["new_seed"]))
    asked = other_client.rotation(OTHER_KEY, new, encryption, 1, bytes.fromhex(KEYS["epoch"]))
    assert KEYS["rotation"] == asked.hex()
    _, certificate = other_bytes.unpack(bytes.fromhex(KEYS["rotation_answer"]))
    assert other_client.raw_public(new) == other_client.read_certificate(certificate, joined.hub_key)[3]
    assert KEYS["reminder"] == other_client.reminder(new, certificate).hex()


@cases("answer")
def test_the_other_client_takes_no_bad_answer(bad: dict[str, str]) -> None:
    """Goal: who follows the document is not fooled. Method: each broken answer, read by the other client."""
    hub, nonce = bytes.fromhex(TALK["hub_key"]), bytes.fromhex(TALK["page"]["nonce"])
    head, epoch = bytes.fromhex(TALK["acknowledged"]["head"]), bytes.fromhex(LOG["epoch"])
    with pytest.raises((ValueError, InvalidSignature)):
        answer = other_client.read_answer(bytes.fromhex(bad["bytes"]))
        if answer.acknowledgement:
            other_client.check_acknowledgement(hub, 1, epoch, head, answer.acknowledgement)
        assert answer.page
        other_client.open_page(hub, 1, nonce, answer.page)


@cases("enrolment_answer")
def test_the_other_client_joins_no_other_hub(bad: dict[str, str]) -> None:
    """Goal: who follows the document is not fooled. Method: each broken welcome, read by the other client."""
    mine, other = other_client.raw_public(OTHER_KEY), other_client.raw_public(OTHER_ENCRYPTION)
    with pytest.raises((ValueError, InvalidSignature)):
        other_client.read_enrolment(bytes.fromhex(bad["bytes"]), other_client.read_code(KEYS["code"]), mine, other)
