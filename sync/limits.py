"""Every maximum of Cabang in one place; the relations between them are checked at import.

Names carry the unit and the bound.  A size is in bytes, a delay in seconds unless the name says otherwise.
"""

from typing import Annotated

import msgspec

from sync.errors import invariant

STREAM_MAX = 0xFFFF  # stream numbers are two bytes; 0 is the hub
UNIT_MAX = 0xFFFFFFFF  # units of one process start, four bytes
ORDINAL_MAX = 0xFFFF  # ops of one unit, two bytes

ENTRY_BYTES_MAX = 256 * 1024  # one unit of work: header and ops
ENTRY_OPS_MAX = 10_000
OP_ROWS_MAX = 10_000  # child rows of one document

SEGMENT_ENTRIES_MAX = 1_000
SEGMENT_BYTES_SOFT = 64 * 1024  # a segment is sealed when it has reached this
CARRIED_NAMES_BYTES = 64  # what a carried unit's header is longer than its own
CARRIED_BYTES_MAX = ENTRY_BYTES_MAX + CARRIED_NAMES_BYTES + 20 * ENTRY_OPS_MAX  # with a salt beside each op
SEGMENT_BYTES_MAX = max(SEGMENT_BYTES_SOFT + ENTRY_BYTES_MAX + 64 * 1024, CARRIED_BYTES_MAX + 1024)  # inflated
SEGMENT_WIRE_BYTES_MAX = SEGMENT_BYTES_MAX + 1024  # what may arrive on the wire

WITHDRAWN_ENTRIES_MAX = 10_000  # what a computer whose key was withdrawn may still send, for people to look at

REQUEST_SEGMENTS_MAX = 16
REQUEST_BYTES_MAX = 1024 * 1024
BATCH_BYTES_MIN, BATCH_BYTES_FIRST, BATCH_BYTES_MAX = 8 * 1024, 64 * 1024, REQUEST_BYTES_MAX // 2  # of segments
PAGE_BYTES_SOFT = 256 * 1024  # inflated feed page; one larger row travels alone
PAGE_BYTES_MIN, PAGE_BYTES_FIRST = 8 * 1024, 64 * 1024  # the least a branch may ask for, and what it begins with
PAGE_BYTES_MAX = PAGE_BYTES_SOFT + 16 * ENTRY_BYTES_MAX  # short references and the rows they name grow in a page
PAGE_ITEMS_MAX = 2_000
ANSWER_BYTES_MAX = PAGE_BYTES_MAX + 64 * 1024

TEXT_BYTES_MAX = 16 * 1024  # one value: bytes of a blob, characters of a text
HANDED_BACK_ROWS_MAX, HANDED_BACK_BYTES_MAX = 200, 48 * 1024  # of one unit that hands back what head office lost
FORMER_FEEDS_MAX = 16  # that a branch remembers, to ask a hub that was put back more than once

STAMP_MS_MIN = 1_577_836_800_000  # 2020-01-01T00:00Z
STAMP_MS_MAX = 2**47

INTEGER_MAX = 2**62  # any integer value
Count = Annotated[int, msgspec.Meta(ge=0, le=INTEGER_MAX)]  # a number in an envelope
Signed = Annotated[int, msgspec.Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]

RUPIAH_MAX = 10**15
QUANTITY_MAX = 10**9

SYNC_INTERVAL_S = 20  # no idle branch asks more often
SYNC_QUIET_S = 240  # so often asks a branch that waits on the doorbell
EXCHANGE_S_TARGET = 5  # an exchange carries as much as the line carries in this time
EXCHANGES_AT_ONCE_MAX = 4  # at the hub; who comes beyond them is told when to come again
REQUEST_HEAD_BYTES_MAX = 32 * 1024
REQUEST_HEAD_S_MAX, REQUEST_S_MAX = 20, 300  # by then a request's head, and all of it, must be here
REQUEST_PAUSE_S_MAX = 10  # nor may it be silent so long
ARRIVING_MAX, ARRIVING_BYTES_MAX = 200, 16 * 1024 * 1024  # requests that are not whole yet, and what is kept of them
RETRY_AFTER_S_MIN, RETRY_AFTER_S_MAX = 2, 120
DOORBELL_BRANCHES_MAX = 500  # connections one thread holds; the rest ask by themselves
DOORBELL_HOLD_S = 50  # then "nothing": proxies on the way often cut a silent connection after a minute
DOORBELL_LOOK_S = 0.5
DOORBELL_AGAIN_S = 2  # a branch is not rung twice within
DOORBELL_RETRY_S = 300  # after "too many wait"
EPOCH_PAUSE_MS = 10 * 60 * 1000  # two copies of a branch do not close each other's epochs more often
EPOCHS_AT_ONCE_MAX = 3  # opened within that time because the hub holds another log
RETRY_DELAY_S_MIN = 2
RETRY_DELAY_S_MAX = 15 * 60
CONNECT_TIMEOUT_S_MAX = 10
READ_TIMEOUT_S_MAX = 60
WRITER_WAIT_S_MAX = 5
APPLY_SLICE_S_MAX = 0.005
APPLY_ALONE_S_MAX = 0.05  # while nobody waits
PEOPLE_WAIT_S_MAX = 1
SOCKET_PATH_BYTES_MAX = 100

invariant(SEGMENT_BYTES_SOFT + ENTRY_BYTES_MAX <= SEGMENT_BYTES_MAX, "a sealed segment fits the segment limit")
invariant(SEGMENT_WIRE_BYTES_MAX <= REQUEST_BYTES_MAX, "one segment fits one request")
invariant(BATCH_BYTES_MAX + SEGMENT_WIRE_BYTES_MAX < REQUEST_BYTES_MAX, "a batch and one more segment fit a request")
invariant(PAGE_BYTES_MAX >= PAGE_BYTES_SOFT + ENTRY_BYTES_MAX, "one entry's effect fits a page of its own")
invariant(PAGE_BYTES_MIN <= PAGE_BYTES_FIRST <= PAGE_BYTES_SOFT, "what a branch asks for is a page")
invariant(DOORBELL_HOLD_S < READ_TIMEOUT_S_MAX, "the doorbell answers before the branch gives up")
invariant(SYNC_INTERVAL_S < SYNC_QUIET_S, "the doorbell spares rounds")
invariant(REQUEST_HEAD_S_MAX < REQUEST_S_MAX, "a head comes before its body")
