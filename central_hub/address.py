"""The address at which branches on other computers find this head office."""

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from ui.serve import is_loopback

_ELSEWHERE = ("192.0.2.1", 9)  # an address of nobody (RFC 5737); nothing is sent there


class Address(NamedTuple):
    """``here_only``: only this computer reaches it; ``plain``: a branch must allow http:// beyond itself."""

    url: str
    here_only: bool
    plain: bool


def for_branches(seen: str, listening: str) -> Address:
    """The address to give to a branch: the browser's own, *seen*, unless that leads another computer to itself.

    *listening*: the host this head office listens on.
    """
    parts = urlsplit(seen)
    if not is_loopback(parts.hostname or ""):
        return Address(seen, False, parts.scheme == "http")
    if is_loopback(listening):
        return Address(seen, True, False)
    host = own_address() if _is_everywhere(listening) else listening
    named = f"[{host}]" if ":" in host else host
    return Address(f"http://{named}:{parts.port or 80}/", is_loopback(host), not is_loopback(host))


def _is_everywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def own_address() -> str:
    """This computer's address in its network; loopback when it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(asking.getsockname()[0])
