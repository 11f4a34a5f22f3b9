"""Work that a thread of its own does meanwhile; whoever needs what comes of it waits for it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def meanwhile(work: Callable[[], T]) -> "Future[T]":
    """Begins *work*; its ``result()`` waits for what comes of it, or raises.  It keeps no program from ending."""
    future: Future[T] = Future()
    threading.Thread(target=_do, args=(future, work), daemon=True).start()
    return future


def _do(future: "Future[T]", work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  (the thread's edge: it is raised where somebody waits for it)
        future.set_exception(error)
