"""People, slots and whole events that fall away: meetings are called off, and everybody is told."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events.domain.people.registering import cancel_person
from events.domain.people.waiting import promote_person
from events.domain.setup.grids import remove_slot
from events.domain.setup.states import call_off
from events.domain.timetable.day_changes import (
    note_cancellation,
    note_event_called_off,
    note_slot_lost,
    note_withdrawal,
)
from events.domain.timetable.moving import cancel_meeting
from events.domain.timetable.publishing import place_meeting
from events.enums import RunKind
from events.models import Meeting, RequestGuest, Slot
from hubs.models import Hub
from mailgate.models import OutgoingMail
from matching.domain.introductions.capacity import take_place
from matching.enums import Channel
from matching.models import ContactRules, LoadPlace
from tests.events.timetable_days import NOW, Day, computed, organiser, place_of, small_day

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo first and Cai second; Dan meets Eva first. Published as it is."""
    made = small_day(hub, state="published")
    anna, bo, cai, dan, eva = (made.person(name) for name in ("Anna", "Bo", "Cai", "Dan", "Eva"))
    plan = [(anna, bo, 0, 0), (anna, cai, 1, 0), (dan, eva, 0, 1)]
    for one, other, slot, table in plan:
        place_meeting(made.wish(one, other), slot=made.slots[slot], table=made.tables[table], now=NOW, actor=None)
    OutgoingMail.objects.all().delete()
    return made


def told(kind: str = "event_meeting_cancelled") -> list[str]:
    addresses = OutgoingMail.objects.filter(kind=kind).values_list("address", flat=True)
    return sorted(address.split("@")[0] for address in addresses)


def standing() -> list[str]:
    rows = Meeting.objects.filter(state="planned").order_by("pk")
    return [f"{row.request.sender.name}-{row.request.receiver.name}" for row in rows]


def test_cancelling_calls_meetings_off_and_tells_the_others(day: Day) -> None:
    anna = day.event.people.get(name="Anna")

    cancel_person(anna, now=LATER)

    assert standing() == ["Dan-Eva"]
    assert (told(), told("event_cancelled")) == (["bo", "cai"], ["anna"])
    assert set(Meeting.objects.filter(state="cancelled").values_list("sequence", flat=True)) == {1}
    assert set(day.event.requests.values_list("state", flat=True)) == {"accepted"}


def test_who_leaves_during_the_day_keeps_the_meetings_that_were_held(day: Day) -> None:
    anna = day.event.people.get(name="Anna")

    note_cancellation(anna, now=day.slots[0].starts_at)

    assert standing() == ["Anna-Bo", "Dan-Eva"]
    assert told() == ["cai"]


def test_cancelling_twice_is_once(day: Day) -> None:
    anna = day.event.people.get(name="Anna")

    first, second = note_cancellation(anna, now=LATER), note_cancellation(anna, now=LATER + timedelta(minutes=1))

    assert (first, second, len(told())) == (2, 0, 2)


def test_guest_who_cancels_leaves_the_meeting_standing(day: Day) -> None:
    request = day.event.requests.get(receiver__name="Bo")
    meeting = request.meeting
    guest = day.person("Fie")
    RequestGuest.objects.create(hub=day.event.hub, request=request, participant=guest)
    meeting.sides.create(hub=day.event.hub, participant=guest)
    guest.state = "cancelled"
    guest.save()

    called_off = note_cancellation(guest, now=LATER)

    assert (called_off, place_of(request)[0]) == (0, "planned")
    assert sorted(meeting.sides.values_list("participant__name", flat=True)) == ["Anna", "Bo"]
    assert told("event_meeting_changed") == ["anna", "bo"]


def test_lost_slot_calls_off_and_a_repair_finds_another_time(day: Day, hub: Hub) -> None:
    viewer = organiser(hub)
    version = day.fresh().version

    called_off = remove_slot(day.slots[0], viewer=viewer, version=version, and_replan=True, now=LATER)
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)

    assert (called_off, standing(), told()) == (2, ["Anna-Cai"], ["anna", "bo", "dan", "eva"])
    assert Slot.lost_too.get(pk=day.slots[0].pk).is_lost
    assert len(run.changes["added"]) == 2
    assert str(day.slots[0].public_id) not in {place[0] for place in run.plan.values()}


