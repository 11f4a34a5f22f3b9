"""Attacks on keys and on the doorbell: each breaks one thing in a valid message and names how it must be refused."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cabang_forge import Forge, flipped, in_conversation
from cabang_keys import (
    Thief,
    admit,
    called,
    change_key,
    countersigned,
    home_of,
    new_code,
    refused,
    wish_of,
    withdraw,
    write,
)
from cabang_pair import BranchSide, Company, keyring, seeded

from sync import doorbell, enrol, exchange, keys, reminder, rotation, wire
from sync.errors import (
    BadEnrolmentCode,
    BadSignature,
    CabangError,
    EpochClosed,
    KeyReplaced,
    Malformed,
    RevokedSender,
    StaleNonce,
    UnknownSender,
    UnknownVersion,
    UsedEnrolmentCode,
    WrongHub,
)

CHANGED = keys.PrivateKeys(seeded("changed keys")(64))
Door = Callable[[Company, bytes], object]
Make = Callable[[Company, BranchSide], bytes]


class KeyAttack(NamedTuple):
    """``make`` gives the bytes for ``door``, which must raise ``error``; branch 1 is in a conversation then."""

    name: str
    error: type[CabangError]
    make: Make
    door: Door


def _asked(company: Company, data: bytes) -> object:
    """A request; a withdrawn key is refused in the answer."""
    answer = company.hub.exchange.answer(data)
    if answer.refusal:
        raise {kind.code: kind for kind in (RevokedSender, BadSignature)}[answer.refusal.code]
    return answer


def _reminded(company: Company, data: bytes) -> object:
    return reminder.be_reminded(company.hub.store, company.hub.keyring.sign_public, data)


# --- changing keys ---------------------------------------------------------------------------------------------


def _wish(branch: BranchSide, **changed: Any) -> bytes:
    """A wish in order but for what is changed in it, signed by the branch's key."""
    said = rotation._NEW_KEYS.pack(changed.get("stream", 1) & 0xFFFF, CHANGED.sign_public, CHANGED.seal_public)
    fields = {
        "version": 1,
        "stream": 1,
        "epoch": branch.journal.epoch_name,
        "sign_public": CHANGED.sign_public,
        "seal_public": CHANGED.seal_public,
        "proof": CHANGED.sign(keys.ROTATION_LABEL, said),
    }
    body = wire.encode([{**fields, **changed}[name] for name in rotation.Wish.__struct_fields__])
    return body + branch.keyring.sign(keys.ROTATION_LABEL, body)


def _changed(**fields: Any) -> Make:
    return lambda company, branch: _wish(branch, **fields)


def _from_closed_epoch(company: Company, branch: BranchSide) -> bytes:
    with company.hub.store.write() as connection:
        connection.execute("UPDATE epoch SET closed = 1 WHERE stream = 1")
    return wish_of(branch, CHANGED)


def _by_withdrawn(company: Company, branch: BranchSide) -> bytes:
    withdraw(company, branch)
    return wish_of(branch, CHANGED)


def _for_the_first_key_again(company: Company, branch: BranchSide) -> bytes:
    first = keys.PrivateKeys(branch.keyring.seed)
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    return rotation.ask(branch.keyring, first, 1, branch.journal.epoch_name)


def _by_stranger(company: Company, branch: BranchSide) -> bytes:
    return rotation.ask(keyring(8), CHANGED, 1, branch.journal.epoch_name)


_PROOF = CHANGED.sign(keys.SEGMENT_LABEL, b"x")
WISHES = [
    KeyAttack("wish: noise", Malformed, lambda c, b: b"noise" * 30, countersigned),
    KeyAttack("wish: nothing", Malformed, lambda c, b: b"", countersigned),
    KeyAttack("wish: another version", UnknownVersion, _changed(version=2), countersigned),
    KeyAttack("wish: an unknown branch", UnknownSender, _changed(stream=9), countersigned),
    KeyAttack("wish: another branch", BadSignature, _changed(stream=2), countersigned),
    KeyAttack("wish: a stream of three bytes", Malformed, _changed(stream=70_000), countersigned),
    KeyAttack("wish: a short key", Malformed, _changed(sign_public=bytes(31)), countersigned),
    KeyAttack("wish: a short encryption key", Malformed, _changed(seal_public=bytes(31)), countersigned),
    KeyAttack("wish: a short proof", Malformed, _changed(proof=bytes(63)), countersigned),
    KeyAttack("wish: a short epoch", Malformed, _changed(epoch=bytes(7)), countersigned),
    KeyAttack("wish: a key nobody holds", BadSignature, _changed(sign_public=keyring(8).sign_public), countersigned),
    KeyAttack("wish: another encryption key", BadSignature, _changed(seal_public=bytes(32)), countersigned),
    KeyAttack("wish: proof of another purpose", BadSignature, _changed(proof=_PROOF), countersigned),
    KeyAttack("wish: a byte changed", BadSignature, lambda c, b: flipped(_wish(b), len(_wish(b)) - 1), countersigned),
    KeyAttack("wish: signed by nobody known", BadSignature, _by_stranger, countersigned),
    KeyAttack("wish: by a withdrawn key", RevokedSender, _by_withdrawn, countersigned),
    KeyAttack("wish: for a key that was replaced", KeyReplaced, _for_the_first_key_again, countersigned),
    KeyAttack("wish: from an epoch that was replaced", EpochClosed, _from_closed_epoch, countersigned),
]


