"""Requests that come in pieces: who sends slowly holds up nobody, and nobody sends for ever."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
import requests
from cabang_serving import serving

from sync import limits
from ui.arriving import BODY_BYTES_MAX
from ui.serve import THREADS, WebServer

POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


def echo(environ, start) -> list[bytes]:
    """Says the length of a body that is too long, else the body."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = b"too long" if length > BODY_BYTES_MAX else environ["wsgi.input"].read(length)
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with serving(WebServer(echo, "127.0.0.1", 0)) as running:
        yield running


@pytest.fixture
def connect(server: WebServer) -> Iterator[Callable[..., socket.socket]]:
    """Opens connections and says something on each."""
    with ExitStack() as stack:

        def opened(said: bytes = b"") -> socket.socket:
            line = stack.enter_context(closing(socket.create_connection((server.host, server.port), timeout=5)))
            line.sendall(said)
            return line

        yield opened


def heard(line: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    said = b""
    while piece := line.recv(65_536):
        said += piece
    return said


@pytest.mark.parametrize("begun", [b"", b"POST / HT", POST + b"abc"], ids=["nothing", "half a head", "half a body"])
def test_slow_requests_take_no_workers(server, connect, begun) -> None:
    """Goal: everybody else is answered. Method: more requests begun than workers; a whole one, theirs."""
    slow = [connect(begun) for _ in range(2 * THREADS)]
    assert b"hello" == requests.post(server.url, data=b"hello", timeout=5).content
    slow[0].sendall((POST + b"abcde")[len(begun) :])
    assert slow[0].recv(99).startswith(b"HTTP/1.1 200")


def test_in_whatever_pieces_it_comes(server, connect) -> None:
    """Goal: the same answer. Method: two requests, cut at every place, and both in one piece."""
    said = POST + b"12345" + POST.replace(b"Host: x", b"Connection: close") + b"67890"
    for cut in range(0, len(said), 9):
        line = connect(said[:cut])
        line.sendall(said[cut:])
        found = heard(line)
        assert [b"12345HTTP/1.1 200 OK", b"67890"] == [found[at : at + 20] for at in places(found)]


def places(found: bytes) -> list[int]:
    """Where the bodies of answers begin."""
    return [at + 4 for at in range(len(found)) if found[at : at + 4] == b"\r\n\r\n"]


def test_odd_heads(connect) -> None:
    """Goal: each gets its answer, and no more is kept of it. Method: too long, in chunks, asking first, cut short."""
    long = b"GET / HTTP/1.1\r\nX: " + bytes(limits.REQUEST_HEAD_BYTES_MAX)
    answers = {
        b"413": long,
        b"411": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
        b"200": POST.replace(b"5", b"999999999"),
        b"100": POST.replace(b"Host: x", b"Expect: 100-continue"),
    }
    assert list(answers) == [connect(said).recv(99)[9:12] for said in answers.values()]
    invited = connect(answers[b"100"])
    assert b"HTTP/1.1 100 Continue\r\n\r\n" == invited.recv(99)
    invited.sendall(b"abcde")
    assert invited.recv(999).startswith(b"HTTP/1.1 200")  # and no second invitation
    short = connect(POST + b"abc")
    short.shutdown(socket.SHUT_WR)
    assert b"abc" == heard(short)[-3:]


@pytest.mark.parametrize(
    ("limit", "begun"),
    [("REQUEST_HEAD_S_MAX", b"POST"), ("REQUEST_S_MAX", POST), ("ARRIVING_MAX", POST), ("ARRIVING_BYTES_MAX", POST)],
)
def test_what_does_not_end_is_ended(server, connect, monkeypatch, limit, begun) -> None:
    """Goal: nobody sends for ever, nor keeps much. Method: each limit at nothing; what has begun is cut off."""
    line = connect(begun)
    assert b"hello" == requests.post(server.url, data=b"hello", timeout=5).content  # by now the first one was seen
    monkeypatch.setattr(limits, limit, 0)
    line.sendall(b"a")
    assert b"" == heard(line)
    monkeypatch.undo()
    assert b"hello" == requests.post(server.url, data=b"hello", timeout=5).content
