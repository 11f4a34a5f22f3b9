"""The address of head office that a branch is told."""

import ipaddress

import pytest

from central_hub.address import Address, for_branches, own_address

HERE = "http://127.0.0.1:8000/"


@pytest.mark.parametrize(
    ("seen", "listening", "told"),
    [
        (HERE, "127.0.0.1", Address(HERE, True, False)),
        ("http://localhost:8000/", "localhost", Address("http://localhost:8000/", True, False)),
        ("http://192.168.1.5:8000/", "::", Address("http://192.168.1.5:8000/", False, True)),
        ("https://pusat.example/", "127.0.0.1", Address("https://pusat.example/", False, False)),
        (HERE, "192.168.1.5", Address("http://192.168.1.5:8000/", False, True)),
        ("http://localhost/", "fd00::5", Address("http://[fd00::5]:80/", False, True)),
    ],
)
def test_another_computer_can_use_it(seen, listening, told) -> None:
    """Goal: 127.0.0.1 is never told as head office's address. Method: what a browser shows, what it listens on."""
    assert told == for_branches(seen, listening)


def test_a_head_office_open_to_all_tells_its_own_address() -> None:
    """Goal: "everywhere" is no address to type. Method: this computer's own, whatever it is."""
    told = for_branches(HERE, "::")
    assert ipaddress.ip_address(own_address())
    assert f"http://{own_address()}:8000/" == told.url
