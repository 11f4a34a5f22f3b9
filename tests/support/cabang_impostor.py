"""Impostors that answer a branch which joins or changes its keys: each breaks one thing in a true answer."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cabang_keys import home_of
from cabang_pair import COMPANY_KEY, NOON, Company, keyring, seeded

from sync import enrol, keys, limits, rotation, wire
from sync.errors import BadSignature, CabangError, HubAnswerUnreadable, Malformed, UnknownVersion, WrongHub

OWN = keys.PrivateKeys(seeded("an impostor's branch")(64))
SECRET = seeded("an impostor's code")(10)
FALSE = keyring(5)  # the impostor's own keys
PAGE = b"<html>Selamat datang di WiFi</html>"
Certify = Callable[[Company], bytes]
Door = Callable[[Company, bytes], object]


class Impostor(NamedTuple):
    """``make`` gives the bytes of an answer, which ``door`` must refuse with ``error``."""

    name: str
    error: type[CabangError]
    make: Callable[[Company], bytes]
    door: Door


def certificate(company: Company, ring: keys.PrivateKeys | None = None, **changed: Any) -> bytes:
    """A certificate for the keys ``OWN`` of branch 1, in order but for what is changed."""
    made = {"version": 1, "stream": 1, "code": "PTK", "sign_public": OWN.sign_public, "seal_public": OWN.seal_public}
    return keys.certify(ring or company.hub.keyring, keys.Certificate(**{**made, "serial": 2, "issued": 5, **changed}))


def _certified(ring: keys.PrivateKeys | None = None, **changed: Any) -> Certify:
    return lambda company: certificate(company, ring, **changed)


def _signed(label: bytes) -> Certify:
    """The certificate under another label."""

    def make(company: Company) -> bytes:
        body = certificate(company)[: -keys.SIGNATURE_BYTES]
        return body + company.hub.keyring.sign(label, body)

    return make


def _of_nothing(company: Company) -> bytes:
    return company.hub.keyring.sign(keys.CERTIFICATE_LABEL, b"")


# --- joining ---------------------------------------------------------------------------------------------------


def _code(company: Company) -> keys.EnrolmentCode:
    return keys.EnrolmentCode(keys.fingerprint(company.hub.keyring.sign_public), SECRET)


def welcomed(company: Company, data: bytes) -> bytes:
    """What a branch makes of an answer to its application: the company's key."""
    _, welcome = enrol.read_welcome(data, _code(company), OWN, "hub")
    return welcome.company_key


def welcome(company: Company, certify: Certify = certificate, **changed: Any) -> bytes:
    """A welcome in order but for what is changed."""
    masked = enrol._mask(_code(company), OWN.sign_public, COMPANY_KEY)
    made = enrol.Welcome(1, certify(company), company.hub.keyring.sign_public, NOON, masked)
    return wire.encode([{**_fields(made), **changed}[name] for name in made.__struct_fields__])


def _fields(made: enrol.Welcome) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__struct_fields__}


def _welcome(certify: Certify = certificate, **changed: Any) -> Callable[[Company], bytes]:
    return lambda company: welcome(company, certify, **changed)


def _another_company(company: Company) -> bytes:
    """An impostor's hub, whole in itself."""
    return welcome(company, _certified(FALSE), hub_public=FALSE.sign_public)


WELCOMES = [
    Impostor("welcome: of another hub", WrongHub, _another_company, welcomed),
    Impostor("welcome: another hub's key", WrongHub, _welcome(hub_public=FALSE.sign_public), welcomed),
    Impostor("welcome: another hub's certificate", BadSignature, _welcome(_certified(FALSE)), welcomed),
    Impostor("welcome: a certificate signed as a page", BadSignature, _welcome(_signed(keys.PAGE_LABEL)), welcomed),
    Impostor("welcome: for another computer", WrongHub, _welcome(_certified(sign_public=bytes(32))), welcomed),
    Impostor("welcome: a certificate of nothing", Malformed, _welcome(_of_nothing), welcomed),
    Impostor("welcome: a certificate of another version", UnknownVersion, _welcome(_certified(version=2)), welcomed),
    Impostor("welcome: another version", UnknownVersion, _welcome(version=2), welcomed),
    Impostor("welcome: a short company key", HubAnswerUnreadable, _welcome(company_key=bytes(31)), welcomed),
    Impostor("welcome: a time below zero", HubAnswerUnreadable, _welcome(hub_ms=-1), welcomed),
    Impostor("welcome: a login page", HubAnswerUnreadable, lambda company: PAGE, welcomed),
    Impostor(
        "welcome: without end", HubAnswerUnreadable, lambda company: bytes(limits.REQUEST_BYTES_MAX + 1), welcomed
    ),
]


# --- changing keys ---------------------------------------------------------------------------------------------


def granted(company: Company, data: bytes) -> object:
    """What branch 1, which has asked for the keys ``OWN``, makes of an answer."""
    branch = company.branches[0]
    home = home_of(branch, company.folder)
    rotation.prepare(home, OWN.seed)
    return rotation.take(home, branch.journal, data, branch.link.hub_public, "hub")


def _grant(certify: Certify = certificate, version: int = 1) -> Callable[[Company], bytes]:
    return lambda company: wire.encode([version, certify(company)])


def _of_another_key(company: Company) -> bytes:
    return certificate(company, sign_public=FALSE.sign_public, seal_public=FALSE.seal_public)


GRANTS = [
    Impostor("grant: of another hub", BadSignature, _grant(_certified(FALSE)), granted),
    Impostor("grant: to another branch", WrongHub, _grant(_certified(stream=2, code="BJM")), granted),
    Impostor("grant: for a key nobody asked for", WrongHub, _grant(_of_another_key), granted),
    Impostor("grant: a certificate signed as a page", BadSignature, _grant(_signed(keys.PAGE_LABEL)), granted),
    Impostor("grant: a short certificate", BadSignature, _grant(lambda company: b"short"), granted),
    Impostor("grant: a certificate of another version", UnknownVersion, _grant(_certified(version=2)), granted),
    Impostor("grant: another version", UnknownVersion, _grant(version=2), granted),
    Impostor("grant: a login page", HubAnswerUnreadable, lambda company: PAGE, granted),
]

ALL = [*WELCOMES, *GRANTS]
