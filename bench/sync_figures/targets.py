"""What the figures of the exchange should be, all in one place.

Of its floor: what a push or a pull is, for units of one row and of many.  The others are at most.
"""

SINGLE_OF_FLOOR, MANY_OF_FLOOR = 0.45, 0.8
RECORD_BYTES, SALE_BYTES, LONE_BYTES, IDLE_BYTES = 90, 50, 450, 560
MERGE_MORE_BRANCHES, MERGE_MORE_ROWS = 1.25, 1.25
MEMORY_MB, MEMORY_GROWTH_MB = 130, 4
TILL_OF_IDLE = 2.0
