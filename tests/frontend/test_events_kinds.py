"""Each kind of event and each way to a meeting, walked on its pages: what is promised is there, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain.people.opening_up import CannotBeAsked, ask_to_open_up
from events.domain.people.person_fields import PersonFields
from events.domain.people.registering import Source, register_person
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.offered_texts import purpose_of
from events.domain.wishes.organiser_requests import plan_meeting_between
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wish_errors import NoBookings, StudentsApart
from events.domain.wishes.wishing import prefer
from events.models import Event, Hall, Meeting, MeetingRequest, Participant, SuggestionRound, Table, TimetableRun
from events.queries.mutual_wishes import pairs_waiting
from events.queries.suggestions import has_list, people_with_suggestions, suggestions_for
from events.templates import TEMPLATES
from frontend.event_links import address_mark
from frontend.event_words import moment_words
from frontend.forms.events_organised_people import OrganiserPlaceForm
from hubs.enums import Role
from mailgate.links import sign
from mailgate.models import OutgoingMail
from matching.enums import Purpose
from tests.events.arrivals import add_slots, add_terms
from tests.events.wish_people import (  # noqa: F401
    NEED,
    encoder_fixture,
    event_fixture,
    organiser,
    person,
    speaks_as,
    two,
)
from tests.factories import AffiliationFactory, MembershipFactory, OrganisationFactory, ProfileFactory
from tests.frontend.conftest import body, speaks_for, works_as

pytestmark = pytest.mark.usefixtures("english")
BASE = "/en/events/bazar"
REASON = "Vi vil gerne tale om sensorer."
LIKENESS = [kind for kind, template in TEMPLATES.items() if template.goes_by_likeness]
PLAIN = [kind for kind, template in TEMPLATES.items() if not template.has_bookings]


def of_kind(event: Event, kind: str, **values: object) -> Event:
    """The event as one of the kind that is open now, and still to come."""
    event.kind, event.state = kind, "open"
    later = timedelta(days=(timezone.now() - event.starts_at).days + 400)
    event.starts_at, event.ends_at = event.starts_at + later, event.ends_at + later
    for name, value in values.items():
        setattr(event, name, value)
    event.save()
    return event


def comes(event: Event, name: str, *, need: str = NEED, **told: object) -> Participant:
    """Somebody who signs up with what the form asks, and says what they seek; nothing of meetings is ticked."""
    someone = person(event, f"{name} first", need=need)
    profile = someone.participation.profile
    someone.delete()
    fields = PersonFields(name=name, email=f"{name.lower()}@firma.example", **told)  # type: ignore[arg-type]
    return register_person(event, profile=profile, fields=fields, source=Source.ORGANISER, now=timezone.now())


def signed_in(client: Client, someone: Participant) -> Client:
    member = MembershipFactory(hub=someone.hub).user
    AffiliationFactory(organisation=someone.participation.profile.organisation, user=member)
    client.force_login(member)
    return client


# Mutual wishes


@pytest.fixture
def wishing(event: Event) -> Event:
    """A brokerage whose two people must meet, with a table and three periods, closed for wishes."""
    event.kind, event.request_mode, event.state = "brokerage", "mutual", "open"
    event.save()
    asta, bo = two(event)
    prefer(asta, other=bo, wanting="must", now=timezone.now())
    prefer(bo, other=asta, wanting="must", now=timezone.now())
    add_slots(event)
    hall = event.halls.create(hub=event.hub, name="Hall")
    Table.objects.create(hub=event.hub, event=event, hall=hall, label="1")
    event.state = "wishes_closed"
    event.save()
    return event


def test_console_names_the_step_and_its_page_holds_the_button(client: Client, wishing: Event) -> None:
    works_as(client, wishing.hub, Role.ORGANISER)

    console, page = body(client, f"{BASE}/organise/"), body(client, f"{BASE}/organise/timetable/")

    assert "Make meetings of mutual wishes" in console
    assert "1 pair waits for a meeting" in console
    assert f'action="{BASE}/organise/mutual/"' in page
    assert "1 pair wishes to meet and waits for a meeting" in page
    assert "there is nothing to plan" not in page
    assert f'action="{BASE}/organise/timetable/run/"' in page


def test_computing_makes_the_meetings_first_and_says_how_many(client: Client, wishing: Event) -> None:
    works_as(client, wishing.hub, Role.ORGANISER)

    told = client.post(f"{BASE}/organise/timetable/run/", {"seconds": "5"}, follow=True).content.decode()

    assert "1 meeting of two who both wish it was made first." in told
    assert "waits for a meeting" not in told
    assert (MeetingRequest.objects.get().origin, TimetableRun.objects.count()) == ("mutual", 1)
    TimetableRun.objects.update(state="done")
    client.post(f"{BASE}/organise/timetable/run/", {"seconds": "5"})
    assert (MeetingRequest.objects.count(), TimetableRun.objects.count()) == (1, 2)


def test_what_cannot_be_computed_makes_no_meetings(client: Client, wishing: Event) -> None:
    wishing.slots.all().delete()
    works_as(client, wishing.hub, Role.ORGANISER)

    told = client.post(f"{BASE}/organise/timetable/run/", {"seconds": "5"}, follow=True).content.decode()

    assert "Lay a time grid first" in told
    assert (MeetingRequest.objects.count(), TimetableRun.objects.count()) == (0, 0)


def test_button_makes_them_and_leads_back_to_the_timetable(client: Client, wishing: Event) -> None:
    works_as(client, wishing.hub, Role.ORGANISER)

    response = client.post(f"{BASE}/organise/mutual/")

    assert response.headers["Location"] == f"{BASE}/organise/timetable/"
    assert pairs_waiting(wishing, now=timezone.now()) == 0


def test_pairs_that_no_organiser_can_help_do_not_wait(wishing: Event) -> None:
    now = timezone.now()
    before = pairs_waiting(wishing, now=now)
    after_the_day = pairs_waiting(wishing, now=wishing.ends_at + timedelta(hours=1))
    wishing.request_mode = "request_accept"
    by_request = pairs_waiting(wishing, now=now)

    assert (before, after_the_day, by_request) == (1, 0, 0)


# Kinds without booked meetings


@pytest.mark.parametrize("kind", PLAIN)
def test_sign_up_asks_nothing_of_booked_meetings(client: Client, event: Event, kind: str) -> None:
    of_kind(event, kind)
    terms = add_terms(event)
    profile = ProfileFactory(hub=event.hub, organisation=OrganisationFactory(hub=event.hub))
    speaks_for(client, profile)

    page = body(client, f"{BASE}/register/")
    form = {"name": "Kim Holm", "email": "kim@example.test", "kind": "participant", "may_be_asked": "on",
            "agrees": "on", "terms_number": str(terms.number)}  # fmt: skip
    client.post(f"{BASE}/register/", form)
    kim = Participant.objects.get()
    own = body(client, f"{BASE}/me/")

    assert [name in page for name in ('name="meets"', 'name="beside_cap"', "1:1 meetings</h2>")] == [False] * 3
    assert ('name="most_meetings"' in page) == (kind == "aimday")
    assert ("At most so many groups" in page) == (kind == "aimday")
    assert "Show me to others who come" in page
    assert (kim.meets, kim.may_be_asked) == (False, True)
    assert ("Take booked meetings" in own, "Shown to others who come" in own) == (False, True)


@pytest.mark.parametrize("kind", LIKENESS)
def test_same_concern_is_recommended_without_any_tick(client: Client, event: Event, kind: str) -> None:
    of_kind(event, kind)
    asta, bo = comes(event, "Asta"), comes(event, "Bo")
    hidden = comes(event, "Carl", may_be_asked=False)

    suggest_people(event, now=timezone.now())
    page = body(signed_in(client, asta), f"{BASE}/people/")

    (found,) = suggestions_for(asta)
    assert (found.person, found.match.direction) == (bo, "same_need")
    assert (has_list(bo), suggestions_for(hidden)) == (True, ())
    assert people_with_suggestions(event) == [asta, bo]
    assert purpose_of(event) is Purpose.ERFA
    assert "Look each other up on the day" in page
    assert [words in page for words in ("Ask for a meeting", "Must meet", "You take no booked meetings", "Carl")] == [
        False
    ] * 4


@pytest.mark.parametrize("kind", PLAIN)
def test_nobody_asks_for_a_meeting_that_no_slot_holds(event: Event, kind: str) -> None:
    of_kind(event, kind)
    two(event)
    asta, bo = Participant.objects.order_by("pk")

    with pytest.raises(NoBookings):
        ask_meeting(asta, receiver=bo, reason=REASON, now=timezone.now())
    with pytest.raises(NoBookings):
        plan_meeting_between(
            event, viewer=organiser(event), version=event.version, people=[asta, bo], reason=REASON, now=timezone.now()
        )
    Participant.objects.update(meets=False)
    bo.refresh_from_db()
    with pytest.raises(CannotBeAsked):
        ask_to_open_up(bo, asker=asta, viewer=speaks_as(asta), now=timezone.now())


def test_console_of_an_erfa_group_leads_to_the_recommendations(client: Client, event: Event) -> None:
    of_kind(event, "erfa")
    comes(event, "Asta"), comes(event, "Bo")
    suggest_people(event, now=timezone.now())
    works_as(client, event.hub, Role.ORGANISER)

    console = body(client, f"{BASE}/organise/")
    page = body(client, f"{BASE}/organise/recommend/")
    client.post(f"{BASE}/organise/recommend/", {"number": "0"})

    assert "Tell people who has the same concern" in console
    assert "2 have a list of people with the same concern" in console
    assert f"{BASE}/organise/timetable/" not in console
    assert "2 people get one mail each" in page
    assert "take booked meetings" not in page
    assert SuggestionRound.objects.get().number == 1
    assert OutgoingMail.objects.filter(kind="event_open_up").count() == 0


def test_what_a_form_does_not_ask_stays_as_it_was(event: Event) -> None:
    of_kind(event, "erfa")
    written = {"name": "Kim", "email": "kim@example.test", "kind": "participant", "may_be_asked": "on"}
    kept = {"meets": True, "most_meetings": 3, "beside_cap": True}
    form = OrganiserPlaceForm(written, template=TEMPLATES["erfa"], initial=kept)

    assert form.is_valid()
    told = form.person_fields(language="da")
    assert (told.meets, told.most_meetings, told.beside_cap, told.may_be_asked) == (True, 3, True, True)
    assert form.fields["may_be_asked"].label == "Shown to others who come"


# Meet the experts


def test_two_students_are_not_booked_with_each_other_whoever_asks(client: Client, event: Event) -> None:
    of_kind(event, "meet_the_experts", request_mode="first_free")
    asta, bo = two(event)
    Participant.objects.update(kind="student")
    now, one, other = timezone.now(), *Participant.objects.order_by("pk")

    for sender, receiver in ((one, other), (other, one)):
        with pytest.raises(StudentsApart, match="a student like you"):
            ask_meeting(sender, receiver=receiver, reason=REASON, now=now)
    students = body(signed_in(client, one), f"{BASE}/people/")
    Participant.objects.filter(pk=bo.pk).update(kind="expert")
    experts = body(client, f"{BASE}/people/")

    assert ("Ask for a meeting" in students, "Ask for a meeting" in experts) == (False, True)
    expert = Participant.objects.get(pk=bo.pk)
    assert ask_meeting(Participant.objects.get(pk=asta.pk), receiver=expert, reason=REASON, now=now).state == "asked"


def test_yes_that_takes_the_first_free_time_tells_it_at_once(client: Client, event: Event) -> None:
    of_kind(event, "meet_the_experts", request_mode="first_free")
    asta, bo = two(event)
    made = ask_meeting(asta, receiver=bo, reason=REASON, now=timezone.now())
    hall = Hall.objects.create(hub=event.hub, event=event, name="A")
    Table.objects.create(hub=event.hub, event=event, hall=hall, label="1")
    (slot,) = add_slots(event, 1)
    token = sign("event_answer", request=str(made.public_id), address=address_mark(bo))
    link = reverse("frontend:event_answer_link", args=[token])
    before = body(client, link)

    asking = body(signed_in(client, asta), f"{BASE}/ask/{bo.public_id}/")
    told = client.post(link, {"answer": "yes"}, follow=True).content.decode()
    Meeting.objects.update(state="cancelled")
    called_off = body(client, link)

    when = moment_words(slot.starts_at, event)
    assert "A yes takes the first time that both of you have free" in before
    assert f"{asta.name} is told. You meet on {when}." in told
    assert f"They are told. You meet on {when}." in told
    assert "a yes takes the first time that both of you have free" in asking
    assert ("You have agreed to meet" in called_off, "You meet" in called_off) == (True, False)
    assert "The time that the meeting had is called off." in called_off
    assert "with the timetable" not in before + asking + told + called_off


def test_students_may_meet_at_events_of_other_kinds(event: Event) -> None:
    two(event)
    Participant.objects.update(kind="student")
    one, other = Participant.objects.order_by("pk")

    assert ask_meeting(one, receiver=other, reason=REASON, now=timezone.now()).state == "asked"


def test_first_free_page_says_that_nothing_is_computed(client: Client, event: Event) -> None:
    of_kind(event, "meet_the_experts", request_mode="first_free", state="wishes_closed")
    works_as(client, event.hub, Role.ORGANISER)

    empty = body(client, f"{BASE}/organise/timetable/")
    console = body(client, f"{BASE}/organise/")
    asta, bo = two(event)
    MeetingRequest.objects.create(
        hub=event.hub, event=event, sender=asta, receiver=bo, state="accepted", asked_at=timezone.now(),
        expires_at=event.starts_at,
    )  # fmt: skip
    by_hand = body(client, f"{BASE}/organise/timetable/")

    assert "There is nothing to compute" in empty
    assert ("Compute and publish the timetable" in console, "Nothing has to be computed" in console) == (False, True)
    assert "There is nothing to compute" not in by_hand