def test_lost_slot_lets_go_of_what_a_hand_had_fixed(day: Day) -> None:
    request = day.event.requests.get(receiver__name="Bo")
    type(request).objects.filter(pk=request.pk).update(fixed_slot=day.slots[0], fixed_table=day.tables[0])

    note_slot_lost(day.slots[0], actor=None, now=LATER)

    request.refresh_from_db()
    assert (request.fixed_slot, request.fixed_table, place_of(request)[0]) == (None, None, "cancelled")


def test_event_that_is_called_off_tells_once_of_everything(day: Day, hub: Hub) -> None:
    call_off(day.event, viewer=organiser(hub), version=day.fresh().version, reason="Salen er lukket.", now=LATER)

    assert standing() == []
    assert set(Meeting.objects.values_list("sequence", flat=True)) == {1}
    assert told("event_called_off") == ["anna", "bo", "cai", "dan", "eva"]
    assert OutgoingMail.objects.count() == 5


def take_places(day: Day) -> None:
    """As accepting does: a place of the receiver's month."""
    for request in day.event.requests.all():
        profile = request.receiver.participation.profile
        take_place(profile, channel=Channel.EVENT, subject=request.public_id, now=NOW)


def counted() -> list[str]:
    """Whose month still counts a request."""
    return sorted(LoadPlace.objects.values_list("profile__name", flat=True))


def test_meeting_that_is_called_off_takes_no_place_of_the_month(day: Day, hub: Hub) -> None:
    take_places(day)
    meeting = Meeting.objects.get(request__receiver__name="Bo")

    cancel_meeting(meeting, viewer=organiser(hub), version=meeting.version, now=LATER)

    assert counted() == ["Firma Cai", "Firma Eva"]
    assert day.event.requests.get(receiver__name="Bo").answered_at == LATER


def test_person_who_cancels_frees_the_months_of_all_it_agreed_or_asked_to_meet(day: Day) -> None:
    anna, eva = day.event.people.get(name="Anna"), day.event.people.get(name="Eva")
    day.wish(anna, eva, state="asked")
    take_places(day)

    cancel_person(anna, now=LATER)

    assert counted() == ["Firma Eva"]
    assert LoadPlace.objects.get().subject == day.event.requests.get(sender__name="Dan").public_id


def test_who_comes_after_all_counts_again_where_the_month_has_room(day: Day, hub: Hub) -> None:
    people = {person.name: person for person in day.event.people.all()}
    for name, cap in (("Bo", 1), ("Cai", 1)):
        ContactRules.objects.create(hub=hub, profile=people[name].participation.profile, monthly_cap=cap)
    take_places(day)
    cancel_person(people["Anna"], now=LATER)
    take_place(people["Cai"].participation.profile, channel=Channel.EVENT, subject=uuid4(), now=LATER)

    promote_person(people["Anna"], viewer=organiser(hub), now=LATER)

    states = dict(day.event.requests.values_list("receiver__name", "state"))
    assert states == {"Bo": "accepted", "Cai": "withdrawn", "Eva": "accepted"}
    assert counted() == ["Firma Bo", "Firma Cai", "Firma Eva"]
    assert told("event_request_withdrawn") == ["cai"]


def test_event_that_is_called_off_frees_every_month(day: Day) -> None:
    take_places(day)

    note_event_called_off(day.event, actor=None, now=LATER)

    assert counted() == []


def test_request_that_is_taken_back_takes_its_meeting_with_it(day: Day) -> None:
    request = day.event.requests.get(receiver__name="Bo")

    first, second = (note_withdrawal(request, actor=None, now=LATER) for _time in range(2))

    request.refresh_from_db()
    assert (first, second, request.state, told()) == (True, False, "withdrawn", ["anna", "bo"])
