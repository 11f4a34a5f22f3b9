"""Where commands are done: by the running node, else here with the folder's lock; reading needs neither."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sync import handover
from sync.folder import BRANCH, HUB, Folder, Lock
from sync.reading import Reader, open_reader
from ui.console.errors import BranchOnly, HubOnly
from ui.console.saying import telling

if TYPE_CHECKING:
    from crm.commands import Command


class Kind(NamedTuple):
    """What a kind of node can: ``at_work`` opens the node of a folder whose lock is held."""

    at_work: Callable[[Folder], AbstractContextManager[Any]]
    commands: "Mapping[str, Command]"


Kinds = Mapping[str, Callable[[], Kind]]  # by sync.folder's BRANCH and HUB; called only when needed


def _as_folder(context: click.Context, argument: click.Parameter, path: Path) -> Folder:
    """Relative paths are of the caller's place, not of the running node's."""
    return Folder(path)


folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), callback=_as_folder)


def kinds() -> Kinds:
    """The kinds of nodes this program was made with."""
    found: Kinds = click.get_current_context().obj
    return found


def handed(folder: Folder, command: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The result of *command*, done by the running node or here.  Raises what the command raises."""
    kind = kinds()[folder.kind()]()
    with telling() as progress:

        def here(lock: Lock) -> dict[str, Any]:
            with kind.at_work(folder) as node:
                return kind.commands[command](node, dict(args), progress)

        return handover.run(folder, command, args, here, progress)


def opened(folder: Folder) -> AbstractContextManager[Any]:
    """The node of *folder*, whose lock is held, open; its kind's commands may be given to it."""
    return kinds()[folder.kind()]().at_work(folder)


@contextmanager
def reading(folder: Folder) -> Iterator[Reader]:
    """One consistent view of the folder's database, while its node runs or not; Peewee's models read it too."""
    import crm  # noqa: F401  (its models name the tables)

    with open_reader(folder.database()) as reader:
        yield reader


def at_hub(folder: Folder) -> None:
    """Raises HubOnly for a branch's folder."""
    if folder.kind() != HUB:
        raise HubOnly(folder=str(folder.path))


def at_branch(folder: Folder) -> None:
    """Raises BranchOnly for the hub's folder."""
    if folder.kind() != BRANCH:
        raise BranchOnly(folder=str(folder.path))
