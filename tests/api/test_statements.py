"""Statements over the API: who reads which, adding, changing, removing."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from profiles.models import Profile, Statement
from tests.api.conftest import Caller
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory


def texts(body: dict) -> list[str]:
    return [row["text"] for row in body["results"]]


def test_statement_list_filters_by_kind_language_and_profile(anybody: Caller) -> None:
    first, second = ProfileFactory(), ProfileFactory()
    StatementFactory(profile=first, kind="offer", text="Vi tilbyder en sensor.", position=0)
    StatementFactory(profile=first, kind="need", text="Vi søger en afdeling.", position=1)
    StatementFactory(profile=second, kind="need", text="We need a partner.", language="en")

    assert texts(anybody.get("statements/", kind="need")[1]) == [
        "Vi søger en afdeling.",
        "We need a partner.",
    ]
    assert texts(anybody.get("statements/", language="en")[1]) == ["We need a partner."]
    assert texts(anybody.get("statements/", profile=str(first.public_id))[1]) == [
        "Vi tilbyder en sensor.",
        "Vi søger en afdeling.",
    ]


def test_statement_list_holds_only_what_the_reader_may_read(
    anybody: Caller, member: Caller, own_profile: Profile
) -> None:
    StatementFactory(text="Åbent for alle.")
    StatementFactory(text="Kun for medlemmer.", visibility="members")
    StatementFactory(text="Kun for dem selv.", visibility="hub")
    StatementFactory(text="I en skjult profil.", profile__visibility="hub")
    StatementFactory(text="Udløbet.", expires_on=date(2020, 1, 1))
    StatementFactory(text="Vores eget, udløbet.", profile=own_profile, expires_on=date(2020, 1, 1))
    StatementFactory(profile=ProfileFactory(organisation=OrganisationFactory(hub=HubFactory(slug="andet"))))

    assert texts(anybody.get("statements/")[1]) == ["Åbent for alle."]
    assert set(texts(member.get("statements/")[1])) == {
        "Åbent for alle.",
        "Kun for medlemmer.",
        "Vores eget, udløbet.",
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_statement_list_asks_the_database_as_often_whatever_its_length(
    anybody: Caller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for __ in range(rows):
        StatementFactory(purpose_id="contact_purpose:test", stage_id="product_stage:idea")
    anybody.get("taxonomies/region/")

    with django_assert_num_queries(4):  # hub (by domain, then the default), count, statements with their profiles
        __, body = anybody.get("statements/")

    assert len(body["results"]) == rows


@pytest.mark.parametrize("hidden", ["expired", "for members", "hidden profile", "other hub"])
def test_statement_that_is_not_open_looks_like_one_that_is_not_there(anybody: Caller, hidden: str) -> None:
    statement = StatementFactory(
        **{
            "expired": {"expires_on": date(2020, 1, 1)},
            "for members": {"visibility": "members"},
            "hidden profile": {"profile__visibility": "hub"},
            "other hub": {"profile": ProfileFactory(organisation=OrganisationFactory(hub=HubFactory(slug="andet")))},
        }[hidden]
    )

    status, body = anybody.get(f"statements/{statement.public_id}/")
    __, unknown = anybody.get("statements/00000000-0000-4000-8000-000000000000/")

    assert (status, body) == (404, unknown)
    assert body["error"]["code"] == "not_found"


def test_expired_statement_is_there_for_its_own_people(member: Caller, own_profile: Profile) -> None:
    statement = StatementFactory(profile=own_profile, expires_on=date(2020, 1, 1))

    status, body = member.get(f"statements/{statement.public_id}/")

    assert (status, body["expires_on"], body["may_edit"]) == (200, "2020-01-01", True)


def test_new_statement_is_stored_as_it_was_written(member: Caller, own_profile: Profile) -> None:
    text = "<script>alert(1)</script> Vi søger مستشفى 👩🏽‍⚕️ é"
    new = {"profile": str(own_profile.public_id), "kind": "need", "text": text, "purpose": "test"}

    status, body = member.post("statements/", new)

    assert (status, body["text"], body["purpose"]["code"], body["version"]) == (201, text, "test", 1)
    assert body["profile"]["id"] == str(own_profile.public_id)
    assert Statement.objects.get().text == text


def test_new_statement_for_another_organisations_profile_is_refused(member: Caller) -> None:
    new = {"profile": str(ProfileFactory().public_id), "kind": "need", "text": "Vi søger en afdeling."}

    status, body = member.post("statements/", new)

    assert (status, body["error"]["code"], Statement.objects.count()) == (403, "not_allowed", 0)


def test_second_about_text_is_refused(member: Caller, own_profile: Profile) -> None:
    new = {"profile": str(own_profile.public_id), "kind": "about", "text": "Vi laver sensorer."}
    member.post("statements/", new)

    status, body = member.post("statements/", new)

    assert (status, list(body["error"]["fields"]), Statement.objects.count()) == (400, ["kind"], 1)


def test_changed_statement_keeps_what_is_not_named(member: Caller, own_profile: Profile) -> None:
    statement = StatementFactory(profile=own_profile, stage_id="product_stage:idea", expires_on=date(2099, 1, 1))
    path = f"statements/{statement.public_id}/"

    status, body = member.patch(path, {"version": 1, "text": "Vi tilbyder noget andet.", "expires_on": None})

    assert (status, body["text"], body["version"]) == (200, "Vi tilbyder noget andet.", 2)
    assert (body["stage"]["code"], body["expires_on"]) == ("idea", None)


def test_changed_statement_that_somebody_overtook_is_a_conflict(member: Caller, own_profile: Profile) -> None:
    path = f"statements/{StatementFactory(profile=own_profile).public_id}/"
    member.patch(path, {"version": 1, "text": "Vi kom først."})

    status, body = member.patch(path, {"version": 1, "text": "Vi kom for sent."})

    assert (status, body["error"]["code"]) == (409, "edit_conflict")
    assert member.get(path)[1]["text"] == "Vi kom først."


def test_removed_statement_is_gone(member: Caller, own_profile: Profile) -> None:
    path = f"statements/{StatementFactory(profile=own_profile).public_id}/"

    assert member.delete(path) == (204, None)
    assert member.get(path)[0] == 404
    assert Statement.objects.count() == 0


def test_removing_another_organisations_statement_is_refused(member: Caller, anybody: Caller) -> None:
    path = f"statements/{StatementFactory().public_id}/"

    assert member.delete(path)[1]["error"]["code"] == "not_allowed"
    assert anybody.delete(path)[1]["error"]["code"] == "not_authenticated"
    assert Statement.objects.count() == 1
