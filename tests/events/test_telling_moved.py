"""Another day or place of an event: everybody who comes or waits is told once, nobody else is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from events.domain.people.registering import change_person
from events.domain.setup.changing import EventCalledOff
from events.domain.setup.creating import update_event
from events.domain.setup.details import EventFields
from events.enums import EventState, ParticipantState
from events.models import Event, Meeting, Participant, Participation, Slot
from events.queries.moves import Setting, number_told_when_moved
from hubs.models import Hub
from mailgate.domain.objecting import object_to_mail
from mailgate.enums import MailState
from mailgate.models import OutgoingMail
from tests.events.arrivals import written
from tests.events.setting_up import meeting_in
from tests.events.wish_people import NOW, make_event, organiser, person
from tests.factories import HubFactory, ProfileFactory

pytestmark = pytest.mark.django_db
FIELDS = EventFields(
    name="Medico Bazar", starts=datetime(2027, 3, 18, 9), ends=datetime(2027, 3, 18, 17), place="Aarhus"
)
NEXT_DAY = replace(FIELDS, starts=datetime(2027, 3, 19, 9), ends=datetime(2027, 3, 19, 17))
ELSEWHERE = replace(FIELDS, place="Odense")


@pytest.fixture
def event(hub: Hub) -> Event:
    return make_event(hub, place="Aarhus", state=EventState.OPEN)


def change(event: Event, fields: EventFields, *, now: datetime = NOW) -> Event:
    version = Event.objects.values_list("version", flat=True).get(pk=event.pk)
    return update_event(event, viewer=organiser(event), version=version, fields=fields, now=now)


def told() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.filter(kind="event_moved").values_list("address", "language"))


@pytest.mark.parametrize("fields", [
    NEXT_DAY, ELSEWHERE, replace(FIELDS, address="Nygade 1"), replace(FIELDS, ends=datetime(2027, 3, 18, 16)),
])  # fmt: skip
def test_everybody_who_comes_or_waits_is_told_in_their_language(event: Event, fields: EventFields) -> None:
    person(event, "Anna", language="da")
    person(event, "Bo", language="en", state=ParticipantState.WAITING)
    person(event, "Cai", language="en", state=ParticipantState.STANDBY)
    person(event, "Dea", state=ParticipantState.CANCELLED)
    person(make_event(HubFactory(slug="nordbro"), slug="anden"), "Eli")
    person(make_event(event.hub, slug="tredje"), "Fie")

    change(event, fields)

    assert told() == [("anna@firma.example", "da"), ("bo@firma.example", "en"), ("cai@firma.example", "en")]
    assert set(OutgoingMail.objects.values_list("hub", flat=True)) == {event.hub_id}


def test_what_is_neither_time_nor_place_tells_nobody(event: Event) -> None:
    person(event, "Anna")

    change(event, replace(FIELDS, name="Bazar 2027", summary="Kom og se.", capacity=80))

    assert told() == []


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.OVER])
def test_draft_and_event_that_is_over_tell_nobody(event: Event, state: EventState) -> None:
    person(event, "Anna")
    Event.objects.filter(pk=event.pk).update(state=state)

    change(event, NEXT_DAY)

    assert told() == []


def test_event_that_has_ended_and_one_of_a_demonstration_tell_nobody(event: Event) -> None:
    person(event, "Anna")
    change(event, ELSEWHERE, now=datetime(2027, 4, 1, tzinfo=UTC))
    Event.objects.filter(pk=event.pk).update(is_simulated=True)
    change(event, NEXT_DAY)

    assert told() == []


def test_two_changes_are_one_mail_until_it_has_left(event: Event) -> None:
    person(event, "Anna")
    before = Setting.of(event)
    change(event, NEXT_DAY)
    change(event, ELSEWHERE, now=NOW + timedelta(minutes=2))
    (waiting,) = OutgoingMail.objects.filter(kind="event_moved")
    OutgoingMail.objects.update(state=MailState.SENT)
    change(event, NEXT_DAY, now=NOW + timedelta(minutes=5))

    assert Setting.unpacked(waiting.context) == before
    assert len(told()) == 2


def test_who_came_between_two_changes_is_told_of_the_second(event: Event) -> None:
    person(event, "Anna")
    change(event, NEXT_DAY)
    person(event, "Bo")
    change(event, ELSEWHERE)

    assert [address for address, _language in told()] == ["anna@firma.example", "bo@firma.example"]


def test_new_address_is_told_what_the_mail_to_the_former_one_would_have_said(event: Event) -> None:
    anna, bo = person(event, "Anna"), person(event, "Bo")
    before = Setting.of(event)
    change(event, NEXT_DAY)
    change_person(anna, fields=written("Anna", "anna@ny.example"), version=1, now=NOW)
    Participant.objects.filter(pk=bo.pk).update(email="BO@firma.example")
    for place in ("Odense", "Vejle"):
        change(event, replace(NEXT_DAY, place=place))

    assert [address for address, _language in told()] == ["anna@ny.example", "bo@firma.example"]
    mail = OutgoingMail.objects.get(address="anna@ny.example")
    assert mail.context["participant"] == str(anna.public_id)
    assert Setting.unpacked(mail.context) == before


def test_mail_that_was_being_sent_when_the_address_changed_keeps_nothing_from_the_new_one(event: Event) -> None:
    """It waits again for the former address, and is dropped when it is due."""
    anna = person(event, "Anna")
    change(event, NEXT_DAY)
    OutgoingMail.objects.update(state=MailState.SENDING)
    change_person(anna, fields=written("Anna", "anna@ny.example"), version=1, now=NOW)
    OutgoingMail.objects.update(state=MailState.WAITING)
    for place in ("Odense", "Vejle"):
        change(event, replace(NEXT_DAY, place=place))

    assert [address for address, _language in told()] == ["anna@firma.example", "anna@ny.example"]


def test_change_that_is_refused_tells_nobody(event: Event) -> None:
    person(event, "Anna")
    Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)

    with pytest.raises(EventCalledOff):
        change(event, NEXT_DAY)

    assert told() == []


def test_new_place_counts_every_meetings_entry_up(event: Event) -> None:
    slot = Slot.objects.create(
        hub=event.hub, event=event, starts_at=event.starts_at, ends_at=event.starts_at + timedelta(minutes=20)
    )
    meeting = meeting_in(slot, now=NOW)

    change(event, ELSEWHERE)

    after = Meeting.objects.get()
    assert (after.public_id, after.sequence) == (meeting.public_id, meeting.sequence + 1)


def test_number_leaves_out_who_wants_no_mail(event: Event) -> None:
    for name in ("Anna", "Bo"):
        person(event, name)
    object_to_mail(event.hub_id, address="bo@firma.example")

    assert number_told_when_moved(event, now=NOW) == 1
    assert number_told_when_moved(event, now=event.ends_at) == 0


def test_four_hundred_are_told_in_a_few_queries(
    event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    part = Participation.objects.create(hub=event.hub, event=event, profile=ProfileFactory(hub=event.hub))
    Participant.objects.bulk_create(
        Participant(
            hub=event.hub, event=event, participation=part, name=f"P{number}", email=f"p{number}@firma.example",
            code=f"K{number}",
        )
        for number in range(400)
    )  # fmt: skip
    viewer = organiser(event)

    with django_assert_max_num_queries(45):
        update_event(event, viewer=viewer, version=1, fields=NEXT_DAY, now=NOW)

    assert len(told()) == 400
