"""Pages of who comes: the public page, signing up, one's own place, the mailed link, the organiser's list."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.people.stating import OwnText, set_event_statements
from events.enums import ActivityLevel, EventState, ParticipantState
from events.models import Event, EventStatement, Participant
from frontend.event_links import place_token
from frontend.mails.events_people import RENDERERS
from hubs.enums import Role
from hubs.models import Hub
from mailgate.links import sign
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from profiles.models import Profile
from tests.events.arrivals import add_terms, open_event
from tests.factories import HubFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, speaks_for, text_of, works_as
from tests.frontend.event_people import FORM, NOW, comes, event_fixture, profile_fixture  # noqa: F401

S = ParticipantState


def link(person: Participant, rest: str = "") -> str:
    return f"/en/events/place/{place_token(person)}/{rest}"


def test_visitor_reads_the_event_and_who_comes_only_in_numbers(client: Client, event: Event, profile: Profile) -> None:
    comes(event, profile)

    page = text_of(client.get("/en/events/medico-bazar/"))

    assert ("Medico Bazar" in page, "En dag med standpladser." in page, "1 participant" in page) == (True,) * 3
    assert ("Kim Holm" in page, "Nordlys" in page, 'href="/en/events/medico-bazar/register/"' in page) == (
        False, False, True,
    )  # fmt: skip


DANISH_DAY = "En dag med standpladser og aftalte møder."
ENGLISH_DAY = "A day of stands and booked meetings for firms and the hospital."


@pytest.mark.parametrize(
    ("address", "summary", "mark"),
    [
        ("/en/events/medico-bazar/", DANISH_DAY, ' lang="da"'),
        ("/en/events/medico-bazar/", ENGLISH_DAY, ""),
        ("/events/medico-bazar/", ENGLISH_DAY, ' lang="en"'),
        ("/events/medico-bazar/", DANISH_DAY, ""),
    ],
)
def test_words_of_the_event_in_another_language_are_marked(
    client: Client, event: Event, address: str, summary: str, mark: str
) -> None:
    Event.objects.update(summary=summary)
    event.terms.create(hub=event.hub, number=1, text=summary)

    page = text_of(client.get(address))

    assert f'<div class="event-summary" dir="auto"{mark}><p>{summary}</p></div>' in page
    assert f'<div dir="auto"{mark}><p>{summary}</p></div>' in page


def test_member_sees_some_of_those_who_come(client: Client, event: Event, profile: Profile) -> None:
    comes(event, profile)
    hidden = ProfileFactory(name="Skjult", slug="skjult", visibility="hub")
    comes(event, hidden, "skjult@example.test")

    page = text_of(speaks_for(client, ProfileFactory()).get("/en/events/medico-bazar/"))

    assert ("Nordlys" in page, "Skjult" in page, "Kim Holm" in page) == (True, False, False)


def test_structured_data_cannot_end_early(client: Client, event: Event) -> None:
    Event.objects.update(name=SCRIPT[:160], summary=f"</script>{SCRIPT}")

    page = text_of(client.get("/en/events/medico-bazar/"))

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(block.group(1) if block else "")
    assert (data["@type"], data["name"], "<script>alert" in page) == ("Event", SCRIPT[:160], False)


@pytest.mark.parametrize(
    ("values", "visitor", "member"),
    [
        ({"state": EventState.DRAFT}, 404, 404),
        ({"level": ActivityLevel.COMMUNITY}, 200, 200),
        ({"level": ActivityLevel.CO_CREATION}, 404, 200),
    ],
)
def test_draft_and_closed_level_are_not_found(
    client: Client, event: Event, values: dict[str, str], visitor: int, member: int
) -> None:
    Event.objects.update(**values)

    assert client.get("/en/events/medico-bazar/").status_code == visitor
    assert speaks_for(client, ProfileFactory()).get("/en/events/medico-bazar/").status_code == member
    assert works_as(client, event.hub, Role.ORGANISER).get("/en/events/medico-bazar/").status_code == 200


def test_event_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    other = open_event(HubFactory(slug="nordbro"), slug="i-nord")

    works_as(client, hub, Role.ORGANISER)

    for path in ("", "register/", "me/", "organise/people/", "organise/import/", "organise/export.csv"):
        assert client.get(f"/en/events/{other.slug}/{path}").status_code == 404


def test_stranger_signs_in_then_writes_a_profile_then_comes_back(client: Client, event: Event) -> None:
    address = "/en/events/medico-bazar/register/"
    assert client.get(address)["Location"] == f"/en/account/login/?next={address}"

    works_as(client, event.hub, Role.MEMBER)
    response = client.get(address)

    assert response["Location"] == "/en/start/"
    assert client.session["after_onboarding"]["address"] == address


def test_sign_up_stores_all_that_was_said(client: Client, event: Event, profile: Profile) -> None:
    offer = StatementFactory(profile=profile, text="Vi tilbyder et testcenter.")
    add_terms(event)
    slots = list(event.slots.all())
    speaks_for(client, profile)
    page = text_of(client.get("/en/events/medico-bazar/register/"))
    data = {
        **FORM, "meets": "on", "most_meetings": "4", "access_needs": "Tegnsprog", "agrees": "on", "terms_number": "1",
        "open_slots": [str(slots[0].public_id), str(slots[2].public_id)], "chosen": [str(offer.public_id)],
        "own_offer": "", "own_need": "Vi søger en afdeling.\r\n\r\nVi søger kapital.",
    }  # fmt: skip

    response = client.post("/en/events/medico-bazar/register/", data)
    again = client.post("/en/events/medico-bazar/register/", data)

    person = Participant.objects.get()
    assert ("Vi tilbyder et testcenter." in page, response["Location"]) == (True, "/en/events/medico-bazar/me/")
    assert again.status_code == 302
    assert (person.state, person.meets, person.most_meetings, person.access_needs, person.terms_number) == (
        S.REGISTERED, True, 4, "Tegnsprog", 1,
    )  # fmt: skip
    assert list(person.closed_slots.values_list("slot", flat=True)) == [slots[1].pk]
    assert list(EventStatement.objects.values_list("kind", "text")) == [
        ("offer", offer.text), ("need", "Vi søger en afdeling."), ("need", "Vi søger kapital."),
    ]  # fmt: skip


def test_meetings_are_off_unless_ticked(client: Client, event: Event, profile: Profile) -> None:
    speaks_for(client, profile)
    page = text_of(client.get("/en/events/medico-bazar/register/"))

    client.post("/en/events/medico-bazar/register/", FORM)

    box = re.search(r'<input type="checkbox" name="meets"[^>]*>', page)
    assert (bool(box), "checked" in (box.group() if box else "checked")) == (True, False)
    assert Participant.objects.get().meets is False


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Fill this in."),
        ({"email": "kim"}, "not an e-mail address"),
        ({"agrees": ""}, "say that you agree"),
        ({"terms_number": "7"}, "have changed meanwhile"),
        ({"kind": "king"}, "king"),
        ({"open_slots": ["0"]}, "0"),
        ({"chosen": [SCRIPT]}, "alert"),
        ({"most_meetings": "0"}, "1"),
    ],
)
def test_broken_sign_up_is_shown_again_and_nobody_is_stored(
    client: Client, event: Event, profile: Profile, wrong: dict[str, object], told: str
) -> None:
    add_terms(event)
    StatementFactory(profile=profile)
    data = {**FORM, "title": "Chef for alt", "agrees": "on", "terms_number": "1", **wrong}

    page = text_of(speaks_for(client, profile).post("/en/events/medico-bazar/register/", data), 422)

    assert (told in page, "Chef for alt" in page, "<script>alert" in page) == (True, True, False)
    assert Participant.objects.count() == 0


def test_full_event_offers_the_waiting_list(client: Client, event: Event, profile: Profile) -> None:
    Event.objects.update(capacity=1)
    comes(event, ProfileFactory(), "first@example.test")
    assert "Join the waiting list" in text_of(client.get("/en/events/medico-bazar/"))

    speaks_for(client, profile)
    page = text_of(client.post("/en/events/medico-bazar/register/", FORM, follow=True))

    assert ("on the waiting list" in page, "number 1" in page) == (True, True)


def test_closed_registration_says_so_before_and_at_the_form(client: Client, event: Event, profile: Profile) -> None:
    Event.objects.update(registration_closes_at=NOW)
    speaks_for(client, profile)

    page = text_of(client.get("/en/events/medico-bazar/"))

    assert ("Registration is closed" in page, "/register/" in page) == (True, False)
    assert "Registration is closed" in text_of(client.post("/en/events/medico-bazar/register/", FORM), 409)
    assert Participant.objects.count() == 0


def test_several_profiles_are_chosen_from(client: Client, event: Event, profile: Profile) -> None:
    other = ProfileFactory(organisation=profile.organisation, name="Nordlys Lab", slug="nordlys-lab")
    speaks_for(client, profile)

    page = text_of(client.get("/en/events/medico-bazar/register/?as=fremmed"))
    client.post("/en/events/medico-bazar/register/?as=nordlys-lab", FORM)

    assert ("?as=nordlys-lab" in page, 'name="email"' in page) == (True, False)
    assert Participant.objects.get().participation.profile == other


def test_own_places_show_me_and_colleagues_but_no_strangers(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, meets=True)
    comes(event, ProfileFactory(), "fremmed@example.test")
    set_event_statements(person.participation, own=[OwnText("need", "Vi søger en afdeling.")])

    page = text_of(speaks_for(client, profile).get("/en/events/medico-bazar/me/"))

    assert page.count('class="panel event-place"') == 1
    assert ("Vi søger en afdeling." in page, "fremmed" in page) == (True, False)


def test_stranger_neither_reads_nor_changes_a_place(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    base = f"/en/events/medico-bazar/me/{person.public_id}/"
    speaks_for(client, ProfileFactory())

    answers = [client.get(base), client.post(base, FORM), client.post(f"{base}do/", {"do": "cancel"})]
    texts = client.get("/en/events/medico-bazar/me/texts/nordlys/")

    assert [each.status_code for each in (*answers, texts)] == [404] * 4
    assert client.get("/en/events/medico-bazar/me/")["Location"] == "/en/events/medico-bazar/"
    assert Participant.objects.get().state == S.REGISTERED


def test_place_is_changed_opened_and_left(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    base = f"/en/events/medico-bazar/me/{person.public_id}/"
    speaks_for(client, profile)
    changed = client.post(base, {**FORM, "title": "Chef", "version": "1"})
    stale = client.post(base, {**FORM, "title": "For sent", "version": "1"})
    client.post(f"{base}do/", {"do": "open_up"})
    person.refresh_from_db()
    seen = (changed.status_code, stale.status_code, person.title, person.meets, person.closed_slots.count())

    page = text_of(client.post(f"{base}do/", {"do": "cancel"}, follow=True))

    person.refresh_from_db()
    assert seen == (302, 409, "Chef", True, 3)
    assert (person.state, "is signed off" in page) == (S.CANCELLED, True)


def test_colleagues_never_see_what_a_person_needs(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, access_needs="Tegnsprog")
    base = f"/en/events/medico-bazar/me/{person.public_id}/"
    speaks_for(client, profile)

    pages = [text_of(client.get("/en/events/medico-bazar/me/")), text_of(client.get(base))]
    client.post(base, {**FORM, "title": "Chef", "version": "1", "access_needs": "Andet"})

    person.refresh_from_db()
    assert ["Tegnsprog" in page for page in pages] == [False, False]
    assert (person.title, person.access_needs) == ("Chef", "Tegnsprog")
    assert "Tegnsprog" in text_of(client.get(link(person)))


def test_texts_of_the_day_are_chosen_and_written(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    offer = StatementFactory(profile=profile, text="Vi tilbyder et testcenter.")
    address = "/en/events/medico-bazar/me/texts/nordlys/"
    speaks_for(client, profile)

    client.post(address, {"chosen": [str(offer.public_id)], "own_offer": SCRIPT, "own_need": ""})

    page = text_of(client.get("/en/events/medico-bazar/me/"))
    assert person.participation.statements.count() == 2
    assert ("Vi tilbyder et testcenter." in page, "<script>alert" in page) == (True, False)


def test_link_shows_and_changes_nothing_until_pressed(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    Participant.objects.update(reconfirm_asked_at=NOW, name=SCRIPT[:100])

    pages = [text_of(client.get(link(person))), text_of(client.get(link(person, "change/")))]

    person.refresh_from_db()
    assert (person.state, person.reconfirmed_at, person.version) == (S.REGISTERED, None, 1)
    assert ["<script>alert" in page for page in pages] == [False, False]
    assert "Do you come?" in pages[0]


def test_link_confirms_changes_opens_and_cancels_in_one_press(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    Participant.objects.update(reconfirm_asked_at=NOW)

    client.post(link(person), {"do": "confirm"})
    client.post(link(person, "change/"), {**FORM, "title": "Chef", "version": "1"})
    client.post(link(person), {"do": "open_up"})
    person.refresh_from_db()
    seen = (bool(person.reconfirmed_at), person.title, person.meets)
    page = text_of(client.post(link(person), {"do": "cancel"}, follow=True))

    person.refresh_from_db()
    assert (seen, person.state) == ((True, "Chef", True), S.CANCELLED)
    assert "Has cancelled" in page


@pytest.mark.parametrize("do", ["", "delete", SCRIPT])
def test_unknown_button_changes_nothing(client: Client, event: Event, profile: Profile, do: str) -> None:
    person = comes(event, profile)

    page = text_of(client.post(link(person), {"do": do}, follow=True))

    assert ("Choose one of the buttons." in page, "<script>alert" in page) == (True, False)
    assert Participant.objects.get().state == S.REGISTERED


def test_forged_foreign_and_old_links_open_nothing(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    claim = str(person.public_id)
    wrong = [sign("invitation", participant=claim), "made-up", sign("agenda", participant="0"), sign("agenda", x=claim)]

    answers = [client.post(f"/en/events/place/{token}/", {"do": "cancel"}).status_code for token in wrong]
    later = timezone.now().timestamp() + 401 * 24 * 3600
    token = place_token(person)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: later)
        old = client.post(f"/en/events/place/{token}/", {"do": "cancel"}).status_code

    assert (answers, old) == ([404, 404, 410, 410], 410)
    assert Participant.objects.get().state == S.REGISTERED


def test_open_up_is_asked_without_saying_who(client: Client, event: Event, profile: Profile) -> None:
    shy = comes(event, ProfileFactory(), "shy@example.test")
    Participant.objects.update(name="Stille Vand")
    comes(event, profile)
    address = f"/en/events/medico-bazar/people/{shy.public_id}/open-up/"
    speaks_for(client, profile)

    first = client.post(address, {"next": "https://evil.example/"})
    page = text_of(client.post(address, follow=True))

    mail = OutgoingMail.objects.get(kind="event_open_up")
    rendered = RENDERERS["event_open_up"](mail, Addresses(mail))
    assert (first["Location"], "asked them already" in page) == ("/en/events/medico-bazar/me/", True)
    assert rendered is not None
    assert ("Kim Holm" in rendered.text, "Nordlys" in rendered.text) == (False, False)
