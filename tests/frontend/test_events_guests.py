"""What a newcomer meets on the way into an event: told at once, led to no closed page, and told why a mail comes."""

from datetime import timedelta

from django.test import Client
from django.utils import translation

from events.domain.people.stating import OwnText, set_event_statements
from events.enums import ParticipantState
from events.models import Event, Participant, ProgrammeSession, SuggestionRound
from frontend.event_links import place_token
from frontend.mails.events_people import RENDERERS
from hubs.enums import Role
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from profiles.models import Profile
from tests.events.arrivals import add_terms
from tests.frontend.conftest import speaks_for, text_of, works_as
from tests.frontend.event_people import FORM, NOW, SOON, comes, event_fixture, profile_fixture  # noqa: F401

HOUR = timedelta(hours=1)
REGISTER, ME, OTHERS = (f"/en/events/medico-bazar/{part}/" for part in ("register", "me", "people"))


def own_place(client: Client, event: Event, profile: Profile) -> Participant:
    """Whoever is signed in, with a place of its own."""
    speaks_for(client, profile)
    email = client.get(REGISTER).context["form"]["email"].value()
    client.post(REGISTER, {**FORM, "email": email, "meets": "on", "own_offer": "", "own_need": ""})
    return Participant.objects.get(email=email)


def test_all_that_is_missing_is_told_at_once(client: Client, event: Event, profile: Profile) -> None:
    add_terms(event)

    answer = speaks_for(client, profile).post(REGISTER, {**FORM, "name": "", "most_meetings": "400"})

    assert answer.status_code == 422
    assert {name: list(told) for name, told in answer.context["form"].errors.items()} == {
        "name": ["Fill this in."],
        "most_meetings": ["Write a number of meetings from 1 to 60, or leave it empty."],
        "agrees": ["Read the terms and say that you agree; without that, you cannot come."],
    }


def test_form_is_a_colleagues_once_one_has_a_place(client: Client, event: Event, profile: Profile) -> None:
    speaks_for(client, profile)
    first = text_of(client.get(REGISTER))

    own_place(client, event, profile)

    second = text_of(client.get(REGISTER))
    title = "Sign up a colleague for Medico Bazar"
    assert (title in first, title in second) == (False, True)


def test_first_steps_say_where_they_lead(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.MEMBER)

    client.get(REGISTER)

    assert "Then you go on with signing up for the event." in text_of(client.get("/en/start/about/"))


def test_who_waits_is_led_to_no_page_that_is_closed(client: Client, event: Event, profile: Profile) -> None:
    own_place(client, event, profile)
    ProgrammeSession.objects.create(
        hub=event.hub, event=event, title="Velkomst", is_for_all=True, starts_at=SOON, ends_at=SOON + HOUR
    )
    placed = text_of(client.get(ME))

    Participant.objects.update(state=ParticipantState.WAITING)

    waiting = "".join(text_of(client.get(page)) for page in (ME, "/en/events/medico-bazar/agenda/"))
    assert (OTHERS in placed, OTHERS in waiting) == (True, False)


def test_newcomer_reads_that_recommendations_are_on_their_way(client: Client, event: Event, profile: Profile) -> None:
    person = own_place(client, event, profile)
    set_event_statements(person.participation, chosen=(), own=[OwnText("need", "Vi søger en afdeling.", "da")])
    SuggestionRound.objects.create(hub=event.hub, event=event, computed_at=NOW)

    page = text_of(client.get(OTHERS))

    assert ("Recommendations are on their way" in page, "No recommendations for now" in page) == (True, False)


def test_place_by_link_leads_on_to_the_plan(client: Client, event: Event, profile: Profile) -> None:
    token = place_token(comes(event, profile, meets=True))

    page = text_of(client.get(f"/en/events/place/{token}/"))

    assert (f'href="/en/events/agenda/{token}/"' in page, f'href="{OTHERS}"' in page) == (True, True)


def test_half_a_link_says_what_to_do(client: Client, event: Event, profile: Profile) -> None:
    token = place_token(comes(event, profile))[:-4]

    answer = client.get(f"/en/events/place/{token}/")

    assert "Sign in to find your registration on the event’s own page" in text_of(answer, 404)


def test_mail_says_why_it_comes(event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    mail = OutgoingMail(
        hub=event.hub, address=person.email, context={"participant": str(person.public_id)}, language="en"
    )

    with translation.override("en"):
        letter = RENDERERS["event_registered"](mail, Addresses(mail))

    assert letter is not None
    why = "You get this mail because of your registration for Medico Bazar."
    assert (why in letter.text, why in letter.html, "waits for you" in letter.text + letter.html) == (True, True, False)