# --- reminding -------------------------------------------------------------------------------------------------


def _made(hub: keys.PrivateKeys, stream: int = 1) -> bytes:
    own = keyring(7)
    return keys.certify(hub, keys.Certificate(1, stream, "PTK", own.sign_public, own.seal_public, 9, 5))


def _made_later(hub: keys.PrivateKeys) -> bytes:
    own = keyring(7)
    return keys.certify(hub, keys.Certificate(2, 1, "PTK", own.sign_public, own.seal_public, 9, 5))


def _shown(make: Callable[[keys.PrivateKeys], bytes], ring: keys.PrivateKeys | None = None) -> Make:
    return lambda company, branch: reminder.remind(ring or keyring(7), make(company.hub.keyring))


def _older_shown(company: Company, branch: BranchSide) -> bytes:
    old, certificate = keys.PrivateKeys(branch.keyring.seed), branch.store.get("certificate")
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    return reminder.remind(old, certificate)


def _shown_after_withdrawal(company: Company, branch: BranchSide) -> bytes:
    withdraw(company, branch)
    return reminder.remind(keyring(7), _made(company.hub.keyring))


def _reminder_of_version_two(company: Company, branch: BranchSide) -> bytes:
    return wire.encode([2, _made(company.hub.keyring)]) + bytes(64)


REMINDERS = [
    KeyAttack("reminder: nothing", Malformed, lambda c, b: b"", _reminded),
    KeyAttack("reminder: noise", Malformed, lambda c, b: bytes(range(200)), _reminded),
    KeyAttack("reminder: another version", UnknownVersion, _reminder_of_version_two, _reminded),
    KeyAttack("reminder: a certificate of another version", UnknownVersion, _shown(_made_later), _reminded),
    KeyAttack("reminder: its own hand", BadSignature, _shown(lambda hub: _made(keyring(7))), _reminded),
    KeyAttack("reminder: another's certificate", BadSignature, _shown(_made, keyring(8)), _reminded),
    KeyAttack("reminder: no certificate", BadSignature, _shown(lambda hub: b"x" * 80), _reminded),
    KeyAttack(
        "reminder: a certificate of nothing",
        Malformed,
        _shown(lambda hub: hub.sign(keys.CERTIFICATE_LABEL, b"")),
        _reminded,
    ),
    KeyAttack("reminder: an unknown branch", UnknownSender, _shown(lambda hub: _made(hub, 9)), _reminded),
    KeyAttack("reminder: a byte changed", BadSignature, lambda c, b: flipped(_shown(_made)(c, b), 200), _reminded),
    KeyAttack("reminder: of an older one", KeyReplaced, _older_shown, _reminded),
    KeyAttack("reminder: after a withdrawal", RevokedSender, _shown_after_withdrawal, _reminded),
]


# --- the doorbell ----------------------------------------------------------------------------------------------


def _call(branch: BranchSide, **changed: Any) -> bytes:
    fields = {"version": 1, "stream": 1, "nonce": branch.link.nonce, "count": 1, **changed}
    body = wire.encode([fields[name] for name in doorbell.Call.__struct_fields__])
    return body + branch.keyring.sign(keys.DOORBELL_LABEL, body)


def _calling(**fields: Any) -> Make:
    return lambda company, branch: _call(branch, **fields)


def _relabelled(company: Company, branch: BranchSide) -> bytes:
    body = _call(branch)[: -keys.SIGNATURE_BYTES]
    return body + branch.keyring.sign(keys.REQUEST_LABEL, body)


