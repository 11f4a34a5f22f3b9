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
SEGMENT_BYTES_MAX = SEGMENT_BYTES_SOFT + ENTRY_BYTES_MAX + 64 * 1024  # inflated; framing included
SEGMENT_WIRE_BYTES_MAX = SEGMENT_BYTES_MAX + 1024  # what may arrive on the wire

REQUEST_SEGMENTS_MAX = 16
REQUEST_BYTES_MAX = 1024 * 1024
PAGE_BYTES_SOFT = 256 * 1024  # inflated feed page; one larger item travels alone
PAGE_BYTES_MAX = PAGE_BYTES_SOFT + 16 * ENTRY_BYTES_MAX  # short references and the rows they name grow in a page
PAGE_ITEMS_MAX = 2_000
ANSWER_BYTES_MAX = PAGE_BYTES_MAX + 64 * 1024

TEXT_BYTES_MAX = 16 * 1024  # one text value

STAMP_MS_MIN = 1_577_836_800_000  # 2020-01-01T00:00Z
STAMP_MS_MAX = 2**47

INTEGER_MAX = 2**62  # any integer value
Count = Annotated[int, msgspec.Meta(ge=0, le=INTEGER_MAX)]  # a number in an envelope
Signed = Annotated[int, msgspec.Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]

RUPIAH_MAX = 10**15
QUANTITY_MAX = 10**9

SYNC_INTERVAL_S = 20  # no idle branch asks more often
RETRY_DELAY_S_MIN = 2
RETRY_DELAY_S_MAX = 15 * 60
CONNECT_TIMEOUT_S_MAX = 10
READ_TIMEOUT_S_MAX = 60
WRITER_WAIT_S_MAX = 5
APPLY_SLICE_S_MAX = 0.005
PEOPLE_WAIT_S_MAX = 1
SOCKET_PATH_BYTES_MAX = 100

invariant(SEGMENT_BYTES_SOFT + ENTRY_BYTES_MAX <= SEGMENT_BYTES_MAX, "a sealed segment fits the segment limit")
invariant(SEGMENT_WIRE_BYTES_MAX <= REQUEST_BYTES_MAX, "one segment fits one request")
invariant(PAGE_BYTES_MAX >= PAGE_BYTES_SOFT + ENTRY_BYTES_MAX, "one entry's effect fits a page of its own")
