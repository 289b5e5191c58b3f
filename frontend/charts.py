"""Where the marks of a drawing stand, in user units; templates draw them as SVG and set a table beside them."""

from dataclasses import dataclass

# A line of marks: so wide, with this margin at both ends so that a mark at the end is whole.
WIDTH, MARGIN = 240.0, 8.0
# The square of a reliability plot.
SIDE = 100.0


@dataclass(frozen=True)
class Range:
    """What a line of marks shows, from its left end to its right one."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a value stands; beyond the ends, at the end."""
        held = min(max(value, self.low), self.high)
        return round(MARGIN + (held - self.low) / (self.high - self.low) * (WIDTH - 2 * MARGIN), 1)


@dataclass(frozen=True)
class IntervalMark:
    """A dot with its bar, and perhaps a second dot to hold it against; `zero` is where 0 stands."""

    dot: float
    left: float
    length: float
    zero: float
    other: float | None = None


@dataclass(frozen=True)
class ReliabilityMark:
    """One bin of a reliability plot: the dot, its radius, and the ends of the bar through it."""

    x: float
    y: float
    radius: float
    top: float
    bottom: float


def interval_mark(scale: Range, value: float, low: float, high: float, other: float | None = None) -> IntervalMark:
    """The marks of a value between its bounds."""
    left, right = scale.x(low), scale.x(high)
    return IntervalMark(
        scale.x(value),
        left,
        round(right - left, 1),
        scale.x(0.0),
        None if other is None else scale.x(other),
    )


def symmetric(values: list[float], *, least: float = 0.5) -> Range:
    """A range around 0 that holds all of these."""
    reach = max([abs(value) for value in values], default=0.0)
    reach = max(reach, least) * 1.05
    return Range(-reach, reach)


def holding(values: list[float]) -> Range:
    """A range that holds all of these and 0."""
    low, high = min([0.0, *values]), max([0.0, *values])
    return Range(low, high if high > low else low + 1.0)


def reliability_mark(predicted: float, happened: float, low: float, high: float, share: float) -> ReliabilityMark:
    """A bin that was foretold and came true so often; `share` of all cases lies in it and makes the dot larger."""
    return ReliabilityMark(
        x=round(SIDE * predicted, 1),
        y=round(SIDE * (1.0 - happened), 1),
        radius=round(1.6 + 2.4 * share**0.5, 2),
        top=round(SIDE * (1.0 - high), 1),
        bottom=round(SIDE * (1.0 - low), 1),
    )


def bar(share: float, most: float) -> float:
    """The length of a bar for a share, when the longest one is `most`."""
    return round(WIDTH * min(max(share, 0.0) / most, 1.0), 1) if most > 0 else 0.0
