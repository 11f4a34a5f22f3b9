"""Every message between branch and hub, mutated from a seed and put to whoever reads it.

A mutation hits bytes, or a field of the message, or what lies inside a field; where a signature would stop it at once
the message is signed again, so that what stands behind the signature is tried too.  Nothing of the material is
acceptable as it stands, so that what was hardly changed is refused as well; an answer alone may still be one.
"""

from collections import Counter
from collections.abc import Callable
from random import Random

import cabang_impostor
from cabang_forge import Forge, flipped, in_conversation
from cabang_keys import admit, called, countersigned, new_code, wish_of
from cabang_mutate import mutated
from cabang_pair import Company, keyring
from cabang_segments import entries, open_here, opened, sealed
from cabang_tree import Tree, mutated_tree

from sync import doorbell, enrol, exchange, keys, reminder, verify, wire
from sync.errors import CabangError, InvariantBroken

FALSE_SEAL = b"another seal before, of 32 bytes"
NEVER_GIVEN = b"not this"
LAST_CHECKS = {  # how far each kind must get sometimes
    "segment_bytes": "bad_signature",
    "segment_fields": "bad_signature",
    "segment_sent": "bad_signature",
    "request_bytes": "bad_signature",
    "request_fields": "answered",
    "answer_bytes": "bad_signature",
    "answer_fields": "heard",
    "page_body": "bad_signature",
    "application": "used_enrolment_code",
    "welcome": "wrong_hub",
    "wish": "bad_signature",
    "reminding": "bad_signature",
    "calling": "stale_nonce",
}
COMPRESSION, BODY = 7, 8  # places in a segment's envelope


def tree_of(data: bytes) -> Tree:
    """The fields of a message."""
    return list(wire.decode_array(data, "message"))


def segment_tree(data: bytes) -> Tree:
    """The fields of a segment, its entries in place of the compressed body."""
    fields = tree_of(data)
    return [*fields[:BODY], tree_of(wire.decompress(fields[COMPRESSION], fields[BODY], 1 << 24, "segment"))]


def packed(tree: Tree) -> bytes:
    """A segment of these fields; entries that are still a list are compressed as a sender would."""
    if len(tree) > BODY and isinstance(tree[BODY], list):
        codec, body = wire.compress(wire.encode(tree[BODY]))
        known = tree[COMPRESSION] in (wire.RAW, wire.ZSTD)
        tree = [*tree[:COMPRESSION], codec if known else tree[COMPRESSION], body, *tree[BODY + 1 :]]
    return wire.encode(tree)


def state(company: Company) -> list[object]:
    """What no mutation may change: the rows, the log, what is held for review, the keys."""
    hub = company.hub
    counts = [hub.one(f"SELECT count(*) FROM {table}") for table in ("entry", "segment", "quarantine", "enrolment")]
    certificates = hub.rows("SELECT * FROM certificate")
    return [hub.digest(), counts, certificates, *(branch.digest() for branch in company.branches)]


