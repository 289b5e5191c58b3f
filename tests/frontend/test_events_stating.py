"""Pages on which one writes what a profile offers and seeks at an event: by oneself, by link, by organisers."""

import pytest
from django.test import Client
from django.urls import reverse

from events.domain.people.stating import OwnText, set_event_statements
from events.enums import EventKind
from events.models import Event, Participant, Question
from frontend.event_links import place_token
from hubs.enums import Role
from hubs.models import User
from profiles.models import Profile
from tests.factories import AffiliationFactory, ProfileFactory, StatementFactory, UserFactory
from tests.frontend.conftest import SCRIPT, speaks_for, text_of, works_as
from tests.frontend.event_people import comes, event_fixture, profile_fixture  # noqa: F401

ME = "/en/events/medico-bazar/me/"
TEXTS = f"{ME}texts/nordlys/"
WRITTEN = {"own_offer": "Vi måler tryk.\n\nVi bygger pumper.", "own_need": SCRIPT}


@pytest.fixture
def person(event: Event, profile: Profile) -> Participant:
    return comes(event, profile, meets=True)


def signed_in(client: Client, email: str = "kim@example.test") -> Client:
    client.force_login(User.objects.filter(email=email).first() or UserFactory(email=email))
    return client


def texts(person: Participant) -> list[tuple[str, str]]:
    return list(person.participation.statements.values_list("kind", "text"))


def test_imported_person_follows_the_button_and_writes(client: Client, person: Participant) -> None:
    page = text_of(signed_in(client).get(ME))

    answer = client.post(TEXTS, WRITTEN)

    assert (f'href="{TEXTS}"' in page, answer.status_code, answer["Location"]) == (True, 302, ME)
    assert texts(person) == [("offer", "Vi måler tryk."), ("offer", "Vi bygger pumper."), ("need", SCRIPT)]
    assert SCRIPT not in text_of(client.get(ME))


def test_mailed_link_leads_to_the_same_form(client: Client, person: Participant) -> None:
    token = place_token(person)
    address = f"/en/events/place/{token}/texts/"
    page = text_of(client.get(f"/en/events/place/{token}/"))

    seen = text_of(client.get(address))
    answer = client.post(address, WRITTEN)

    assert (f'href="{address}"' in page, 'name="own_offer"' in seen) == (True, True)
    assert (answer.status_code, len(texts(person))) == (302, 3)


def test_reading_writes_nothing(client: Client, person: Participant) -> None:
    signed_in(client).get(TEXTS, WRITTEN)
    client.get(reverse("frontend:event_place_texts", args=[place_token(person)]), WRITTEN)

    assert texts(person) == []


def test_where_others_speak_the_page_says_who_writes(client: Client, person: Participant) -> None:
    AffiliationFactory(organisation=person.participation.profile.organisation)
    token = place_token(person)

    pages = [text_of(signed_in(client).get(ME)), text_of(client.get(f"/en/events/place/{token}/"))]
    link = client.post(reverse("frontend:event_place_texts", args=[token]), WRITTEN)

    assert ["have the profile of Nordlys in hand" in page for page in pages] == [True, True]
    assert [TEXTS in pages[0], "/texts/" in pages[1]] == [False, False]
    assert (client.post(TEXTS, WRITTEN).status_code, link.status_code, texts(person)) == (404, 403, [])


@pytest.mark.parametrize("email", ["bo@example.test", None])
def test_strangers_neither_read_nor_write(client: Client, person: Participant, email: str | None) -> None:
    if email:
        signed_in(client, email)

    answers = [client.get(TEXTS), client.post(TEXTS, WRITTEN)]

    assert [each.status_code for each in answers] == [404 if email else 302] * 2
    assert texts(person) == []


