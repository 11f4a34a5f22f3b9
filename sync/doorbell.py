"""The doorbell: branches wait on it for "there is something new", so that nobody has to ask again and again.

A call is a MessagePack array [version, stream, nonce, count] and the branch's signature over it, label ``cabang
doorbell 1``: *nonce* is that of the hub's last answer, *count* grows with each call made with it.  All that is ever
told is one byte.  One thread serves every waiting connection; it looks at the feed now and then by itself.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import msgspec

from sync import keys, limits, wire
from sync.errors import DoorbellFull, Malformed, RevokedSender, UnknownVersion
from sync.exchange import NONCE_BYTES
from sync.keys import PrivateKeys
from sync.registry import Registry
from sync.talks import Talks

VERSION = 1
PATH = "/sync/1/doorbell"
NEWS, NONE = b"\x01", b"\x00"


class Call(msgspec.Struct, array_like=True, frozen=True):
    """What a branch says who wants to be told."""

    version: limits.Count
    stream: limits.Count
    nonce: bytes
    count: limits.Count


_call_decoder = msgspec.msgpack.Decoder(Call).decode


def sign_call(keyring: PrivateKeys, stream: int, nonce: bytes, count: int) -> bytes:
    """The bytes of a call."""
    body = wire.encode(Call(VERSION, stream, nonce, count))
    return body + keyring.sign(keys.DOORBELL_LABEL, body)


def read_call(data: bytes) -> Call:
    """Parses a call strictly; its signature is checked by ``check_call``.  Raises Malformed, UnknownVersion."""
    call = wire.decode_struct(_call_decoder, data[: -keys.SIGNATURE_BYTES], "call")
    if call.version != VERSION:
        raise UnknownVersion(what="call", version=call.version)
    if len(call.nonce) != NONCE_BYTES:
        raise Malformed(what="call", why="a field has the wrong size")
    return call


def check_call(data: bytes, sign_public: bytes) -> None:
    """Raises BadSignature unless the key signed the call."""
    body, signature = data[: -keys.SIGNATURE_BYTES], data[-keys.SIGNATURE_BYTES :]
    keys.check(sign_public, keys.DOORBELL_LABEL, body, signature, "call")


def caller(registry: Registry, talks: Talks, data: bytes) -> tuple[int, int]:
    """Who wants to be told of news, and the feed position it knows: (stream, position).

    Raises Malformed, UnknownVersion, UnknownSender, BadSignature, KeyReplaced, RevokedSender, StaleNonce.
    """
    call = read_call(data)
    speaker = registry.speaker(call.stream, partial(check_call, data))
    if speaker.withdrawn is not None:
        raise RevokedSender
    return call.stream, talks.call((call.stream, speaker.serial), call.nonce, call.count)


@dataclass(slots=True)
class _Waiting:
    """A branch at the door: it knows the feed up to ``known``; ``until`` (s) it is told that there is nothing."""

    stream: int
    connection: socket.socket
    known: int
    until: float


class Doorbell:
    """Branches that wait.  *position()*: where the feed ends; *news(stream, after)*: whether it holds more for one.

    *elapsed* is a monotonic clock in seconds.  Its thread starts with the first branch that waits.
    """

    def __init__(
        self,
        position: Callable[[], int],
        news: Callable[[int, int], bool],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._position, self._news, self._elapsed = position, news, elapsed
        self._lock = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._rung: dict[int, float] = {}
        self._selector = selectors.DefaultSelector()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def admit(self, stream: int) -> None:
        """Raises DoorbellFull when branch number *stream* had better ask by itself."""
        with self._lock:
            if len(self._waiting) >= limits.DOORBELL_BRANCHES_MAX and stream not in self._waiting:
                raise DoorbellFull

    def wait(self, stream: int, known: int, connection: socket.socket) -> None:
        """Takes the connection of a branch over: one byte will be written to it, then it is closed."""
        connection.setblocking(False)
        one = _Waiting(stream, connection, known, self._elapsed() + limits.DOORBELL_HOLD_S)
        with self._lock:
            self._drop(stream)
            if self._closing.is_set():
                connection.close()
                return
            self._waiting[stream] = one
            self._selector.register(connection, selectors.EVENT_READ, one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="doorbell", daemon=True)
                self._thread.start()

    def let_go(self, stream: int) -> None:
        """Ends the wait of branch number *stream* without a word, if it waits."""
        with self._lock:
            self._drop(stream)

    def close(self) -> None:
        """Lets everybody go and ends the thread."""
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=limits.CONNECT_TIMEOUT_S_MAX)
        with self._lock:
            self._selector.close()

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self._waiting)

    # --- the thread ------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Until it is closed; whatever ends it lets everybody go, and the next who waits starts it again."""
        try:
            while not self._closing.wait(limits.DOORBELL_LOOK_S):
                self.look()
        finally:
            with self._lock:
                self._thread = None
                for stream in list(self._waiting):
                    self._drop(stream)

    def look(self) -> None:
        """One look: who has gone, who has news, who has waited long enough."""
        with self._lock:
            for key, _ in self._selector.select(0):  # a branch that waits says nothing: it has gone
                self._drop(key.data.stream)
            waiting = list(self._waiting.values())
        now, position = self._elapsed(), self._position() if waiting else 0
        for one in waiting:
            told = self._told(one, now, position)
            if told is not None:
                self._tell(one, told)

    def _told(self, one: _Waiting, now: float, position: int) -> bytes | None:
        """What to tell *one* now, if anything; a branch is not rung twice in a short time."""
        if position > one.known and now >= self._rung.get(one.stream, now):
            if self._news(one.stream, one.known):
                self._rung[one.stream] = now + limits.DOORBELL_AGAIN_S
                return NEWS
            one.known = position
        return NONE if now >= one.until else None

    def _tell(self, one: _Waiting, told: bytes) -> None:
        with self._lock:
            if self._waiting.get(one.stream) is one:
                with suppress(OSError):
                    one.connection.send(told)
                self._drop(one.stream)

    def _drop(self, stream: int) -> None:
        """Closes the connection of who waits for *stream*; inside the lock."""
        one = self._waiting.pop(stream, None)
        if one is not None:
            self._selector.unregister(one.connection)
            with suppress(OSError):
                one.connection.shutdown(socket.SHUT_RDWR)
            one.connection.close()
