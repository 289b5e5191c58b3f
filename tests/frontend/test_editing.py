"""Changing a profile through its pages: who may, what is saved, what happens when two save at once."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from hubs.enums import Role
from hubs.models import Hub
from profiles.models import Profile, Statement
from tests.factories import (
    AffiliationFactory,
    HubFactory,
    MembershipFactory,
    OrganisationFactory,
    ProfileFactory,
    StatementFactory,
    UserFactory,
)

DETAILS = {
    "version": "1",
    "name": "Nyt navn",
    "region": "1082",
    "municipality": "0751",
    "themes": ["iot_wearables", "sustainability"],
    "keywords": "tryksår, sensor",
    "languages": ["da", "en"],
    "contact_email": "kontakt@firma.example",
    "visibility": "members",
}
TEXT = {
    "kind": "need",
    "text": "Vi søger en afdeling, der vil afprøve vores sensor.",
    "language": "da",
    "purpose": "test",
    "stage": "development_late",
    "collaboration": "opi_light",
    "ip_state": "applied",
    "expires_on": "2031-12-31",
    "visibility": "public",
}


@pytest.fixture
def profile(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Sårsensor", slug="saarsensor")
    return profile


@pytest.fixture
def member(client: Client, profile: Profile) -> Client:
    """A signed-in person who speaks for the profile."""
    person = AffiliationFactory(organisation=profile.organisation).user
    client.force_login(person)
    return client


def address(name: str, profile: Profile, *more: Any) -> str:
    return reverse(f"frontend:{name}", args=[profile.slug, *more])


def content(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# What is saved


def test_details_are_saved(member: Client, profile: Profile) -> None:
    answer = member.post(address("edit_details", profile), DETAILS)

    saved = Profile.objects.get()
    assert answer["Location"] == address("edit_profile", profile)
    assert (saved.name, saved.visibility, saved.version) == ("Nyt navn", "members", 2)
    assert (saved.region_id, saved.municipality_id) == ("region:1082", "municipality:0751")
    assert (saved.keywords, saved.languages) == (["tryksår", "sensor"], ["da", "en"])
    assert {link.theme_id for link in saved.theme_links.all()} == {
        "theme:iot_wearables",
        "theme:sustainability",
    }


def test_what_the_form_does_not_show_stays(member: Client, profile: Profile) -> None:
    Profile.objects.update(is_paused=True, specialty="clinical_specialty:surgery")

    member.post(address("edit_details", profile), DETAILS)

    saved = Profile.objects.get()
    assert (saved.is_paused, saved.specialty_id, saved.kind) == (True, "clinical_specialty:surgery", "firm")


def test_organisation_is_saved(member: Client, profile: Profile) -> None:
    typed = {
        "name": "Sårsensor ApS",
        "website": "https://saarsensor.example",
        "cvr_number": "13585628",
        "version": "1",
        "sector": "medtech",
        "phase": "go_to_market",
        "founded_year": "2021",
        "employees": "6",
    }

    member.post(address("edit_organisation", profile), typed)

    profile.organisation.refresh_from_db()
    assert profile.organisation.name == "Sårsensor ApS"
    assert profile.organisation.sector_id == "firm_sector:medtech"
    assert (profile.organisation.founded_year, profile.organisation.employees) == (2021, 6)


def test_pausing_and_opening_is_one_press(member: Client, profile: Profile) -> None:
    member.post(address("pause_profile", profile), {"paused": "yes"})
    paused = Profile.objects.get().is_paused
    member.post(address("pause_profile", profile), {"paused": "no"})

    assert (paused, Profile.objects.get().is_paused) == (True, False)


def test_text_is_added_with_everything_about_it(member: Client, profile: Profile) -> None:
    member.post(address("new_statement", profile), TEXT)

    saved = Statement.objects.get()
    assert (saved.kind, saved.text, saved.purpose_id) == ("need", TEXT["text"], "contact_purpose:test")
    assert (saved.stage_id, saved.ip_state_id) == ("product_stage:development_late", "ip_state:applied")
    assert str(saved.expires_on) == "2031-12-31"


def test_text_is_changed(member: Client, profile: Profile) -> None:
    statement = StatementFactory(profile=profile)

    shown = member.get(address("edit_statement", profile, statement.public_id))
    member.post(
        address("edit_statement", profile, statement.public_id),
        {**TEXT, "version": "1", "text": "En anden tekst."},
    )

    assert statement.text in content(shown)
    assert Statement.objects.get().text == "En anden tekst."


def test_removing_asks_once(member: Client, profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    path = address("remove_statement", profile, statement.public_id)

    asked = member.get(path)
    still_there = Statement.objects.exists()
    member.post(path)

    assert statement.text in content(asked)
    assert still_there
    assert not Statement.objects.exists()


def test_own_page_shows_every_text_also_expired_and_hidden_ones(member: Client, profile: Profile) -> None:
    texts = [
        StatementFactory(profile=profile, expires_on="2020-01-01"),
        StatementFactory(profile=profile, visibility="hub", kind="need"),
        StatementFactory(profile=profile, kind="about"),
    ]

    page_of_profile = content(member.get(address("edit_profile", profile)))

    assert [text.text in page_of_profile for text in texts] == [True] * 3


def test_my_profile_leads_to_the_only_one(member: Client, profile: Profile) -> None:
    assert member.get("/my-profile/")["Location"] == address("edit_profile", profile)


def test_my_profile_lets_choose_among_several(member: Client, profile: Profile) -> None:
    other = ProfileFactory(organisation=profile.organisation)

    answer = content(member.get("/my-profile/"))

    assert [address("edit_profile", each) in answer for each in (profile, other)] == [True, True]


def test_my_profile_without_one_leads_to_the_first_steps(client: Client, hub: Hub) -> None:
    client.force_login(UserFactory())

    assert client.get("/my-profile/")["Location"] == "/start/"


# Two at once


def test_two_saves_at_once_keep_both_texts(member: Client, profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    path = address("edit_statement", profile, statement.public_id)
    member.post(path, {**TEXT, "version": "1", "text": "Den første skrev dette."})

    answer = member.post(path, {**TEXT, "version": "1", "text": "Den anden skrev noget andet."})

    shown = content(answer)
    assert answer.status_code == 409
    assert Statement.objects.get().text == "Den første skrev dette."
    assert "Den første skrev dette." in shown
    assert "Den anden skrev noget andet." in shown
    assert '<input type="hidden" name="version" value="2"' in shown


def test_saving_again_after_a_conflict_wins(member: Client, profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    path = address("edit_statement", profile, statement.public_id)
    member.post(path, {**TEXT, "version": "1"})
    member.post(path, {**TEXT, "version": "1", "text": "Den anden skrev noget andet."})

    member.post(path, {**TEXT, "version": "2", "text": "Den anden skrev noget andet."})

    assert Statement.objects.get().text == "Den anden skrev noget andet."


def test_conflict_of_details_names_what_differs(member: Client, profile: Profile) -> None:
    member.post(address("edit_details", profile), {**DETAILS, "region": "1081", "municipality": ""})

    answer = member.post(address("edit_details", profile), DETAILS)

    assert answer.status_code == 409
    differing = [label for label, _theirs, _ours in answer.context["differences"]]
    assert differing == ["Region", "Kommune"]


@pytest.mark.parametrize("version", ["", "en", "-1", "99999999999999999999"])
def test_version_that_was_never_given_changes_nothing(member: Client, profile: Profile, version: str) -> None:
    statement = StatementFactory(profile=profile)

    answer = member.post(address("edit_statement", profile, statement.public_id), {**TEXT, "version": version})

    assert answer.status_code in {409, 422}
    assert Statement.objects.get().text == statement.text


# Who may


def _pages(profile: Profile, statement: Statement) -> list[str]:
    return [
        address("edit_profile", profile),
        address("edit_details", profile),
        address("edit_organisation", profile),
        address("new_statement", profile),
        address("edit_statement", profile, statement.public_id),
        address("remove_statement", profile, statement.public_id),
    ]


def test_stranger_is_asked_to_sign_in(client: Client, profile: Profile) -> None:
    for path in _pages(profile, StatementFactory(profile=profile)):
        answer = client.get(path)

        assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={path}")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_others_may_not_edit(client: Client, profile: Profile, role: Role) -> None:
    statement = StatementFactory(profile=profile)
    person = MembershipFactory(hub=profile.hub, role=role).user
    AffiliationFactory(user=person)
    client.force_login(person)

    for path in _pages(profile, statement):
        assert client.get(path).status_code == 403
        assert client.post(path, {**DETAILS, **TEXT}).status_code in {403, 405}
    assert client.post(address("pause_profile", profile), {"paused": "yes"}).status_code == 403
    assert Statement.objects.get().text == statement.text
    assert not Profile.objects.get(pk=profile.pk).is_paused


def test_facilitator_edits_texts_but_not_the_organisation(client: Client, profile: Profile) -> None:
    client.force_login(MembershipFactory(hub=profile.hub, role=Role.FACILITATOR).user)

    added = client.post(address("new_statement", profile), TEXT)
    refused = client.post(address("edit_organisation", profile), {"name": "Kapret"})

    profile.organisation.refresh_from_db()
    assert added.status_code == 302
    assert (refused.status_code, profile.organisation.name == "Kapret") == (403, False)
    assert address("edit_organisation", profile) not in content(client.get(address("edit_profile", profile)))


def test_hidden_profile_of_others_is_as_if_it_were_not_there(client: Client, profile: Profile) -> None:
    Profile.objects.update(visibility="hub")
    client.force_login(AffiliationFactory().user)

    for path in _pages(profile, StatementFactory(profile=profile)):
        assert client.get(path).status_code == 404


def test_profile_of_another_hub_is_as_if_it_were_not_there(client: Client, hub: Hub) -> None:
    elsewhere = HubFactory(slug="andetsteds", name="Andetsteds")
    profile = ProfileFactory(organisation=OrganisationFactory(hub=elsewhere))
    person = AffiliationFactory(organisation=profile.organisation).user
    client.force_login(person)

    for path in _pages(profile, StatementFactory(profile=profile)):
        assert client.get(path).status_code == 404


def test_text_of_another_profile_is_not_reached_through_ones_own(member: Client, profile: Profile) -> None:
    foreign = StatementFactory()

    for name in ("edit_statement", "remove_statement"):
        answer = member.post(address(name, profile, foreign.public_id), {**TEXT, "version": "1"})

        assert answer.status_code == 404
    assert Statement.objects.get().text == foreign.text


def test_text_of_another_own_profile_is_edited_only_under_its_own_address(member: Client, profile: Profile) -> None:
    other = StatementFactory(profile=ProfileFactory(organisation=profile.organisation))

    answer = member.get(address("edit_statement", profile, other.public_id))

    assert answer.status_code == 404


def test_text_that_does_not_exist_is_not_found(member: Client, profile: Profile) -> None:
    assert member.get(address("edit_statement", profile, uuid4())).status_code == 404


@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_only_posts_change(member: Client, profile: Profile, verb: str) -> None:
    statement = StatementFactory(profile=profile)

    for path in _pages(profile, statement):
        assert getattr(member, verb)(path).status_code == 405
    assert Statement.objects.exists()


def test_pausing_by_a_link_is_refused(member: Client, profile: Profile) -> None:
    answer = member.get(address("pause_profile", profile) + "?paused=yes")

    assert answer.status_code == 405
    assert not Profile.objects.get().is_paused


def test_post_without_the_security_mark_changes_nothing(profile: Profile) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(AffiliationFactory(organisation=profile.organisation).user)

    answer = strict.post(address("new_statement", profile), TEXT)

    assert answer.status_code == 403
    assert not Statement.objects.exists()


@pytest.mark.parametrize("texts", [1, 3])
def test_page_of_a_profile_asks_the_database_equally_often(
    member: Client, profile: Profile, texts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for kind in ("offer", "need"):
        StatementFactory.create_batch(texts, profile=profile, kind=kind)
    path = address("edit_profile", profile)
    member.get(path)

    with django_assert_num_queries(10):
        member.get(path)
