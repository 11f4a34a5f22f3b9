"""What can go wrong in the heart, and what a person can do about it.

Sentences are English message ids; the edges translate them.
"""

import re
from collections.abc import Mapping
from typing import Any

PLACE = re.compile(r"%\((\w+)\)s")  # in a message: where a parameter stands


def N_(text: str) -> str:
    """Marks *text* for translation; the edge that shows it translates."""
    return text


def invariant(condition: object, fact: str) -> None:
    """Raises InvariantBroken unless *condition* holds; a function, so that ``python -O`` keeps it."""
    if not condition:
        raise InvariantBroken(fact=fact)


class CabangError(Exception):
    """Base of every error Cabang raises on purpose.

    Attributes: ``code`` (stable, for programs), ``happened`` and ``todo`` (message ids with ``%(name)s`` places),
    ``params`` (values of the places; one that is a message id itself has its places filled from the others),
    ``retry_safe`` (the same call may be made again unchanged).
    """

    code = "error"
    happened = N_("Something went wrong.")
    todo = N_("Try again; if it happens again, ask head office.")
    retry_safe = False

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(f"{self.code}: {self.happened % self._places(self.happened)}")

    def _places(self, text: str) -> dict[str, Any]:
        return _Missing({name: fill(value, self.params) for name, value in self.params.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.params))


class _Missing(dict[str, Any]):
    """Parameters for a sentence; a place nobody filled reads as a question mark instead of failing."""

    def __missing__(self, key: str) -> str:
        return "?"


def fill(value: Any, places: Mapping[str, Any]) -> Any:
    """*value*, with the ``%(name)s`` of a text filled from *places*; a place nobody filled stays as it is."""
    if not isinstance(value, str):
        return value
    return PLACE.sub(lambda place: str(places.get(place[1], place[0])), value)


def _rebuild(kind: type[CabangError], params: dict[str, Any]) -> CabangError:
    return kind(**params)


class InvariantBroken(CabangError):
    """Our own fault: a fact the code relies on does not hold."""

    code = "invariant_broken"
    happened = N_("An internal rule does not hold: %(fact)s.")
    todo = N_("Stop using this page and report the words above; nothing was saved.")


# --- the door: what arrives from outside -----------------------------------------------------------------------


class Refused(CabangError):
    """Bytes from outside that the door does not take; nothing was stored."""

    code = "refused"


class TooLarge(Refused):
    code = "too_large"
    happened = N_("What was sent, %(what)s, is larger than the limit of %(limit)s bytes.")
    todo = N_("Send smaller pieces; an up-to-date Cabang does so by itself.")


class Malformed(Refused):
    """``why`` is for logs and programs, and what the reader ``said`` of it; neither says anything to a person."""

    code = "malformed"
    happened = N_("What was sent, %(what)s, cannot be read.")
    todo = N_("Send it again; if it stays so, the line or the sender's file is damaged.")
    retry_safe = True

    def __str__(self) -> str:
        more = [str(self.params[name]) for name in ("why", "said") if self.params.get(name)]
        return " ".join([super().__str__(), *more])


class UnknownVersion(Refused):
    code = "unknown_version"
    happened = N_("What was sent, %(what)s, is of version %(version)s, which this Cabang does not know.")
    todo = N_("Upgrade the hub first, then the branches.")


class UnknownSender(Refused):
    code = "unknown_sender"
    happened = N_("This hub does not know the branch number %(stream)s.")
    todo = N_("Enrol the branch at this hub, or check the hub's address.")


class BadSignature(Refused):
    code = "bad_signature"
    happened = N_("The signature of %(what)s does not fit its contents.")
    todo = N_(
        "Send it again; if it stays so, ask head office: it was changed on the way, or signed with another key. "
        "Nothing was taken."
    )


class WrongHub(Refused):
    code = "wrong_hub"
    happened = N_("The hub that answered is not the hub of this branch.")
    todo = N_("Check the hub's address; if it is right, ask head office whether the hub was replaced.")


class Gap(Refused):
    """The first entry offered does not follow the last one held."""

    code = "gap"
    happened = N_("Entries are missing before number %(first)s; the hub holds up to %(held)s.")
    todo = N_("Send from the entry after the one the hub holds.")
    retry_safe = True


