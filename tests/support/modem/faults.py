"""What goes wrong with which part: rules that a test sets and the modem asks at each message."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

CODES = {"cms", "sent-cms"}  # kinds whose value is a +CMS ERROR code
SECONDS = {"delay": 5.0, "dribble": 0.05}  # kinds whose value is a time, and the usual one
EARLY = {"no-prompt", "unplug-before", "unplug-in"}  # decided before the modem knows the number
KINDS = {
    "cms": "refused with a code; nothing airs",
    "error": "refused with a plain ERROR; nothing airs",
    "silent": "nothing airs and nothing is answered",
    "sent-cms": "airs, but a code is answered",
    "sent-error": "airs, but a plain ERROR is answered",
    "sent-no-reply": "airs, and nothing is answered",
    "delay": "airs at once; the answer comes after so many seconds",
    "garble": "airs; the answer's bytes are spoilt",
    "dribble": "airs; each byte of the answer takes so many seconds",
    "lost": "airs and is answered, but the network never delivers it",
    "no-prompt": "the modem never asks for the message",
    "unplug-before": "gone when the message is announced",
    "unplug-in": "gone in the middle of the message; nothing airs",
    "unplug-after": "airs, and gone before the answer",
}
_WRITTEN = re.compile(
    r"(?P<kind>[a-z-]+)(?:=(?P<value>[0-9.]+))?(?:@(?P<first>\d+)(?:-(?P<last>\d+))?|@num:(?P<to>.+))?"
)


@dataclass(frozen=True)
class Part:
    """What a rule is asked about; number and text are empty for a kind in ``EARLY``."""

    nth: int  # 1: the first message announced to the modem since the rule was set
    number: str = ""
    text: str = ""


@dataclass
class Fault:
    """A kind of fault and who suffers it: every part, if *nth*, *number* (``+6281*``), *when*, *times* allow."""

    kind: str
    value: float | None = None
    nth: tuple[int, ...] = ()
    number: str = ""
    when: Callable[[Part], bool] | None = None
    times: int | None = None
    begun: int = field(default=0, repr=False)  # messages announced before the rule was set

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind}")
        if self.value is None:
            self.value = SECONDS.get(self.kind)
        if (self.value is None) != (self.kind not in CODES | SECONDS.keys()):
            raise ValueError(f"{self.kind} with the value {self.value}")
        if self.number and self.kind in EARLY:
            raise ValueError(f"{self.kind} comes before the number is known")

    @property
    def code(self) -> int | None:
        """The +CMS ERROR code; None: a plain ERROR."""
        return int(self.value or 0) if self.kind in CODES else None

    @property
    def seconds(self) -> float:
        """The time of a slow answer."""
        return float(self.value or 0) if self.kind in SECONDS else 0

    def strikes(self, announced: int, number: str, text: str) -> bool:
        """Does the message suffer it?  *announced* counts it and all before it."""
        part = Part(announced - self.begun, number, text)
        if self.times == 0 or (self.nth and part.nth not in self.nth):
            return False
        if self.number and not fnmatchcase(part.number, self.number):
            return False
        return self.when is None or self.when(part)


class Faults:
    """The rules in force; the first that fits a part decides."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self.announced = 0  # AT+CMGS commands so far

    def add(self, fault: Fault) -> None:
        """From here on *fault* is in force."""
        fault.begun = self.announced
        self._rules.append(fault)

    def clear(self) -> None:
        """No faults any more."""
        self._rules.clear()

    def early(self) -> Fault | None:
        """A message is announced: what befalls it before its number is known?"""
        self.announced += 1
        return self._strike("", "", early=True)

    def late(self, number: str, text: str) -> Fault | None:
        """The message announced last is complete: what befalls it?"""
        return self._strike(number, text, early=False)

    def _strike(self, number: str, text: str, *, early: bool) -> Fault | None:
        for rule in self._rules:
            if (rule.kind in EARLY) is early and rule.strikes(self.announced, number, text):
                rule.times = None if rule.times is None else rule.times - 1
                return rule
        return None


def parse(text: str) -> Fault:
    """``cms=38@1-3``, ``sent-no-reply@2``, ``cms=28@num:+62811*``, ``lost``: a fault as a command line writes it."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(f"{text} is no fault")
    first, last = found["first"], found["last"]
    nth = tuple(range(int(first), int(last or first) + 1)) if first else ()
    return Fault(found["kind"], float(found["value"]) if found["value"] else None, nth, found["to"] or "")
