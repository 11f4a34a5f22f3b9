"""A head office and a branch that run, a line between them that can be meddled with, and people who give bad input.

Both nodes run in this process as ``cabang hub run`` and ``cabang branch run`` run them, but for the background rounds:
the hub answers real HTTP, and the ``cabang`` command finds both by their sockets.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cabang_branch import TillHand
from cabang_inside import cabang
from cabang_meddling import MeddledLine
from cabang_serving import serving
from cabang_visitor import PASSWORD, Visitor
from click.testing import Result

import branch_node.app
import branch_node.commands
import central_hub.app
import central_hub.commands
from branch_node.node import BranchNode
from central_hub.node import HubNode
from crm import catalogue, customers
from crm.commands import Command, bound
from sync import digest
from sync.database import use_by_default, using
from sync.errors import CabangError
from sync.feed import Feed
from sync.folder import Folder
from sync.handover_lines import Relayed
from sync.handover_server import HandoverServer
from sync.node import Node
from ui.serve import WebServer
from ui.translate import translate_error

LANGUAGES = ("id", "en")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"

INSIDE = re.compile(r"\b(hash|seq|epoch|stream|segment|HLC|quarantine|merge|nonce|Traceback)\b", re.IGNORECASE)
Opened = TypeVar("Opened", HubNode, BranchNode)
PLACE = re.compile(r"%\((\w+)\)s")
OURS = ("what", "why", "owner")  # places whose values are messages of the program


def facts(done: Result) -> dict[str, Any]:
    """What a command given ``--json`` said."""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- words -----------------------------------------------------------------------------------------------------


def check_words(told: Mapping[str, Mapping[str, Any]], code: str, advice: str = "") -> None:
    """Both languages say what happened and what to do, each as the error's class has it, and nothing of the inside.

    *told* has the error's fields by language; *advice* stands for the class's own where the road gives another.
    """
    kind = next(kind for kind in _kinds(CabangError) if kind.code == code)
    for wanted, one in told.items():
        error = Relayed(code, kind.happened, advice or kind.todo, False, dict(one["params"]))
        assert (code, *translate_error(error, wanted)) == (one["code"], one["happened"], one["todo"])
        assert set(PLACE.findall(error.happened + error.todo)) <= error.params.keys()
        check_plain(one["happened"], one["todo"])
    check_translated(told, "happened")
    check_translated(told, "todo")
    english = [value for name, value in told["id"]["params"].items() if name in OURS and f"%({name})s" in kind.happened]
    assert [] == [value for value in english if value in told["id"]["happened"]]


def check_plain(*sentences: str) -> None:
    """Whole sentences without an unfilled place or a word of the inside."""
    for sentence in sentences:
        assert sentence and "%(" not in sentence and not INSIDE.search(sentence), sentence


def check_translated(told: Mapping[str, Mapping[str, Any]], name: str) -> None:
    """The two languages do not say the same words."""
    assert told["id"][name] != told["en"][name]


def _kinds(kind: type[CabangError]) -> Iterator[type[CabangError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


# --- the company -----------------------------------------------------------------------------------------------


@dataclass
class Company:
    """A head office that runs, its branch PTK that runs, and the line between them; ``folder`` has room for files."""

    folder: Path
    hub: HubNode
    branch: BranchNode
    line: MeddledLine
    people: dict[str, Visitor] = field(default_factory=dict)
    made: int = 0

    @property
    def nodes(self) -> tuple[HubNode, BranchNode]:
        """Both, head office first."""
        return self.hub, self.branch

    def number(self) -> int:
        """A number nobody had before, for codes and names."""
        self.made += 1
        return self.made

    def cabang(self, *words: str | Path, wanted: str = "en", stdin: str = "") -> Result:
        """``cabang *words*``; @hub and @ptk stand for the two folders."""
        folders = {"@hub": self.hub.folder, "@ptk": self.branch.folder}
        try:
            return cabang(*(folders.get(str(word), word) for word in words), wanted=wanted, stdin=stdin)
        finally:
            use_by_default(self.branch.store)  # a command that opened another node left that one behind

    def done(self, *words: str | Path) -> str:
        """What the command *words* says, which must go well."""
        found = self.cabang(*words)
        assert 0 == found.exit_code, found.output
        return found.stdout

    def file(self, content: str | bytes, name: str = "") -> Path:
        """A file to import."""
        path = self.folder / (name or f"berkas-{self.number()}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @property
    def hand(self) -> TillHand:
        """A hand at the till."""
        return TillHand(self.people["branch"])

    def rows(self, node: Node, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """What a query finds at a node."""
        return node.store.connection().execute(sql, params).fetchall()

    def wait_to_be_sent(self) -> bytes:
        """The id of a customer made at the branch, sealed and not sent yet."""
        with using(self.branch.store), self.branch.journal.unit() as unit:
            made = customers.create_customer(unit, name="Sari Menunggu", hash_key=self.branch.company_key)
        self.branch.journal.seal()
        return made

    def wait_to_come(self, code: str) -> bytes:
        """The id of a product made at head office, which the branch has not heard of yet."""
        with using(self.hub.store), self.hub.journal.unit() as unit:
            return catalogue.create_product(unit, {"code": code, "name": "Datang", "price": 1})

    def state(self) -> list[Any]:
        """What bad input must not change at either node: every table's rows counted, the log, the digest."""
        return [self._state(node) for node in self.nodes]

    def _state(self, node: Node) -> tuple[str, dict[str, int]]:
        tables = [name for (name,) in self.rows(node, _TABLES)]
        counts = {name: self.rows(node, f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}
        held = digest.of_hub(node.store, Feed(node.store)) if node is self.hub else digest.of_branch(node.store)
        return held, counts

    def whole(self) -> None:
        """Nothing was lost: all is exchanged, both hold the same, and every record of both is whole."""
        self.done("sync", "@ptk")
        assert self.done("digest", "@hub", "--for", "PTK") == self.done("digest", "@ptk")
        for node in self.nodes:
            self.done("verify", node.folder)


def _reading(node: Node, command: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """*command*, with this node's rows for what Peewee reads: two nodes share this process."""

    def run(*args: Any) -> dict[str, Any]:
        with using(node.store):
            return command(*args)

    return run


@contextmanager
def _at_work(folder: Path, kind: type[Opened], commands: Mapping[str, Command]) -> Iterator[Opened]:
    """Inside, the node in *folder* is open, and commands are handed to it."""

    with Folder(folder).take() as lock:
        node = kind.open(Folder(folder))
        handed = {name: _reading(node, command) for name, command in bound(node, commands).items()}
        with HandoverServer(lock, handed):
            yield node
        node.close()


def open_company(folder: Path) -> Iterator[Company]:
    """Makes both nodes by commands alone, and ends them afterwards."""
    hub_folder, branch_folder = folder / "hub", folder / "ptk"
    assert 0 == cabang("hub", "init", hub_folder).exit_code
    with ExitStack() as stack:
        hub = stack.enter_context(_at_work(hub_folder, HubNode, central_hub.commands.COMMANDS))
        server = stack.enter_context(serving(WebServer(central_hub.app.create_server_app(hub), "127.0.0.1", 0)))
        line = MeddledLine(server.url)
        stack.enter_context(serving(line.server))
        code = cabang("hub", "add-branch", hub_folder, "PTK", "--name", "Pontianak").stdout.strip()
        assert 0 == cabang("branch", "init", branch_folder, "--hub", line.url, "--code", code).exit_code
        branch = stack.enter_context(_at_work(branch_folder, BranchNode, branch_node.commands.COMMANDS))
        stack.callback(branch.sync.line.close)
        company = Company(folder, hub, branch, line)
        _let_people_in(company)
        yield company


def _let_people_in(company: Company) -> None:
    apps = {
        "hub": (central_hub.app.create_app(company.hub), "@hub", "ani", "admin"),
        "branch": (branch_node.app.create_app(company.branch), "@ptk", "budi", "supervisor"),
    }
    for node, (app, folder, username, role) in apps.items():
        app.config["TESTING"] = True
        words = ("add-user", folder, username, "--role", role, "--password-stdin")
        assert 0 == company.cabang(*words, stdin=f"{PASSWORD}\n").exit_code
        company.people[node] = Visitor(app.test_client()).log_in(username)
    company.done("import", "products", "@hub", company.file("code,name,price\nOLI-1,Oli mesin,45000\n"))
    company.whole()
