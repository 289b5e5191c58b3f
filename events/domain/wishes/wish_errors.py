"""What can stand in the way of a wish or a request at an event, each with a code and words that say how to go on."""

from typing import ClassVar

from kernel.errors import DomainError


class WishesClosed(DomainError):
    """The event does not take wishes now."""

    code: ClassVar[str] = "wishes_closed"
    status: ClassVar[int] = 409


class TooManyWishes(DomainError):
    """One person marks more than anybody can meet; `limit` says how many."""

    code: ClassVar[str] = "too_many_wishes"
    status: ClassVar[int] = 409


class NotComing(DomainError):
    """One of the two has no place at the event."""

    code: ClassVar[str] = "not_coming"
    status: ClassVar[int] = 409


class TakesNoMeetings(DomainError):
    """One of the two comes without booked meetings."""

    code: ClassVar[str] = "takes_no_meetings"
    status: ClassVar[int] = 409


class SameOrganisation(DomainError):
    """Colleagues need no booked meeting here."""

    code: ClassVar[str] = "same_organisation"
    status: ClassVar[int] = 409


class SaidNoThanks(DomainError):
    """The one who acts has said "no thanks" to the other before."""

    code: ClassVar[str] = "said_no_thanks"
    status: ClassVar[int] = 409


class KeptApart(DomainError):
    """Two people whom something keeps from meeting at the event; what, is nobody's business."""

    code: ClassVar[str] = "kept_apart"
    status: ClassVar[int] = 409


class WishesOnly(DomainError):
    """At this event meetings come from what both wish; there are no requests."""

    code: ClassVar[str] = "wishes_only"
    status: ClassVar[int] = 409


class RequestsOnly(DomainError):
    """At this event meetings come from requests; wishes alone make none."""

    code: ClassVar[str] = "requests_only"
    status: ClassVar[int] = 409


class NoBookings(DomainError):
    """At this event nobody books a meeting: there is no time for one to be in."""

    code: ClassVar[str] = "no_bookings"
    status: ClassVar[int] = 409


class StudentsApart(DomainError):
    """At this event students meet experts, and each other without a booking."""

    code: ClassVar[str] = "students_apart"
    status: ClassVar[int] = 409


class AskedTooOften(DomainError):
    """The same person was asked before, without a yes."""

    code: ClassVar[str] = "asked_too_often"
    status: ClassVar[int] = 409


class MeetingAgreed(DomainError):
    """The two have agreed to meet, which comes first."""

    code: ClassVar[str] = "meeting_agreed"
    status: ClassVar[int] = 409


class NoFreeSlot(DomainError):
    """No period is free for both with a table or stand."""

    code: ClassVar[str] = "no_free_slot"
    status: ClassVar[int] = 409


class RoundIsOut(DomainError):
    """This round of recommendations was asked for already."""

    code: ClassVar[str] = "round_is_out"
    status: ClassVar[int] = 409


class NobodyToRecommend(DomainError):
    """A round of recommendations would go to nobody."""

    code: ClassVar[str] = "nobody_to_recommend"
    status: ClassVar[int] = 409


class AgreedThemselves(DomainError):
    """Two people agreed on the meeting; no organiser takes that back for them."""

    code: ClassVar[str] = "agreed_themselves"
    status: ClassVar[int] = 409
