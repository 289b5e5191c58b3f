"""What a solver hands back: the timetable, and for each objective what was reached and what is proven."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from events.scheduling.timetable import Timetable


class Objective(StrEnum):
    """What is made as good as possible, in this order."""

    VALUE = "value"  # most: summed value of the wishes held
    GUARANTEE = "guarantee"  # fewest: meetings that are missing to what people are guaranteed
    GAPS = "gaps"  # fewest: idle gaps
    MOVES = "moves"  # fewest: moves between places


@dataclass(frozen=True)
class Reached:
    """One objective: what the timetable has, and what no timetable can be better than.

    `gap` is |bound - reached| / max(1, |bound|), a share; 0 means proven optimal. Bounds of an objective are
    under the condition that those before it stay as good as they were reached.
    """

    objective: Objective
    reached: float
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        """Share by which a better one is not ruled out."""
        return 0.0 if self.proven else abs(self.bound - self.reached) / max(1.0, abs(self.bound))


@dataclass(frozen=True)
class Clash:
    """A smallest set of rules that cannot hold together: without any one of them the rest could.

    Wishes by number that must be held, people by number whose availability or cap takes part, pools whose
    capacity does, and precedences by number.
    """

    wishes: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()
    precedences: tuple[int, ...] = ()
    equal_gaps: bool = False


@dataclass(frozen=True)
class Solved:
    """The best timetable that was found; `clash` is set, and the timetable None, when there is none at all."""

    timetable: Timetable | None
    reached: tuple[Reached, ...] = ()
    seconds: float = 0.0
    clash: Clash | None = None
    cancelled: bool = False
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Progress:
    """A word while solving: which objective is worked at, what is reached and proven so far, the best timetable."""

    objective: Objective
    reached: float
    bound: float
    seconds: float
    timetable: Timetable


# Called whenever something better is known; False asks the solver to stop with what it has.
OnProgress = Callable[[Progress], bool]


def go_on(_progress: Progress) -> bool:
    """The listener of those who do not listen."""
    return True
