"""Where pages can be served, and why not."""

import socket

import pytest

from sync.errors import CabangError
from ui.serve import AddressRefused, PortTaken, WebServer


def refused(host: str, port: int) -> CabangError:
    """Why pages cannot be served there."""
    with pytest.raises(CabangError) as caught:
        WebServer(lambda environ, start: [], host, port, plain_http=True)
    return caught.value


def test_a_port_in_use_is_said_in_our_own_words() -> None:
    """Goal: no words of the system inside our sentence, another port named. Method: listen there before."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        error = refused("127.0.0.1", port)
    assert (PortTaken, port + 1, False) == (type(error), error.params["other"], "Errno" in str(error))


@pytest.mark.parametrize("host", ["192.0.2.1", "nothing.invalid"])
def test_an_address_of_another_computer(host) -> None:
    """Goal: a wrong --host is told. Method: an address and a name that are not this computer's."""
    error = refused(host, 0)
    assert (AddressRefused, "it is no address of this computer") == (type(error), error.params["why"])
