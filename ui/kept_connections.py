"""Connections an application keeps: the head of the answer is sent at once, its body comes later from another thread.

A worker thread serves one request after another, so nobody may wait in it.  An application that finds ``KEEP`` in the
WSGI environment calls it with a function, answers with a head alone (``Content-Length`` says how much will follow), and
is given the socket instead of its being closed.
"""

import socket
from collections.abc import Callable
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection

KEEP = "cabang.keep"
Keeper = Callable[[socket.socket], None]


class KeptConnection(HTTPConnection):
    """A connection that goes to ``keeper`` when the worker is done with it."""

    keeper: Keeper | None = None

    def close(self) -> None:
        """Closes the connection, or gives its socket away."""
        if self.keeper is None:
            super().close()
            return
        self.rfile.close()
        self.wfile.close()
        self.keeper(socket.socket(fileno=self.socket.detach()))


class KeepingGateway(wsgi.Gateway_10):
    """WSGI with ``KEEP`` in the environment."""

    def __init__(self, req: Any) -> None:
        super().__init__(req)
        self.env[KEEP] = self._keep

    def _keep(self, keeper: Keeper) -> None:
        self.req.close_connection = True
        self.req.conn.keeper = keeper
