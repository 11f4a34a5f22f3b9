"""Keys that change or are withdrawn, without a network: head office withdraws, a branch changes, a thief tries."""

from pathlib import Path

from cabang_attacks import CUSTOMER
from cabang_forge import Forge
from cabang_pair import BranchSide, Company, seeded

from crm import revocations
from crm.customers import Customer
from sync import audit, doorbell, enrol, exchange, keys, rejoin, rotation
from sync.database import using
from sync.folder import Folder, write_private
from sync.keys import PrivateKeys


def withdraw(company: Company, branch: BranchSide) -> int:
    """Head office withdraws the key of *branch*; the last entry that counts."""
    with using(company.hub.store), company.hub.unit() as unit:
        return revocations.revoke(unit, branch.id)


def write(branch: BranchSide, number: str, name: str = "Sari") -> bytes:
    """A customer made at *branch*, in a segment of its own."""
    with branch.unit() as unit:
        made = unit.insert(Customer, {"number": number, "name": name})
    branch.journal.seal()
    return made


def refused(company: Company, branch: BranchSide) -> exchange.Answer:
    """The hub's answer to a round of a branch it says no to; what it says besides is taken."""
    answer, nonce = company.ask(branch)
    assert answer.refusal is not None
    branch.link.take(answer, branch.open_page(answer, nonce))
    return answer


def code_of(answer: exchange.Answer) -> str:
    """The code of an answer's refusal, "" without one."""
    return answer.refusal.code if answer.refusal else ""


def customers(company: Company) -> set[str]:
    """The numbers of the customers head office holds."""
    return {number for (number,) in company.hub.rows("SELECT number FROM customer")}


def held(company: Company) -> list[tuple[int, str]]:
    """(seq, reason) of each entry held for review."""
    return company.hub.rows("SELECT seq, reason FROM quarantine ORDER BY epoch, seq")


def new_code(company: Company, stream: int, name: str = "another") -> keys.EnrolmentCode:
    """Another enrolment code for branch number *stream*."""
    with company.hub.store.write() as connection:
        text = enrol.new_code(connection, company.hub.keyring.sign_public, stream, seeded(name)(10), company.hub.now)
    return keys.read_code(text)


def admit(company: Company, data: bytes) -> bytes:
    """Head office's answer to an application."""
    return enrol.admit(company.hub.store, company.hub.keyring, data, b"k" * 32, company.hub.now)


def called(company: Company, call: bytes) -> tuple[int, int]:
    """Who calls at the hub's doorbell, and the feed position it knows."""
    return doorbell.caller(company.hub.exchange.registry, company.hub.exchange.talks, call)


# --- changing keys ---------------------------------------------------------------------------------------------


def home_of(branch: BranchSide, folder: Path) -> Folder:
    """A folder with the branch's key in it, as ``branch init`` leaves it."""
    home = Folder(folder / f"node{branch.stream}")
    home.path.mkdir(exist_ok=True)
    if not home.key_file.exists():
        write_private(home.key_file, branch.keyring.seed)
    return home


def countersigned(company: Company, wish: bytes) -> bytes:
    """Head office's answer to a wish for other keys."""
    return rotation.countersign(company.hub.store, company.hub.keyring, wish, company.hub.now)


def wish_of(branch: BranchSide, new: PrivateKeys) -> bytes:
    """What *branch* asks when it changes to *new*."""
    return rotation.ask(branch.keyring, new, branch.stream, branch.journal.epoch_name)


def change_key(company: Company, branch: BranchSide, home: Folder, seed: bytes) -> keys.Certificate:
    """The whole change, as ``cabang rotate-key`` does it."""
    rotation.settle(home, branch.store, branch.keyring)
    rotation.prepare(home, seed)
    new = rotation.next_keys(home)
    assert new is not None
    answer = countersigned(company, wish_of(branch, new))
    return rotation.take(home, branch.journal, answer, branch.link.hub_public, "hub")


def rejoined(company: Company, branch: BranchSide, home: Folder, seed: bytes, code: keys.EnrolmentCode) -> None:
    """The branch's folder joins again with a code, as ``cabang branch rejoin`` does it."""
    rotation.prepare(home, seed, anew=True)
    new = PrivateKeys(seed)
    answer = admit(company, rejoin.ask(code, new, branch.journal))
    rejoin.take(home, branch.journal, new, *enrol.read_welcome(answer, code, new, "hub"))
    branch.link.uplink.forget()


def start_again(branch: BranchSide, home: Folder) -> None:
    """The process ends and another starts, which reads its keys from *home*."""
    branch.store.close()
    branch.keyring = PrivateKeys(home.key_file.read_bytes())
    branch.open()
    rotation.settle(home, branch.store, branch.keyring)


def whole(company: Company, side: BranchSide | None = None) -> audit.Audited:
    """Every seal of head office's file, or of a branch's, is by a key that was allowed at its place."""
    node = side or company.hub
    public = company.hub.keyring.sign_public
    return audit.verify(node.store.connection(), node.keyring.sign_public, public, lambda done, total: None)


class Thief:
    """Somebody with a copy of the branch's key and log as they are now."""

    def __init__(self, company: Company, branch: BranchSide) -> None:
        self.keyring = PrivateKeys(branch.keyring.seed)
        self._company, self._branch = company, branch

    def forge(self) -> Forge:
        """Goes on behind what the hub holds, with the stolen key."""
        made = Forge(self._company, self._branch)
        made.keyring = self.keyring
        return made

    def segment(self, number: str) -> bytes:
        """A customer, sealed by the stolen key."""
        made = self.forge()
        return made.segment([[made.header(), CUSTOMER.replace(b"N1", number.encode())]])
