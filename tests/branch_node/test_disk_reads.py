"""A disk that cannot be read for a while: a page that says so, and the till works again with it, without a restart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from cabang_disk import READ, Op, watching
from cabang_visitor import Visitor
from werkzeug.test import TestResponse

from ui.problems import UNREADABLE

READ_ERROR = 266  # SQLITE_IOERR_READ
SAID = {"en": UNREADABLE.happened, "id": "Disk komputer ini tidak bisa dibaca."}


class Disk:
    """Refuses the reads behind the first *good* ones: all of them, or a single one."""

    hears_reads = True

    def __init__(self) -> None:
        self.good, self.lasting, self.refused = 1 << 30, True, 0

    def before(self, op: Op) -> int:
        """0, or the error."""
        if op.kind != READ:
            return 0
        self.good -= 1
        if self.good >= 0 or (self.refused and not self.lasting):
            return 0
        self.refused += 1
        return READ_ERROR

    def works(self, good: int = 1 << 30) -> None:
        """Works for so many reads."""
        self.good, self.refused = good, 0


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    with watching(made):
        yield made


def opened(visitor: Visitor, path: str, worker: ThreadPoolExecutor) -> TestResponse:
    """What the server's thread *worker* answers."""
    answer: TestResponse = worker.submit(visitor.client.get, path).result()
    return answer


@pytest.mark.parametrize(("path", "language", "lasting"), [("/till", "id", True), ("/customers", "en", False)])
def test_a_page_says_that_the_disk_cannot_be_read(cashier, disk, path, language, lasting) -> None:
    """Goal: words that help instead of a bare error, at whatever moment; afterwards all is as before. Method: the n-th
    read of a server's thread fails (alone, or all behind it), for every n; then the same thread answers.
    """
    cashier.speak(language)
    disk.lasting = lasting
    with ThreadPoolExecutor(1) as usual:
        expected = opened(cashier, path, usual).status_code
    met = 0
    for n in count():
        with ThreadPoolExecutor(1) as worker:
            disk.works(n)
            answer = opened(cashier, path, worker)
            if not disk.refused:
                break
            if lasting or answer.status_code != expected:  # a single one SQLite may repeat
                met += 1
                assert 503 == answer.status_code, f"at read {n}"
                assert SAID[language] in answer.get_data(as_text=True)
            disk.works()
            assert expected == opened(cashier, path, worker).status_code
    assert met > 3
    cashier.speak("id")
