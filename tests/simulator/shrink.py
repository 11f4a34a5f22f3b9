"""Makes a failing history short: fewer steps and branches that still fail in the same way."""

from collections.abc import Callable

from tests.simulator.plan import BRANCHES_MIN, Plan


def shrink(plan: Plan, last: int, fails: Callable[[Plan], bool], in_time: Callable[[], bool]) -> Plan:
    """The smallest plan found that still *fails*, beginning with steps up to *last* (0: all), while *in_time*."""
    best = _if_fails(plan, plan._replace(steps=tuple(step for step in plan.steps if not last or step <= last)), fails)
    best = _fewer_branches(best, fails, in_time)
    size = len(best.steps) // 2
    while size and in_time():
        shorter = _without_runs(best, size, fails, in_time)
        size = size if shorter.steps != best.steps and size == 1 else size // 2
        best = shorter
    return _fewer_branches(best, fails, in_time)


def _if_fails(plan: Plan, smaller: Plan, fails: Callable[[Plan], bool]) -> Plan:
    return smaller if smaller != plan and fails(smaller) else plan


def _without_runs(plan: Plan, size: int, fails: Callable[[Plan], bool], in_time: Callable[[], bool]) -> Plan:
    """Leaves out every run of *size* steps that is not needed, the last ones first."""
    place = len(plan.steps)
    while place > 0 and in_time():
        place = max(place - size, 0)
        plan = _if_fails(plan, plan._replace(steps=plan.steps[:place] + plan.steps[place + size :]), fails)
    return plan


def _fewer_branches(plan: Plan, fails: Callable[[Plan], bool], in_time: Callable[[], bool]) -> Plan:
    for count in range(BRANCHES_MIN, plan.branches):
        if in_time() and fails(plan._replace(branches=count)):
            return plan._replace(branches=count)
    return plan
