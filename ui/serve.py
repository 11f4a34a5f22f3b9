"""Serving a node's pages: cheroot, several threads, loopback unless said otherwise."""

import errno
import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from sync.errors import N_, CabangError
from ui.arriving import PatientServer
from ui.memory import share_arenas
from ui.port_owner import owner_of

THREADS = 8
LOCAL_NAMES = ("localhost",)
_NOT_HERE = N_("it is no address of this computer")
_WHY = {errno.EACCES: N_("the system keeps ports below 1024 for itself"), errno.EADDRNOTAVAIL: _NOT_HERE}


class PlainHttpBeyondLoopback(CabangError):
    code = "plain_http_beyond_loopback"
    happened = N_("Serving on %(host)s would let everybody on the network read passwords and customers.")
    todo = N_("Use 127.0.0.1, or add --plain-http on a network you trust.")


class PortTaken(CabangError):
    """``who``: the program that uses it, as far as the system tells."""

    code = "port_taken"
    happened = N_("Port %(port)s of this computer is in use already, by %(who)s.")
    todo = N_("Choose another port, for instance --port %(other)s, or stop that program.")


class AddressRefused(CabangError):
    code = "address_refused"
    happened = N_("Pages cannot be served on %(host)s, port %(port)s: %(why)s.")
    todo = N_("Choose another address with --host, or another port with --port.")


def is_loopback(host: str) -> bool:
    """True when only this computer can reach *host*."""
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(host: str, port: int) -> CabangError:
    """Why nobody can listen there."""
    try:
        _listen_once(host, port)
    except socket.gaierror:
        return AddressRefused(host=host, port=port, why=_NOT_HERE)
    except OSError as error:
        if error.errno in _WHY:
            return AddressRefused(host=host, port=port, why=_WHY[error.errno])
    return PortTaken(port=port, who=owner_of(port) or N_("another program"), other=port + 1)


def _listen_once(host: str, port: int) -> None:
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.bind(address)


class WebServer:
    """Serves *application* (WSGI) on *host*:*port*; port 0 takes a free one.  ``start()`` blocks until ``stop()``."""

    def __init__(self, application: Callable[..., Any], host: str, port: int, plain_http: bool = False) -> None:
        if not is_loopback(host) and not plain_http:
            raise PlainHttpBeyondLoopback(host=host)
        share_arenas()
        self._server = PatientServer((host, port), application, THREADS)
        try:
            self._server.prepare()
        except OSError as error:
            raise _refusal(host, port) from error
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
