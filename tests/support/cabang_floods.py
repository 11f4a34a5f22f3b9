"""What a hub that runs as a process is sent to eat up its memory or its time, and what it says to it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from cabang_forge import SECRET
from cabang_pair import keyring
from cabang_zstd import zstd

from sync import enrol, exchange, keys, limits, segment, wire

EPOCH = b"a flood!"
TIMEOUT_S = 20
RING = keyring(1)
GIGABYTE = 1 << 30


class Flooded(NamedTuple):
    """A running hub with one branch enrolled, whose keys are ``RING``."""

    url: str
    pid: int

    def memory_mb(self) -> int:
        """The most memory its process ever held at once."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024

    def post(self, data: bytes, path: str = exchange.PATH) -> tuple[int, str]:
        """Status and code of the answer to *data*; "" when nothing was refused."""
        found = requests.post(self.url + path, data=data, timeout=TIMEOUT_S)
        if found.status_code != 200:
            return found.status_code, exchange.read_refusal(found.content, "hub")[0]
        answer = exchange.read_answer(found.content, "hub")
        return 200, answer.refusal.code if answer.refusal else ""

    def bring(self, *segments: bytes) -> tuple[int, str]:
        """The same for a request in order that brings *segments*."""
        return self.post(_request(self._nonce(), list(segments)))

    def _nonce(self) -> bytes:
        found = requests.post(self.url + exchange.PATH, data=_request(exchange.NO_NONCE, []), timeout=TIMEOUT_S)
        return exchange.read_answer(found.content, "hub").nonce

    def connect(self) -> socket.socket:
        """A connection of somebody who does not speak as a client does."""
        at = urlsplit(self.url)
        return socket.create_connection((str(at.hostname), int(at.port or 0)), timeout=TIMEOUT_S)

    def raw(self, *pieces: bytes) -> int:
        """The status of the answer to these bytes, sent one after another."""
        with closing(self.connect()) as line:
            for piece in pieces:
                try:
                    line.sendall(piece)
                except OSError:
                    break  # it has heard enough
            try:
                said = line.recv(64)
            except ConnectionResetError:
                return 0
        return int(said.split()[1]) if said else 0

    def exchange_s(self) -> float:
        """Seconds until a branch that has nothing to send is answered, page and all."""
        began = time.monotonic()
        assert (200, "") == self.bring()
        return time.monotonic() - began

    def page_s(self) -> float:
        """Seconds until a person has a page."""
        began = time.monotonic()
        assert 200 == requests.get(f"{self.url}/login", timeout=TIMEOUT_S).status_code
        return time.monotonic() - began


def enrolled(url: str, code: str) -> None:
    """Makes ``RING`` the keys of the branch the code is for."""
    data = enrol.apply(keys.read_code(code), RING)
    assert 200 == requests.post(url + exchange.ENROL_PATH, data=data, timeout=TIMEOUT_S).status_code


def _request(nonce: bytes, segments: list[bytes]) -> bytes:
    asked = exchange.Request(exchange.VERSION, 1, EPOCH, nonce, 0, 0, b"", 0, 0, None, segments)
    return exchange.sign_request(RING, asked)


def enveloped(codec: int, body: bytes, count: int = 1) -> bytes:
    """A segment of this body."""
    return wire.encode(segment.Envelope(segment.VERSION, 1, EPOCH, 1, count, SECRET, bytes(64), codec, body))


@cache
def bomb() -> bytes:
    """A gigabyte of zeros, compressed."""
    packer = zstd.ZstdCompressor()
    pieces = [packer.compress(bytes(1 << 24)) for _ in range(GIGABYTE >> 24)]
    return b"".join([*pieces, packer.flush()])


def deep(size: int) -> bytes:
    """Arrays in arrays without end."""
    return b"\x91" * size


@cache
def lists_of_nothing() -> bytes:
    """As many empty entries as the limit of a body takes: small on the wire, large where each becomes an object."""
    count = limits.SEGMENT_BYTES_MAX - 8
    return b"\xdd" + count.to_bytes(4, "big") + b"\x90" * count


def head(path: str, length: str) -> bytes:
    """The head of a POST; *length* says how long its body is."""
    return f"POST {path} HTTP/1.1\r\nHost: hub\r\n{length}\r\n\r\n".encode()


@contextmanager
def dripping(hub: Flooded, count: int) -> Iterator[None]:
    """Inside, *count* connections have begun a request, half of them only its head, and send a byte now and then."""
    begun = (head(exchange.PATH, "Content-Length: 1000") + b"x", b"POST /sync/1 HTTP/1.1\r\nHost: ")
    lines, is_over = [hub.connect() for _ in range(count)], threading.Event()

    def drip() -> None:
        while not is_over.wait(0.1):
            for line in lines:
                line.sendall(b"x")

    for number, line in enumerate(lines):
        line.sendall(begun[number % 2])
    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        time.sleep(0.3)
        yield
    finally:
        is_over.set()
        dripper.join()
        for line in lines:
            line.close()
