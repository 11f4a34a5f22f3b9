"""Enrolment: one code, one branch, one hub; whoever stands in between learns and changes nothing."""

from typing import Any

import pytest
from cabang_forge import flipped
from cabang_pair import COMPANY_KEY, NOON, keyring, seeded

from sync import enrol, keys, wire
from sync.errors import BadEnrolmentCode, BadSignature, CabangError, HubAnswerUnreadable, UsedEnrolmentCode, WrongHub

RING = keyring(9)


@pytest.fixture
def code(hub) -> keys.EnrolmentCode:
    """A fresh code for a branch number 9 that head office has prepared."""
    with hub.store.write() as connection:
        connection.execute("INSERT INTO stream (stream, code) VALUES (9, 'NEW')")
        text = enrol.new_code(connection, hub.keyring.sign_public, 9, seeded("code")(10), NOON)
    return keys.read_code(text)


def admit(hub, data: bytes) -> bytes:
    return enrol.admit(hub.store, hub.keyring, data, COMPANY_KEY, NOON)


def registry(hub) -> tuple[list[Any], list[Any]]:
    return hub.rows("SELECT * FROM stream ORDER BY stream"), hub.rows("SELECT * FROM enrolment ORDER BY name")


def test_a_branch_is_certified_and_gets_the_company_key(hub, code) -> None:
    """Goal: the whole exchange. Method: apply, admit, read the welcome; the registry knows the branch's key."""
    certificate, welcome = enrol.read_welcome(admit(hub, enrol.apply(code, RING)), code, RING, "hub")
    assert (9, "NEW", RING.sign_public, RING.seal_public) == (
        certificate.stream, certificate.code, certificate.sign_public, certificate.seal_public,
    )  # fmt: skip
    assert (COMPANY_KEY, hub.keyring.sign_public) == (welcome.company_key, welcome.hub_public)
    assert [(RING.sign_public,)] == hub.rows("SELECT sign_public FROM stream WHERE stream = 9")


def test_a_lost_answer_is_given_again(hub, code) -> None:
    """Goal: a cut while enrolling costs nothing. Method: the same application twice; the same certificate."""
    data = enrol.apply(code, RING)
    first = enrol.read_welcome(admit(hub, data), code, RING, "hub")
    assert first == enrol.read_welcome(admit(hub, data), code, RING, "hub")


def test_a_code_works_once(hub, code) -> None:
    """Goal: a code that was overheard is worthless. Method: another computer with the same code."""
    admit(hub, enrol.apply(code, RING))
    before = registry(hub)
    with pytest.raises(UsedEnrolmentCode):
        admit(hub, enrol.apply(code, keyring(8)))
    assert before == registry(hub)


def test_a_wrong_code_is_refused(hub, code) -> None:
    """Goal: nobody enrols by guessing. Method: a code nobody gave, and the right name with a guessed secret."""
    before = registry(hub)
    body = enrol.apply(code, RING)[: -enrol.SEAL_BYTES]
    guess = keys.EnrolmentCode(code.fingerprint, bytes(10))
    for data in (enrol.apply(guess, RING), body + guess.seal(body), body + bytes(32)):
        with pytest.raises(BadEnrolmentCode):
            admit(hub, data)
    assert before == registry(hub)


def test_a_changed_application_is_refused(hub, code) -> None:
    """Goal: nobody puts another key in. Method: every byte flipped, every length, garbage; the registry unchanged."""
    data, before = enrol.apply(code, RING), registry(hub)
    bad = [*(flipped(data, n) for n in range(len(data))), *(data[:n] for n in range(len(data))), b"\x91" * 100_000]
    for changed in bad:
        with pytest.raises(CabangError):
            admit(hub, changed)
    assert before == registry(hub)


def test_another_hub_is_not_believed(hub, code) -> None:
    """Goal: no trust on first use. Method: an impostor who knows the code's name answers with keys of its own."""
    impostor = keyring(5)
    data = enrol.apply(code, RING)
    certificate = keys.certify(impostor, keys.Certificate(1, 9, "NEW", RING.sign_public, RING.seal_public, 1, NOON))
    welcome = enrol.Welcome(1, certificate, impostor.sign_public, NOON, bytes(32))
    with pytest.raises(WrongHub):
        enrol.read_welcome(wire.encode(welcome), code, RING, "hub")
    dressed = enrol.Welcome(1, certificate, hub.keyring.sign_public, NOON, bytes(32))
    with pytest.raises(BadSignature):
        enrol.read_welcome(wire.encode(dressed), code, RING, "hub")
    other = admit(hub, data)
    with pytest.raises(WrongHub):
        enrol.read_welcome(other, code, keyring(8), "hub")


def test_a_damaged_welcome_is_refused_by_our_errors_alone(hub, code) -> None:
    """Goal: a captive portal is no hub. Method: every length and every flipped byte that names keys; a web page."""
    data = admit(hub, enrol.apply(code, RING))
    for bad in [*(data[:n] for n in range(len(data))), b"<html>", b"\x91" * 100_000, bytes(1 << 21)]:
        with pytest.raises((HubAnswerUnreadable, WrongHub, BadSignature)):
            enrol.read_welcome(bad, code, RING, "hub")


def test_the_company_key_is_hidden_from_who_reads_the_line(hub, code) -> None:
    """Goal: the key of all phone hashes is not readable on the way. Method: look for it in both messages."""
    sent = enrol.apply(code, RING)
    data = admit(hub, sent)
    assert COMPANY_KEY not in data
    assert code.secret not in sent + data
