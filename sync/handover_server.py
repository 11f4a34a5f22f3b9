"""The node's side of a handover: a thread that runs the commands other processes hand to the holder of the lock.

One command at a time, as if each held the lock.  A client that is slow, silent or gone holds up nobody, and does not
stop its command.  Only this user may ask: the socket's mode is 0600 and Linux tells who is at the other end; over
loopback TCP (for where ``HAS_UNIX_SOCKETS`` is false) a token in the lock file is asked for.
"""

import hmac
import logging
import os
import selectors
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from sync.errors import CabangError, LockHeld, Malformed, TooLarge
from sync.folder import SOCKET, Folder, Lock, NotYourFolder, remove_socket
from sync.handover_lines import (
    ANSWER_BYTES_MAX,
    LINE_BYTES_MAX,
    REQUEST_BYTES_MAX,
    Command,
    CommandFailed,
    NodeStopping,
    UnknownCommand,
    decode_request,
    encode,
    error_fields,
)
from sync.limits import SOCKET_PATH_BYTES_MAX

CLIENTS_MAX = 16  # that wait for their turn at once
REQUEST_WAIT_S_MAX = 5.0  # for a client that stops in the middle of its request
SEND_WAIT_S_MAX = 2.0  # for a client that does not read

LOOPBACK = "127.0.0.1"
HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")

log = logging.getLogger(__name__)


class _Client:
    """A connection whose request is arriving, or whose command runs."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.late_at = 0.0
        self._received = bytearray()
        self._gone = False
        peer.setblocking(False)

    def receive(self) -> bytes | None:
        """The request's line when it is complete, else None; raises TooLarge, ConnectionError when it went away."""
        data = self.peer.recv(1 << 16)
        if not data:
            raise ConnectionError
        self._received += data
        line, end, _ = self._received.partition(b"\n")
        if len(line) > LINE_BYTES_MAX:
            raise TooLarge(what="request", limit=REQUEST_BYTES_MAX)
        return bytes(line) if end else None

    def send(self, line: bytes) -> None:
        """Sends; a client that went away or does not read gets nothing more."""
        if self._gone:
            return
        self._gone = True
        with suppress(OSError):
            self.peer.settimeout(SEND_WAIT_S_MAX)
            self.peer.sendall(line)
            self._gone = False


def is_same_user(peer: socket.socket) -> bool:
    """True when the process at the other end of a Unix socket runs as this user, or the system cannot tell."""
    if sys.platform != "linux":
        return True  # the socket's mode, 0600, keeps the others out
    pid_uid_gid = struct.Struct("3i")
    found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, pid_uid_gid.size)
    return bool(pid_uid_gid.unpack(found)[1] == os.getuid())


