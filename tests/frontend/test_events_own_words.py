"""What of a person at an event only that person reads and says: never a colleague, a visitor or an old address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain.day.rating import continue_contact
from events.domain.wishes.wishing import prefer
from events.enums import ActivityLevel, EventKind, EventState, QuestionState
from events.models import (
    Event,
    Hall,
    Meeting,
    MeetingSide,
    Participant,
    Participation,
    Preference,
    Question,
    Slot,
    Stand,
)
from frontend.event_links import feed_token, place_token
from frontend.views.events.registering import texts_initial
from hubs.enums import Role, Visibility
from hubs.models import Hub
from mailgate.links import sign
from tests.events.bazar import Bazar, join, make_bazar
from tests.events.wish_people import make_event, person, two
from tests.factories import AffiliationFactory, MembershipFactory, ProfileFactory, StatementFactory, UserFactory
from tests.frontend.conftest import speaks_for, works_as

BASE = "/en/events/bazar"
SECRET = "Hvem hjaelper os med en fortrolig opgave?"


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    """A day whose first meeting is just over."""
    made = make_bazar(hub)
    now = timezone.now()
    Slot.objects.filter(pk=made.slots[0].pk).update(
        starts_at=now - timedelta(minutes=40), ends_at=now - timedelta(minutes=20)
    )
    return made


@pytest.fixture
def event(hub: Hub) -> Event:
    starts = timezone.now() + timedelta(days=30)
    return make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))


def is_self(client: Client, someone: Participant) -> Client:
    """The client, signed in as that very person."""
    user = MembershipFactory(hub=someone.hub).user
    Participant.objects.filter(pk=someone.pk).update(user=user)
    client.force_login(user)
    return client


# The plan


def test_colleagues_plan_holds_no_link_that_opens_the_colleagues_place(client: Client, bazar: Bazar) -> None:
    speaks_for(client, bazar.anna.participation.profile)

    page = client.get(f"{BASE}/agenda/?person={bazar.anna.public_id}").content.decode()

    assert "Bo Fjordby" in page
    assert [part for part in ("/events/place/", "/rate/", "plan.pdf", "/feed/", "KANNA") if part in page] == []


def test_own_plan_asks_how_it_was_and_leads_to_the_signed_in_page(client: Client, bazar: Bazar) -> None:
    page = is_self(client, bazar.anna).get(f"{BASE}/agenda/").content.decode()

    assert [part for part in ("/rate/", "plan.pdf", "/feed/", "KANNA", f'"{BASE}/me/"') if part not in page] == []
    assert "/events/place/" not in page


def test_plan_by_link_leads_on_by_link(client: Client, bazar: Bazar) -> None:
    page = client.get(f"/en/events/agenda/{place_token(bazar.anna)}/").content.decode()

    assert "/en/events/place/" in page
    assert f'"{BASE}/me/"' not in page


# Links of mails


def test_links_end_when_the_address_changes(client: Client, bazar: Bazar) -> None:
    place, feed = place_token(bazar.anna), feed_token(bazar.anna)
    Participant.objects.filter(pk=bazar.anna.pk).update(email="KANNA@bazar.example")
    same = client.get(f"/en/events/agenda/{place}/").status_code
    Participant.objects.filter(pk=bazar.anna.pk).update(email="ny@bazar.example")
    rate = f"agenda/{place}/rate/{bazar.meeting.public_id}/"
    pages = (f"agenda/{place}/", f"agenda/{place}/plan.pdf", f"feed/{feed}.ics", rate)

    answers = [client.get(f"/en/events/{page}").status_code for page in pages]
    acted = client.post(f"/en/events/place/{place}/", {"do": "cancel"}).status_code

    assert (same, answers, acted) == (200, [404, 404, 404, 404], 410)
    bazar.anna.refresh_from_db()
    assert client.get(f"/en/events/agenda/{place_token(bazar.anna)}/").status_code == 200


def test_link_without_an_address_opens_nothing(client: Client, bazar: Bazar) -> None:
    bare = sign("agenda", participant=str(bazar.anna.public_id))

    assert client.get(f"/en/events/agenda/{bare}/").status_code == 404


# How it was


def both_said_yes(bazar: Bazar) -> None:
    MeetingSide.objects.filter(meeting=bazar.meeting).update(shares_contact=True, other_came=True)
    Participant.objects.filter(pk=bazar.bo.pk).update(phone="12 34 56 78")


def rate_page(client: Client, bazar: Bazar, reader: Participant) -> str:
    address = f"/en/events/agenda/{place_token(reader)}/rate/{bazar.meeting.public_id}/"
    return client.get(address).content.decode()


def test_two_yeses_open_the_address_and_no_telephone(client: Client, bazar: Bazar) -> None:
    both_said_yes(bazar)

    page = rate_page(client, bazar, bazar.anna)

    assert "kbb@bazar.example" in page
    assert "12 34 56 78" not in page


def test_contact_that_goes_on_shows_the_two_and_none_of_their_colleagues(client: Client, bazar: Bazar) -> None:
    both_said_yes(bazar)
    profile = bazar.anna.participation.profile
    profile.contact_email = "post@saarvang.example"
    profile.save()
    colleague = AffiliationFactory(organisation=profile.organisation, user=MembershipFactory(hub=profile.hub).user).user
    contact = continue_contact(Meeting.objects.get(pk=bazar.meeting.pk), now=timezone.now())
    assert contact is not None
    speaks_for(client, bazar.bo.participation.profile)

    page = client.get(reverse("frontend:introduction", args=[contact.public_id])).content.decode()

    read = [address in page for address in ("kanna@bazar.example", "post@saarvang.example", colleague.email)]
    assert read == [True, False, False]


def test_colleague_who_shares_the_agenda_is_not_asked_for_the_address(client: Client, bazar: Bazar) -> None:
    hanne = join(bazar.event, "Hanne Saarvang", bazar.anna.participation.profile, "KHANNE")
    hanne.host = bazar.anna
    hanne.save()
    address = f"/en/events/agenda/{place_token(hanne)}/rate/{bazar.meeting.public_id}/"

    page = client.get(address).content.decode()
    client.post(address, {"other_came": "yes", "rating": "4", "shares_contact": "yes"})
    side = bazar.side(bazar.anna)
    both_said_yes(bazar)

    assert 'name="rating"' in page
    assert 'name="shares_contact"' not in page
    assert (side.rating, side.shares_contact) == (4, None)
    assert "kbb@bazar.example" not in rate_page(client, bazar, hanne)


# Questions and catalogue


def aimday(hub: Hub, level: ActivityLevel = ActivityLevel.OPEN) -> Question:
    """A question on the published programme."""
    starts = timezone.now() + timedelta(days=30)
    event = make_event(
        hub, kind=EventKind.AIMDAY, state=EventState.PUBLISHED, level=level, starts_at=starts,
        ends_at=starts + timedelta(hours=8),
    )  # fmt: skip
    slot = Slot.objects.create(hub=hub, event=event, starts_at=starts, ends_at=starts + timedelta(minutes=50))
    return Question.objects.create(
        hub=hub, event=event, asker=person(event, "Asta"), title=SECRET, state=QuestionState.TAKEN, slot=slot
    )


@pytest.mark.parametrize("page", ["questions/", "catalogue/", "catalogue.da.pdf"])
def test_event_of_a_closer_level_is_not_there_for_visitors(client: Client, hub: Hub, page: str) -> None:
    aimday(hub, ActivityLevel.CO_CREATION)
    client.force_login(UserFactory())

    assert client.get(f"{BASE}/").status_code == 404
    assert client.get(f"/events/bazar/{page}").status_code == 404


def test_programme_of_questions_is_for_those_who_come(client: Client, hub: Hub) -> None:
    question = aimday(hub)
    comer = person(question.event, "Bo")
    address = f"{BASE}/questions/"

    strangers = works_as(client, hub, Role.MEMBER).get(address).content.decode()
    organisers = works_as(client, hub, Role.ORGANISER).get(address).content.decode()
    own = is_self(client, comer).get(address).content.decode()

    assert [SECRET in page for page in (strangers, organisers, own)] == [False, True, True]


def test_form_of_a_question_opens_only_to_who_asked_it(client: Client, hub: Hub) -> None:
    question = aimday(hub)
    address = f"{BASE}/questions/{question.public_id}/"

    stranger = works_as(client, hub, Role.MEMBER).get(address)
    own = speaks_for(client, question.asker.participation.profile).get(address)

    assert (stranger.status_code, SECRET in stranger.content.decode()) == (404, False)
    assert (own.status_code, SECRET in own.content.decode()) == (200, True)


# Texts


def test_form_ticks_only_what_everybody_may_read(client: Client, event: Event) -> None:
    profile = ProfileFactory(hub=event.hub)
    open_text = StatementFactory(profile=profile, kind="offer", text="Vi tilbyder en sensor.")
    StatementFactory(profile=profile, kind="offer", text="Kun for os.", visibility=Visibility.HUB)
    StatementFactory(profile=profile, kind="offer", text="Kun for medlemmer.", visibility=Visibility.MEMBERS)

    response = speaks_for(client, profile).get(f"{BASE}/register/")

    assert response.context["form"]["chosen"].value() == [str(open_text.public_id)]
    assert "which everybody may read" in response.content.decode()
    assert texts_initial([])["chosen"] == []


@pytest.mark.parametrize("is_member", [False, True])
def test_stand_page_shows_a_chosen_text_to_those_who_may_read_it(client: Client, event: Event, is_member: bool) -> None:
    profile = ProfileFactory(hub=event.hub)
    text = StatementFactory(profile=profile, kind="offer", text="Kun for medlemmer.", visibility=Visibility.MEMBERS)
    someone = person(event, "Asta", profile=profile)
    copy = {"kind": text.kind, "text": text.text, "language": "da", "statement": text, "hub": event.hub}
    Participation.objects.get(pk=someone.participation_id).statements.create(**copy)
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal A")
    Stand.objects.create(
        hub=event.hub, event=event, hall=hall, number="A1", profile=profile, organisation=profile.organisation
    )

    client.force_login(MembershipFactory(hub=event.hub).user if is_member else UserFactory())
    page = client.get(f"{BASE}/stands/A1/").content.decode()

    assert "Hal A" in page
    assert ("Kun for medlemmer." in page) is is_member


# No thanks


def test_no_thanks_is_read_by_the_person_and_by_no_colleague(client: Client, event: Event) -> None:
    asta, bo = two(event)
    person(event, "Carl", offer="Vi tilbyder stole.")
    prefer(asta, other=bo, wanting="no_thanks", now=timezone.now())
    addresses = [f"{BASE}/people/?person={asta.public_id}{rest}" for rest in ("", "&wish=no_thanks")]
    chosen, pressed = "Carl", 'wish-mark--no" aria-pressed="true"'

    speaks_for(client, asta.participation.profile)
    colleagues = [client.get(address).content.decode() for address in addresses]
    is_self(client, asta)
    own = [client.get(address).content.decode() for address in addresses]

    assert [(chosen in page, pressed in page, 'value="no_thanks"' in page) for page in colleagues] == [
        (True, False, False), (True, False, False),
    ]  # fmt: skip
    assert [(chosen in page, pressed in page) for page in own] == [(True, True), (False, True)]


def test_mark_comes_back_as_a_box_and_a_second_press_takes_it_away(client: Client, event: Event) -> None:
    asta, bo = two(event)
    data = {"person": asta.public_id, "other": bo.public_id}
    is_self(client, asta)

    first = client.post(f"{BASE}/prefer/", data | {"wanting": "no_thanks"}, headers={"HX-Request": "true"})
    page = first.content.decode()
    assert 'value="none" class="wish-mark wish-mark--no" aria-pressed="true"' in page
    client.post(f"{BASE}/prefer/", data | {"wanting": "none"}, headers={"HX-Request": "true"})

    assert not Preference.objects.exists()


def test_colleague_cannot_say_no_thanks(client: Client, event: Event) -> None:
    asta, bo = two(event)
    speaks_for(client, asta.participation.profile)
    data = {"person": asta.public_id, "other": bo.public_id, "wanting": "no_thanks"}

    assert client.post(f"{BASE}/prefer/", data).status_code == 403
    assert not Preference.objects.exists()
