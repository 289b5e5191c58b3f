"""A small day with a time grid, tables, people and accepted requests, built by hand: nothing is random."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db.models import F

from events.domain.timetable.computing import compute
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.running import ask_run
from events.enums import RequestState, RunKind, RunState
from events.models import (
    Event,
    Hall,
    Meeting,
    MeetingRequest,
    Participant,
    Participation,
    Publication,
    Slot,
    Stand,
    Table,
    TimetableRun,
)
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from profiles.models import Profile
from tests.factories import MembershipFactory, OrganisationFactory, ProfileFactory

START = datetime(2027, 3, 18, 9, tzinfo=UTC)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_codes = count(1)


@dataclass
class Day:
    """An event and what is in it."""

    event: Event
    hall: Hall
    slots: list[Slot] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def person(self, name: str, *, profile: Profile | None = None, **fields: object) -> Participant:
        """Somebody who comes and meets."""
        hub = self.event.hub
        owner = profile or ProfileFactory(hub=hub, organisation=OrganisationFactory(hub=hub), name=f"Firma {name}")
        seat, _new = Participation.objects.get_or_create(hub=hub, event=self.event, profile=owner)
        values = {"meets": True, "email": f"{name.lower()}@firma.example", "language": "en"} | fields
        return Participant.objects.create(
            hub=hub, event=self.event, participation=seat, name=name, code=f"K{next(_codes)}", **values
        )

    def wish(self, sender: Participant, receiver: Participant, **fields: object) -> MeetingRequest:
        """An accepted request."""
        values = {"state": RequestState.ACCEPTED, "asked_at": NOW, "expires_at": START} | fields
        return MeetingRequest.objects.create(
            hub=self.event.hub, event=self.event, sender=sender, receiver=receiver, **values
        )

    def stand(self, number: str, **fields: object) -> Stand:
        """A stand in the hall."""
        return Stand.objects.create(hub=self.event.hub, event=self.event, hall=self.hall, number=number, **fields)

    def fresh(self) -> Event:
        """The event's row as it is now."""
        return Event.objects.get(pk=self.event.pk)


def small_day(hub: Hub, *, slots: int = 3, tables: int = 2, slug: str = "bazar", **fields: object) -> Day:
    """A day of 20-minute slots with 5 minutes between, and tables in one hall."""
    values = {"state": "wishes_closed", "guaranteed_meetings": 1} | fields
    event = Event.objects.create(
        hub=hub, slug=slug, name="Medico Bazar", starts_at=START, ends_at=START + timedelta(hours=8), **values
    )
    hall = Hall.objects.create(hub=hub, event=event, name="Hal A")
    day = Day(event, hall)
    for number in range(slots):
        begins = START + number * 25 * MINUTE
        day.slots.append(Slot.objects.create(hub=hub, event=event, starts_at=begins, ends_at=begins + 20 * MINUTE))
    for number in range(tables):
        day.tables.append(Table.objects.create(hub=hub, event=event, hall=hall, label=str(number + 1), position=number))
    return day


def three_meet(hub: Hub, **fields: object) -> Day:
    """Three people, two accepted requests that share one of them."""
    day = small_day(hub, **fields)
    anna, bo, cai = day.person("Anna"), day.person("Bo"), day.person("Cai")
    day.wish(anna, bo)
    day.wish(anna, cai)
    return day


def put_off(day: Day) -> None:
    """Its slots lie long after any clock, for pages that read the real one."""
    far = timedelta(days=4_000)
    day.event.slots.update(starts_at=F("starts_at") + far, ends_at=F("ends_at") + far)


def organiser(hub: Hub, role: Role = Role.ORGANISER) -> Viewer:
    """Somebody who runs the hub's events."""
    person = MembershipFactory(hub=hub, role=role).user
    return Viewer(hub_id=hub.pk, role=role, user_id=person.pk)


def computed(
    event: Event,
    viewer: Viewer,
    *,
    kind: RunKind = RunKind.TIMETABLE,
    most_moved: int | None = None,
    now: datetime = NOW,
) -> TimetableRun:
    """A run that was asked for and computed, here instead of in a process of its own."""
    run = ask_run(event, viewer=viewer, kind=kind, seconds=5, now=now, most_moved=most_moved)
    TimetableRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=now)
    run = TimetableRun.objects.select_related("event").get(pk=run.pk)
    compute(run, stop_asked=lambda: False, write_every=0.0)
    return TimetableRun.objects.select_related("event").get(pk=run.pk)


def published(day: Day, viewer: Viewer, *, now: datetime = NOW) -> Publication:
    """The day's timetable, computed and published."""
    run = computed(day.fresh(), viewer)
    return publish_run(run, viewer=viewer, version=day.fresh().version, now=now)


def place_of(request: MeetingRequest) -> tuple[str, int, int | None]:
    """State, slot and table of the request's meeting."""
    meeting = Meeting.objects.get(request=request)
    return meeting.state, meeting.slot_id, meeting.table_id
