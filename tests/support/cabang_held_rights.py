"""Entries in order at the door that take rights nobody granted; each names the reason it is held for."""

from collections.abc import Callable

from cabang_forge import Forge
from cabang_pair import Company

from crm import vouchers

USE, RETURN = 72, 73
EPOCH = b"nobody's"
Make = Callable[[Company, Forge], bytes]


def taken(table: int, quantity: int, granted_to: int = 0) -> Make:
    """A step of *table* that takes *quantity*; one use was granted to branch number *granted_to*."""

    def make(company: Company, forge: Forge) -> bytes:
        with company.hub.unit() as unit:
            voucher = vouchers.issue(unit, forge.start.decode(), "Pijat", 5)
        if granted_to:
            with company.hub.unit() as unit:
                vouchers.grant(unit, voucher, granted_to, 1)
        ((epoch,),) = company.hub.rows(
            "SELECT name FROM epoch WHERE stream = ? AND closed = 0", granted_to or forge.stream
        )
        return forge.ops([1, table, [voucher, epoch, quantity]])

    return make


def taken_twice(company: Company, forge: Forge) -> bytes:
    """Each of two steps of one unit is within the rights, both together are not."""
    with company.hub.unit() as unit:
        voucher = vouchers.issue(unit, forge.start.decode(), "Pijat", 5)
    with company.hub.unit() as unit:
        vouchers.grant(unit, voucher, forge.stream, 1)
    step = [voucher, forge.epoch, 1]
    return forge.ops([1, USE, step], [1, RETURN, step])


BEYOND: dict[str, Make] = {
    "a use nobody granted": taken(USE, 1),
    "more uses than were granted": taken(USE, 2, granted_to=1),
    "the last use taken and given back": taken_twice,
    "a use granted to another branch": taken(USE, 1, granted_to=2),
    "a use given back that was never granted": taken(RETURN, 1),
}
