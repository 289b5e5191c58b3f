"""Who cancels leaves the groups of an AIMday at once: the others are told, calendars too, and the organiser sees it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from icalendar import Calendar

from events.calendars import feed
from events.domain.groups.questions import QuestionFields, take_question_back
from events.domain.people.leaving import leave_events
from events.domain.people.reconfirming import release_unconfirmed
from events.domain.people.registering import cancel_person
from events.domain.people.waiting import promote_person
from events.domain.setup.states import call_off, move_on
from events.enums import EventKind, EventState
from events.models import Availability, Event, Hall, Participant, Question, Slot
from events.queries.agenda import agenda_of
from events.queries.groups import lack_of, questions_held
from events.queries.setup import set_up_of
from events.templates import template_of
from frontend.event_steps import steps_of
from frontend.mails.events_groups import RENDERERS as GROUPS
from frontend.mails.events_people import RENDERERS as PLACES
from hubs.enums import Role
from hubs.models import Hub
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.test_groups import ask, compose, researcher, three
from tests.events.wish_people import (  # noqa: F401
    NOW,
    STARTS,
    encoder_fixture,
    make_event,
    organiser,
    person,
)
from tests.frontend.conftest import works_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encoder")]
PAIR = QuestionFields("Hvordan måler vi tryk under en forbinding?", least=2, most=2)


@pytest.fixture
def event(hub: Hub) -> Event:
    """The question of a firm, answered by Alma, who is senior, and Birk; not published yet."""
    made = make_event(hub, kind=EventKind.AIMDAY, state=EventState.OPEN)
    Slot.objects.create(hub=hub, event=made, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=50))
    Hall.objects.create(hub=hub, event=made, name="Lokale 1")
    three(made)
    ask(person(made, "Firma"), PAIR)
    compose(made)
    return made


@pytest.fixture
def published(event: Event) -> Event:
    """Published, and everybody has read it."""
    Event.objects.filter(pk=event.pk).update(state=EventState.WISHES_CLOSED)
    event.refresh_from_db()
    move_on(event, viewer=organiser(event), to=EventState.PUBLISHED, version=event.version, now=NOW)
    event.refresh_from_db()
    OutgoingMail.objects.all().delete()
    return event


def someone(event: Event, name: str) -> Participant:
    return event.people.select_related("event").get(name=name)


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="event_groups")
    return sorted(address.partition("@")[0] for address in rows.values_list("address", flat=True))


def group(event: Event) -> list[str]:
    return [seat.participant.name for question in questions_held(event) for seat in question.seats.all()]


def entry_of(someone: Participant) -> tuple[str, int]:
    """Status and sequence of the one entry in the person's calendar."""
    agenda = agenda_of(Participant.objects.select_related("event").get(pk=someone.pk))
    (entry,) = Calendar.from_ical(feed(agenda, page="https://hub.example/")).walk("VEVENT")
    return str(entry["STATUS"]), int(entry["SEQUENCE"])


def test_researcher_who_cancels_leaves_the_group_and_the_others_are_told(published: Event) -> None:
    birk = someone(published, "Birk")
    before = entry_of(birk)

    cancel_person(birk, now=NOW)

    after = entry_of(birk)
    assert (group(published), told()) == (["Alma"], ["alma", "firma"])
    assert (before[0], after[0], after[1] > before[1]) == ("CONFIRMED", "CANCELLED", True)
    assert [each.name for each in agenda_of(someone(published, "Firma")).entries[0].others] == ["Alma"]


def test_nobody_is_told_of_groups_that_are_not_published(event: Event) -> None:
    cancel_person(someone(event, "Birk"), now=NOW)

    assert (group(event), told()) == (["Alma"], [])


def test_group_whose_asker_cancels_is_off_and_calendars_follow(published: Event) -> None:
    alma = someone(published, "Alma")
    before = entry_of(alma)

    cancel_person(someone(published, "Firma"), now=NOW)

    after = entry_of(alma)
    assert (group(published), told(), agenda_of(alma).planned) == ([], ["alma", "birk"], ())
    assert (before[0], after[0], after[1] > before[1]) == ("CONFIRMED", "CANCELLED", True)


def test_who_comes_after_all_sits_in_the_group_again_and_all_are_told(published: Event) -> None:
    birk = someone(published, "Birk")
    cancel_person(birk, now=NOW)
    off = entry_of(birk)
    OutgoingMail.objects.all().delete()

    promote_person(birk, viewer=organiser(published), now=NOW + timedelta(hours=1))

    again = entry_of(birk)
    assert (sorted(group(published)), told()) == (["Alma", "Birk"], ["alma", "birk", "firma"])
    assert (again[0], again[1] > off[1]) == ("CONFIRMED", True)


