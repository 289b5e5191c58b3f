"""The profile page: what is shown to whom, and that nothing hidden or hostile gets out."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from matching.models import Impression, ShownList
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as

ADDRESS = "/en/profiles/saarklinikken/"


@pytest.fixture
def profile(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(
        name="Sårklinikken",
        slug="saarklinikken",
        kind="clinician",
        contact_email="klinik@hospital.example",
        specialty_id="clinical_specialty:plastic_surgery",
        region_id="region:1082",
        municipality_id="municipality:0751",
        keywords=["tryksår"],
        languages=["da", "en"],
    )
    StatementFactory(profile=profile, kind="about", text="Vi behandler sår.")
    StatementFactory(profile=profile, kind="offer", text="To projekter om året.", purpose_id="contact_purpose:test")
    StatementFactory(profile=profile, kind="need", text="We need a sensor.", language="en")
    return profile


def page_of(client: Client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_page_shows_offers_and_needs_side_by_side(client: Client, profile: Profile) -> None:
    response = client.get(ADDRESS)

    page = response.content.decode()
    assert [row.text for row in response.context["offers"]] == ["To projekter om året."]
    assert [row.text for row in response.context["needs"]] == ["We need a sensor."]
    assert page.index("They offer") < page.index("To projekter") < page.index("They seek") < page.index("We need")
    for words in ("Aarhus", "Central Denmark Region", "Plastic surgery", "tryksår", "Danish, English"):
        assert words in page


def test_text_in_another_language_says_which(client: Client, profile: Profile) -> None:
    page = page_of(client)

    assert '<p class="statement-text" dir="auto" lang="da">To projekter om året.</p>' in page
    assert '<p class="statement-text" dir="auto">We need a sensor.</p>' in page


def test_contact_is_closed_for_visitors(client: Client, profile: Profile) -> None:
    response = client.get(ADDRESS)

    page = response.content.decode()
    assert response.context["contact_email"] == ""
    assert "klinik@hospital.example" not in page
    assert "closed until both sides have said yes" in page


def test_contact_is_closed_for_other_members(client: Client, profile: Profile) -> None:
    speaks_for(client, ProfileFactory(name="En anden"))

    assert "klinik@hospital.example" not in page_of(client)


def test_own_people_see_their_contact_and_can_edit(client: Client, profile: Profile) -> None:
    page = page_of(speaks_for(client, profile))

    assert "klinik@hospital.example" in page
    assert 'href="/en/my-profile/saarklinikken/"' in page
    assert 'href="/en/for-you/saarklinikken/"' in page
    assert "You offer" in page


def test_visitors_are_offered_neither_editing_nor_recommendations(client: Client, profile: Profile) -> None:
    page = page_of(client)

    assert "/my-profile/" not in page
    assert "/for-you/saarklinikken/" not in page


def test_facilitator_sees_contact_and_recommendations(client: Client, profile: Profile) -> None:
    page = page_of(works_as(client, profile.hub, Role.FACILITATOR))

    assert "klinik@hospital.example" in page
    assert 'href="/en/for-you/saarklinikken/"' in page


@pytest.mark.parametrize("fields", [{"visibility": "hub"}, {"expires_on": date(2020, 1, 1)}])
def test_hidden_and_expired_texts_never_reach_the_context(
    client: Client, profile: Profile, fields: dict[str, Any]
) -> None:
    StatementFactory(profile=profile, kind="offer", text="Hemmeligt tilbud.", **fields)

    response = client.get(ADDRESS)

    assert len(response.context["offers"]) == 1
    assert "Hemmeligt" not in response.content.decode()


def test_owner_sees_that_a_text_has_expired(client: Client, profile: Profile) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    StatementFactory(profile=profile, kind="offer", text="Gammelt tilbud.", expires_on=yesterday)

    page = page_of(speaks_for(client, profile))

    assert "One text has expired" in page
    assert "Gammelt tilbud." in page


def test_paused_profile_is_gone_for_others_and_says_so_to_its_own(client: Client, profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(is_paused=True)

    assert client.get(ADDRESS).status_code == 404
    page = page_of(speaks_for(client, profile))
    assert "This profile is paused" in page
    assert '<meta name="robots" content="noindex">' in page


def test_public_profile_may_be_found_by_search_engines(client: Client, profile: Profile) -> None:
    assert '<meta name="robots" content="index, follow">' in page_of(client)


def test_profile_for_members_is_closed_to_search_engines(client: Client, profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(visibility="members")

    assert client.get(ADDRESS).status_code == 404
    page = page_of(works_as(client, profile.hub, Role.MEMBER))
    assert '<meta name="robots" content="noindex">' in page
    assert "Only members of the hub see this profile." in page


def test_profile_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))
    ProfileFactory(organisation=elsewhere, name="Fremmed", slug="fremmed")

    response = works_as(client, hub, Role.HUB_ADMIN).get("/en/profiles/fremmed/")

    assert response.status_code == 404
    assert "Fremmed" not in response.content.decode()


def test_every_field_is_escaped(client: Client, profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(name=SCRIPT, keywords=[SCRIPT], languages=[SCRIPT])
    profile.organisation.name = SCRIPT + "!"
    profile.organisation.website = "javascript:alert(1)"
    profile.organisation.save()
    profile.statements.update(text=SCRIPT)

    page = page_of(client)

    assert page.count("&lt;script&gt;alert") >= 7
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "javascript:" not in page


def test_website_is_linked_without_passing_on_rank(client: Client, profile: Profile) -> None:
    profile.organisation.website = "https://hospital.example"
    profile.organisation.save()

    assert '<a href="https://hospital.example" rel="nofollow noopener">' in page_of(client)


def test_profile_without_texts_says_so(client: Client, hub: Hub) -> None:
    ProfileFactory(name="Tom", slug="tom")

    page = page_of(client, "/en/profiles/tom/")

    assert "They have written no offer that is open to you." in page
    assert "They have written no need that is open to you." in page


def test_profile_page_only_reads(client: Client, profile: Profile) -> None:
    assert client.post(ADDRESS).status_code == 405


def test_queries_do_not_grow_with_texts(client: Client, profile: Profile, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        StatementFactory(profile=profile, kind="need", text=f"Behov {number}")

    with django_assert_max_num_queries(5):
        client.get(ADDRESS)


def test_profile_opened_from_a_list_is_noted_and_asks_with_it(client: Client, hub: Hub, profile: Profile) -> None:
    seeker = ProfileFactory(organisation=OrganisationFactory(hub=hub))
    shown = ShownList.objects.create(
        hub=hub, channel="web", purpose="opi_light", seeker=seeker, ranker_name="expert", shown_at=timezone.now()
    )
    place = Impression.objects.create(
        hub=hub, shown_list=shown, profile=profile, position=0, propensity=1.0, place_propensity=1.0
    )
    speaks_for(client, seeker)
    query = f"from={seeker.slug}&purpose=opi_light&list={shown.public_id}"

    page = page_of(client, f"{ADDRESS}?{query}")
    broken = page_of(client, f"{ADDRESS}?list=nonsense%27%3E{SCRIPT}")

    place.refresh_from_db()
    assert place.opened_at is not None
    assert query.replace("&", "&amp;") in page
    assert SCRIPT not in broken