class Fork(Refused):
    """The stream goes on from another past than the one held: a restored or copied database."""

    code = "fork"
    happened = N_("This branch's log differs from the one the hub holds, at entry %(seq)s.")
    todo = N_("The database was restored or copied; ask head office before selling with two copies.")


class EpochClosed(Refused):
    code = "epoch_closed"
    happened = N_("Another computer works as this branch.")
    todo = N_("Stop one of the two. What was written here is sent by itself in some minutes; nothing is lost.")


class StaleNonce(Refused):
    code = "stale_nonce"
    happened = N_("The request was not made for this conversation.")
    todo = N_("Ask again with the number the hub gave.")
    retry_safe = True


class RevokedSender(Refused):
    code = "revoked"
    happened = N_(
        "Head office has withdrawn this computer's key: what is made here since then reaches nobody and does not count."
    )
    todo = N_(
        "Go on selling and keep the receipts. Call head office: if this computer is to go on, it gives a code, and "
        "'cabang branch rejoin' here makes all of it count."
    )


class KeyReplaced(Refused):
    code = "key_replaced"
    happened = N_("Head office knows a newer key of this branch than the one this computer signs with.")
    todo = N_(
        "Go on selling. If 'cabang rotate-key' was cut off here, give it again. If data was put back here, head "
        "office gives a new code for 'cabang branch rejoin'. Else another computer took this branch's place."
    )


# --- enrolment -------------------------------------------------------------------------------------------------


class BadEnrolmentCode(CabangError):
    code = "bad_enrolment_code"
    happened = N_("The enrolment code is not right.")
    todo = N_("Type it again as head office gave it, or ask for a new one.")


class UsedEnrolmentCode(CabangError):
    code = "used_enrolment_code"
    happened = N_("The enrolment code has been used already.")
    todo = N_("Ask head office for a new one; each code works once.")


# --- applying: what is stored but not applied (quarantine reasons) ---------------------------------------------


class Quarantined(CabangError):
    """An accepted entry that cannot be applied; it is kept, listed and tried again after an upgrade.

    Parameters hold message ids where they hold words; ``said`` is for logs and programs, no person sees it.
    """

    code = "quarantined"


class UnreadablePayload(Quarantined):
    code = "unreadable_payload"
    happened = N_("A change cannot be read: %(why)s.")
    todo = N_("Head office can look at it; the branch goes on working.")


class UnknownKind(Quarantined):
    code = "unknown_kind"
    happened = N_("A change is of a kind this hub does not know yet (%(kind)s).")
    todo = N_("Upgrade the hub; the change is then taken by itself.")


class NotYours(Quarantined):
    code = "not_yours"
    happened = N_("A change touches something only %(owner)s may change (%(what)s).")
    todo = N_("Ask %(owner)s to make the change.")


class ForeignId(Quarantined):
    code = "foreign_id"
    happened = N_("A change makes something under another branch's number.")
    todo = N_("Head office must look at this branch's computer.")


class MissingRow(Quarantined):
    code = "missing_row"
    wanted: tuple[str, bytes] | None = None  # table and id of what is not held; table "": the change of that id
    happened = N_("A change refers to something the hub does not hold yet (%(what)s).")
    todo = N_("It is taken by itself when the missing part arrives.")


class BadValue(Quarantined):
    code = "bad_value"
    happened = N_("A change holds a value that is not allowed: %(what)s.")
    todo = N_("Enter it again with a right value.")


class SameIdOtherBytes(Quarantined):
    code = "same_id_other_bytes"
    happened = N_("Two different records bear the same number (%(what)s).")
    todo = N_("Both are kept; head office compares them.")


class MadeAfterRevocation(Quarantined):
    code = "after_revocation"
    happened = N_("A change came from a computer whose key had been withdrawn.")
    todo = N_("It does not count. Compare it with the branch; what is true is entered again there.")


# --- the journal and the file ----------------------------------------------------------------------------------


class NotAllowedHere(CabangError):
    """The same rule as NotYours, met before the log."""

    code = "not_allowed_here"
    happened = N_("%(what)s can only be changed by %(owner)s.")
    todo = N_("Ask %(owner)s to make the change.")


class UnitTooLarge(CabangError):
    code = "unit_too_large"
    happened = N_("This is too much for one step (%(bytes)s bytes, the limit is %(limit)s).")
    todo = N_("Split it into smaller parts.")


class NoSuchRow(CabangError):
    code = "no_such_row"
    happened = N_("There is no such record (%(what)s).")
    todo = N_("Search for it again; it may have been made on another branch.")


