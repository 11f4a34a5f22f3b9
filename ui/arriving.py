"""Requests as they arrive: none takes a worker's time before all of it is here, so who sends slowly holds up nobody."""

import io
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPRequest

from sync import limits
from ui.kept_connections import KeepingGateway, KeptConnection

BODY_BYTES_MAX = 2 * limits.REQUEST_BYTES_MAX  # of a longer one nothing is kept: the application refuses it by its head
PIECE_BYTES = 64 * 1024
BACKLOG = 128  # who comes while the listening thread is busy; others would be asked to try again after a second
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Whole(io.BytesIO):
    """A request that is here, as the server reads it; *has_data* says whether another one is here behind it."""

    bytes_read = 0

    def __init__(self, data: bytes, has_data: Callable[[], bool]) -> None:
        super().__init__(data)
        self.has_data = has_data


class MeasuredRequest(HTTPRequest):
    """A request whose head says how long its body is."""

    def read_request_headers(self) -> bool:
        """Reads the head; False when the request was refused."""
        if not super().read_request_headers():
            return False
        if self.chunked_read:
            self.close_connection = True
            self.simple_response("411 Length Required", "Say Content-Length.")
            return False
        return True


class ArrivingConnection(KeptConnection):
    """A connection whose request comes in pieces."""

    RequestHandlerClass = MeasuredRequest

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        self._came, self._size, self._began = bytearray(), 0, 0.0
        self._used = time.time()
        self.is_over = self._is_ended = False
        self.rfile = Whole(b"", self.is_whole)

    @property
    def last_used(self) -> float:
        """When something was heard last, as the server asks to find who was silent too long; 0: it took too long."""
        allowed = limits.REQUEST_S_MAX if self._size else limits.REQUEST_HEAD_S_MAX
        return 0 if self._began and time.monotonic() - self._began > allowed else self._used

    @last_used.setter
    def last_used(self, when: float) -> None:
        self._used = when

    def receive(self) -> bool:
        """Takes what has come; True when a worker can answer.  ``is_over``: nothing more will come."""
        self._began = self._began or time.monotonic()
        self.socket.settimeout(0)
        try:
            while not self.is_over and not self.is_whole():
                piece = self.socket.recv(PIECE_BYTES)
                self._came += piece
                self.is_over = not piece
        except BlockingIOError:
            pass
        except OSError:
            self.is_over = True
        self.is_over |= self._is_ended
        if self._is_ended or not (self.is_whole() or (self.is_over and self._came)):
            return False
        self._hand_over()
        return True

    @property
    def waiting_bytes(self) -> int:
        """What is kept of a request that is not whole."""
        return len(self._came)

    def is_whole(self) -> bool:
        """Is all of a request here, or enough to refuse it?"""
        if not self._size:
            self._read_head()
        return 0 < self._size <= len(self._came)

    def _read_head(self) -> None:
        end = self._came.find(_HEAD_END)
        if end < 0:
            self._size = len(self._came) if len(self._came) > limits.REQUEST_HEAD_BYTES_MAX else 0
            return
        head = bytes(self._came[: end + 2])
        told = _LENGTH.findall(head)
        body = int(told[-1]) if told else 0
        if _EXPECT.search(head):
            head = self._invite(head)
        self._size = len(head) + 2 + (body if body <= BODY_BYTES_MAX else 0)

    def _invite(self, head: bytes) -> bytes:
        """Tells who waits for that to go on; the head without the question."""
        with suppress(OSError):
            self.socket.send(_GO_ON)
        said = _EXPECT.sub(b"", head)
        self._came[: len(head)] = said
        return said

    def _hand_over(self) -> None:
        size = self._size or len(self._came)
        self.rfile = Whole(bytes(self._came[:size]), self.is_whole)
        del self._came[:size]
        self._size, self._began = 0, 0.0
        self.socket.settimeout(self.server.timeout)

    def end(self) -> None:
        """Nothing more is heard, what came is given back; the server finds the connection closed.  From any thread."""
        self._is_ended = True
        self._came = bytearray()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes the connection, or gives its socket away."""
        self.server.crowd.leave(self)
        super().close()


class Crowd:
    """The requests that are arriving, the oldest first: one too many, or too much, ends the oldest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[ArrivingConnection, int] = {}

    def note(self, connection: ArrivingConnection) -> None:
        """So much of its request has come."""
        with self._lock:
            self._sizes[connection] = connection.waiting_bytes
            while len(self._sizes) > limits.ARRIVING_MAX or sum(self._sizes.values()) > limits.ARRIVING_BYTES_MAX:
                oldest = next(iter(self._sizes))
                del self._sizes[oldest]
                oldest.end()

    def leave(self, connection: ArrivingConnection) -> None:
        """It is whole, or gone."""
        with self._lock:
            self._sizes.pop(connection, None)


class PatientServer(wsgi.Server):
    """Listens to any number of slow connections in its one listening thread; workers see whole requests alone."""

    ConnectionClass = ArrivingConnection
    keep_alive_conn_limit = 2 * limits.ARRIVING_MAX
    max_request_header_size = limits.REQUEST_HEAD_BYTES_MAX

    def __init__(self, address: tuple[str, int], application: Callable[..., Any], threads: int) -> None:
        super().__init__(address, application, threads, address[0], request_queue_size=BACKLOG)
        self.timeout = limits.REQUEST_PAUSE_S_MAX
        self.gateway = KeepingGateway
        self.crowd = Crowd()

    def process_conn(self, conn: ArrivingConnection) -> None:
        """Something came, or somebody."""
        if conn.receive():
            self.crowd.leave(conn)
            super().process_conn(conn)
        elif conn.is_over:
            conn.close()
        else:
            self.crowd.note(conn)
            self.put_conn(conn)
