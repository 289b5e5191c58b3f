"""The organiser's report: who came, what was asked, accepted and held, how good it was, beside earlier editions.

What nobody told stays untold: it is neither held nor missed.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from events.enums import COMING, MeetingState, RequestState
from events.models import Event, Meeting, MeetingRequest, Participant, Stand
from events.queries.group_figures import GroupFigures, group_figures
from events.queries.person_figures import EachPerson, each_person, told_of
from events.templates import template_of
from matching.domain.introductions.history import Pair, relations


@dataclass(frozen=True)
class Tally:
    """How many of what; the key is a code, its label is the reader's."""

    key: str
    count: int


@dataclass(frozen=True)
class People:
    """Who registered, who came, from where."""

    registered: int
    cancelled: int
    waiting: int
    checked_in: int
    organisations: int
    stands: int
    stands_taken: int
    by_kind: tuple[Tally, ...]
    by_profile_kind: tuple[Tally, ...]
    by_region: tuple[Tally, ...]


@dataclass(frozen=True)
class Meetings:
    """From asking to holding, of all and for each person who takes booked meetings."""

    asked: int
    accepted: int
    declined: int
    expired: int
    planned: int
    called_off: int
    held: int
    missed: int
    untold: int
    each: EachPerson

    @property
    def accepted_share(self) -> float | None:
        """Of the requests that were asked."""
        return self.accepted / self.asked if self.asked else None

    @property
    def held_share(self) -> float | None:
        """Of the meetings of which anybody told."""
        told = self.held + self.missed
        return self.held / told if told else None

    @property
    def accepted_told(self) -> int | None:
        """Accepted requests but those whose meeting nobody told of; None while nobody has told of any."""
        return self.accepted - self.untold if self.held + self.missed and self.accepted > self.untold else None


@dataclass(frozen=True)
class Quality:
    """What the two sides said of the meetings that were held, and how many were new to each other."""

    rated: int
    mean_rating: float | None
    go_on: int
    go_on_told: int
    contacts_opened: int
    new_pairs: int
    pairs: int


@dataclass(frozen=True)
class Report:
    """One edition of an event; `groups` is None where no questions are handed in."""

    event: Event
    people: People
    meetings: Meetings
    quality: Quality
    groups: GroupFigures | None

    @property
    def has_meetings(self) -> bool:
        """Whether two people book a meeting here, or have done so."""
        return template_of(self.event.kind).has_bookings or self.meetings.asked + self.meetings.planned > 0


@dataclass(frozen=True)
class Published:
    """Figures of another event, as they were published; `each` are meetings a person, a range."""

    name: str
    accepted: int | None
    held: int | None
    each: tuple[float, float] | None
    source: str


# Source: the brief: b2match's page on REBECA, and MEDICA's matchmaking; meetings a person as a range.
PUBLISHED = (
    Published("b2match REBECA", 73, 55, None, "b2match"),
    Published("MEDICA", None, None, (5.6, 7.8), "MEDICA"),
)


def report_of(event: Event) -> Report:
    """The figures of one edition: a dozen queries, whatever its size."""
    meetings = _planned_meetings(event)
    groups = group_figures(event) if template_of(event.kind).has_questions else None
    return Report(event, _people(event), _meetings(event, meetings), _quality(event, meetings), groups)


def editions(event: Event, *, most: int = 5) -> tuple[Report, ...]:
    """This edition's report and those of the editions before it, newest first."""
    chain = [event]
    while (earlier := chain[-1].earlier_edition) is not None and earlier not in chain and len(chain) < most:
        chain.append(earlier)
    return tuple(report_of(each) for each in chain)


def _people(event: Event) -> People:
    rows = Participant.objects.filter(event=event)
    states = Counter(rows.values_list("state", flat=True))
    coming = rows.filter(state__in=COMING)
    stands = Stand.objects.filter(event=event).aggregate(
        every=Count("pk"), taken=Count("pk", filter=Q(organisation__isnull=False))
    )
    return People(
        registered=coming.count(),
        cancelled=states["cancelled"],
        waiting=states["waiting"] + states["standby"],
        checked_in=coming.filter(checked_in_at__isnull=False).count(),
        organisations=coming.values("participation__profile__organisation").distinct().count(),
        stands=stands["every"],
        stands_taken=stands["taken"],
        by_kind=_tallies(coming.values_list("kind", flat=True)),
        by_profile_kind=_tallies(coming.values_list("participation__profile__kind", flat=True)),
        by_region=_tallies(coming.values_list("participation__profile__region_id", flat=True)),
    )


def _tallies(values: Iterable[str | None]) -> tuple[Tally, ...]:
    counts = Counter(value or "" for value in values)
    return tuple(Tally(key, count) for key, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _planned_meetings(event: Event) -> list[Meeting]:
    return list(
        Meeting.objects.filter(event=event, state=MeetingState.PLANNED)
        .select_related("request__sender__participation__profile", "request__receiver__participation__profile")
        .prefetch_related("sides")
    )


def _meetings(event: Event, planned: list[Meeting]) -> Meetings:
    states = Counter(MeetingRequest.objects.filter(event=event).values_list("state", flat=True))
    told = Counter(told_of(meeting) for meeting in planned)
    return Meetings(
        asked=sum(states.values()) - states[RequestState.WITHDRAWN],
        accepted=states[RequestState.ACCEPTED],
        declined=states[RequestState.DECLINED],
        expired=states[RequestState.EXPIRED],
        planned=len(planned),
        called_off=Meeting.objects.filter(event=event, state=MeetingState.CANCELLED).count(),
        held=told["held"],
        missed=told["missed"],
        untold=told["untold"],
        each=each_person(event, planned),
    )


def _quality(event: Event, planned: list[Meeting]) -> Quality:
    held = [meeting for meeting in planned if told_of(meeting) == "held"]
    sides = [side for meeting in held for side in meeting.sides.all()]
    ratings = [side.rating for side in sides if side.rating is not None]
    pairs = {pair for pair in (_organisations(meeting) for meeting in held) if pair is not None}
    known = relations(event.hub_id)
    return Quality(
        rated=len(ratings),
        mean_rating=sum(ratings) / len(ratings) if ratings else None,
        go_on=sum(bool(side.goes_on) for side in sides),
        go_on_told=sum(side.goes_on is not None for side in sides),
        contacts_opened=sum(all(side.shares_contact for side in meeting.sides.all()) for meeting in held),
        new_pairs=sum(known.get(pair) is None or known[pair] >= event.starts_at for pair in pairs),
        pairs=len(pairs),
    )


def _organisations(meeting: Meeting) -> Pair | None:
    one = meeting.request.sender.organisation_id
    other = meeting.request.receiver.organisation_id
    return (min(one, other), max(one, other)) if one != other else None
