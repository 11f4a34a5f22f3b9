"""A hub and one branch of it in a folder, made for a measurement and copied for each run of it."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.process import Running
from bench.shop import BRANCH_NAME, CODE
from branch_node.line import Line
from branch_node.node import BranchNode
from central_hub.node import HubNode
from sync import exchange, segment
from sync.folder import Folder
from sync.store import Store

LEFT_BEHIND = ("lock", "node.sock")


class Pair(NamedTuple):
    """Where hub and branch lie, and the port at which the branch looks for the hub."""

    folder: Path
    port: int

    @property
    def hub(self) -> Path:
        """The hub's folder."""
        return self.folder / "hub"

    @property
    def branch(self) -> Path:
        """The branch's folder."""
        return self.folder / "branch"

    def run_hub(self) -> Running:
        """The hub as a process."""
        return Running("hub", self.hub, self.port)

    def copy(self, folder: Path) -> "Pair":
        """The same pair once more, in *folder*."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        return Pair(folder, self.port)


def make_pair(folder: Path, fill: Callable[[HubNode], None] = lambda hub: None) -> Pair:
    """A hub with what *fill* puts into it, and a branch that has taken all of it."""
    pair = Pair(folder, _free_port())
    code = _make_hub(Folder(pair.hub), fill)
    home = Folder(pair.branch)
    home.create()
    with pair.run_hub() as hub, home.take():
        branch = BranchNode.create(home, f"http://127.0.0.1:{pair.port}", code)
        branch.sync.until_done()
        branch.sync.line.close()
        branch.close()
        hub.stop()
    return pair


def _make_hub(home: Folder, fill: Callable[[HubNode], None]) -> str:
    """Makes the hub; the branch's enrolment code."""
    home.create()
    with home.take():
        hub = HubNode.create(home)
        code = hub.add_branch(CODE, BRANCH_NAME)
        fill(hub)
        hub.close()
    return code


@contextmanager
def opened_branch(folder: Path, device: Callable[[], int] | None = None) -> Iterator[BranchNode]:
    """The branch in *folder* in this process; *device* is its clock, ms UTC."""
    home = Folder(folder)
    with home.take():
        node = BranchNode(home, Store.open(home.database()), device) if device else BranchNode.open(home)
        try:
            yield node
        finally:
            node.sync.line.close()
            node.close()


@contextmanager
def opened_hub(folder: Path) -> Iterator[HubNode]:
    """The hub in *folder* in this process."""
    home = Folder(folder)
    with home.take():
        node = HubNode.open(home)
        try:
            yield node
        finally:
            node.close()


def record_line(node: BranchNode, url: str | None = None) -> list[bytes]:
    """Makes *node* keep each request it sends in the list that is given back; *url*: where to send them."""
    requests: list[bytes] = []

    class Recording(Line):
        def post(self, path: str, data: bytes) -> bytes:
            requests.append(data)
            return super().post(path, data)

    node.sync.line = Recording(url or node.sync.line.url)
    return requests


def segments_in(requests: list[bytes]) -> list[bytes]:
    """The segments of these requests, each once however often it was sent."""
    return list(dict.fromkeys(one for data in requests for one in exchange.read_request(data).segments))


def body_of(data: bytes) -> tuple[int, bytes]:
    """(codec, body) of a segment."""
    envelope = segment.parse(data)
    return envelope.codec, envelope.body


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
