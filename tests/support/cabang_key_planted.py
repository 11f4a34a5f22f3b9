"""Planted bugs of keys, withdrawals and the doorbell: each with the scene that must notice it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cabang_attacks import NEW, opened
from cabang_forge import Forge, in_conversation
from cabang_keys import (
    Thief,
    admit,
    called,
    change_key,
    countersigned,
    customers,
    held,
    home_of,
    new_code,
    refused,
    whole,
    wish_of,
    withdraw,
    write,
)
from cabang_pair import Company, keyring, seeded

from sync import audit_keys, certificates, doorbell, enrol, keys, limits, registry, reminder, rotation, talks
from sync.errors import CabangError
from sync.store import WIDE
from sync.verify import Sender

Patch = pytest.MonkeyPatch
Scene = Callable[[Company, Path], None]
CHANGED = keys.PrivateKeys(seeded("changed")(64))


class Planted(NamedTuple):
    """``plant`` puts the bug in; ``scene`` fails then, and passes without it."""

    plant: Callable[[Patch], None]
    scene: Scene


def _must_fail(act: Callable[[], object]) -> None:
    """What must be refused is."""
    with suppress(CabangError):
        act()
        raise AssertionError("it was taken")


# --- scenes ----------------------------------------------------------------------------------------------------


def withdrawn_counts_no_more(company: Company, folder: Path) -> None:
    """Written before the withdrawal and never sent: kept, not counted, nothing told."""
    branch = company.branches[0]
    write(branch, "X1")
    withdraw(company, branch)
    answer = refused(company, branch)
    assert (set(), 1, None) == (customers(company), len(held(company)), answer.page)


def withdrawn_opens_nothing(company: Company, folder: Path) -> None:
    """A new epoch under a withdrawn key."""
    branch = company.branches[0]
    in_conversation(company, branch)
    withdraw(company, branch)
    refused(company, branch)
    forge = Forge(company, branch)
    company.hub.exchange.answer(forge.request(opened(forge, forge.open_header())))
    assert [] == company.hub.rows("SELECT 1 FROM epoch WHERE name = ?", NEW)


def withdrawn_fills_no_disk(company: Company, folder: Path) -> None:
    """Far more entries than are kept."""
    branch = company.branches[0]
    company.heal()
    withdraw(company, branch)
    usual, limits.WITHDRAWN_ENTRIES_MAX = limits.WITHDRAWN_ENTRIES_MAX, 1
    try:
        for number in range(3):
            write(branch, f"X{number}")
        refused(company, branch)
        assert 1 == len(held(company))
    finally:
        limits.WITHDRAWN_ENTRIES_MAX = usual


def withdrawn_codes_are_void(company: Company, folder: Path) -> None:
    """An unused code from before admits nobody after."""
    code = new_code(company, 1)
    withdraw(company, company.branches[0])
    _must_fail(lambda: admit(company, enrol.apply(code, keyring(11))))


def withdrawn_does_not_enrol_again(company: Company, folder: Path) -> None:
    """The stolen computer with a new code."""
    branch = company.branches[0]
    withdraw(company, branch)
    _must_fail(lambda: admit(company, enrol.apply(new_code(company, 1), branch.keyring)))


def withdrawn_is_not_reminded(company: Company, folder: Path) -> None:
    """A newer certificate, honestly given once, shown after a withdrawal."""
    branch = company.branches[0]
    certificate = keys.Certificate(1, 1, "PTK", CHANGED.sign_public, CHANGED.seal_public, 5, 5)
    shown = reminder.remind(CHANGED, keys.certify(company.hub.keyring, certificate))
    withdraw(company, branch)
    _must_fail(lambda: reminder.be_reminded(company.hub.store, company.hub.keyring.sign_public, shown))


def old_key_signs_no_request(company: Company, folder: Path) -> None:
    """A thief's request after the change."""
    branch = company.branches[0]
    thief = Thief(company, branch)
    change_key(company, branch, home_of(branch, folder), seeded("changed")(64))
    _must_fail(lambda: company.hub.exchange.answer(thief.forge().request()))


def old_key_seals_nothing(company: Company, folder: Path) -> None:
    """A thief's segment within the branch's own request."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    stolen = Thief(company, branch).segment("BAD")
    change_key(company, branch, home_of(branch, folder), seeded("changed")(64))
    in_conversation(company, branch)
    answer = company.hub.exchange.answer(Forge(company, branch).request(stolen))
    assert answer.refusal is not None and {"X1"} == customers(company)


def unsent_work_arrives_after_a_change(company: Company, folder: Path) -> None:
    """Sealed by the old key, sent after the change; no other epoch is needed for it."""
    branch = company.branches[0]
    write(branch, "X1")
    change_key(company, branch, home_of(branch, folder), seeded("changed")(64))
    company.heal()
    assert {"X1"} == customers(company)
    assert 1 == branch.one("SELECT count(*) FROM epoch WHERE stream = ?", branch.stream)


def a_key_is_proved(company: Company, folder: Path) -> None:
    """Somebody else's public key in a wish."""
    branch = company.branches[0]
    wish = wish_of(branch, CHANGED)
    stolen = wish.replace(CHANGED.sign_public, keyring(8).sign_public)
    signed = stolen[: -keys.SIGNATURE_BYTES]
    _must_fail(lambda: countersigned(company, signed + branch.keyring.sign(keys.ROTATION_LABEL, signed)))


