"""Mails of events that change: what they say and carry, in whose words; and what the organiser reads of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from events.calendars import feed
from events.clock import wall_of
from events.domain.people.registering import cancel_person
from events.domain.setup.creating import update_event
from events.domain.setup.sessions import SessionFields, add_session, change_session, remove_session
from events.enums import EventState, ParticipantState
from events.models import Event, Hall, Participant, ProgrammeSession
from events.queries.agenda import agenda_of
from frontend.forms.events_setup import EventForm, event_initial
from frontend.mails.registering import RENDERERS
from hubs.models import Hub
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from tests.events.wish_people import make_event, organiser, person
from tests.frontend.conftest import SCRIPT
from tests.frontend.event_setting_up import organiser_fixture, page  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def event(hub: Hub) -> Event:
    """Open, some weeks ahead, with a welcome for all."""
    starts_at = (timezone.now() + 60 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    made = make_event(
        hub, place="Aarhus", state=EventState.OPEN, languages=["da"], starts_at=starts_at, ends_at=starts_at + 8 * HOUR
    )
    ProgrammeSession.objects.create(
        hub=hub, event=made, title="Velkomst", starts_at=starts_at, ends_at=starts_at + HOUR, is_for_all=True
    )
    return made


def form_of(event: Event, **change: object) -> dict[str, object]:
    """What the organiser's form posts, with `change` in it."""
    posted = {name: value for name, value in event_initial(event).items() if value is not None}
    posted |= {"terms": "Kom til tiden."} | change
    written = {"starts", "ends"}
    return {
        name: value.isoformat(timespec="minutes") if name in written and isinstance(value, datetime) else value
        for name, value in posted.items()
    }


def move(event: Event, **change: object) -> Event:
    """As the organiser's form does it."""
    now = Event.objects.get(pk=event.pk)
    form = EventForm(form_of(now, **change), earlier=[], initial=event_initial(now))
    assert form.is_valid(), form.errors
    return update_event(now, viewer=organiser(now), version=now.version, fields=form.event_fields())


def days_later(event: Event, days: int) -> dict[str, object]:
    initial = event_initial(event)
    return {name: initial[name] + days * DAY for name in ("starts", "ends")}


def letter(mail: OutgoingMail) -> RenderedMail | None:
    with translation.override(mail.language):
        return RENDERERS[mail.kind](mail, Addresses(mail))


def mail_to(name: str, kind: str = "event_moved") -> OutgoingMail:
    return OutgoingMail.objects.select_related("hub").filter(kind=kind, address=f"{name}@firma.example").latest("pk")


def entries(content: bytes) -> list[tuple[str, str, int]]:
    """UID, state and sequence of what a calendar holds."""
    found = Calendar.from_ical(content).walk("VEVENT")
    return [(str(each["UID"]), str(each["STATUS"]), int(str(each["SEQUENCE"]))) for each in found]


def subscribed(one: Participant) -> bytes:
    return feed(agenda_of(Participant.objects.select_related("event").get(pk=one.pk)), page="x")


def test_mail_says_what_it_was_and_what_it_is_and_carries_the_plan(event: Event) -> None:
    anna = person(event, "Anna", language="en")
    ((uid, _state, before),) = entries(subscribed(anna))

    now = move(event, place=SCRIPT, **days_later(event, 1))

    found = letter(mail_to("anna"))
    assert found is not None
    assert found.subject == "Medico Bazar is moved to another day"
    was, new = (f"{each.starts_at:%-d %B %Y}" for each in (event, now))
    assert (was in found.text, new in found.text, SCRIPT in found.text) == (True, True, True)
    assert ("/events/place/" in found.text, "your plan follows" in found.text) == (True, True)
    assert ("<script>alert" in found.html, "&lt;script&gt;" in found.html) == (False, True)
    (file,) = found.attachments
    assert str(Calendar.from_ical(file.content)["METHOD"]) == "PUBLISH"
    ((same, state, after),) = entries(file.content)
    assert (same, state, after > before) == (uid, "CONFIRMED", True)
    assert entries(subscribed(anna)) == [(same, state, after)]


def test_who_waits_reads_that_the_queue_stays_and_a_new_place_tells_no_new_hours(event: Event) -> None:
    person(event, "Bo", language="en", state=ParticipantState.WAITING)

    move(event, place="Odense")

    found = letter(mail_to("bo"))
    assert found is not None
    assert found.subject == "Where Medico Bazar is held has changed"
    assert ("Odense" in found.text, "wait for a place" in found.text) == (True, True)
    assert ("Should have been" in found.text, "You keep your place" in found.text) == (False, False)


def test_two_changes_are_told_together_and_none_that_was_taken_back(event: Event) -> None:
    person(event, "Anna", language="en")
    move(event, **days_later(event, 1))
    move(event, place="Odense")
    both = letter(mail_to("anna"))
    move(event, place="Aarhus", **days_later(event, 0))

    assert both is not None
    assert ("Should have been" in both.text, "Where it is now" in both.text) == (True, True)
    assert OutgoingMail.objects.filter(kind="event_moved").count() == 1
    assert letter(mail_to("anna")) is None


