"""Search and recommendations over the API: both statements, reasons, no score, nothing hidden."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from events.models import Event, Participation
from hubs.enums import Role
from hubs.models import Hub
from matching.serving import use_encoder
from profiles.models import Profile
from tests.api.conftest import Caller, caller_for
from tests.factories import MembershipFactory, OrganisationFactory, ProfileFactory, StatementFactory

QUESTION = {"text": "Vi søger afprøvning af tryksårssensor", "purpose": "opi_light"}


def clinician(name: str, text: str, kind: str = "offer", **fields: Any) -> Profile:
    profile = ProfileFactory(name=name, kind="clinician", contact_email="afdeling@hospital.example", **fields)
    StatementFactory(profile=profile, kind=kind, text=text)
    return profile


def names(body: dict) -> list[str]:
    return [row["profile"]["name"] for row in body["results"]]


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys_in(inner)
    if isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


@pytest.fixture
def cluster(own_profile: Profile, hub: Hub) -> None:
    """A firm that seeks a test, and others who fit more or less."""
    StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af vores tryksårssensor.")
    clinician("Sårafdelingen", "Vi tilbyder afprøvning af tryksårssensor.", region_id="region:1082")
    clinician("Røntgen", "Vi tilbyder billeder af knogler.", region_id="region:1081")
    clinician("Skjult", "Vi tilbyder afprøvning af tryksårssensor i det skjulte.", visibility="hub")


def test_search_gives_the_statement_that_fits_with_marks_and_facets(
    anybody: Caller, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    status, body = anybody.get("search/", q="afprøvning af tryksårssensor", kind="clinician")

    best = body["results"][0]
    assert status == 200
    assert names(body) == ["Sårafdelingen", "Røntgen"]
    assert (body["count"], best["rank"], best["direction"]["code"]) == (2, 1, "query")
    assert best["theirs"]["text"] == "Vi tilbyder afprøvning af tryksårssensor."
    marked = [best["theirs"]["text"][mark["start"] : mark["end"]] for mark in best["theirs"]["marks"]]
    assert "tryksårssensor" in " ".join(marked)
    assert {"code": "clinician", "label": "Hospital department", "count": 2, "chosen": True} in body["facets"]["kinds"]


def test_search_comes_in_pages(anybody: Caller, cluster: None, build_index: Callable[[], object]) -> None:
    build_index()

    first = anybody.get("search/", q="afprøvning", limit=1)[1]
    second = anybody.get("search/", q="afprøvning", limit=1, offset=1)[1]

    assert (first["count"], len(first["results"]), first["results"][0]["rank"]) == (3, 1, 1)
    assert "offset=1" in first["next"]
    assert second["results"][0]["rank"] == 2
    assert names(first) != names(second)


def test_matches_tell_neither_score_nor_contact_nor_what_is_hidden(
    member: Caller, anybody: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    answers = [
        anybody.get("search/", q="afprøvning af tryksårssensor"),
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


def test_search_says_so_when_the_index_is_not_built(anybody: Caller, build_index: Callable[[], object]) -> None:
    response = anybody.client.get("/api/v1/search/?q=sensor")

    assert (response.status_code, response.json()["error"]["code"]) == (503, "not_ready")
    assert int(response["Retry-After"]) > 0


def test_search_says_so_when_the_model_is_not_built(anybody: Caller, settings: Any, tmp_path: Any) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path
    use_encoder(None)

    status, body = anybody.get("search/", q="sensor")

    assert (status, body["error"]["code"]) == (503, "not_ready")