def _called_twice(company: Company, branch: BranchSide) -> bytes:
    called(company, _call(branch))
    return _call(branch)


def _called_by_old_key(company: Company, branch: BranchSide) -> bytes:
    old = keys.PrivateKeys(branch.keyring.seed)
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    return doorbell.sign_call(old, 1, branch.link.nonce, 9)


def _called_by_withdrawn(company: Company, branch: BranchSide) -> bytes:
    withdraw(company, branch)
    return _call(branch)


def _anothers_call(company: Company, branch: BranchSide) -> bytes:
    return doorbell.sign_call(keyring(2), 1, branch.link.nonce, 1)


CALLS = [
    KeyAttack("call: nothing", Malformed, lambda c, b: b"", called),
    KeyAttack("call: noise", Malformed, lambda c, b: bytes(range(200)), called),
    KeyAttack("call: another version", UnknownVersion, _calling(version=2), called),
    KeyAttack("call: a short nonce", Malformed, _calling(nonce=b"1234567"), called),
    KeyAttack("call: an unknown branch", UnknownSender, _calling(stream=9), called),
    KeyAttack("call: another branch", BadSignature, _calling(stream=2), called),
    KeyAttack("call: a negative count", Malformed, _calling(count=-1), called),
    KeyAttack("call: a nonce never given", StaleNonce, _calling(nonce=b"12345678"), called),
    KeyAttack("call: a byte changed", BadSignature, lambda c, b: flipped(_call(b), len(_call(b)) - 1), called),
    KeyAttack("call: a request's signature", BadSignature, _relabelled, called),
    KeyAttack("call: another key", BadSignature, _anothers_call, called),
    KeyAttack("call: made twice", StaleNonce, _called_twice, called),
    KeyAttack("call: by a replaced key", KeyReplaced, _called_by_old_key, called),
    KeyAttack("call: by a withdrawn key", RevokedSender, _called_by_withdrawn, called),
]


# --- enrolling and asking --------------------------------------------------------------------------------------


def _code(company: Company, secret: bytes) -> keys.EnrolmentCode:
    return keys.EnrolmentCode(keys.fingerprint(company.hub.keyring.sign_public), secret)


def _enrolling_withdrawn(company: Company, branch: BranchSide) -> bytes:
    withdraw(company, branch)
    return enrol.apply(new_code(company, 1), branch.keyring)


def _enrolling_with_the_old_code(company: Company, branch: BranchSide) -> bytes:
    """The code its computer joined with, found beside it, after another computer has joined."""
    ((secret,),) = company.hub.rows("SELECT secret FROM enrolment WHERE stream = 1")
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    return enrol.apply(_code(company, secret), keyring(1))


def _enrolling_a_second(company: Company, branch: BranchSide) -> bytes:
    write(branch, "X1")
    company.heal()
    return enrol.apply(new_code(company, 1), keyring(11))


def _enrolling_with_a_void_code(company: Company, branch: BranchSide) -> bytes:
    code = new_code(company, 1)
    withdraw(company, branch)
    return enrol.apply(code, keyring(11))


def _enrolling_with_a_replaced_key(company: Company, branch: BranchSide) -> bytes:
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    withdraw(company, branch)
    return enrol.apply(new_code(company, 1), keyring(1))


def _rejoining_as_another(company: Company, branch: BranchSide) -> bytes:
    withdraw(company, branch)
    return enrol.apply(new_code(company, 1), keyring(11), 2)


def _guessed(company: Company, branch: BranchSide) -> bytes:
    """The right name of a code, and a secret that is a guess."""
    body = enrol.apply(new_code(company, 1), keyring(11))[: -enrol.SEAL_BYTES]
    return body + keys.EnrolmentCode(b"", bytes(10)).seal(body)


def _used_by_another(company: Company, branch: BranchSide) -> bytes:
    ((secret,),) = company.hub.rows("SELECT secret FROM enrolment WHERE stream = 1")
    return enrol.apply(_code(company, secret), keyring(11))


def _for_another_hub(company: Company, branch: BranchSide) -> bytes:
    return enrol.apply(keys.EnrolmentCode(keys.fingerprint(keyring(7).sign_public), new_code(company, 1).secret),
                       keyring(11))  # fmt: skip