@pytest.mark.parametrize("change", [
    {"state": EventState.CANCELLED}, {"state": EventState.OVER}, {"is_simulated": True},
    {"starts_at": timezone.now() - 2 * DAY, "ends_at": timezone.now() - DAY},
])  # fmt: skip
def test_mail_that_waits_is_dropped_when_there_is_nothing_to_come_to(event: Event, change: dict[str, object]) -> None:
    person(event, "Anna")
    move(event, place="Odense")
    Event.objects.filter(pk=event.pk).update(**change)

    assert letter(mail_to("anna")) is None


def test_who_signed_off_meanwhile_and_a_broken_row_get_nothing(event: Event) -> None:
    anna = person(event, "Anna")
    move(event, place="Odense")
    mail = mail_to("anna")
    broken = OutgoingMail(
        hub=event.hub, kind=mail.kind, language="da", context={**mail.context, "zone": "Mars:Olympus"}
    )
    Participant.objects.filter(pk=anna.pk).update(state=ParticipantState.CANCELLED)

    assert (letter(broken), letter(mail)) == (None, None)


def test_organiser_reads_how_many_are_told_before_and_after_saving(organiser: Client, event: Event) -> None:
    for name in ("Anna", "Bo"):
        person(event, name)
    posted = form_of(event)

    before = organiser.get(page(event, "edit/")).content.decode()
    same = organiser.post(page(event, "edit/"), posted, follow=True).content.decode()
    version = Event.objects.get().version
    again = {**posted, "version": version, "place": "Odense"}
    moved = organiser.post(page(event, "edit/"), again, follow=True).content.decode()

    assert "2 people will be told if day, time or place changes" in before
    assert ("Saved." in same, "are told of the new time or place" in same) == (True, False)
    assert "2 people are told of the new time or place in a mail." in moved
    assert OutgoingMail.objects.filter(kind="event_moved").count() == 2


def test_organiser_of_a_demonstration_reads_that_nobody_is_mailed(organiser: Client, event: Event) -> None:
    person(event, "Anna")
    Event.objects.filter(pk=event.pk).update(is_simulated=True)

    shown = organiser.get(page(event, "edit/")).content.decode()

    assert ("Nobody is mailed" in shown, "will be told if day" in shown) == (True, False)


# Sessions


@pytest.fixture
def published(event: Event) -> Event:
    """The same, published."""
    Event.objects.filter(pk=event.pk).update(state=EventState.PUBLISHED)
    event.refresh_from_db()
    return event


def talk(event: Event, *speakers: str, hours: int = 2, **change: object) -> SessionFields:
    """A talk of an hour, so many hours after the event begins."""
    starts = wall_of(event.starts_at, event.zone) + hours * HOUR
    return SessionFields(
        **{"title": "Sensorer", "starts": starts, "ends": starts + HOUR, "speakers": speakers, **change}
    )  # type: ignore[arg-type]


def run(event: Event, do: Callable[..., object], subject: object, **change: object) -> object:
    """A change to the programme, under the event's present version."""
    now = Event.objects.get(pk=event.pk)
    return do(subject, viewer=organiser(now), version=now.version, **change)


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="event_sessions").order_by("pk")
    return [address.partition("@")[0] for address in rows.values_list("address", flat=True)]


def files(found: RenderedMail | None) -> list[tuple[str, str, str, int]]:
    """Method, UID, state and sequence of each entry that goes with a mail."""
    assert found is not None
    return [
        (str(Calendar.from_ical(file.content)["METHOD"]), *entry)
        for file in found.attachments
        for entry in entries(file.content)
    ]


def entry_of(one: Participant, session: object) -> tuple[str, str, int]:
    """What the person's feed holds of the session, which must be there once."""
    uid = f"{session.public_id}@videnbro"  # type: ignore[attr-defined]
    (found,) = [entry for entry in entries(subscribed(one)) if entry[0] == uid]
    return found


def test_speaker_is_told_of_another_time_hall_and_of_the_end_and_so_is_the_feed(published: Event) -> None:
    anna, _bo = person(published, "Anna", language="en"), person(published, "Bo")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    uid, _state, first = entry_of(anna, session)
    hall = Hall.objects.create(hub=published.hub, event=published, name="Sal B")
    run(published, change_session, session, fields=talk(published, "Anna", hours=4), hall=hall)
    changed = letter(mail_to("anna", "event_sessions"))
    moved = entry_of(anna, session)
    run(published, remove_session, session)
    removed = letter(mail_to("anna", "event_sessions"))
    after = entry_of(anna, session)

    assert told() == ["anna"] * 3
    assert changed is not None
    assert changed.subject == "Changed: the programme of Medico Bazar"
    assert ("You speak: Sensorer" in changed.text, "Sal B" in changed.text) == (True, True)
    assert (moved[:2], moved[2] > first, files(changed)) == ((uid, "CONFIRMED"), True, [("PUBLISH", *moved)])
    assert removed is not None
    assert "called off" in removed.text
    assert (after[:2], after[2] > moved[2], files(removed)) == ((uid, "CANCELLED"), True, [("CANCEL", *after)])


