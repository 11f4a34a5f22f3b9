"""A conversation of several requests, segments and pages is resumed wherever it is cut: over real HTTP, by a relay."""

from collections.abc import Iterator

import pytest
from cabang_branch import Shop
from cutting_at import DOWN, UP, LineCutAt

from branch_node.line import Line
from branch_node.line_pace import Pace
from branch_node.sync_client import SyncClient
from crm import customers
from sync import exchange, limits
from sync.branch import Load
from sync.database import using
from sync.errors import HubUnreachable
from sync.node import Node

PARTS, FEW = 3, 2  # segments up, and pages down, of one conversation; of one that is cut everywhere
SHARES = 6  # of all bytes, each played by a test of its own
EVERY = 211  # a prime: no field begins as often


class OneByOne(Pace):
    """Each exchange carries one segment up and one thing down, whatever the line was like."""

    def __init__(self) -> None:
        super().__init__()
        self.load = Load(1, 1)

    def took(self, sent: int, sent_s: float, received: int, received_s: float) -> None:
        """Nothing is learned."""

    def cut(self) -> None:
        """Nothing is learned."""


class Talk:
    """A branch and head office that each rename a customer of their own in every part of a conversation."""

    def __init__(self, shop: Shop, client: SyncClient, line: LineCutAt) -> None:
        self.shop, self.client, self.line = shop, client, line
        self.rows: dict[Node, list[bytes]] = {}

    def begin(self, parts: int) -> None:
        """Conversations have so many parts from now on."""
        nodes: tuple[Node, ...] = (self.shop.node, self.shop.hub)
        self.rows = {node: [self._made(node, f"{node.kind} {part}") for part in range(parts)] for node in nodes}
        self.client.until_done()

    def _made(self, node: Node, name: str) -> bytes:
        with using(node.store), node.journal.unit() as unit:
            return customers.create_customer(unit, name=name, hash_key=self.shop.node.company_key)

    def _rename(self, name: str) -> None:
        for node, rows in self.rows.items():
            for row in rows:
                with using(node.store), node.journal.unit() as unit:
                    customers.change_customer(unit, row, {"name": name})
                node.journal.seal()

    def totals(self) -> dict[str, int]:
        """How many bytes a whole conversation is, each way."""
        self._rename("Ukuran 0000")
        self.line.cut(UP, None)
        self.client.until_done()
        return dict(self.line.passed)

    def broken(self, way: str, place: int) -> bool:
        """Cut there and taken up again, all is on both sides; was it cut?"""
        name = f"{way} {place}"
        self._rename(name)
        self.line.cut(way, place)
        try:
            self.client.until_done()
            cut = False
        except HubUnreachable:
            cut = True
        assert cut is self.line.broken.is_set(), f"{name}: the cut, and what the branch says of it"
        self.line.cut(UP, None)
        self.client.until_done()
        wanted = [name for rows in self.rows.values() for _ in rows]
        for node in self.rows:
            with using(node.store):
                found = [customers.card(row)["name"] for rows in self.rows.values() for row in rows]
            assert wanted == found, f"{name}: what {node.kind} holds"
        assert 0 == self.client.link.pending().entries, name
        return cut


@pytest.fixture
def talk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """The branch's client on a line that can be cut, carrying little at a time."""
    shop.sync()
    usual, client = shop.node.sync.line, shop.node.sync
    line = LineCutAt(usual.url)
    monkeypatch.setattr(limits, "PAGE_ITEMS_MAX", 1)
    client.line = Line(line.url)
    client.line.pace = OneByOne()
    yield Talk(shop, client, line)
    line.stop()
    client.line.close()
    client.line = usual


@pytest.mark.parametrize(
    ("parts", "share", "every"),
    [(PARTS, 0, EVERY), *(pytest.param(FEW, share, SHARES, marks=pytest.mark.proof) for share in range(SHARES))],
)
@pytest.mark.timeout(900)
def test_cut_at_any_byte_of_both_ways_everything_goes_on(talk, parts, share, every) -> None:
    """Goal: both halves are resumed after a cut at any byte. Method: a conversation of several requests, cut after its
    n-th byte up or down, n spread over the whole of it, or every one; then another that ends well; all rows compared.
    """
    talk.begin(parts)
    totals = talk.totals()
    for way in (UP, DOWN):
        places = [*range(share, totals[way] - 1, every), totals[way] - 1]
        cuts = [talk.broken(way, place) for place in places]
        assert sum(cuts) >= len(cuts) * 0.9, f"{way}: names are longer or shorter, but not by so much"


@pytest.mark.parametrize("parts", [PARTS, FEW])
def test_the_conversation_has_several_parts(talk, monkeypatch, parts) -> None:
    """Goal: it is several requests that are cut. Method: segments and pages of one that is not, counted at the hub."""
    talk.begin(parts)
    came, pages = [], []
    usual = talk.shop.hub.exchange.answer

    def answer(data: bytes) -> exchange.Answer:
        found = usual(data)
        came.extend(exchange.read_request(data).segments)
        pages.append(found.page is not None and bool(found.page.body))
        return found

    monkeypatch.setattr(talk.shop.hub.exchange, "answer", answer)
    talk.totals()
    assert (parts, True) == (len(came), sum(pages) >= parts)
