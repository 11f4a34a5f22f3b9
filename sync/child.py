"""A child process that opens feed pages, so that inflating and verifying never holds up the till.

It only passes bytes: frames of four length bytes and a MessagePack array, in on standard input, out on standard
output; the end of its input ends it.  Run as ``python -m sync.child``.
"""

import signal
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from sync import errors, exchange, wire
from sync.exchange import Page

_LENGTH = struct.Struct(">I")


def _read(stream: IO[bytes]) -> list[Any] | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return wire.decode_array(stream.read(_LENGTH.unpack(head)[0]), "frame")


def _write(stream: IO[bytes], frame: list[Any]) -> None:
    data = wire.encode(frame)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answers [page field…, stream, nonce, hub key] with [items] or [error code, parameters], until the input ends."""
    while (frame := _read(source)) is not None:
        *fields, stream, nonce, hub_public = frame
        try:
            answer: list[Any] = [exchange.open_page(Page(*fields), stream, nonce, hub_public)]
        except errors.Refused as error:
            answer = [error.code, {name: str(value) for name, value in error.params.items()}]
        _write(sink, answer)


class PageChild:
    """The parent's side: starts the child when first needed, again when it died; one caller at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, page: Page, stream: int, nonce: bytes, hub_public: bytes) -> list[Any]:
        """The page's items, verified in the child.  Raises what ``exchange.open_page`` raises."""
        fields = [getattr(page, name) for name in Page.__struct_fields__]
        with self._lock:
            answer = self._ask([*fields, stream, nonce, hub_public])
        if len(answer) == 1:
            return list(answer[0])
        raise _refusal(*answer)

    def _ask(self, frame: list[Any]) -> list[Any]:
        for _ in range(2):
            process = self._running()
            try:
                _write(process.stdin, frame)  # type: ignore[arg-type]
                answer = _read(process.stdout)  # type: ignore[arg-type]
            except OSError:
                answer = None
            if answer is not None:
                return answer
            self.close()
        raise errors.Malformed(what="page", why="the helper process ended while reading it")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sync.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._process

    @property
    def pid(self) -> int | None:
        """The child's process number, while it runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Ends the child."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
            self._process = None


def _refusal(code: str, params: dict[str, Any]) -> errors.Refused:
    kinds = {kind.code: kind for kind in errors.Refused.__subclasses__()}
    return kinds.get(code, errors.Malformed)(**params)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; the end of the input is ours
    serve(sys.stdin.buffer, sys.stdout.buffer)
