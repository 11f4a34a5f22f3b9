"""Discounts: what they come to in whole rupiah, how one on the sale is spread over its lines, who may give them.

The law of the spread: the parts sum to the discount exactly; each line gets its share by its amount, rounded down, and
the rupiah left over go one each to the largest remainders, of equal ones to the earlier line.  So no line's part is a
rupiah or more away from its share, and no line goes below zero.
"""

from collections.abc import Sequence

from crm import company
from crm.errors import BadTotalDiscount, DiscountBeyondApproval, DiscountBeyondLimit
from crm.selling.rules import Line
from sync.unit import Unit

_ROLE = "SELECT role FROM user WHERE id = ? AND NOT archived"


def percent_of(amount: int, percent: int) -> int:
    """*percent* of an amount, rounded down to whole rupiah: never more than was said."""
    return amount * percent // 100


def spread(discount: int, amounts: Sequence[int]) -> list[int]:
    """What of *discount* falls on each of *amounts* (rupiah, none below zero); raises BadTotalDiscount.

    >>> spread(100, [100, 100, 100])
    [34, 33, 33]
    """
    total = sum(amounts)
    if type(discount) is not int or not 0 <= discount <= total:
        raise BadTotalDiscount(discount=discount, total=total)
    if not discount:
        return [0] * len(amounts)
    parts = [discount * amount // total for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda place: -(discount * amounts[place] % total))
    for place in by_remainder[: discount - sum(parts)]:
        parts[place] += 1
    return parts


def needed(lines: Sequence[Line], discount: int) -> int:
    """The least limit, in percent, within which these discounts lie.

    Each line's own counts against its price, all of them with the one on the sale against the whole.
    """
    gross = [line.quantity * line.price for line in lines]
    whole = _percent(sum(line.discount for line in lines) + discount, sum(gross))
    return max([whole, *(_percent(line.discount, worth) for line, worth in zip(lines, gross, strict=True))])


def _percent(part: int, whole: int) -> int:
    """*part* in percent of *whole*, rounded up."""
    return -(-100 * part // whole) if whole else 0


def with_discount(lines: Sequence[Line], discount: int) -> list[Line]:
    """The lines with the discount on the sale spread over them; raises BadTotalDiscount."""
    parts = spread(discount, [line.quantity * line.price - line.discount for line in lines])
    return [line._replace(discount=line.discount + part) for line, part in zip(lines, parts, strict=True)]


def approver_of(
    unit: Unit, limits: company.Company, lines: Sequence[Line], discount: int, approver: bytes | None
) -> bytes | None:
    """Who had to approve: nobody, while the discounts lie within the limit of the one who sells.

    A unit without an actor (an import, a node's job) is bound by no limit.  Raises DiscountBeyondLimit,
    DiscountBeyondApproval.
    """
    wanted = needed(lines, discount)
    if not wanted or unit.actor is None:
        return None
    own = _limit(unit, limits, unit.actor)
    if wanted <= own:
        return None
    if approver is None:
        raise DiscountBeyondLimit(limit=own, percent=wanted)
    if wanted > _limit(unit, limits, approver):
        raise DiscountBeyondApproval(limit=_limit(unit, limits, approver), percent=wanted)
    return approver


def _limit(unit: Unit, limits: company.Company, user: bytes) -> int:
    found = unit.query(_ROLE, (user,))
    return limits.limit(found[0][0]) if found else 0
