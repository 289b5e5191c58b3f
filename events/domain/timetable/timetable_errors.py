"""What can stand in the way of computing, publishing and changing a timetable; each says how one goes on."""

from typing import ClassVar

from kernel.errors import DomainError


class RunUnderWay(DomainError):
    """A timetable of the event is being computed already."""

    code: ClassVar[str] = "run_under_way"
    status: ClassVar[int] = 409


class NothingToPlan(DomainError):
    """Slots, places or accepted requests are missing, so that no timetable can hold a meeting."""

    code: ClassVar[str] = "nothing_to_plan"
    status: ClassVar[int] = 409


class SlotsOverlap(DomainError):
    """The time grid means nothing: two slots of it overlap."""

    code: ClassVar[str] = "slots_overlap"
    status: ClassVar[int] = 409


class EventNotPlannable(DomainError):
    """The event is over, called off or not open yet."""

    code: ClassVar[str] = "event_not_plannable"
    status: ClassVar[int] = 409


class TimetableOutdated(DomainError):
    """What the timetable was computed from has changed since."""

    code: ClassVar[str] = "timetable_outdated"
    status: ClassVar[int] = 409


class PlaceTaken(DomainError):
    """The meeting cannot be held then and there without breaking a rule of the timetable."""

    code: ClassVar[str] = "place_taken"
    status: ClassVar[int] = 409


class MeetingGone(DomainError):
    """The meeting was called off."""

    code: ClassVar[str] = "meeting_gone"
    status: ClassVar[int] = 409


class MeetingPublished(DomainError):
    """Everybody of the meeting knows when and where it is: it is changed as a published one."""

    code: ClassVar[str] = "meeting_published"
    status: ClassVar[int] = 409


class OfferGone(DomainError):
    """The freed slot is offered no longer."""

    code: ClassVar[str] = "offer_gone"
    status: ClassVar[int] = 409
