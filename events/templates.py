"""What an event of each kind begins with: times, grid, places, rules and terms, all of which organisers may change."""

from dataclasses import dataclass
from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.enums import ActivityLevel, EventKind, RequestMode


@dataclass(frozen=True)
class GridRules:
    """Meeting periods of a day: from `day_start`, `slot_minutes` long with a pause between, none in a break.

    A `day_end` at or before `day_start` is that time of the next day. Minutes are real ones.
    """

    day_start: time
    day_end: time
    slot_minutes: int
    pause_minutes: int = 0
    breaks: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True)
class EventTemplate:
    """What one kind begins with. `halls` are (name, tables there); no `grid` means no booked meetings or groups."""

    kind: EventKind
    starts: time
    ends: time
    grid: GridRules | None = None
    level: ActivityLevel = ActivityLevel.OPEN
    request_mode: RequestMode = RequestMode.REQUEST_ACCEPT
    has_stands: bool = False
    has_questions: bool = False
    halls: tuple[tuple[object, int], ...] = ()
    capacity: int | None = None
    open_requests: int = 12
    request_days: int = 7
    guaranteed_meetings: int = 3
    most_meetings: int | None = None
    keeps_colleagues_apart: bool = True
    keeps_students_apart: bool = False
    advice: object = ""

    @property
    def has_timetable(self) -> bool:
        """Whether meetings or groups are planned beforehand."""
        return self.grid is not None

    @property
    def has_bookings(self) -> bool:
        """Whether two people book a meeting: not without a grid, nor where the day is made of groups."""
        return self.has_timetable and not self.has_questions

    @property
    def goes_by_likeness(self) -> bool:
        """Whether people are recommended to each other who have the same concern, to learn from each other."""
        return not self.has_timetable


_LUNCH = (time(12), time(13))
_COFFEE = (time(14, 30), time(14, 45))

TEMPLATES: dict[str, EventTemplate] = {
    template.kind.value: template
    for template in (
        EventTemplate(
            EventKind.MEDICO_BAZAR, time(9), time(16, 30),
            grid=GridRules(time(10), time(16), 20, 5, (_LUNCH,)),
            has_stands=True, capacity=500,
            halls=((gettext_lazy("Exhibition hall"), 0), (gettext_lazy("Meeting area"), 40)),
            advice=gettext_lazy("Stands on a hall plan, a catalogue, and booked meetings of 20 minutes."),
        ),
        EventTemplate(
            EventKind.BROKERAGE, time(8, 30), time(17),
            grid=GridRules(time(9), time(16, 30), 20, 5, (_LUNCH,)),
            request_mode=RequestMode.MUTUAL, open_requests=30, guaranteed_meetings=4, capacity=300,
            halls=((gettext_lazy("Meeting area"), 60),),
            advice=gettext_lazy("Nothing but booked meetings; you plan them from what both sides wish."),
        ),
        EventTemplate(
            EventKind.AIMDAY, time(9), time(16),
            grid=GridRules(time(9, 30), time(15, 45), 60, 15, (_LUNCH,)),
            has_questions=True, guaranteed_meetings=0, most_meetings=4, capacity=120,
            halls=tuple((gettext_lazy("Workshop room"), 0) for _each in range(4)),
            advice=gettext_lazy("Firms hand in questions; researchers meet in a group around each, an hour long."),
        ),
        EventTemplate(
            EventKind.ERFA, time(13), time(16), level=ActivityLevel.COMMUNITY, guaranteed_meetings=0, capacity=25,
            halls=((gettext_lazy("Workshop room"), 0),),
            advice=gettext_lazy("People with the same task learn from each other; no booked meetings."),
        ),
        EventTemplate(
            EventKind.MASTERCLASS, time(9), time(15), level=ActivityLevel.COMMUNITY_PLUS, guaranteed_meetings=0,
            capacity=20, halls=((gettext_lazy("Workshop room"), 0),),
            advice=gettext_lazy("One subject in depth for a small group; no booked meetings."),
        ),
        EventTemplate(
            EventKind.MEET_THE_EXPERTS, time(13), time(17),
            grid=GridRules(time(13, 30), time(16, 30), 15, 5, (_COFFEE,)),
            request_mode=RequestMode.FIRST_FREE, open_requests=5, request_days=3, guaranteed_meetings=1,
            most_meetings=6, capacity=80, keeps_colleagues_apart=False, keeps_students_apart=True,
            halls=((gettext_lazy("Meeting area"), 15),),
            advice=gettext_lazy("Students meet experts for 15 minutes; a yes takes the first slot both have free."),
        ),
        EventTemplate(
            EventKind.SALON, time(16), time(19), level=ActivityLevel.COMMUNITY, guaranteed_meetings=0, capacity=40,
            halls=((gettext_lazy("Workshop room"), 0),),
            advice=gettext_lazy("A conversation at round tables; no booked meetings."),
        ),
    )
}  # fmt: skip


def template_of(kind: str) -> EventTemplate:
    """What an event of the kind begins with."""
    return TEMPLATES[kind]


def usual_terms(template: EventTemplate) -> str:
    """Terms to begin with, in the reader's language; of booked meetings only where there are any."""
    meetings = (_("A booked meeting is an appointment: come on time, and tell us at once if you cannot."),)
    return "\n\n".join(
        (
            _("Who registers comes, or cancels in good time, so that somebody on the waiting list can have the place."),
            *(meetings if template.has_bookings else ()),
            _(
                "Your name, organisation, and what you offer and seek are shown to others who take part. "
                "E-mail and telephone are shown only if you agree to it."
            ),
            _("What is said in a meeting is not confidential unless the two of you agree on that in writing."),
            _("We use your answers after the event to learn what helped. You can have your data erased at any time."),
        )
    )
