"""A command that finds the node running lets the node do it: one writer per file.

The node that holds the folder's lock listens at ``DIR/node.sock`` (see ``sync.handover_server``); a command is handed
to it and prints its answer.  Where the folder is free, the command takes the lock and works itself.
"""

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sync.errors import TooLarge
from sync.folder import Folder, Lock, Note
from sync.handover_lines import ANSWER_BYTES_MAX, NodeGone, Progress, decode_answer, encode_request

SOCKET_WAIT_S_MAX = 5.0  # for a holder that does not listen yet
CONNECT_WAIT_S_MAX = 2.0
RETRY_S = 0.05


def run(
    folder: Folder,
    command: str,
    args: Mapping[str, Any],
    local: Callable[[Lock], dict[str, Any]],
    progress: Progress,
    *,
    wait_s: float = SOCKET_WAIT_S_MAX,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The result of *local* when the folder is free, else the running node's answer to *command*.

    Raises what the command raised, wherever it ran; LockHeld when the holder does not listen within *wait_s* seconds;
    NodeGone, TooLarge, and what ``Folder.acquire`` raises.
    """
    until = clock() + wait_s
    while True:
        lock = folder.acquire()
        if lock is not None:
            with lock:
                return local(lock)
        note = folder.note()
        peer = _connect(folder, note)
        if peer is not None:
            return _ask(peer, encode_request(command, args, note.token if note else ""), progress)
        if clock() >= until:
            raise folder.held_error()
        sleep(RETRY_S)


def call(folder: Folder, command: str, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The running node's answer to *command*, asked once; raises as ``run`` does, LockHeld when nobody listens."""
    note = folder.note()
    line = encode_request(command, args, note.token if note else "")
    peer = _connect(folder, note)
    if peer is None:
        raise folder.held_error()
    return _ask(peer, line, progress)


def _connect(folder: Folder, note: Note | None) -> socket.socket | None:
    """A connection to the holder of the lock; None when it does not listen."""
    try:
        if note is not None and note.token:
            host, port = note.socket.rsplit(":", 1)
            return socket.create_connection((host, int(port)), CONNECT_WAIT_S_MAX)
        return _connect_unix(note.socket if note and note.socket else str(folder.socket_file))
    except OSError:
        return None


def _connect_unix(path: str) -> socket.socket | None:
    if not hasattr(socket, "AF_UNIX"):
        return None
    peer = socket.socket(socket.AF_UNIX)
    try:
        peer.settimeout(CONNECT_WAIT_S_MAX)
        peer.connect(path)
    except OSError:
        peer.close()
        raise
    return peer


def _ask(peer: socket.socket, line: bytes, progress: Progress) -> dict[str, Any]:
    with peer:
        peer.settimeout(None)  # a command takes as long as it takes; a node that dies closes the line
        with suppress(ConnectionError):  # the node may say why before it closes
            peer.sendall(line)
        with peer.makefile("rb") as answers:
            while True:
                result = decode_answer(_next_line(answers.readline), progress)
                if result is not None:
                    return result


def _next_line(readline: Callable[[int], bytes]) -> bytes:
    try:
        line = readline(ANSWER_BYTES_MAX + 1)
    except ConnectionError:
        raise NodeGone from None
    if line.endswith(b"\n"):
        return line
    raise TooLarge(what="answer", limit=ANSWER_BYTES_MAX) if len(line) > ANSWER_BYTES_MAX else NodeGone()