class HandoverServer:
    """Runs *commands* for other processes while *lock* is held.  A context manager.

    Without *token* it listens on a Unix socket; with one on loopback TCP, and the token is written into the lock.
    *url*: where the node serves its pages, for whoever finds it running.
    """

    def __init__(
        self,
        lock: Lock,
        commands: Mapping[str, Command],
        *,
        token: str = "",
        url: str = "",
        request_wait_s: float = REQUEST_WAIT_S_MAX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock, self._commands = lock, commands
        self._token, self._url, self._request_wait_s, self._clock = token, url, request_wait_s, clock
        self._clients: list[_Client] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="handover", daemon=True)

    def start(self) -> None:
        """Listens; from the return on, commands find this process."""
        self._listener, self._address = _listen_loopback() if self._token else _listen_unix(self._lock.folder)
        self._listener.setblocking(False)
        self._woken, self._waker = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, lambda: None)
        self._thread.start()
        self._lock.announce(self._address, self._token, self._url)

    def stop(self) -> None:
        """Takes no more commands, waits for the running one (its next progress ends it), and tidies up."""
        self._lock.announce()
        if not self._token:
            remove_socket(self._lock.folder, Path(self._address))
        self._stopping.set()
        self._waker.send(b"x")
        self._thread.join()
        for thing in (self._listener, self._woken, self._waker, self._selector):
            thing.close()

    def __enter__(self) -> "HandoverServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._selector.select(self._request_wait_s if self._clients else None):
                if not self._stopping.is_set():
                    key.data()
            self._drop_late()
        while self._accept():
            pass
        for client in list(self._clients):
            self._finish(client, NodeStopping())

    def _drop_late(self) -> None:
        now = self._clock()
        for client in [client for client in self._clients if client.late_at <= now]:
            self._finish(client, Malformed(what="request", why="it stopped in the middle"))

    def _accept(self) -> bool:
        """Takes in one client; False when none is waiting."""
        try:
            peer, _ = self._listener.accept()
        except OSError:
            return False
        client = _Client(peer)
        self._clients.append(client)
        self._selector.register(peer, selectors.EVENT_READ, lambda: self._hear(client))
        self._give_time(client)
        folder = str(self._lock.folder.path)
        if len(self._clients) > CLIENTS_MAX:
            self._finish(client, LockHeld(folder=folder, pid=os.getpid()))
        elif not self._token and not is_same_user(peer):
            self._finish(client, NotYourFolder(folder=folder))
        return True

    def _give_time(self, client: _Client) -> None:
        client.late_at = self._clock() + self._request_wait_s

    def _hear(self, client: _Client) -> None:
        try:
            line = client.receive()
        except BlockingIOError:
            return
        except OSError:
            self._close(client)
        except TooLarge as error:
            self._finish(client, error)
        else:
            self._give_time(client)
            if line is not None:
                self._answer(client, line)

    def _answer(self, client: _Client, line: bytes) -> None:
        """Runs the command in *line*; the outermost edge of every command: whatever it raises goes to the client."""
        try:
            answer = encode({"result": self._work(client, line)})
            if len(answer) > ANSWER_BYTES_MAX:
                raise TooLarge(what="answer", limit=ANSWER_BYTES_MAX)
        except CabangError as error:
            self._finish(client, error)
        except (Exception, SystemExit) as error:
            log.exception("a command handed over failed")
            self._finish(client, CommandFailed(why=f"{type(error).__name__}: {error}"))
        else:
            client.send(answer)
            self._close(client)
        for waiting in self._clients:  # nobody heard them meanwhile
            self._give_time(waiting)

    def _work(self, client: _Client, line: bytes) -> dict[str, Any]:
        command, args, token = decode_request(line)
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise NotYourFolder(folder=str(self._lock.folder.path))
        if command not in self._commands:
            raise UnknownCommand(command=command)

        def progress(text: str, done: int, total: int) -> None:
            if self._stopping.is_set():
                raise NodeStopping
            client.send(encode({"progress": text, "done": done, "total": total}))

        return self._commands[command](args, progress)

    def _finish(self, client: _Client, error: CabangError) -> None:
        client.send(encode({"error": error_fields(error)}))
        self._close(client)

    def _close(self, client: _Client) -> None:
        self._selector.unregister(client.peer)
        self._clients.remove(client)
        client.peer.close()


def _listen_unix(folder: Folder) -> tuple[socket.socket, str]:
    """A listener only this user can reach, and its path: in *folder*, or where a long path does not fit, elsewhere."""
    path = folder.socket_file
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES_MAX:
        path = Path(tempfile.mkdtemp(prefix="cabang-"), SOCKET)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)  # before listen(): until then nobody can connect
        listener.listen(CLIENTS_MAX)
    except OSError:
        listener.close()
        remove_socket(folder, path)
        raise
    return listener, str(path)


def _listen_loopback() -> tuple[socket.socket, str]:
    listener = socket.create_server((LOOPBACK, 0), backlog=CLIENTS_MAX)
    return listener, f"{LOOPBACK}:{listener.getsockname()[1]}"
