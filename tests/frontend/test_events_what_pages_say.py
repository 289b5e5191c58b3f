"""What pages of events say is so: confirmations, counts, links and buttons that keep their word."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.wishes.suggesting import suggest_people
from events.enums import EventState, ParticipantState
from events.models import Event, MeetingRequest, MeetingSide, Participant, Slot, Stand, SuggestionRound
from frontend.event_links import place_token
from hubs.enums import Role, Visibility
from hubs.models import Hub
from profiles.models import Profile
from tests.events.bazar import Bazar, make_bazar
from tests.events.wish_people import NEED, OFFER, make_event, person, two
from tests.frontend.conftest import body, speaks_for, works_as

BASE = "/en/events/bazar"


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


@pytest.fixture
def event(hub: Hub, build_index: Callable[[], object]) -> Event:
    starts = timezone.now() + timedelta(days=30)
    made = make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))
    build_index()
    return made


def begun(bazar: Bazar) -> tuple[str, str]:
    """The plan of Anna, whose meeting is just over, and the form about it."""
    now = timezone.now()
    start, end = now - timedelta(minutes=40), now - timedelta(minutes=20)
    Slot.objects.filter(pk=bazar.slots[0].pk).update(starts_at=start, ends_at=end)
    plan = f"/en/events/agenda/{place_token(bazar.anna)}/"
    return plan, f"{plan}rate/{bazar.meeting.public_id}/"


# The plan


def test_rating_without_an_answer_is_asked_for_the_first_and_keeps_the_rest(client: Client, bazar: Bazar) -> None:
    _plan, address = begun(bazar)

    answer = client.post(address, {"rating": "3", "note": "Godt"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say whether the meeting happened." in page
    assert re.search(r'name="rating" value="3"[^>]* checked', page)
    assert not MeetingSide.objects.filter(rated_at__isnull=False).exists()


@pytest.mark.parametrize(("state", "may_correct"), [(EventState.PUBLISHED, True), (EventState.OVER, False)])
def test_rated_meeting_can_be_corrected_from_the_plan_until_the_report(
    client: Client, bazar: Bazar, state: EventState, may_correct: bool
) -> None:
    plan, address = begun(bazar)
    before = client.get(plan).content.decode()
    client.post(address, {"other_came": "yes", "rating": "4"})
    Event.objects.update(state=state)

    after = client.get(plan).content.decode()

    # The page signs its links anew, in a second of its own.
    form = re.search(rf'"/en/events/agenda/[^/"]+/rate/{bazar.meeting.public_id}/"', after)
    assert "You have said how it was." not in before
    assert ("You have said how it was." in after) == may_correct
    assert (form is not None) == may_correct


def test_plan_by_link_leads_to_no_profile_that_the_reader_may_not_see(client: Client, bazar: Bazar) -> None:
    now = timezone.now()
    Slot.objects.filter(pk=bazar.slots[0].pk).update(
        starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2)
    )
    other = bazar.bo.participation.profile
    link = f'/profiles/{other.slug}/"'
    plan = f"/en/events/agenda/{place_token(bazar.anna)}/"
    Profile.objects.filter(pk=other.pk).update(visibility=Visibility.PUBLIC)
    open_page = client.get(plan).content.decode()
    Profile.objects.filter(pk=other.pk).update(visibility=Visibility.MEMBERS)

    closed_page = client.get(plan).content.decode()

    assert "Bo Fjordby" in closed_page
    assert (link in open_page, link in closed_page) == (True, False)


# Asking


def test_request_sent_twice_is_sent_once_and_told_the_same(client: Client, event: Event) -> None:
    own, other = two(event)
    speaks_for(client, own.participation.profile)
    asked = {"reason": "Vi vil gerne høre, om I kan afprøve vores sensor.", "person": str(own.public_id)}
    address = f"{BASE}/ask/{other.public_id}/"

    first, second = client.post(address, asked), client.post(address, asked)
    third = client.post(address, {**asked, "reason": "Noget helt andet, som vi også gerne vil tale om."})

    assert (first.status_code, second.status_code, third.status_code) == (302, 302, 409)
    assert first["Location"] == second["Location"]
    assert MeetingRequest.objects.count() == 1


# Recommendations


def test_recommendations_for_nobody_are_not_sent(client: Client, event: Event) -> None:
    person(event, "Asta", need=NEED)
    works_as(client, event.hub, Role.ORGANISER)
    address = f"{BASE}/organise/recommend/"

    page = body(client, address)
    answer = client.post(address, {"number": "0"}, follow=True).content.decode()

    assert "So far there are no two people to recommend" in page
    assert 'name="number"' not in page
    assert "The mails leave" not in answer
    assert "So far there are no two people to recommend" in answer
    assert not SuggestionRound.objects.filter(asked_at__isnull=False).exists()


def test_recommendations_are_sent_once_there_are_two(client: Client, event: Event) -> None:
    two(event)
    suggest_people(event, now=timezone.now())
    works_as(client, event.hub, Role.ORGANISER)

    client.post(f"{BASE}/organise/recommend/", {"number": "0"})

    assert SuggestionRound.objects.filter(asked_at__isnull=False).count() == 1


# Who is there


def test_people_without_booked_meetings_are_counted_and_shown_on_demand(client: Client, event: Event) -> None:
    own = person(event, "Asta", need=NEED)
    for name in ("Bo", "Carl"):
        person(event, name, offer=OFFER, meets=False)
    speaks_for(client, own.participation.profile)

    page = body(client, f"{BASE}/people/")
    (link,) = re.findall(r'href="(\?[^"]*closed=on[^"]*)#all-title"', page)

    assert "2 are registered; none of them takes booked meetings yet" in page
    assert "Nobody else is here yet" not in page
    assert "Carl" in body(client, f"{BASE}/people/{link.replace('&amp;', '&')}")


# Leaving and coming back


def test_organiser_who_signs_somebody_off_reads_who_loses_a_meeting(client: Client, event: Event) -> None:
    asta = person(event, "Asta", need=NEED)
    works_as(client, event.hub, Role.ORGANISER)

    page = body(client, f"{BASE}/organise/people/{asta.public_id}/")

    assert f"Those with whom {asta.name} has a planned meeting are told" in page


def test_who_signed_off_comes_back_with_what_was_said(client: Client, event: Event) -> None:
    asta = person(event, "Asta", need=NEED, title="Ingeniør")
    speaks_for(client, asta.participation.profile)
    Participant.objects.filter(pk=asta.pk).update(
        state=ParticipantState.CANCELLED, user=client.session["_auth_user_id"], cancelled_at=timezone.now()
    )

    left = body(client, f"/en/events/place/{place_token(asta)}/")
    (address,) = re.findall(r'href="([^"]*/register/[^"]*)"', left)
    form = body(client, address)

    assert "I am coming after all" in left
    assert left.count("See the event") == 1
    assert 'value="Ingeniør"' in form


# Check-in


def test_check_in_is_taken_back_and_counts_again(client: Client, bazar: Bazar, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    Participant.objects.filter(pk=bazar.anna.pk).update(checked_in_at=timezone.now())
    address = f"{BASE}/organise/check-in/"

    client.post(f"{address}undo/", {"person": bazar.anna.code})
    taken_back = Participant.objects.get(pk=bazar.anna.pk).checked_in_at
    client.post(address, {"listed": bazar.anna.code})

    assert taken_back is None
    assert Participant.objects.get(pk=bazar.anna.pk).checked_in_at is not None


def test_check_in_is_taken_back_by_organisers_alone(client: Client, bazar: Bazar) -> None:
    speaks_for(client, bazar.bo.participation.profile)
    Participant.objects.filter(pk=bazar.anna.pk).update(checked_in_at=timezone.now())

    answer = client.post(f"{BASE}/organise/check-in/undo/", {"person": bazar.anna.code})

    assert answer.status_code == 403
    assert Participant.objects.get(pk=bazar.anna.pk).checked_in_at is not None


@pytest.mark.parametrize(("starts_in", "is_early"), [(120, True), (0, False)])
def test_check_in_before_the_day_says_so(
    client: Client, bazar: Bazar, hub: Hub, starts_in: int, is_early: bool
) -> None:
    now = timezone.now()
    starts_at = now + timedelta(days=starts_in)
    Event.objects.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    Participant.objects.filter(pk=bazar.anna.pk).update(checked_in_at=now)
    works_as(client, hub, Role.ORGANISER)

    page = body(client, f"{BASE}/organise/check-in/")

    assert ("The event is not until" in page) == is_early
    (cell,) = re.findall(r"<td data-came-at>([^<]*)<button[^>]* form=\"check-in-undo\"", page)
    assert (str(timezone.localtime(now).year) in cell) == is_early


# What is asked once before it is gone, and what is named


def test_stand_is_removed_only_after_one_more_question(client: Client, bazar: Bazar, hub: Hub) -> None:
    hall = bazar.table.hall
    stand = Stand.objects.create(hub=hub, event=bazar.event, hall=hall, number="7", left=0, top=0, width=30, height=20)
    works_as(client, hub, Role.ORGANISER)

    page = body(client, f"{BASE}/organise/stands/{stand.public_id}/")

    (question,) = re.findall(r"<details[^>]*>.*?</details>", page[page.index("event-remove") - 20 :], re.DOTALL)[:1]
    assert "Remove the stand" in question
    assert f"/stands/{stand.public_id}/remove/" in question


def test_wishes_page_says_who_sees_marks_without_contradicting_itself(client: Client, event: Event) -> None:
    Event.objects.update(request_mode="mutual")
    own, _other = two(event)
    speaks_for(client, own.participation.profile)

    page = body(client, f"{BASE}/people/")

    assert "those whom you mark do not see it" in page
    assert "nobody sees what you mark" not in page


def test_timetable_page_names_those_whom_it_counts(client: Client, bazar: Bazar, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)

    page = body(client, f"{BASE}/organise/timetable/")

    assert re.search(r"<dt>People who take booked meetings</dt>\s*<dd>2</dd>", page)
    assert "People with an agenda" not in page