class Mutations:
    """What is put to the hub and the first branch of *company*.  ``outcomes`` counts (kind, code)."""

    def __init__(self, company: Company, seed: object) -> None:
        self.company, self.branch = company, company.branches[0]
        self.draw = Random(f"mutations {seed}")
        self.outcomes: Counter[tuple[str, str]] = Counter()
        in_conversation(company, self.branch)
        self.forge = Forge(company, self.branch)
        self._answer = wire.encode(company.hub.exchange.answer(self.branch.link.ask(0)))
        self._asked = self.branch.link.nonce
        self._nonce = exchange.read_answer(self._answer, "hub").nonce
        self._segments = [sealed(entries(count), opened(), FALSE_SEAL) for count in (8, 1, 3)]
        sent = self.forge.entries([entries(1)[0][1], entries(1)[0][2]], [entries(2)[1][1]])
        self._sent = self.forge.segment(sent, seal_before=FALSE_SEAL)
        self._code = new_code(company, 1)
        self._application = enrol.apply(self._code, keyring(11))
        self._welcome = cabang_impostor.welcome(company, hub_public=keyring(5).sign_public)
        self._wish = wish_of(self.branch, keyring(8))
        self._wish = flipped(self._wish, len(self._wish) - 1)
        self._reminder = reminder.remind(keyring(7), cabang_impostor.certificate(company, keyring(5)))
        self._call = doorbell.sign_call(self.branch.keyring, 1, NEVER_GIVEN, 3)
        self._trees = [tree_of(data) for data in (self._answer, self._welcome, self._segments[0], self._sent)]
        self._trees += [segment_tree(data) for data in self._segments]

    def run(self, count: int) -> None:
        """Makes *count* mutations, of each kind its share; an error that is none of ours escapes."""
        names = [name for name, share in SHARES.items() for _ in range(share)]
        for number in range(count):
            name = names[number % len(names)]
            try:
                said = KINDS[name](self)
            except InvariantBroken:
                raise  # ours, but a mistake of ours
            except CabangError as error:
                said = error.code
            self.outcomes[name, said] += 1

    def _tree(self, tree: Tree) -> Tree:
        return mutated_tree(tree, self.draw, self._trees)

    # --- kinds: each gives a code, or raises the error that has it -----------------------------------------------

    def segment_bytes(self) -> str:
        """The bytes of a segment."""
        return _opened(mutated(self.draw.choice(self._segments), self.draw))

    def segment_fields(self) -> str:
        """The fields of a segment, and of its entries."""
        return _opened(packed(self._tree(segment_tree(self.draw.choice(self._segments)))))

    def segment_sent(self) -> str:
        """The same, in a request that is in order."""
        return self._ask(self._request(packed(self._tree(segment_tree(self._sent)))))

    def request_bytes(self) -> str:
        """The bytes of a request."""
        return self._ask(mutated(self._request(self._sent), self.draw))

    def request_fields(self) -> str:
        """The fields of a request, signed again."""
        body = wire.encode(self._tree(tree_of(self._request(self._sent)[: -keys.SIGNATURE_BYTES])))
        return self._ask(body + self.branch.keyring.sign(keys.REQUEST_LABEL, body))

    def answer_bytes(self) -> str:
        """The bytes of an answer with a page."""
        return self._heard(mutated(self._answer, self.draw))

    def answer_fields(self) -> str:
        """The fields of an answer and of its page."""
        return self._heard(wire.encode(self._tree(tree_of(self._answer))))

    def page_body(self) -> str:
        """What a page holds."""
        answer = tree_of(self._answer)
        page = answer[-1] = list(answer[-1])
        raw = wire.decompress(page[6], page[7], 1 << 24, "page")
        page[6:8] = wire.compress(wire.encode(self._tree(tree_of(raw))))
        return self._heard(wire.encode(answer))

    def application(self) -> str:
        """An enrolment, sealed again by its code or not: the branch has a computer."""
        if self.draw.random() < 0.5:
            admit(self.company, mutated(self._application, self.draw))
        body = wire.encode(self._tree(tree_of(self._application[: -enrol.SEAL_BYTES])))
        admit(self.company, body + self._code.seal(body))
        return "taken"

    def welcome(self) -> str:
        """The answer to an enrolment, of another hub."""
        data = wire.encode(self._tree(tree_of(self._welcome)))
        cabang_impostor.welcomed(self.company, self.draw.choice((mutated(self._welcome, self.draw), data)))
        return "taken"

    def wish(self) -> str:
        """A wish for other keys, its signature false."""
        body = wire.encode(self._tree(tree_of(self._wish[: -keys.SIGNATURE_BYTES])))
        data = self.draw.choice((mutated(self._wish, self.draw), body + self._wish[-keys.SIGNATURE_BYTES :]))
        countersigned(self.company, data)
        return "taken"

    def reminding(self) -> str:
        """A certificate shown to the hub, which it did not give."""
        body = wire.encode(self._tree(tree_of(self._reminder[: -keys.SIGNATURE_BYTES])))
        shown = body + keyring(7).sign(keys.REMINDER_LABEL, body)
        data = self.draw.choice((mutated(self._reminder, self.draw), shown))
        reminder.be_reminded(self.company.hub.store, self.company.hub.keyring.sign_public, data)
        return "taken"

    def calling(self) -> str:
        """A call at the doorbell with a nonce never given, or by chance the right one: it only waits."""
        body = wire.encode(self._tree(tree_of(self._call[: -keys.SIGNATURE_BYTES])))
        signed = body + self.branch.keyring.sign(keys.DOORBELL_LABEL, body)
        called(self.company, self.draw.choice((mutated(self._call, self.draw), signed)))
        return "taken"

    # --- readers -----------------------------------------------------------------------------------------------

    def _request(self, segment: bytes) -> bytes:
        return self.forge.request(segment, nonce=self._nonce)

    def _ask(self, data: bytes) -> str:
        answer = self.company.answer(data)
        self._nonce = answer.nonce
        return answer.refusal.code if answer.refusal else "answered"

    def _heard(self, data: bytes) -> str:
        self.branch.open_page(exchange.read_answer(data, "hub"), self._asked)
        return "heard"


def _opened(data: bytes) -> str:
    found: verify.VerifiedSegment | None = open_here(data)
    assert found is None
    return "repeat"


SHARES: dict[str, int] = {  # of a hundred mutations
    "segment_bytes": 12,
    "segment_fields": 20,
    "segment_sent": 9,
    "request_bytes": 9,
    "request_fields": 9,
    "answer_bytes": 6,
    "answer_fields": 8,
    "page_body": 5,
    "application": 5,
    "welcome": 5,
    "wish": 4,
    "reminding": 4,
    "calling": 4,
}
KINDS: dict[str, Callable[[Mutations], str]] = {name: getattr(Mutations, name) for name in SHARES}
