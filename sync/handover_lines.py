"""What travels between a command and the running node: one JSON object per line, UTF-8, within strict sizes.

Request: {"command": name, "args": {...}}, plus "token" over loopback TCP.  Answer: any number of
{"progress": text, "done": n, "total": n}, then {"result": {...}} or
{"error": {"code", "happened", "todo", "retry_safe", "params"}}.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sync.errors import N_, CabangError, Malformed, TooLarge

REQUEST_BYTES_MAX = 64 * 1024  # without the text of "stdin"
STDIN_BYTES_MAX = 1024 * 1024
LINE_BYTES_MAX = REQUEST_BYTES_MAX + 2 * STDIN_BYTES_MAX  # quotes and line ends take two bytes in JSON
ANSWER_BYTES_MAX = 16 * 1024 * 1024  # one line of an answer

Progress = Callable[[str, int, int], None]  # text, done, total
TO_KNOW = -1  # as total: no progress, but something people should read before the work goes on
Command = Callable[[dict[str, Any], Progress], dict[str, Any]]


class UnknownCommand(CabangError):
    code = "unknown_command"
    happened = N_("The running node does not know the command '%(command)s'.")
    todo = N_("Stop the node and start it again, so that both are of the same version.")
    retry_safe = True


class CommandFailed(CabangError):
    """Our own fault: a command let an error through that is none of ours."""

    code = "command_failed"
    happened = N_("The command failed inside the running node: %(why)s.")
    todo = N_("Report the words above; the node goes on working.")


class NodeStopping(CabangError):
    code = "node_stopping"
    happened = N_("The node was stopped while the command was under way.")
    todo = N_("Look at what was done so far, then give the command again.")


class NodeGone(CabangError):
    code = "node_gone"
    happened = N_("The running node ended before it had answered.")
    todo = N_("Check whether the command was done before you give it again.")


class Relayed(CabangError):
    """An error of the running node whose class this program does not know, with that class's words."""

    def __init__(self, code: str, happened: str, todo: str, retry_safe: bool, params: dict[str, Any]) -> None:
        self.code, self.happened, self.todo, self.retry_safe = code, happened, todo, retry_safe
        super().__init__(**params)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Relayed, (self.code, self.happened, self.todo, self.retry_safe, self.params))


def encode(message: Mapping[str, Any]) -> bytes:
    """One line."""
    return _bytes(json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))) + b"\n"


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # a file's name may hold bytes that are no UTF-8


def decode(line: bytes, what: str) -> dict[str, Any]:
    """The object in one line; raises Malformed, also for repeated keys, NaN and deep nesting."""
    try:
        value = json.loads(line.decode(errors="surrogatepass"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(what=what, why=str(error)) from None
    if not isinstance(value, dict):
        raise Malformed(what=what, why="not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def encode_request(command: str, args: Mapping[str, Any], token: str = "") -> bytes:
    """The line that asks for *command*; raises TooLarge."""
    line = encode({"command": command, "args": args, **({"token": token} if token else {})})
    _check_sizes(len(line), args.get("stdin"))
    return line


def decode_request(line: bytes) -> tuple[str, dict[str, Any], str]:
    """(command, args, token) of a request; raises Malformed or TooLarge."""
    fields = decode(line, "request")
    command, args, token = fields.pop("command", None), fields.pop("args", None), fields.pop("token", "")
    if fields or type(command) is not str or type(args) is not dict or type(token) is not str:
        raise Malformed(what="request", why="unknown shape")
    _check_sizes(len(line), args.get("stdin"))
    return command, args, token


def decode_answer(line: bytes, progress: Progress) -> dict[str, Any] | None:
    """The result; None after telling *progress*; raises the error that came, or Malformed."""
    match decode(line, "answer"):
        case {"result": dict(result)}:
            return result
        case {"error": dict(fields)}:
            raise rebuild_error(fields)
        case {"progress": str(text), "done": int(done), "total": int(total)}:
            progress(text, done, total)
            return None
    raise Malformed(what="answer", why="unknown shape")


def _check_sizes(line_bytes: int, stdin: Any) -> None:
    text = stdin if type(stdin) is str else ""
    if len(_bytes(text)) > STDIN_BYTES_MAX:
        raise TooLarge(what="stdin", limit=STDIN_BYTES_MAX)
    if line_bytes - len(_bytes(json.dumps(text, ensure_ascii=False))) > REQUEST_BYTES_MAX:
        raise TooLarge(what="request", limit=REQUEST_BYTES_MAX)


def error_fields(error: CabangError) -> dict[str, Any]:
    """What travels of an error."""
    params = {name: _plain(value) for name, value in error.params.items()}
    words = {name: getattr(error, name) for name in ("code", "happened", "todo", "retry_safe")}
    return {**words, "params": params}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def rebuild_error(fields: dict[str, Any]) -> CabangError:
    """The error that travelled, of its own class when this program has it; raises Malformed."""
    match fields:
        case {"code": str(code), "happened": str(happened), "todo": str(todo), "params": dict(params)}:
            pass
        case _:
            raise Malformed(what="answer", why="unknown shape of error")
    kind = next((kind for kind in _kinds(CabangError) if kind.code == code), None)
    if kind is not None:
        with suppress(TypeError):  # a class that is made in its own way
            return kind(**params)
    return Relayed(code, happened, todo, fields.get("retry_safe") is True, params)


def _kinds(kind: type[CabangError]) -> list[type[CabangError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _kinds(child))]
