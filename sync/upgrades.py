"""Is this another program than the one that ran here last?  What it could not take in then, it may understand now."""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from sync import wire
from sync.journal import DERIVE_VERSION
from sync.model import TABLES
from sync.store import Store

_NAME = "program"


def program() -> str:
    """What this program understands, in one word: its version, and a hash of every table and field declared."""
    tables = sorted(TABLES.values(), key=lambda spec: spec.code)
    declared = [[spec.code, *[[f.name, f.declared.policy] for f in spec.fields]] for spec in tables]
    digest = sha256(wire.encode([DERIVE_VERSION, *declared])).hexdigest()
    try:
        number = version("cabang")
    except PackageNotFoundError:  # run from its source
        number = "0"
    return f"{number}/{digest[:16]}"


def is_new(store: Store) -> bool:
    """True at the first start of a program that is not the one of the start before."""
    return bool(store.get(_NAME) != program())


def note(store: Store) -> None:
    """This program has run here."""
    with store.write():
        store.put(_NAME, program())