def test_who_speaks_no_more_is_told_which_and_who_speaks_instead_too(published: Event) -> None:
    anna, bo = person(published, "Anna", language="en"), person(published, "Bo", language="en")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    OutgoingMail.objects.all().delete()

    run(published, change_session, session, fields=talk(published, "Bo"))

    assert told() == ["anna", "bo"]
    lost, new = letter(mail_to("anna", "event_sessions")), letter(mail_to("bo", "event_sessions"))
    assert lost is not None
    assert new is not None
    assert ("no longer in your plan" in lost.text, "Sensorer" in lost.text) == (True, True)
    assert "You speak: Sensorer" in new.text
    assert (entry_of(anna, session)[1], entry_of(bo, session)[1]) == ("CANCELLED", "CONFIRMED")


def test_who_is_taken_out_twice_has_one_entry_and_who_is_back_none_that_is_cancelled(published: Event) -> None:
    anna, _bo = person(published, "Anna"), person(published, "Bo")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    seen = [entry_of(anna, session)]
    for speaker in ("Bo", "Anna", "Bo"):
        run(published, change_session, session, fields=talk(published, speaker))
        seen.append(entry_of(anna, session))

    assert [state for _uid, state, _sequence in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    numbers = [sequence for _uid, _state, sequence in seen]
    assert numbers == sorted(set(numbers))


def test_session_for_all_is_told_to_all_who_come(published: Event) -> None:
    for name in ("Anna", "Bo"):
        person(published, name)
    person(published, "Cai", state=ParticipantState.WAITING)
    person(published, "Dea", state=ParticipantState.CANCELLED)
    person(make_event(published.hub, slug="andet", state=EventState.PUBLISHED), "Eli")
    welcome = published.sessions.get()

    run(published, change_session, welcome, fields=talk(published, is_for_all=True))
    run(published, change_session, welcome, fields=talk(published, is_for_all=True, title="Kaffe"))

    assert told() == ["anna", "bo"]


def test_four_hundred_are_told_of_a_session_in_a_few_queries(
    published: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    anna = person(published, "Anna")
    Participant.objects.bulk_create(
        Participant(
            hub=published.hub, event=published, participation=anna.participation, name=f"P{number}",
            email=f"p{number}@firma.example", code=f"K{number}",
        )
        for number in range(399)
    )  # fmt: skip
    viewer, welcome = organiser(published), published.sessions.get()

    with django_assert_max_num_queries(45):
        remove_session(welcome, viewer=viewer, version=published.version)

    assert len(told()) == 400


@pytest.mark.parametrize("change", [
    {"state": EventState.DRAFT}, {"state": EventState.OPEN}, {"state": EventState.WISHES_CLOSED},
    {"state": EventState.OVER}, {"is_simulated": True},
    {"starts_at": timezone.now() - 90 * DAY, "ends_at": timezone.now() - 89 * DAY},
])  # fmt: skip
def test_programme_that_is_not_published_or_is_over_tells_nobody(published: Event, change: dict[str, object]) -> None:
    person(published, "Anna")
    Event.objects.filter(pk=published.pk).update(**change)

    run(published, remove_session, published.sessions.get())

    assert told() == []


def test_day_that_moves_with_its_sessions_is_told_by_one_mail_alone(published: Event) -> None:
    anna = person(published, "Anna", language="en")

    move(published, **days_later(published, 1))

    assert list(OutgoingMail.objects.values_list("kind", flat=True)) == ["event_moved"]
    found = letter(mail_to("anna"))
    assert files(found) == [("PUBLISH", *entry_of(anna, published.sessions.get()))]


def test_newer_mail_alone_tells_of_a_session_that_changed_twice(published: Event) -> None:
    person(published, "Anna", language="en")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    run(published, change_session, session, fields=talk(published, "Anna", hours=4))
    older, newer = OutgoingMail.objects.select_related("hub").filter(kind="event_sessions").order_by("pk")

    assert (letter(older), letter(newer) is not None) == (None, True)


def test_who_signed_off_meanwhile_is_told_of_no_session_and_the_feed_keeps_it_cancelled(published: Event) -> None:
    anna = person(published, "Anna")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    run(published, remove_session, session)
    cancel_person(Participant.objects.get(pk=anna.pk), now=timezone.now())

    assert letter(mail_to("anna", "event_sessions")) is None
    assert entry_of(anna, session)[1] == "CANCELLED"


def test_feed_of_another_person_has_nothing_of_a_session_that_is_gone(published: Event) -> None:
    bo = person(published, "Bo")
    person(published, "Anna")
    session = run(published, add_session, published, fields=talk(published, "Anna"))
    run(published, remove_session, session)

    assert [entry for entry in entries(subscribed(bo)) if str(session.public_id) in entry[0]] == []  # type: ignore[attr-defined]
