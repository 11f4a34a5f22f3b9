"""Keys, certificates, enrolment codes: what is signed for one purpose serves no other."""

import msgspec
import pytest
from cabang_forge import flipped
from cabang_pair import keyring, seeded
from hypothesis import given
from hypothesis import strategies as st

from sync import keys, wire
from sync.errors import BadEnrolmentCode, BadSignature, Malformed

HUB, BRANCH = keyring(0), keyring(1)
LABELS = [getattr(keys, name) for name in dir(keys) if name.endswith("_LABEL")]
CERTIFICATE = keys.Certificate(1, 1, "PTK", BRANCH.sign_public, BRANCH.seal_public, 1, 1_767_243_600_000)
CODE = keys.EnrolmentCode(keys.fingerprint(HUB.sign_public), seeded("code")(10))


def test_a_signature_serves_one_purpose_alone() -> None:
    """Goal: no signature can be used elsewhere. Method: every label signed, checked under every label."""
    for label in LABELS:
        signature = BRANCH.sign(label, b"message")
        assert [label] == [other for other in LABELS if keys.fits(BRANCH.sign_public, other, b"message", signature)]


def test_labels_are_no_beginnings_of_each_other() -> None:
    """Goal: label and message cannot be cut elsewhere. Method: each ends in the only zero byte it has."""
    assert len(LABELS) == len(set(LABELS))
    assert all(label.index(b"\0") == len(label) - 1 for label in LABELS)


def test_a_signature_fits_one_key_and_one_message() -> None:
    """Goal: authentic. Method: other key, every byte of message and signature flipped, wrong sizes."""
    label, message = keys.SEGMENT_LABEL, b"a message"
    signature = BRANCH.sign(label, message)
    assert keys.fits(BRANCH.sign_public, label, message, signature)
    assert not keys.fits(HUB.sign_public, label, message, signature)
    assert not any(keys.fits(BRANCH.sign_public, label, flipped(message, n), signature) for n in range(len(message)))
    assert not any(keys.fits(BRANCH.sign_public, label, message, flipped(signature, n)) for n in range(64))
    assert not any(keys.fits(key, label, message, signature) for key in (b"", BRANCH.sign_public[:31]))
    odd = (b"", signature[:63], signature + b"\0")
    assert not any(keys.fits(BRANCH.sign_public, label, message, bad) for bad in odd)


def test_a_certificate_is_read_as_it_was_given() -> None:
    """Goal: round trip. Method: certify, read."""
    assert CERTIFICATE == keys.read_certificate(keys.certify(HUB, CERTIFICATE), HUB.sign_public)


def test_a_changed_certificate_is_refused() -> None:
    """Goal: only the hub certifies. Method: each byte flipped, each length, another hub, garbage signed by the hub."""
    signed = keys.certify(HUB, CERTIFICATE)
    for bad in [*(flipped(signed, n) for n in range(len(signed))), *(signed[:n] for n in range(len(signed)))]:
        with pytest.raises((BadSignature, Malformed)):
            keys.read_certificate(bad, HUB.sign_public)
    with pytest.raises(BadSignature):
        keys.read_certificate(keys.certify(BRANCH, CERTIFICATE), HUB.sign_public)
    for body in (b"", b"\xc1", wire.encode([1]), wire.encode(5), b"\x91" * 100_000):
        with pytest.raises(Malformed):
            keys.read_certificate(body + HUB.sign(keys.CERTIFICATE_LABEL, body), HUB.sign_public)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=10, max_size=10))
def test_a_code_is_read_as_it_was_shown(fingerprint, secret) -> None:
    """Goal: round trip, however it is typed. Method: small letters, spaces for dashes, 0 1 8 for O I B."""
    code = keys.EnrolmentCode(fingerprint, secret)
    text = code.text()
    typed = text.replace("O", "0").replace("I", "1").replace("B", "8")
    for way in (text, text.lower(), text.replace("-", " "), text.replace("-", ""), f"  {text}\n", typed):
        assert code == keys.read_code(way)


def test_a_mistyped_code_is_noticed() -> None:
    """Goal: a slip of the finger is not sent to the hub. Method: each letter replaced, each left out, two swapped."""
    text = CODE.text()
    slips = [text[:n] + ("A" if text[n] != "A" else "C") + text[n + 1 :] for n in range(len(text)) if text[n] != "-"]
    slips += [text[:n] + text[n + 1 :] for n in range(len(text)) if text[n] != "-"]
    slips += [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(len(text) - 1)
              if "-" not in text[n : n + 2] and text[n] != text[n + 1]]  # fmt: skip
    for slip in ["", "hello", "é" * 45, "=" * 8, text + "AAAAA", *slips]:
        with pytest.raises(BadEnrolmentCode):
            keys.read_code(slip)


def test_the_codes_name_and_seal_come_from_the_secret_alone() -> None:
    """Goal: the secret is never sent. Method: name and seal of codes that differ in fingerprint and in secret."""
    other = msgspec.msgpack.encode(1) * 10
    same, different = CODE._replace(fingerprint=bytes(16)), CODE._replace(secret=other)
    assert (CODE.name, CODE.seal(b"m")) == (same.name, same.seal(b"m"))
    assert CODE.name != different.name and CODE.seal(b"m") != different.seal(b"m") != CODE.seal(b"n")
    assert CODE.secret not in CODE.name + CODE.seal(b"m")
