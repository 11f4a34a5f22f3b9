"""What travels between a command and the running node, as bytes."""

import json
from typing import Any

import pytest

from sync.errors import CabangError, Gap, HubUnreachable, InvariantBroken, LockHeld, Malformed, TooLarge
from sync.handover_lines import (
    REQUEST_BYTES_MAX,
    STDIN_BYTES_MAX,
    NodeGone,
    Relayed,
    decode_answer,
    decode_request,
    encode,
    encode_request,
    error_fields,
    rebuild_error,
)


def no_progress(text: str, done: int, total: int) -> None:
    raise AssertionError("no progress expected")


@pytest.mark.parametrize(
    "args", [{}, {"code": "PTK", "rupiah": 10**15}, {"name": "Sari ☕"}, {"file": "caf\udce9.csv"}]
)
@pytest.mark.parametrize("token", ["", "secret"])
def test_a_request_arrives_as_it_was(args, token) -> None:
    """Goal: nothing is lost or changed. Method: encode, decode; names that are no UTF-8 included."""
    line = encode_request("report", args, token)
    assert (("report", args, token), 1) == (decode_request(line), line.count(b"\n"))


@pytest.mark.parametrize(
    ("args", "what"),
    [
        ({"x": "a" * REQUEST_BYTES_MAX}, "request"),
        ({"stdin": "a" * STDIN_BYTES_MAX, "x": "a" * REQUEST_BYTES_MAX}, "request"),
        ({"stdin": "a" * (STDIN_BYTES_MAX + 1)}, "stdin"),
        ({"stdin": ["a" * REQUEST_BYTES_MAX]}, "request"),
    ],
)
def test_an_oversize_request_is_refused_on_both_sides(args, what) -> None:
    """Goal: a limit on everything. Method: just over each limit, encoded by us and by somebody else."""
    with pytest.raises(TooLarge) as sent:
        encode_request("import", args)
    with pytest.raises(TooLarge) as received:
        decode_request(encode({"command": "import", "args": args}))
    assert [what, what] == [sent.value.params["what"], received.value.params["what"]]


@pytest.mark.parametrize("text", ["a" * STDIN_BYTES_MAX, '"\n' * (STDIN_BYTES_MAX // 2), "é" * (STDIN_BYTES_MAX // 2)])
def test_a_standard_input_of_1_mib_is_taken(text) -> None:
    """Goal: the limit itself is allowed. Method: 1 MiB of plain, escaped and two-byte signs."""
    assert {"stdin": text} == decode_request(encode_request("import", {"stdin": text}))[1]


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"{", b"[]", b"1", b"\xff", b"[" * 60_000, b'{"command":"a","args":{"x":NaN}}'),
        *(b'{"command":"a","command":"b","args":{}}', b'{"command":1,"args":{}}', b'{"command":"a","args":[]}'),
        *(b'{"command":"a","args":{},"more":1}', b'{"args":{}}', b'{"command":"a","args":{},"token":1}'),
        b'{"command":"a","args":{"x":' + b"9" * 5000 + b"}}",
    ],
)
def test_a_request_of_another_shape_is_malformed(line) -> None:
    """Goal: strict reading. Method: broken JSON, repeated keys, NaN, nesting, wrong types, unknown keys."""
    with pytest.raises(Malformed):
        decode_request(line)


def test_answers_are_told_apart() -> None:
    """Goal: progress goes on, a result ends. Method: one line of each."""
    told: list[tuple[str, int, int]] = []
    first = decode_answer(encode({"progress": "reading", "done": 1, "total": 3}), lambda *words: told.append(words))
    last = decode_answer(encode({"result": {"code": "PTK"}}), no_progress)
    assert ([("reading", 1, 3)], None, {"code": "PTK"}) == (told, first, last)


@pytest.mark.parametrize(
    "answer",
    [{}, {"result": 1}, {"error": "no"}, {"error": {"code": "x"}}, {"progress": "a", "done": "1", "total": 1}],
)
def test_an_answer_of_another_shape_is_malformed(answer: dict[str, Any]) -> None:
    """Goal: a clear error instead of a wrong result. Method: answers nobody sends."""
    with pytest.raises(Malformed):
        decode_answer(encode(answer), no_progress)


@pytest.mark.parametrize(
    "error",
    [
        *(CabangError(), Gap(first=7, held=3), HubUnreachable(url="http://hub"), NodeGone()),
        *(InvariantBroken(fact="a = b"), LockHeld(folder="/srv/ptk", pid=12), TooLarge(what="é\n", limit=None)),
    ],
)
def test_an_error_keeps_its_class_and_words(error) -> None:
    """Goal: the command shows what the node met. Method: through bytes and back."""
    with pytest.raises(CabangError) as caught:
        decode_answer(encode({"error": error_fields(error)}), no_progress)
    assert (type(error), error.params, str(error)) == (type(caught.value), caught.value.params, str(caught.value))


def test_parameters_that_are_no_json_travel_as_text() -> None:
    """Goal: an error never fails to travel. Method: bytes, a path-like and a nested value as parameters."""
    fields = error_fields(Gap(first=b"\x01\xff", held={"a": 1}))
    assert {"first": "01ff", "held": "{'a': 1}"} == json.loads(encode(fields))["params"]


def test_an_unknown_error_keeps_its_words() -> None:
    """Goal: a newer node can be understood. Method: a code no class here has, and the words that came with it."""
    words = {"code": "brand_new", "happened": "The %(thing)s broke.", "todo": "Mend it.", "retry_safe": True}
    error = rebuild_error({**words, "params": {"thing": "door"}})
    kept = {name: getattr(error, name) for name in words}
    assert (Relayed, words, "brand_new: The door broke.") == (type(error), kept, str(error))


def test_an_error_made_in_its_own_way_is_relayed() -> None:
    """Goal: no crash while telling an error. Method: a class that is not made from its parameters."""

    class Odd(CabangError):
        code = "odd"

        def __init__(self, line: int) -> None:
            super().__init__(at=line + 1)

    error = rebuild_error(error_fields(Odd(3)))
    assert (Relayed, "odd", {"at": 4}) == (type(error), error.code, error.params)
