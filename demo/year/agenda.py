"""What happens when: actions in the order of their moments, so that the year is lived through day by day."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from matching.domain.introductions.days import COPENHAGEN, local_day

Action = Callable[[datetime], None]
_SATURDAY = 5


class Agenda:
    """Actions by moment; at the same moment in the order in which they were put down."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Action]] = []
        self._count = 0

    def at(self, moment: datetime, action: Action) -> None:
        """Do it then; what lies after the end of the run is never done."""
        heapq.heappush(self._entries, (moment, self._count, action))
        self._count += 1

    def run(self, *, until: datetime, after_day: Action) -> None:
        """Everything before `until`; `after_day` is called with the day's first moment once each day is over."""
        day: date | None = None
        while self._entries and self._entries[0][0] < until:
            moment, _number, action = heapq.heappop(self._entries)
            if day is not None and local_day(moment) != day:
                after_day(clock(day, 0))
            day = local_day(moment)
            action(moment)
        if day is not None:
            after_day(clock(day, 0))


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of the day in Copenhagen."""
    return datetime.combine(day, time(hour, minute), tzinfo=COPENHAGEN)


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
