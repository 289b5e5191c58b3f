"""A profile that is erased leaves its events first; what was told for the day alone is forgotten; an event can go."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.domain.people.forgetting import NEEDS_KEPT, forget_needs
from events.enums import RequestState
from events.models import Event, Meeting, MeetingRequest, Participant, RequestGuest
from frontend.mails.events_timetable import RENDERERS
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from matching.domain.introductions.capacity import take_place
from matching.domain.introductions.leaving import erase_profile
from matching.enums import Channel
from matching.models import LoadPlace
from profiles.models import Profile
from tests.events.timetable_days import NOW, Day, organiser, published, small_day
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo; Cai has asked Anna."""
    made = small_day(hub)
    anna, bo, cai = made.person("Anna"), made.person("Bo"), made.person("Cai")
    made.wish(anna, bo)
    made.wish(cai, anna, state=RequestState.ASKED)
    return made


def someone(day: Day, name: str) -> Participant:
    return day.event.people.get(name=name)


def speaks_for(profile: Profile) -> Viewer:
    user = MembershipFactory(hub=profile.hub).user
    return Viewer(profile.hub_id, Role.MEMBER, user.pk, frozenset({profile.organisation_id}))


def erase(day: Day, name: str, *, now: datetime = LATER) -> None:
    profile = someone(day, name).participation.profile
    erase_profile(profile, viewer=speaks_for(profile), now=now)


def test_erased_profile_tells_who_loses_a_meeting_and_gives_places_back(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    bo = someone(day, "Bo")
    agreed = MeetingRequest.objects.get(receiver=bo)
    slot = Meeting.objects.get(request=agreed).slot
    take_place(bo.participation.profile, channel=Channel.EVENT, subject=agreed.public_id, now=NOW)

    erase(day, "Anna")

    mails = OutgoingMail.objects.filter(kind="event_meeting_gone").order_by("address")
    assert [(mail.address, mail.context["slot"]) for mail in mails] == [
        ("bo@firma.example", str(slot.public_id)), ("cai@firma.example", ""),
    ]  # fmt: skip
    assert (Meeting.objects.count(), MeetingRequest.objects.count(), LoadPlace.objects.count()) == (0, 0, 0)
    assert "Anna" not in str(list(mails.values()))


@pytest.mark.usefixtures("english")
def test_words_name_the_time_and_nobody(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    later = timezone.now() + timedelta(days=400)
    Event.objects.filter(pk=day.event.pk).update(starts_at=later, ends_at=later + timedelta(hours=8))

    erase(day, "Anna")
    mail = OutgoingMail.objects.get(kind="event_meeting_gone", address="bo@firma.example")
    told = RENDERERS["event_meeting_gone"](mail, Addresses(mail))

    assert told is not None
    assert ("comes to nothing" in told.text, "–" in told.text, "Anna" in told.text) == (True, True, False)


def test_meeting_goes_on_where_only_a_guest_is_erased(day: Day, hub: Hub) -> None:
    request = MeetingRequest.objects.get(receiver=someone(day, "Bo"))
    RequestGuest.objects.create(hub=hub, request=request, participant=day.person("Dea"))
    published(day, organiser(hub))

    erase(day, "Dea")

    meeting = Meeting.objects.get(request=request)
    assert (meeting.state, meeting.sides.count()) == ("planned", 2)
    assert not OutgoingMail.objects.filter(kind="event_meeting_gone").exists()


def test_freed_place_goes_to_who_waits_and_not_to_who_leaves_as_well(day: Day, hub: Hub) -> None:
    anna = someone(day, "Anna")
    Event.objects.filter(pk=day.event.pk).update(capacity=3)
    day.person("Else", profile=anna.participation.profile, state="waiting", queued_at=NOW)
    waiting = day.person("Finn", state="waiting", queued_at=LATER)

    erase(day, "Anna")

    waiting.refresh_from_db()
    assert (waiting.state, day.event.people.filter(state="registered").count()) == ("registered", 3)
    assert list(OutgoingMail.objects.filter(kind="event_place_free").values_list("address", flat=True)) == [
        "finn@firma.example"
    ]


def test_event_that_is_over_keeps_its_peace(day: Day) -> None:
    erase(day, "Anna", now=day.event.ends_at + timedelta(days=1))

    assert not OutgoingMail.objects.exists()


def test_stranger_erases_nothing_and_nobody_is_told(day: Day) -> None:
    anna, bo = someone(day, "Anna"), someone(day, "Bo")

    with pytest.raises(NotAllowed):
        erase_profile(anna.participation.profile, viewer=speaks_for(bo.participation.profile), now=LATER)

    anna.refresh_from_db()
    assert (anna.state, OutgoingMail.objects.exists()) == ("registered", False)


@pytest.mark.parametrize("whole_hub", [False, True])
def test_event_with_meetings_can_be_deleted(day: Day, hub: Hub, whole_hub: bool) -> None:
    published(day, organiser(hub))
    MeetingRequest.objects.update(fixed_slot=day.slots[0])

    (hub if whole_hub else day.event).delete()

    assert (Event.objects.count(), Meeting.objects.count()) == (0, 0)


def test_needs_and_telephone_are_forgotten_a_month_after_the_event(day: Day, hub: Hub) -> None:
    Participant.objects.update(access_needs="Rampe", phone="12345678")
    coming = small_day(hub, slug="naeste")
    Event.objects.filter(pk=coming.event.pk).update(ends_at=day.event.ends_at + timedelta(days=1))
    kept = coming.person("Gry", access_needs="Tegnsprog")
    due = day.event.ends_at + NEEDS_KEPT

    told = [forget_needs(due - timedelta(seconds=1)), forget_needs(due), forget_needs(due)]

    kept.refresh_from_db()
    assert told == [0, 3, 0]
    assert set(day.event.people.values_list("access_needs", "phone")) == {("", "")}
    assert kept.access_needs == "Tegnsprog"
