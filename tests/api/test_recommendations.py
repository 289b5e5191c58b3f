"""Recommendations over the API: both statements, fit and reasons, the sentence that carries them, nothing hidden."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Participation
from hubs.enums import Role
from hubs.models import Hub
from profiles.models import Profile
from tests.api.cluster import QUESTION, clinician, fill, keys_in, names, quoted
from tests.api.conftest import Caller, caller_for
from tests.factories import MembershipFactory, OrganisationFactory, ProfileFactory, StatementFactory


@pytest.fixture
def cluster(own_profile: Profile) -> None:
    fill(own_profile)


def test_matches_tell_neither_score_nor_contact_nor_what_is_hidden(
    member: Caller, anybody: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    answers = [
        anybody.post("recommendations/", QUESTION),
        member.get("recommendations/", profile=str(own_profile.public_id), purpose="opi_light"),
    ]

    for status, body in answers:
        assert (status, "Sårafdelingen" in names(body)) == (200, True)
        assert {"score", "similarity", "distance", "contact_email", "need_share"}.isdisjoint(keys_in(body))
        assert "example" not in str(body["results"])
        assert "Skjult" not in names(body)


def test_recommendations_carry_both_statements_and_a_reason(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    status, body = member.get("recommendations/", profile=str(own_profile.public_id), purpose="opi_light", limit=1)

    match = body["results"][0]
    assert (status, body["purpose"]["code"], len(body["results"])) == (200, "opi_light", 1)
    assert (match["profile"]["name"], match["direction"]["code"]) == ("Sårafdelingen", "need_offer")
    assert match["ours"]["text"] == "Vi søger afprøvning af vores tryksårssensor."
    assert match["ours"]["statement"] == str(own_profile.statements.get().public_id)
    assert match["theirs"]["text"] == "Vi tilbyder afprøvning af tryksårssensor."
    assert all(reason["code"] and reason["label"] for reason in match["reasons"])
    assert match["reasons"]


def test_project_recommendations_say_which_parts_are_missing(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    body = anybody.post("recommendations/", {**QUESTION, "purpose": "project", "seeker_kind": "firm"})[1]

    assert {role["code"] for role in body["missing_roles"]} == {"knowledge", "public"}
    assert body["results"][0]["role"] == {"code": "public", "label": "Public part"}


def test_question_of_somebody_without_a_profile_has_their_own_words_on_our_side(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    body = anybody.post("recommendations/", QUESTION)[1]

    assert body["results"][0]["ours"]["text"] == QUESTION["text"]
    assert body["results"][0]["ours"]["statement"] is None


def test_event_recommendations_keep_to_those_who_take_part(
    member: Caller, own_profile: Profile, cluster: None, hub: Hub, build_index: Callable[[], object]
) -> None:
    taking_part = clinician("Deltager", "Vi tilbyder afprøvning af senge.")
    event = Event.objects.create(
        hub=hub, slug="bazar", name="Bazar", starts_at="2030-01-01T09:00Z", ends_at="2030-01-01T15:00Z"
    )
    Participation.objects.create(hub=hub, event=event, profile=taking_part)
    build_index()

    body = member.get("recommendations/", profile=str(own_profile.public_id), purpose="event", event="bazar")[1]
    asked = member.post("recommendations/", {**QUESTION, "purpose": "event", "event": "bazar"})[1]

    assert (names(body), names(asked)) == (["Deltager"], ["Deltager"])


def test_event_participants_are_not_told_to_visitors(anybody: Caller, hub: Hub) -> None:
    Event.objects.create(hub=hub, slug="bazar", name="B", starts_at="2030-01-01T09:00Z", ends_at="2030-01-01T15:00Z")

    status, body = anybody.post("recommendations/", {**QUESTION, "purpose": "event", "event": "bazar"})

    assert (status, body["error"]["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"purpose": "event"}, 400, "event"),
        ({"purpose": "event", "event": "findes-ikke"}, 404, None),
        ({"event": "bazar"}, 400, "event"),
        ({"purpose": "marriage"}, 400, "purpose"),
        ({"seeker_kind": "alien"}, 400, "seeker_kind"),
        ({"text": " \n "}, 400, "text"),
        ({"text": "x" * 2_001}, 400, "text"),
        ({"text": "nul\x00tegn"}, 400, "text"),
        ({"limit": 0}, 400, "limit"),
        ({"limit": 1_000}, 400, "limit"),
        ({"limit": "10"}, 400, "limit"),
    ],
)
def test_question_with_a_mistake_is_refused_by_name(member: Caller, change: dict, status: int, field: str) -> None:
    answer, body = member.post("recommendations/", {**QUESTION, **change})

    assert answer == status
    assert list(body["error"].get("fields", {})) == ([field] if field else [])


def test_recommendations_for_a_profile_of_others_are_refused(
    member: Caller, anybody: Caller, hub: Hub, build_index: Callable[[], object]
) -> None:
    profile = ProfileFactory(organisation=OrganisationFactory(hub=hub))
    StatementFactory(profile=profile, kind="need", text="Vi søger afprøvning.")
    build_index()
    query = {"profile": str(profile.public_id), "purpose": "opi_light"}
    facilitator = caller_for(MembershipFactory(hub=hub, role=Role.FACILITATOR).user)
    organiser = caller_for(MembershipFactory(hub=hub, role=Role.ORGANISER).user)

    assert anybody.get("recommendations/", **query)[1]["error"]["code"] == "not_authenticated"
    assert member.get("recommendations/", **query)[1]["error"]["code"] == "not_allowed"
    assert organiser.get("recommendations/", **query)[0] == 403
    assert facilitator.get("recommendations/", **query)[0] == 200


def test_recommendations_say_how_well_it_fits_and_which_sentences_carry_it(
    member: Caller, own_profile: Profile, build_index: Callable[[], object]
) -> None:
    ours, theirs = "Vi søger afprøvning af en sensor mod tryksår.", "Vi afprøver gerne en sensor mod tryksår."
    StatementFactory(profile=own_profile, kind="need", text=f"Firmaet bor ude ved fjorden. {ours}")
    clinician("Sårafdelingen", f"Kaffen er god hos os. {theirs} Der er parkering ved døren.")
    clinician("Røntgen", "Vi tilbyder billeder af knogler.")
    for text in ("Kaffe og kage hver fredag i Aalborg.", "Firmaet er fra Odense.", "Busser og tog i byen."):
        StatementFactory(text=text)
    build_index()

    body = member.get("recommendations/", profile=str(own_profile.public_id), purpose="opi_light")[1]

    # What a contact is worth is nearly the same for the two here: the order is not the point.
    best, other = sorted(body["results"], key=lambda each: each["profile"]["name"] != "Sårafdelingen")
    assert (quoted(best["ours"]), quoted(best["theirs"])) == (ours, theirs)
    assert other["theirs"]["carrying"] is None
    assert best["fit"]["level"] in {"strong", "good", "weak"}
    assert best["fit"]["label"]
    assert 99 >= best["fit"]["percent"] >= other["fit"]["percent"] >= 1


def test_exchange_of_experience_joins_those_with_the_same_concern(
    member: Caller, own_profile: Profile, build_index: Callable[[], object]
) -> None:
    need = "Vi søger erfaringer med afprøvning af sensorer."
    StatementFactory(profile=own_profile, kind="need", text=need)
    StatementFactory(
        profile__name="Kollegaen", kind="need", text="Vi søger erfaringer med afprøvning af sensorer hos os."
    )
    clinician("Sårafdelingen", "Vi tilbyder afprøvning af sensorer.")
    build_index()

    status, body = member.get("recommendations/", profile=str(own_profile.public_id), purpose="erfa")

    assert (status, body["purpose"]) == (200, {"code": "erfa", "label": "Exchange of experience"})
    assert names(body) == ["Kollegaen"]
    assert body["results"][0]["direction"] == {"code": "same_need", "label": "They have the same concern"}


@pytest.mark.parametrize("rows", [1, 3])
def test_recommendations_ask_the_database_as_often_whatever_their_number(
    member: Caller,
    own_profile: Profile,
    build_index: Callable[[], object],
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    StatementFactory(profile=own_profile, kind="need", text="Vi er et firma. Vi søger afprøvning af tryksårssensor.")
    for number in range(rows):
        clinician(f"Afdeling {number}", f"Kaffen er god. Vi tilbyder afprøvning af tryksårssensor nummer {number}.")
    build_index()
    query = {"profile": str(own_profile.public_id), "purpose": "opi_light"}
    member.get("recommendations/", **query)

    # Hub (2), who asks (3), profile (4), ranker, caps, contacts (3), partners (3), sentences (3), keeping the list (4).
    with django_assert_num_queries(22):
        body = member.get("recommendations/", **query)[1]

    assert len(body["results"]) == rows