class UnknownBranch(CabangError):
    code = "unknown_branch"
    happened = N_("There is no branch %(code)s here.")
    todo = N_("Check the code; 'cabang hub add-branch' makes a new branch.")


class WriterBusy(CabangError):
    code = "writer_busy"
    happened = N_("The database has been busy for %(seconds)s seconds.")
    todo = N_("Wait a moment and do it again; nothing was saved.")
    retry_safe = True


class LockHeld(CabangError):
    code = "lock_held"
    happened = N_("Another program is using the folder %(folder)s and does not answer.")
    todo = N_("Stop the program that holds it (process %(pid)s), then try again.")
    retry_safe = True


class AlreadyRuns(LockHeld):
    code = "already_runs"
    happened = N_("The node of the folder %(folder)s is running already, at %(url)s.")
    todo = N_("Open that address in a browser. To start it anew, stop the running one first (process %(pid)s).")


class NotAFolder(CabangError):
    code = "not_a_node"
    happened = N_("There is no Cabang data in %(folder)s.")
    todo = N_("Give the folder made by 'cabang hub init' or 'cabang branch init'.")


class FolderInUse(CabangError):
    code = "folder_in_use"
    happened = N_("The folder %(folder)s already holds Cabang data.")
    todo = N_("Choose an empty folder; existing data is never overwritten.")


class DiskFull(CabangError):
    code = "disk_full"
    happened = N_("The disk is full or cannot be written.")
    todo = N_("Free some space on this PC, then do it again; nothing was saved.")
    retry_safe = True


class LogDamaged(CabangError):
    """``entry`` names the first bad entry; ``why`` is a message id, its places are among the parameters."""

    code = "log_damaged"
    happened = N_("The log is damaged at entry %(entry)s: %(why)s.")
    todo = N_("Stop using this copy and restore the last backup; ask head office which entries it holds.")


class GuardsMissing(CabangError):
    code = "guards_missing"
    happened = N_("The database's guards are missing on %(tables)s.")
    todo = N_("Start the node again: it puts them back. If they go missing again, another program changes this file.")


# --- the line --------------------------------------------------------------------------------------------------


class HubUnreachable(CabangError):
    code = "hub_unreachable"
    happened = N_("The hub at %(url)s does not answer.")
    todo = N_("Go on selling; everything is sent when the line is back.")
    retry_safe = True


class HubBusy(CabangError):
    code = "hub_busy"
    happened = N_("Head office is serving other branches just now.")
    todo = N_("There is nothing to do: this branch asks again by itself in %(seconds)s seconds.")
    retry_safe = True


class HubCannotStore(CabangError):
    code = "hub_cannot_store"
    happened = N_("Head office's computer cannot store anything just now.")
    todo = N_("Go on selling; everything is sent by itself later. Tell head office if it stays so.")
    retry_safe = True


class DoorbellFull(CabangError):
    code = "doorbell_full"
    happened = N_("Head office cannot call so many branches when there is something new.")
    todo = N_("There is nothing to do: this branch asks every few seconds instead.")
    retry_safe = True


class HubAnswerUnreadable(CabangError):
    code = "hub_answer_unreadable"
    happened = N_("What answered at %(url)s is not a Cabang hub (%(why)s).")
    todo = N_("Check the address; a public Wi-Fi login page or a proxy may stand in between.")
    retry_safe = True


class PlainHttpRefused(CabangError):
    code = "plain_http_refused"
    happened = N_("The address %(url)s would send everything readable over the network.")
    todo = N_("Use https, or allow it on a network you trust with --plain-http.")


class SyncIncomplete(CabangError):
    code = "sync_incomplete"
    happened = N_("Not everything could be exchanged: %(count)s records still wait.")
    todo = N_("Do it again when the line is back; nothing is lost.")
    retry_safe = True


def from_refusal(refusal: tuple[str, dict[str, Any]]) -> CabangError:
    """The error another node named, rebuilt from its code and parameters; an unknown code stays readable."""
    code, params = refusal
    found = _by_code(CabangError).get(code)
    return found(**params) if found else HubAnswerUnreadable(url="", why=code)


def _by_code(kind: type[CabangError]) -> dict[str, type[CabangError]]:
    found = {kind.code: kind}
    for sub in kind.__subclasses__():
        found |= _by_code(sub)
    return found
