"""``DIR/sms.sock``: how other processes ask the running daemon something; one JSON line each way.

Request: ``{"do": "ussd", "code": …, "modem": …}``.
Only this user may ask: the socket's mode is 0600; where there are no such sockets, loopback TCP asks for a token that
stands in ``sms.lock``.
"""

import hmac
import json
import os
import secrets
import selectors
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sms_daemon import lock
from sms_daemon.errors import N_, SmsError

FILE = "sms.sock"
PATH_BYTES_MAX = 100
LINE_BYTES_MAX = 65_536
CLIENTS_MAX = 16
WAIT_S = 5.0
RETRY_S = 0.02

Reply = Callable[[dict[str, Any]], None]
Command = Callable[[dict[str, Any], Reply], None]


class NotRunning(SmsError):
    code = "sms_not_running"
    happened = N_("The SMS program of this branch does not run.")
    todo = N_('Start it: "cabang sms run".')
    retry_safe = True


class NoReply(SmsError):
    code = "sms_no_reply"
    happened = N_("The SMS program of this branch does not answer.")
    todo = N_("Try again in a minute; if it happens again, end it and start it anew.")
    retry_safe = True


class Server:
    """Answers requests inside the daemon's loop; a client that is slow, silent or gone holds up nobody."""

    def __init__(
        self, folder: Path, held: lock.Lock, selector: selectors.BaseSelector, commands: Mapping[str, Command]
    ) -> None:
        self._selector, self._commands = selector, commands
        self._clients: dict[socket.socket, bytearray] = {}
        self._listener, self.address = _listen(folder)
        self._token = "" if Path(self.address).is_absolute() else secrets.token_hex(16)
        self._listener.setblocking(False)
        selector.register(self._listener, selectors.EVENT_READ, self._accept)
        held.announce(self.address, self._token)

    def close(self) -> None:
        """Hangs up and takes the socket away."""
        for client in list(self._clients):
            self._drop(client)
        self._selector.unregister(self._listener)
        self._listener.close()
        _remove(self.address)

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            if len(self._clients) >= CLIENTS_MAX:
                self._drop(next(iter(self._clients)))
            self._clients[client] = bytearray()
            self._selector.register(client, selectors.EVENT_READ, lambda: self._read(client))

    def _read(self, client: socket.socket) -> None:
        if client not in self._clients:
            return  # hung up on by what was heard just before it
        try:
            data = client.recv(LINE_BYTES_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        received = self._clients[client]
        received += data
        line, end, _ = received.partition(b"\n")
        if not data or len(received) > LINE_BYTES_MAX:
            self._drop(client)
        elif end:
            received.clear()
            self._obey(client, bytes(line))

    def _obey(self, client: socket.socket, line: bytes) -> None:
        def reply(answer: dict[str, Any]) -> None:
            with suppress(OSError):
                client.sendall(json.dumps(answer).encode() + b"\n")
            self._drop(client)

        try:
            request = json.loads(line)
            command = self._commands[request["do"]]
            trusted = hmac.compare_digest(str(request.get("token", "")), self._token)
        except (ValueError, KeyError, TypeError, RecursionError):
            reply({"ok": False, "error": "ERR_REQUEST"})
            return
        if trusted:
            command(request, reply)
        else:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if self._clients.pop(client, None) is not None:
            self._selector.unregister(client)
            client.close()


def _listen(folder: Path) -> tuple[socket.socket, str]:
    """A listening socket and the name by which others find it."""
    if not hasattr(socket, "AF_UNIX"):
        listener = socket.create_server(("127.0.0.1", 0))
        return listener, "{}:{}".format(*listener.getsockname())
    path = folder.absolute() / FILE
    if len(os.fsencode(path)) > PATH_BYTES_MAX:
        path = Path(tempfile.mkdtemp(prefix="cabang-sms-")) / FILE
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(CLIENTS_MAX)
    return listener, str(path)


def _remove(address: str) -> None:
    path = Path(address)
    if path.is_absolute():
        path.unlink(missing_ok=True)
        if path.parent.name.startswith("cabang-sms-"):
            path.parent.rmdir()


def ask(folder: Path, request: Mapping[str, Any], wait_s: float = WAIT_S) -> dict[str, Any]:
    """The running daemon's answer; raises NotRunning, NoReply."""
    note = lock.note(folder)
    if note is None or not note.address or not lock.is_held(folder):
        raise NotRunning
    line = json.dumps({**request, "token": note.token}).encode() + b"\n"
    try:
        with _connect(note.address, wait_s) as peer:
            peer.sendall(line)
            answer = json.loads(peer.makefile("rb").readline())
    except (OSError, ValueError):
        raise NoReply from None
    return dict(answer)


def _connect(address: str, wait_s: float) -> socket.socket:
    if not Path(address).is_absolute():
        host, _, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), wait_s)
    peer, until = socket.socket(socket.AF_UNIX), time.monotonic() + wait_s
    peer.settimeout(wait_s)
    try:
        while True:
            try:
                peer.connect(address)
            except BlockingIOError:  # others are being let in just now: such a socket does not wait for its turn
                if time.monotonic() >= until:
                    raise
                time.sleep(RETRY_S)
            else:
                return peer
    except OSError:
        peer.close()
        raise
