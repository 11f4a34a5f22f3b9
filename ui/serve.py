"""Serving a node's pages: cheroot, several threads, loopback unless said otherwise."""

import ipaddress
from collections.abc import Callable
from typing import Any

from cheroot import wsgi

from sync.errors import N_, CabangError

THREADS = 8
LOCAL_NAMES = ("localhost",)


class PlainHttpBeyondLoopback(CabangError):
    code = "plain_http_beyond_loopback"
    happened = N_("Serving on %(host)s would let everybody on the network read passwords and customers.")
    todo = N_("Use 127.0.0.1, or add --plain-http on a network you trust.")


class PortTaken(CabangError):
    code = "port_taken"
    happened = N_("The address %(host)s:%(port)s cannot be used: %(why)s.")
    todo = N_("Choose another port with --port, or stop the program that uses it.")


def is_loopback(host: str) -> bool:
    """True when only this computer can reach *host*."""
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class WebServer:
    """Serves *application* (WSGI) on *host*:*port*; port 0 takes a free one.  ``start()`` blocks until ``stop()``."""

    def __init__(self, application: Callable[..., Any], host: str, port: int, plain_http: bool = False) -> None:
        if not is_loopback(host) and not plain_http:
            raise PlainHttpBeyondLoopback(host=host)
        self._server = wsgi.Server((host, port), application, numthreads=THREADS, server_name="cabang")
        try:
            self._server.prepare()
        except OSError as error:
            raise PortTaken(host=host, port=port, why=error.strerror or str(error)) from error
        self.host, self.port = host, self._server.bind_addr[1]

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def start(self) -> None:
        """Answers requests until ``stop()`` is called from another thread."""
        self._server.serve()

    def stop(self) -> None:
        """Finishes the running requests and closes the port."""
        self._server.stop()