def an_audit_knows_the_places(company: Company, folder: Path) -> None:
    """The place a key begins moved forward by hand."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    change_key(company, branch, home_of(branch, folder), seeded("changed")(64))
    write(branch, "X2")
    company.heal()
    whole(company)
    with company.hub.store.write(gate=WIDE) as connection:
        connection.execute("UPDATE certificate SET after = after + 9 WHERE serial = 2")
    _must_fail(lambda: whole(company))


def a_call_serves_once(company: Company, folder: Path) -> None:
    """The same call twice."""
    branch = company.branches[0]
    in_conversation(company, branch)
    call = branch.link.call()
    assert call is not None
    called(company, call)
    _must_fail(lambda: called(company, call))


def a_call_is_the_branchs(company: Company, folder: Path) -> None:
    """Another branch calls in its name."""
    branch = company.branches[0]
    in_conversation(company, branch)
    call = doorbell.sign_call(keyring(2), 1, branch.link.nonce, 1)
    _must_fail(lambda: called(company, call))


# --- bugs ------------------------------------------------------------------------------------------------------


def _nothing(target: object, name: str, result: Any = None) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(target, name, lambda *args, **how: result)


def _withdrawal_forgotten(patch: Patch) -> None:
    patch.setattr(certificates, "withdraw", lambda connection, stream, now: 0)


def _any_epoch(patch: Patch) -> None:
    patch.setattr(registry.Withdrawn, "held", registry.Registry.held)


def _no_limit(patch: Patch) -> None:
    patch.setattr(registry.Withdrawn, "sender", lambda self, stream: Sender(self._speaker.sign_public))


def _codes_kept(patch: Patch) -> None:
    usual = certificates.withdraw

    def withdraw_alone(connection: Any, stream: int, now: int) -> int:
        kept = connection.execute("SELECT * FROM enrolment").fetchall()
        last = usual(connection, stream, now)
        connection.execute("DELETE FROM enrolment")
        connection.executemany("INSERT INTO enrolment VALUES (?, ?, ?, ?, ?)", kept)
        return last

    patch.setattr(certificates, "withdraw", withdraw_alone)


def _history_forgotten(patch: Patch) -> None:
    usual = certificates.newest
    patch.setattr(
        certificates, "newest", lambda store, stream: [one._replace(withdrawn=None) for one in usual(store, stream)]
    )


def _any_key_of_old(patch: Patch) -> None:
    usual = registry.Registry.speaker

    def speaker(self: Any, stream: int, signed_by: Any) -> Any:
        with suppress(CabangError):
            return usual(self, stream, signed_by)
        return certificates.newest(self.store, stream)[0]

    patch.setattr(registry.Registry, "speaker", speaker)


def _first_key_for_ever(patch: Patch) -> None:
    sql = "SELECT sign_public FROM certificate WHERE stream = ? AND serial = 1"
    patch.setattr(
        certificates, "key_at", lambda connection, stream, *at: connection.execute(sql, (stream,)).fetchone()[0]
    )


def _any_place(patch: Patch) -> None:
    patch.setattr(audit_keys, "history", lambda connection, hub_public: None)
    patch.setattr(keys, "fits", lambda *args: True)


def _calls_not_counted(patch: Patch) -> None:
    usual = talks.Talks.call
    patch.setattr(talks.Talks, "call", lambda self, talk, nonce, count: usual(self, talk, nonce, 1 << 40) and 0)
    patch.setattr(talks._Said, "_replace", lambda self, **changed: self)


PLANTED: dict[str, Planted] = {
    "a withdrawal is not written down": Planted(_withdrawal_forgotten, withdrawn_counts_no_more),
    "a withdrawn key opens epochs": Planted(_any_epoch, withdrawn_opens_nothing),
    "a withdrawn key sends without end": Planted(_no_limit, withdrawn_fills_no_disk),
    "codes outlive a withdrawal": Planted(_codes_kept, withdrawn_codes_are_void),
    "a withdrawn key enrols again": Planted(_history_forgotten, withdrawn_does_not_enrol_again),
    "a reminder undoes a withdrawal": Planted(_history_forgotten, withdrawn_is_not_reminded),
    "an old key still asks": Planted(_any_key_of_old, old_key_signs_no_request),
    "an old key still seals": Planted(_first_key_for_ever, old_key_seals_nothing),
    "unsent work keeps its old seals": Planted(_nothing(rotation, "seal_again"), unsent_work_arrives_after_a_change),
    "a wish needs no proof": Planted(_nothing(rotation, "_check_proof"), a_key_is_proved),
    "an audit takes any place": Planted(_any_place, an_audit_knows_the_places),
    "a call is good for ever": Planted(_calls_not_counted, a_call_serves_once),
    "a call needs no signature": Planted(_nothing(doorbell, "check_call"), a_call_is_the_branchs),
}
