"""A hub that runs is not talked out of its memory or its time by anybody on the line."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from statistics import median

import cabang_floods
import pytest
from cabang_floods import Flooded, enveloped, head
from cabang_nodes import start
from cabang_testing import good

from sync import exchange, limits, wire

MEMORY_MB = 120
SECONDS = 1
SLOW = 50  # connections; the hub has 8 workers
AGAIN = 20  # so often in a row each time: what is not given back would add up
MEGABYTE = 1 << 20
ENDLESS = [b"100000\r\n" + bytes(MEGABYTE) + b"\r\n"] * 200  # 200 MB in chunks whose sum nobody says


@pytest.fixture(scope="module")
def flooded(hub_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flooded]:
    """The hub as a process of its own, one branch enrolled."""
    folder = tmp_path_factory.mktemp("flooded") / "hub"
    shutil.copytree(hub_template, folder)
    running = start("hub", folder)
    try:
        url = running.url.rstrip("/")
        code = good("hub", "add-branch", folder, "PTK", "--name", "Pontianak").strip()
        cabang_floods.enrolled(url, code)
        yield Flooded(url, running.process.pid)
    finally:
        assert 0 == running.stop()


Flood = Callable[[Flooded], object]
FLOODS: dict[str, tuple[object, Flood]] = {
    "a length of a gigabyte": (413, lambda hub: hub.raw(head(exchange.PATH, f"Content-Length: {1 << 30}"))),
    "an enrolment of a gigabyte": (413, lambda hub: hub.raw(head(exchange.ENROL_PATH, f"Content-Length: {1 << 30}"))),
    "chunks without end": (411, lambda hub: hub.raw(head(exchange.PATH, "Transfer-Encoding: chunked"), *ENDLESS)),
    "a request over the limit": ((400, "too_large"), lambda hub: hub.post(bytes(limits.REQUEST_BYTES_MAX + 1))),
    "a request nested without end": ((400, "malformed"), lambda hub: hub.post(cabang_floods.deep(MEGABYTE))),
    "an array of 4,000,000,000": ((400, "malformed"), lambda hub: hub.post(b"\xdd\xff\xff\xff\xff" + bytes(99))),
    "bytes of four gigabytes": (
        (400, "malformed"),
        lambda hub: hub.post(b"\x9c\x01\x01\xc6\xff\xff\xff\xff" + bytes(99)),
    ),
    "a bomb": ((200, "too_large"), lambda hub: hub.bring(enveloped(wire.ZSTD, cabang_floods.bomb()))),
    "as many bombs as a request holds": (
        (200, "too_large"),
        lambda hub: hub.bring(*[enveloped(wire.ZSTD, cabang_floods.bomb())] * 16),
    ),
    "a body nested without end": (
        (200, "malformed"),
        lambda hub: hub.bring(enveloped(wire.RAW, cabang_floods.deep(300_000))),
    ),
    "a body of entries without end": (
        (200, "malformed"),
        lambda hub: hub.bring(enveloped(wire.RAW, cabang_floods.lists_of_nothing())),
    ),
    "entries of ops that are nothing": (
        (200, "malformed"),
        lambda hub: hub.bring(enveloped(wire.RAW, wire.encode([[b"h"] + [[]] * 9_000] * 46), 46)),
    ),
}


@pytest.mark.proof
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_costs_neither_memory_nor_time(flooded, name) -> None:
    """Goal: bounded memory and time. Method: each flood many times; what is said, the process's highest memory."""
    said, flood = FLOODS[name]
    times = []
    for _ in range(3 if "chunks" in name else AGAIN):
        began = time.monotonic()
        assert said == flood(flooded)
        times.append(time.monotonic() - began)
    assert flooded.memory_mb() < MEMORY_MB
    assert median(times) < SECONDS


@pytest.mark.proof
def test_slow_requests_keep_nobody_waiting(flooded) -> None:
    """Goal: who sends slowly holds up nobody else. Method: many connections dribble; a branch's exchange, a page."""
    with cabang_floods.dripping(flooded, SLOW):
        assert max(flooded.exchange_s() for _ in range(5)) < SECONDS
        assert max(flooded.page_s() for _ in range(5)) < SECONDS
    assert flooded.memory_mb() < MEMORY_MB


@pytest.mark.proof
def test_large_requests_that_never_end_cost_no_memory(flooded) -> None:
    """Goal: what is kept of requests that are not whole is bounded. Method: as many as may arrive, nearly whole."""
    said = head(exchange.PATH, f"Content-Length: {MEGABYTE}") + bytes(MEGABYTE - 1)
    with ExitStack() as stack:
        for line in [stack.enter_context(closing(flooded.connect())) for _ in range(limits.ARRIVING_MAX // 2)]:
            with suppress(OSError):  # cut off: others began later
                line.sendall(said)
        assert median(flooded.exchange_s() for _ in range(3)) < SECONDS
    assert flooded.memory_mb() < MEMORY_MB
