"""A hub and one branch of it in a folder, made for a measurement and copied for each run of it."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.floor import as_zstd
from bench.process import Running
from bench.shop import BRANCH_NAME, CODE
from branch_node.line import Line
from branch_node.node import BranchNode
from branch_node.sync_client import OpenPage
from central_hub.node import HubNode
from sync import exchange, segment
from sync.folder import Folder
from sync.node import Node, device_ms
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
def opened_branch(
    folder: Path, device: Callable[[], int] = device_ms, open_page: OpenPage = exchange.open_page
) -> Iterator[BranchNode]:
    """The branch in *folder* in this process; *device* is its clock, ms UTC."""
    home = Folder(folder)
    with home.take():
        node = BranchNode(home, Store.open(home.database()), device, open_page)
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


@contextmanager
def hurried(node: Node) -> Iterator[None]:
    """Inside, *node* does not wait for the disk: what is only made to be measured later need not survive a cut."""
    writer = node.store._writer
    writer.execute("PRAGMA synchronous = OFF")
    try:
        yield
    finally:
        writer.execute("PRAGMA synchronous = FULL")


class RecordingLine(Line):
    """A line that keeps each request it sent and each answer it got."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.requests: list[bytes] = []
        self.answers: list[bytes] = []

    def post(self, path: str, data: bytes) -> bytes:
        """As every line does."""
        self.requests.append(data)
        answer = super().post(path, data)
        self.answers.append(answer)
        return answer

    def pages(self) -> list[bytes]:
        """The bodies of the pages that came, compressed as the floor takes them."""
        pages = [exchange.read_answer(data, self.url).page for data in self.answers]
        return [as_zstd(page.codec, page.body) for page in pages if page]


def record_line(node: BranchNode, url: str | None = None) -> list[bytes]:
    """Makes *node* keep each request it sends in the list that is given back; *url*: where to send them."""
    line = RecordingLine(url or node.sync.line.url)
    node.sync.line = line
    return line.requests


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
