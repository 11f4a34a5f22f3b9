"""Reading the SMS ledger beside the program that writes it."""

from pathlib import Path

from cabang_sms import Bookkeeper

from branch_node.sms_ledger import SENT, WAITING, Held, Place, look

NOON = 1_767_243_600_000


def put(book: Bookkeeper, name: str, state: str, changed_at: int) -> None:
    """A message in the ledger."""
    with book.ledger.transaction():
        book.ledger.run(
            "INSERT INTO message (id, kind, rank, recipient, text, coding, parts, digest, state, made_at, changed_at)"
            " VALUES (?, 'staff', 0, '+6281234567890', 'Halo', 'gsm7', 1, x'00', ?, ?, ?)",
            *(name.encode().rjust(16, b"."), state, NOON, changed_at),
        )


def names(found: list[Held]) -> list[str]:
    """The names of the messages found."""
    return [held.id.decode().strip(".") for held in found]


def test_states_are_one_list(book: Bookkeeper) -> None:
    """Goal: messages of several states in the order of their last news. Method: four states, both ways."""
    for name, state, at in (("a", "queued", 3), ("b", "held", 1), ("c", "waiting", 2), ("d", "sent", 4)):
        put(book, name, state, at)
    with look(book.folder) as seen:
        assert seen is not None
        assert ["b", "c", "a"] == names(seen.oldest(WAITING, None, 9))
        assert (["d"], 3, 1) == (names(seen.newest(SENT, None, 9)), seen.count(WAITING), seen.count(SENT))


def test_counting_ends_early(book: Bookkeeper) -> None:
    """Goal: a page never counts a hundred thousand. Method: five that wait, counted to three, to nine, to the end."""
    for name in "abcde":
        put(book, name, "queued", 5)
    with look(book.folder) as seen:
        assert seen is not None
        assert (3, 5, 5) == (seen.count(WAITING, 3), seen.count(WAITING, 9), seen.count(WAITING))


def test_a_list_goes_on_where_it_ended(book: Bookkeeper) -> None:
    """Goal: nothing is left out or told twice. Method: seven messages of one moment, three at a time."""
    for name in "abcdefg":
        put(book, name, "queued", 5)
    place: Place | None = None
    seen: list[str] = []
    with look(book.folder) as ledger_seen:
        assert ledger_seen is not None
        while part := ledger_seen.oldest(WAITING, place, 3):
            seen, place = seen + names(part), part[-1].place
    assert list("abcdefg") == seen


def test_no_list_reads_the_whole_ledger(book: Bookkeeper) -> None:
    """Goal: pages stay quick with a hundred thousand waiting. Method: ask SQLite how it would look each thing up."""
    asked: list[str] = []
    with look(book.folder) as seen:
        assert seen is not None
        seen._connection.set_trace_callback(asked.append)
        seen.oldest(WAITING, None, 50)
        seen.newest(SENT, Place(1, b"."), 50)
        seen.count(WAITING, 50)
        seen._connection.set_trace_callback(None)
        plans = [row[3] for sql in asked for row in seen._connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(asked) == len(WAITING) + len(SENT) + 1
    assert [] == [plan for plan in plans if "message" in plan and not plan.startswith("SEARCH message USING")]
    assert all("LIMIT 5" in sql for sql in asked)


def test_there_may_be_no_ledger(tmp_path: Path) -> None:
    """Goal: a branch without SMS has pages too. Method: an empty folder."""
    with look(tmp_path) as seen:
        assert seen is None
