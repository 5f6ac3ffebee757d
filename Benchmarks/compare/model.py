"""What a row of the table is made of."""

import dataclasses
import statistics
from typing import Callable, Optional


@dataclasses.dataclass
class Target:
    """What a figure of a subject is held against: the same figure of another subject, or a number."""

    what: str
    subject: str
    figure: str
    limit: float
    at_least: bool
    #: Whose figure it is divided by; nothing: it counts by itself.
    against: Optional[str] = None
    #: For a figure that counts by itself.
    unit: str = ""
    #: What to multiply the figure with before it is shown.
    factor: float = 1
    #: How to show the subject's own figure beside a ratio.
    show: Callable[[float], str] = lambda value: f"{value:,.0f}/s"


@dataclasses.dataclass
class Row:
    """A comparison whose subjects take turns."""

    name: str
    #: A context manager: from a `Bench`, to the subjects, each a function that runs once and answers its figures.
    subjects: Callable
    targets: list
    rounds: Optional[int] = None
    #: Whether one round comes before those that count.
    warms_up: bool = True


class Results:
    """The figures of all rounds of one row."""

    def __init__(self):
        self.figures = {}

    def add(self, subject, figures):
        for figure, value in figures.items():
            self.figures.setdefault((subject, figure), []).append(value)

    def values(self, subject, figure):
        return self.figures.get((subject, figure), [])

    def median(self, subject, figure):
        return statistics.median(self.values(subject, figure))

    def verdict(self, target):
        """The value that the target is about, its spread over the rounds, and whether the target is met."""
        own = [value * target.factor for value in self.values(target.subject, target.figure)]
        if not own:
            return None
        if target.against is None:
            values = own
            value = statistics.median(own)
        else:
            other = self.values(target.against, target.figure)
            if not other:
                return None
            values = [a / b for a, b in zip(own, other) if b > 0]
            divisor = statistics.median(other)
            if not values or divisor <= 0:
                return None
            value = statistics.median(own) / divisor
        is_met = value >= target.limit if target.at_least else value <= target.limit
        return value, min(values), max(values), is_met
