"""The demo's company: made once in its folder; nodes and SMS programs run as processes, with a cable in between."""

import json
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from crm.sample.fill import BRANCHES, fill, fill_shop
from sync.folder import BRANCH, HUB, Folder, write_private
from ui.console.language import _
from ui.console.work import Kinds
from ui.story.cable import Cable, is_free
from ui.story.errors import DemoRunsAlready, FolderOfOthers, NodeDidNotStart
from ui.story.modems import furnish
from ui.story.processes import Running, RunningNode, RunningSms, cabang

MEMORY = "demo.json"
HEAD_OFFICE = "hub"
HUB_PORT = 8000  # and the branches' behind it
Tell = Callable[[str], None]


class Company:
    """The nodes and SMS programs of the demo in *folder*, running.  A context manager: at its end no process is left.

    *modem*: the device of the first branch's modem; without it, and at the others, gammu's dummy.
    """

    def __init__(self, folder: Path, kinds: Kinds, tell: Tell, modem: str | None = None) -> None:
        self.folder, self._kinds, self._tell, self._modem = folder, kinds, tell, modem
        self.nodes: dict[str, RunningNode] = {}
        self.sms: dict[str, RunningSms] = {}

    def __enter__(self) -> "Company":
        with ExitStack() as undo:
            undo.callback(self.stop)
            self._begin()
            undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends every process."""
        for process in self.processes:
            process.ask_to_stop()
        for process in self.processes:
            process.stop()

    @property
    def processes(self) -> list[Running]:
        """All that were started."""
        return [*self.sms.values(), *self.nodes.values()]

    def path(self, name: str) -> Path:
        """The folder of the hub ("hub") or of a branch, by its code."""
        return self.folder / name.lower()

    def _begin(self) -> None:
        if (self.folder / MEMORY).exists():
            self._tell(_("The demo in %(folder)s goes on with what is there.", folder=str(self.folder)))
            self._run_hub(self.memory["port"])
        else:
            self._make()
        for number, (code, _city, _kind) in enumerate(BRANCHES):
            furnish(self.path(code), None if number else self._modem)
            self.sms[code] = RunningSms(self.path(code))
            self._run(code, BRANCH, HUB_PORT + 1 + number)

    def _run_hub(self, port: int) -> None:
        self._run(HEAD_OFFICE, HUB, HUB_PORT)
        try:
            self.cable = Cable(self.nodes[HEAD_OFFICE].port, port)
        except OSError:
            raise DemoRunsAlready(folder=str(self.folder), port=port) from None

    def _run(self, name: str, kind: str, port: int) -> None:
        """At *port*, the same each time, where that is free; else, or when another takes it meanwhile, at any."""
        if is_free(port):
            with suppress(NodeDidNotStart):
                self.nodes[name] = RunningNode(kind, self.path(name), port)
        if name not in self.nodes:
            self.nodes[name] = RunningNode(kind, self.path(name))

    def _make(self) -> None:
        """A head office with the sample company, two enrolled branches with goods in the shop."""
        self._tell(_("A head office and two branches are being made in %(folder)s.", folder=str(self.folder)))
        if self.folder.exists() and any(self.folder.iterdir()):
            raise FolderOfOthers(folder=str(self.folder))
        hub = self.path(HEAD_OFFICE)
        cabang("hub", "init", hub)
        codes = {code: _enrolment(hub, code, city, kind) for code, city, kind in BRANCHES}
        with self._at_work(HUB, hub) as node:
            fill(node)
        self._run_hub(0)
        for code, enrolment in codes.items():
            cabang("branch", "init", self.path(code), "--hub", self.cable.url, "--code", enrolment)
            with self._at_work(BRANCH, self.path(code)) as node:
                fill_shop(node)
        self.remember({"port": self.cable.port, "plays": 0})

    @contextmanager
    def _at_work(self, kind: str, path: Path) -> Any:
        folder = Folder(path)
        with folder.take(), self._kinds[kind]().at_work(folder) as node:
            yield node

    @property
    def memory(self) -> dict[str, int]:
        """What the demo remembers from one start to the next: its cable's port, how often the story was played."""
        found: dict[str, int] = json.loads((self.folder / MEMORY).read_bytes())
        return found

    def remember(self, values: dict[str, int]) -> None:
        """Keeps *values*; the folder is then a finished demo."""
        write_private(self.folder / MEMORY, json.dumps(values).encode())


def _enrolment(hub: Path, code: str, city: str, kind: str) -> str:
    return cabang("hub", "add-branch", hub, code, "--name", city, "--kind", kind).splitlines()[-1]
