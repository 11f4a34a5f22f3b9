"""What a branch's SMS program says it did."""

from pathlib import Path
from typing import NamedTuple

from ui.story.processes import facts

WAITING = ("queued", "waiting", "sending")


class Tally(NamedTuple):
    """What became of a branch's SMS: all their parts, how often one was handed over, of which nobody knows."""

    messages: int
    parts: int
    submitted: int
    unknown: int
    waiting: int
    modems: tuple[str, ...]  # how each is, in words

    def since(self, before: "Tally") -> "Tally":
        """What came after *before*."""
        return self._replace(
            messages=self.messages - before.messages,
            parts=self.parts - before.parts,
            submitted=self.submitted - before.submitted,
            unknown=self.unknown - before.unknown,
        )

    @property
    def is_exact(self) -> bool:
        """Was each part of each message handed over, and once?"""
        return self.messages > 0 and self.waiting == self.unknown == 0 and self.submitted == self.parts


def tally(branch: Path) -> Tally:
    """The tally of the branch in the folder *branch*; raises CommandRefused."""
    said = facts("sms", "status", branch)
    states, attempts = said["states"], said["attempts"]
    return Tally(
        sum(states.values()),
        sum(said["parts"].values()),
        attempts.get("sent", 0),
        attempts.get("unknown", 0),
        said["untaken"] + sum(states.get(state, 0) for state in WAITING),
        tuple(modem["words"].strip() for modem in said["modems"]),
    )
