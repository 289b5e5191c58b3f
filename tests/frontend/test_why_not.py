"""“Why not X?”: an answer for a name, a choice where several have it, nothing about profiles that are not open."""

from collections.abc import Callable

import pytest
from django.test import Client

from frontend.views import why_not as page_module
from hubs.enums import Role
from hubs.models import Hub
from matching.enums import Direction
from matching.results import Match, Reason, Side, WhyNot
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as

ADDRESS = "/en/for-you/nordlys/why-not/"


@pytest.fixture
def profile(hub: Hub, build_index: Callable[[], object]) -> Profile:
    """A firm that seeks a test, a clinic that offers one, and another firm."""
    profile: Profile = ProfileFactory(name="Nordlys", slug="nordlys")
    StatementFactory(profile=profile, kind="need", text="Vi søger afprøvning af vores sensor.")
    clinic = ProfileFactory(name="Sårklinikken", slug="saarklinikken", kind="clinician")
    StatementFactory(profile=clinic, text="Vi tilbyder afprøvning af sensor.")
    StatementFactory(profile=ProfileFactory(name="Sydlys", slug="sydlys"), text="Vi tilbyder afprøvning af sensor.")
    build_index()
    return profile


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[WhyNot], None]:
    """A function that says what the answer is, whoever is asked about."""
    return lambda answer: monkeypatch.setattr(page_module, "why_not", lambda *_given, **_named: answer)


def ask(client: Client, profile: Profile, name: str, **asked: str) -> str:
    response = speaks_for(client, profile).get(ADDRESS, {"name": name, **asked})
    assert response.status_code == 200
    return response.content.decode()


def test_recommendations_lead_to_the_question(client: Client, profile: Profile) -> None:
    page = speaks_for(client, profile).get("/en/for-you/nordlys/?purpose=project").content.decode()

    assert f'action="{ADDRESS}" method="get"' in page
    assert '<input type="hidden" name="purpose" value="project">' in page
    assert '<label class="form-label" for="why-not-name">' in page


def test_page_without_a_name_only_asks(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "")

    assert "Why not…?" in page
    assert "Name of the profile" in page


def test_one_who_is_shown_is_found_with_the_pair_of_texts(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "sårklinikken")

    assert "Why not Sårklinikken?" in page
    assert "Number 1: it is in the list" in page
    assert page.count('class="bridge-card"') == 1


def test_one_who_is_kept_out_is_told_by_what(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "sydlys")

    assert "Not in the list" in page
    assert "This keeps it out" in page
    assert 'class="reason--against"' in page


def test_one_further_down_is_told_where_it_falls_behind(
    client: Client, profile: Profile, answers: Callable[[WhyNot], None]
) -> None:
    other = Profile.objects.get(slug="saarklinikken")
    statement = other.statements.get()
    match = Match(other, 37, Direction.NEED_OFFER, Side(statement.text, "da", (), statement), Side("Vi søger.", "da"))
    answers(WhyNot(other, 37, 10, (), (Reason("place", "Place", "another region"),), match))

    page = ask(client, profile, "saarklinikken")

    assert "Number 37" in page
    assert "The list shows the 10 that fit best." in page
    assert "Where it falls behind those who are shown" in page
    assert "<strong>Place</strong> another region" in page


def test_words_of_an_answer_are_escaped(client: Client, profile: Profile, answers: Callable[[WhyNot], None]) -> None:
    other = Profile.objects.get(slug="saarklinikken")
    other.name = SCRIPT
    answers(WhyNot(other, None, 10, (Reason("x", SCRIPT, SCRIPT),), (Reason("y", SCRIPT, SCRIPT),)))

    page = ask(client, profile, "saarklinikken")

    assert "<script>alert" not in page
    assert "<img" not in page


def test_name_of_several_is_a_choice(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "lys", purpose="project")

    assert "Which one do you mean?" in page
    assert 'href="?purpose=project&amp;name=nordlys"' in page
    assert 'href="?purpose=project&amp;name=sydlys"' in page


def test_profile_itself_is_refused_beside_the_field(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "nordlys")

    assert ('id="why-not-complaint"' in page) or ("Not in the list" in page)


@pytest.mark.parametrize("name", ["Findes ikke", SCRIPT, "x" * 5000, "a\x00b", "🙂", "'; drop table x; --", "%"])
def test_name_of_nobody_says_what_to_do(client: Client, profile: Profile, name: str) -> None:
    page = ask(client, profile, name)

    assert "No profile that is open to you has that name." in page
    assert 'aria-describedby="why-not-complaint"' in page
    assert "<script>alert" not in page


def test_hidden_and_foreign_profiles_are_as_if_they_were_not_there(client: Client, profile: Profile) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    foreign = ProfileFactory(name="Fremmed", organisation=elsewhere)
    hidden = ProfileFactory(name="Skjult", visibility="hub")
    client = speaks_for(client, profile)

    for other in (foreign, hidden):
        page = client.get(ADDRESS, {"name": other.slug}).content.decode()
        assert "No profile that is open to you has that name." in page


def test_visitor_is_asked_to_sign_in(client: Client, profile: Profile) -> None:
    response = client.get(ADDRESS, {"name": "x"})

    assert (response.status_code, response["Location"]) == (302, f"/en/account/login/?next={ADDRESS}%3Fname%3Dx")


def test_other_member_may_not_ask(client: Client, profile: Profile) -> None:
    response = speaks_for(client, ProfileFactory(name="En anden")).get(ADDRESS, {"name": "saarklinikken"})

    assert response.status_code == 403
    assert "Sårklinikken" not in response.content.decode()


def test_profile_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    ProfileFactory(organisation=elsewhere, name="Fremmed", slug="fremmed")

    assert works_as(client, hub, Role.FACILITATOR).get("/en/for-you/fremmed/why-not/?name=x").status_code == 404


def test_facilitator_asks_for_any_profile(client: Client, profile: Profile) -> None:
    page = works_as(client, profile.hub, Role.FACILITATOR).get(ADDRESS, {"name": "saarklinikken"}).content.decode()

    assert "Back to who fits Nordlys" in page
    assert "Nordlys seeks" in page


def test_without_an_event_nobody_is_suggested_for_one(client: Client, profile: Profile) -> None:
    page = ask(client, profile, "saarklinikken", purpose="event")

    assert "No event is planned, so nobody is suggested for one." in page


def test_why_not_only_reads(client: Client, profile: Profile) -> None:
    assert speaks_for(client, profile).post(ADDRESS, {"name": "saarklinikken"}).status_code == 405
