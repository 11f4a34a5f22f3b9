"""Reading a SIM on which lies what gammu cannot read."""

from typing import Any

import pytest

from sms_daemon.refusal import Refusal
from sms_daemon.sim import entries


class Listing:
    """Places with their text; None: gammu fails there, and does so for each place before that up to the last good one.

    As gammu 1.45 did with malformed messages on a SIM.
    """

    def __init__(self, places: dict[int, str | None], error: str = "ERR_CORRUPTED") -> None:
        self._places, self._error = places, error
        self.asked = 0

    def __call__(self, name: str, **where: Any) -> list[dict[str, Any]]:
        self.asked += 1
        after = 0 if where.get("Start") else where["Location"]
        place = next((place for place in sorted(self._places) if place > after), None)
        if place is None:
            raise Refusal("ERR_EMPTY")
        if self._places[place] is None:
            raise Refusal(self._error)
        return [{"Location": place, "Text": self._places[place]}]


@pytest.mark.parametrize(
    ("places", "error", "expected"),
    [
        ({}, "", []),
        ({1: "a", 4: "b"}, "", ["a", "b"]),
        ({1: "a", 2: None, 3: "b"}, "ERR_CORRUPTED", ["a", "b"]),
        ({1: "a", 2: None, 3: "b"}, "ERR_EMPTY", ["a", "b"]),
        ({3: None, 5: None, 20: "b"}, "ERR_CORRUPTED", ["b"]),
        ({20: None}, "ERR_CORRUPTED", []),
    ],
)
def test_one_bad_message_hides_no_other(places, error, expected) -> None:
    """Goal: all that can be read is read.  Method: unreadable messages first, in the middle, in a row and last."""
    listing = Listing(places, error)
    found = entries(listing, len(places), 20)
    assert expected == [entry["Text"] for entry in found]
    assert listing.asked <= 22


def test_a_sim_that_goes_is_no_empty_sim() -> None:
    """Goal: a failure is not taken for the end.  Method: the SIM is pulled out while it is read."""
    with pytest.raises(Refusal, match="ERR_NOSIM"):
        list(entries(Listing({1: "a", 2: None}, "ERR_NOSIM"), 2, 20))
