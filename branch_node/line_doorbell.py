"""Waiting on the hub's doorbell: one silent connection instead of a question every few seconds.

Where it cannot be had (an older hub, too many branches, a proxy that cuts silent connections) the branch asks by
itself, as without it.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import requests

from branch_node.line import BROKEN, HEADERS, judge
from sync import doorbell, limits
from sync.errors import CabangError, DoorbellFull, HubAnswerUnreadable, HubUnreachable, Malformed, StaleNonce

STALE_S = 1.0


class LineDoorbell:
    """*call()*: the bytes of the next call, None while there is no conversation; *ring()*: there may be news.

    ``listening`` while the hub has the call and would ring.
    """

    def __init__(self, url_now: Callable[[], str], call: Callable[[], bytes | None], ring: Callable[[], None]) -> None:
        self._url_now, self._call, self._ring = url_now, call, ring
        self._session = requests.Session()
        self._response: requests.Response | None = None
        self._talked = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._stale = 0
        self.listening = False

    def start(self) -> None:
        """Begins to wait, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the wait at once."""
        self._stopping.set()
        self._talked.set()
        self._hang_up()
        if self._thread:
            self._thread.join(timeout=limits.CONNECT_TIMEOUT_S_MAX)
        self._session.close()

    def talked(self) -> None:
        """A round went well: what was rung for has been heard, and the next call is good."""
        self._talked.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self.turn())

    def turn(self) -> float:
        """One wait; returns the seconds until the next."""
        call = self._call()
        if call is None:
            self._talked.clear()
            self._talked.wait(limits.SYNC_INTERVAL_S)
            return 0
        try:
            news = self._listen(call)
        except (CabangError, *BROKEN) as error:
            return self._lost(error)
        finally:
            self.listening = False
        self._stale = 0
        if news:
            self._talked.clear()
            self._ring()
            self._talked.wait(limits.SYNC_INTERVAL_S)
        return 0

    def _listen(self, call: bytes) -> bool:
        """True when the hub rang, False when it had nothing to tell for a while."""
        url, timeout = self._url_now(), (limits.CONNECT_TIMEOUT_S_MAX, limits.READ_TIMEOUT_S_MAX)
        with self._session.post(
            url + doorbell.PATH, data=call, headers=HEADERS, timeout=timeout, allow_redirects=False, stream=True
        ) as response:
            if response.status_code != 200:
                judge(url, response, response.raw.read(limits.ANSWER_BYTES_MAX, decode_content=False))
            self._response, self.listening = response, True
            told = b"" if self._stopping.is_set() else response.raw.read(1, decode_content=False)
            self._response = None
        if told not in (doorbell.NEWS, doorbell.NONE):
            raise HubUnreachable(url=url)
        return told == doorbell.NEWS

    def _lost(self, error: Exception) -> float:
        """Nobody will ring: a round now tells whether the line is there, and the branch asks by itself meanwhile."""
        self._stale = self._stale + 1 if isinstance(error, StaleNonce) else 0
        if self._stale == 1:
            return STALE_S  # a round took place between the call's making and its arrival
        absent = isinstance(error, DoorbellFull | Malformed | HubAnswerUnreadable)
        if not self._stopping.is_set():
            self._ring()
        return limits.DOORBELL_RETRY_S if absent else limits.SYNC_INTERVAL_S

    def _hang_up(self) -> None:
        """Ends the read another thread waits in."""
        response = self._response
        if response is not None:
            with suppress(OSError, ValueError, AttributeError):
                own = socket.socket(fileno=socket.dup(response.raw.fileno()))
                own.shutdown(socket.SHUT_RDWR)
                own.close()