def _short_key(company: Company, branch: BranchSide) -> bytes:
    code = new_code(company, 1)
    body = wire.encode([1, code.name, bytes(31), bytes(32), code.fingerprint])
    return body + code.seal(body)


def _enrolling_by_version_two(company: Company, branch: BranchSide) -> bytes:
    code = new_code(company, 1)
    body = wire.encode([2, code.name, bytes(32), bytes(32), code.fingerprint])
    return body + code.seal(body)


def _asked_with_the_registry_put_back(company: Company, branch: BranchSide) -> bytes:
    """Head office's registry is the one before a change of keys; the branch reminds it, and then the old key asks."""
    thief, before = Thief(company, branch), company.hub.rows("SELECT * FROM stream WHERE stream = 1")[0]
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    with company.hub.store.write() as connection:
        connection.execute("DELETE FROM certificate WHERE stream = 1 AND serial = 2")
        connection.execute("DELETE FROM stream WHERE stream = 1")
        connection.execute(f"INSERT INTO stream VALUES ({', '.join('?' * len(before))})", before)
    _reminded(company, reminder.remind(branch.keyring, branch.store.get("certificate")))
    return thief.forge().request()


def _asked_by_old_key(company: Company, branch: BranchSide) -> bytes:
    thief = Thief(company, branch)
    change_key(company, branch, home_of(branch, company.folder), CHANGED.seed)
    return thief.forge().request()


def _asked_by_withdrawn(company: Company, branch: BranchSide) -> bytes:
    """A new epoch of a withdrawn key."""
    from cabang_attacks import opened

    withdraw(company, branch)
    refused(company, branch)
    forge = Forge(company, branch)
    return forge.request(opened(forge, forge.open_header()))


def _unknown_asks(company: Company, branch: BranchSide) -> bytes:
    request = exchange.read_request(branch.link.ask(0))
    return exchange.sign_request(keyring(8), request)


ENROLMENTS = [
    KeyAttack("enrolment: a withdrawn key", RevokedSender, _enrolling_withdrawn, admit),
    KeyAttack("enrolment: an old code and key", UsedEnrolmentCode, _enrolling_with_the_old_code, admit),
    KeyAttack("enrolment: a second computer", UsedEnrolmentCode, _enrolling_a_second, admit),
    KeyAttack("enrolment: a guessed secret", BadEnrolmentCode, _guessed, admit),
    KeyAttack("enrolment: a code used by another", UsedEnrolmentCode, _used_by_another, admit),
    KeyAttack("enrolment: a code for another hub", WrongHub, _for_another_hub, admit),
    KeyAttack("enrolment: a void code", BadEnrolmentCode, _enrolling_with_a_void_code, admit),
    KeyAttack("enrolment: a replaced key", KeyReplaced, _enrolling_with_a_replaced_key, admit),
    KeyAttack("enrolment: a code of another branch", BadEnrolmentCode, _rejoining_as_another, admit),
    KeyAttack("enrolment: a short key", Malformed, _short_key, admit),
    KeyAttack("enrolment: another version", UnknownVersion, _enrolling_by_version_two, admit),
]
REQUESTS = [
    KeyAttack("request: by a replaced key", KeyReplaced, _asked_by_old_key, _asked),
    KeyAttack("request: by an old key, the registry put back", KeyReplaced, _asked_with_the_registry_put_back, _asked),
    KeyAttack("request: a withdrawn key's epoch", RevokedSender, _asked_by_withdrawn, _asked),
    KeyAttack("request: by nobody known", BadSignature, _unknown_asks, _asked),
]
ALL = [*WISHES, *REMINDERS, *CALLS, *ENROLMENTS, *REQUESTS]


def outcome(company: Company, attack: KeyAttack) -> tuple[bool, bool]:
    """(refused as it must be, the registry and the books are as they were before the bytes arrived)."""
    branch = company.branches[0]
    in_conversation(company, branch)
    data = attack.make(company, branch)
    before = registry(company)
    try:
        attack.door(company, data)
    except CabangError as error:
        return type(error) is attack.error, before == registry(company)
    return False, False


def registry(company: Company) -> list[Any]:
    """What an attack must leave alone: certificates, codes, what of each log is held, every row."""
    tables = ("certificate", "enrolment", "epoch", "quarantine")
    columns = "stream, code, certificate, sign_public, revoked_after"
    found = [company.hub.rows(f"SELECT * FROM {table}") for table in tables]
    return [*found, company.hub.rows(f"SELECT {columns} FROM stream"), company.hub.digest()]
