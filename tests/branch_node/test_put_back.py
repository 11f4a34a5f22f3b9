"""The page of the line says what happened to this computer's data: put back, copied, run twice, lost at head office."""

import re

import pytest

from sync import epochs, put_back

WORDS = {
    epochs.RESTORED: "Data komputer ini dipulihkan dari cadangan.",
    epochs.OLDER: "Data komputer ini ternyata salinan lama",
    epochs.FORKED: "datanya pernah disalin atau dikembalikan",
    epochs.REPLACED: "Ada komputer lain yang bekerja sebagai cabang ini.",
}
FORBIDDEN = ("hash", "seq", "epoch", "stream", "segment", "hlc", "quarantine", "merge")


@pytest.fixture
def values(shop):
    """Sets values of the node table, and forgets them after the test."""

    def put(**given: object) -> None:
        with shop.node.store.write():
            for name, value in given.items():
                shop.node.store.put(name, value)

    yield put
    put(epoch_why=None, epoch_since=None, hub_lost=None, hub_lost_at=None)


@pytest.mark.parametrize("why", WORDS)
def test_what_happened_in_words(shop, leader, values, why) -> None:
    """Goal: people know, without jargon, what to do. Method: each cause; its words, then two weeks later none."""
    now = shop.node.clock.now_ms()
    values(epoch_why=why, epoch_since=now)
    page = leader.get("/status")
    assert WORDS[why] in page
    visible = re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).lower()
    assert [] == [word for word in FORBIDDEN if word in visible]
    values(epoch_since=now - put_back.TOLD_MS)
    assert WORDS[why] not in leader.get("/status")


def test_what_head_office_lost(shop, leader, values) -> None:
    """Goal: a head office that forgets is named. Method: the number of records, in words."""
    values(hub_lost=12, hub_lost_at=shop.node.clock.now_ms())
    assert "Kantor pusat kehilangan 12 catatan yang sudah diterimanya" in leader.get("/status")


def test_every_cause_has_its_words() -> None:
    """Goal: no cause without a sentence. Method: the causes of new epochs, compared."""
    assert set(WORDS) == set(put_back._BRANCH)
