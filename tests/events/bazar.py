"""A small day with two who meet: what tests of the day itself begin with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from events.enums import EventState, RequestState
from events.models import (
    Event,
    Hall,
    Meeting,
    MeetingRequest,
    MeetingSide,
    Participant,
    Participation,
    Slot,
    Table,
)
from hubs.models import Hub
from profiles.models import Profile
from tests.factories import ProfileFactory

START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Bazar:
    """The event, two slots, one table, two people of two profiles, and their meeting in the first slot."""

    event: Event
    slots: tuple[Slot, Slot]
    table: Table
    anna: Participant
    bo: Participant
    meeting: Meeting

    def side(self, person: Participant) -> MeetingSide:
        return MeetingSide.objects.get(meeting=self.meeting, participant=person)


def make_bazar(hub: Hub, slug: str = "bazar") -> Bazar:
    event = Event.objects.create(
        hub=hub, slug=slug, name="Medico Bazar 2027", place="Aarhus", starts_at=START, ends_at=END,
        state=EventState.PUBLISHED,
    )  # fmt: skip
    slots = tuple(
        Slot.objects.create(hub=hub, event=event, starts_at=start, ends_at=start + timedelta(minutes=20))
        for start in (START + timedelta(hours=1), START + timedelta(hours=2))
    )
    hall = Hall.objects.create(hub=hub, event=event, name="Hal A")
    table = Table.objects.create(hub=hub, event=event, hall=hall, label="T5")
    anna = join(event, "Anna Saarvang", ProfileFactory(hub=hub, name=f"Saarvang {slug}"), "KANNA")
    bo = join(event, "Bo Fjordby", ProfileFactory(hub=hub, name=f"Fjordby {slug}"), "KBB")
    meeting = meet(event, anna, bo, slots[0], table)
    return Bazar(event, (slots[0], slots[1]), table, anna, bo, meeting)


def join(event: Event, name: str, profile: Profile, code: str) -> Participant:
    part, _made = Participation.objects.get_or_create(hub=event.hub, event=event, profile=profile)
    return Participant.objects.create(
        hub=event.hub, event=event, participation=part, name=name, code=code, meets=True,
        email=f"{code.lower()}@{event.slug}.example",
    )  # fmt: skip


def meet(event: Event, one: Participant, other: Participant, slot: Slot, table: Table | None) -> Meeting:
    request = MeetingRequest.objects.create(
        hub=event.hub, event=event, sender=one, receiver=other, state=RequestState.ACCEPTED,
        reason="Vi søger en afdeling.", seeker_text="Vi søger en afdeling.", receiver_text="Vi tilbyder tid.",
        asked_at=START - timedelta(days=9), expires_at=START - timedelta(days=2),
    )  # fmt: skip
    meeting = Meeting.objects.create(
        hub=event.hub, event=event, request=request, slot=slot, table=table, changed_at=START - timedelta(days=1)
    )
    for person in (one, other):
        MeetingSide.objects.create(hub=event.hub, meeting=meeting, participant=person)
    return meeting