def test_organiser_writes_for_the_person(client: Client, person: Participant) -> None:
    works_as(client, person.hub, Role.ORGANISER)
    base = reverse("frontend:event_person", args=["medico-bazar", person.public_id])
    page = text_of(client.get(base))

    answer = client.post(f"{base}texts/", WRITTEN)

    assert f'href="{base}texts/"' in page
    assert (answer.status_code, answer["Location"], len(texts(person))) == (302, base, 3)
    assert "Vi måler tryk." in text_of(client.get(base))


def test_organisers_form_is_closed_to_others(client: Client, person: Participant) -> None:
    address = f"/en/events/medico-bazar/organise/people/{person.public_id}/texts/"
    speaks_for(client, ProfileFactory())

    assert [client.get(address).status_code, client.post(address, WRITTEN).status_code] == [403, 403]
    assert texts(person) == []


def test_ten_thousand_characters_are_told_beside_the_field(client: Client, person: Participant) -> None:
    answer = signed_in(client).post(TEXTS, {"own_offer": "a" * 10_000, "own_need": ""})

    assert "at most 1500 characters fit" in text_of(answer, 422)
    assert texts(person) == []


def test_what_the_writer_may_not_read_stays_and_is_not_shown(client: Client, person: Participant) -> None:
    profile = person.participation.profile
    closed = StatementFactory(profile=profile, text="Vi tilbyder noget fortroligt.", visibility="hub")
    own = [OwnText("need", "We seek a ward.", "en")]
    set_event_statements(person.participation, chosen=[closed], own=own, viewer=None)

    pages = [text_of(signed_in(client).get(address)) for address in (ME, TEXTS)]
    client.post(TEXTS, {"own_offer": "", "own_need": "We seek a ward."}, headers={"accept-language": "da"})

    assert ["fortroligt" in page for page in pages] == [False, False]
    assert texts(person) == [("offer", "Vi tilbyder noget fortroligt."), ("need", "We seek a ward.")]
    assert "fortroligt" in text_of(works_as(client, person.hub, Role.ORGANISER).get(
        reverse("frontend:event_person", args=["medico-bazar", person.public_id])
    ))  # fmt: skip


def test_text_that_stays_keeps_its_language(client: Client, person: Participant) -> None:
    set_event_statements(person.participation, own=[OwnText("need", "Vi søger en afdeling.", "da")])
    row = person.participation.statements.get()

    signed_in(client).post(TEXTS, {"own_offer": "We offer pumps.", "own_need": "Vi søger en afdeling."})

    assert set(person.participation.statements.values_list("pk", "language")) >= {(row.pk, "da")}
    assert person.participation.statements.get(kind="offer").language == "en"


def test_imported_firm_hands_a_question_in(client: Client, event: Event, person: Participant) -> None:
    Event.objects.update(kind=EventKind.AIMDAY)
    signed_in(client)
    question = {
        "title": "Hvordan måler vi tryk under en forbinding?", "text": "", "language": "da", "least": 2, "most": 4,
    }  # fmt: skip

    answer = client.post("/en/events/medico-bazar/questions/new/", question)

    stored = Question.objects.get()
    assert (answer.status_code, stored.asker) == (302, person)
    base = f"/en/events/medico-bazar/questions/{stored.public_id}/"
    changed = client.post(base, {**question, "version": stored.version, "text": "Sensorer driver."})
    back = client.post(f"{base}back/")
    stored.refresh_from_db()
    assert (changed.status_code, back.status_code, stored.text, stored.state) == (
        302, 302, "Sensorer driver.", "left_out",
    )  # fmt: skip


def test_strangers_question_stays_its_own(client: Client, event: Event, person: Participant) -> None:
    Event.objects.update(kind=EventKind.AIMDAY)
    asked = Question.objects.create(hub=event.hub, event=event, asker=person, title="Hvordan måler vi trykket?")
    comes(event, ProfileFactory(), "bo@example.test")
    signed_in(client, "bo@example.test")

    client.post(f"/en/events/medico-bazar/questions/{asked.public_id}/back/")

    asked.refresh_from_db()
    assert asked.state != "left_out"