def test_silence_costs_nobody_the_place_whose_group_counts_on_it(published: Event) -> None:
    Participant.objects.filter(event=published).update(reconfirm_asked_at=NOW - timedelta(days=9))
    Event.objects.filter(pk=published.pk).update(capacity=4)
    researcher(published, "Dag")
    Participant.objects.filter(name="Dag").update(state="waiting", queued_at=NOW)

    moved = release_unconfirmed(published, now=NOW)

    assert (moved, someone(published, "Carl").state, sorted(group(published))) == (1, "standby", ["Alma", "Birk"])


@pytest.mark.parametrize(("leaver", "missing", "no_senior"), [("Birk", 1, False), ("Alma", 1, True)])
def test_organiser_sees_what_the_group_lacks(
    client: Client, published: Event, leaver: str, missing: int, no_senior: bool
) -> None:
    whole = [lack_of(question) for question in questions_held(published)]
    cancel_person(someone(published, leaver), now=NOW)
    works_as(client, published.hub, Role.ORGANISER)

    page = client.get(f"/en/events/{published.slug}/organise/groups/").content.decode()
    with translation.override("en"):
        steps = steps_of(published, set_up_of(published), template_of(published.kind))

    (lack,) = [lack_of(question) for question in questions_held(published)]
    assert (whole, lack and (lack.researchers, lack.is_senior)) == ([None], (missing, no_senior))
    assert ("1 researcher is missing" in page, "No senior comes to this group" in page) == (True, no_senior)
    assert [
        (step.is_done, "1 group has lost" in step.told) for step in steps if step.title == "Compose the groups"
    ] == [(False, True)]


def test_organiser_reads_that_a_question_has_lost_its_asker(client: Client, published: Event) -> None:
    cancel_person(someone(published, "Firma"), now=NOW)
    works_as(client, published.hub, Role.ORGANISER)

    page = client.get(f"/en/events/{published.slug}/organise/groups/").content.decode()

    assert ("On the programme" in page, "so its group is off" in page) == (False, True)


def files_of(kind: str, name: str) -> list[tuple[str, str, int]]:
    """Method, UID and sequence of each entry that goes with the person's mail of that kind."""
    mail = OutgoingMail.objects.select_related("hub").get(kind=kind, address__startswith=name)
    with translation.override("en"):
        rendered = (GROUPS | PLACES)[kind](mail, Addresses(mail))
    assert rendered is not None
    calendars = [Calendar.from_ical(file.content) for file in rendered.attachments]
    return [
        (str(each["METHOD"]), str(entry["UID"]), int(entry["SEQUENCE"]))
        for each in calendars
        for entry in each.walk("VEVENT")
    ]


@pytest.mark.parametrize("what", ["signed off", "called off", "taken back", "composed again", "erased"])
def test_group_that_was_mailed_is_called_off_under_its_entry(published: Event, what: str) -> None:
    question = Question.objects.get()
    birk = someone(published, "Birk")
    _status, before = entry_of(birk)
    kind = {"signed off": "event_cancelled", "called off": "event_called_off"}.get(what, "event_groups")
    if what == "signed off":
        cancel_person(birk, now=NOW)
    elif what == "called off":
        call_off(published, viewer=organiser(published), version=published.version, reason="Sne.", now=NOW)
    elif what == "taken back":
        take_question_back(question, viewer=organiser(published), now=NOW)
    elif what == "composed again":
        Availability.objects.create(hub=published.hub, participant=birk, slot=Slot.objects.get())
        compose(published)
    else:
        leave_events(question.asker.participation.profile, now=NOW)
        question.asker.participation.profile.delete()

    ((method, uid, after),) = files_of(kind, "birk")

    assert (method, uid, after > before) == ("CANCEL", f"{question.public_id}@videnbro", True)


def test_who_is_in_the_group_again_before_the_mail_leaves_keeps_it(published: Event) -> None:
    alma = someone(published, "Alma")
    closed = Availability.objects.create(hub=published.hub, participant=alma, slot=Slot.objects.get())
    Participant.objects.filter(name="Birk").update(is_senior=True)
    compose(published)
    closed.delete()
    compose(published)

    assert [entry[0] for entry in files_of("event_groups", "alma")] == ["PUBLISH"]


@pytest.mark.parametrize("is_out", [True, False])
def test_calendars_hear_of_a_day_called_off_only_what_they_knew(
    event: Event, request: pytest.FixtureRequest, is_out: bool
) -> None:
    day = request.getfixturevalue("published") if is_out else event
    day.refresh_from_db()

    call_off(day, viewer=organiser(day), version=day.version, reason="For få tilmeldte.", now=NOW)

    entries = agenda_of(someone(event, "Alma")).entries
    assert [entry.is_cancelled for entry in entries] == ([True] if is_out else [])
    assert Question.objects.filter(slot__isnull=False).exists() is is_out
