"""Why a named profile is not recommended: for those who speak for the asking one, and nothing about hidden ones."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Participation
from hubs.enums import Role
from hubs.models import Hub
from profiles.models import Profile
from tests.api.cluster import clinician, fill, quoted
from tests.api.conftest import Caller, caller_for
from tests.factories import HubFactory, MembershipFactory, OrganisationFactory, ProfileFactory, StatementFactory


@pytest.fixture
def cluster(own_profile: Profile) -> None:
    fill(own_profile)


def path_of(profile: Profile) -> str:
    return f"profiles/{profile.public_id}/why-not/"


def codes(reasons: list[dict[str, str]]) -> list[str]:
    return [reason["code"] for reason in reasons]


def test_profile_that_is_listed_is_told_with_its_rank_and_pair(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    build_index()

    status, body = member.get(path_of(own_profile), other="sarafdelingen", purpose="opi_light")

    assert (status, body["rank"], body["shown"], body["blocks"], body["weaker"]) == (200, 1, 2, [], [])
    assert body["profile"]["name"] == "Sårafdelingen"
    assert body["match"]["direction"]["code"] == "need_offer"
    assert body["match"]["ours"]["text"] == "Vi søger afprøvning af vores tryksårssensor."
    assert body["match"]["theirs"]["text"] == "Vi tilbyder afprøvning af tryksårssensor."
    assert body["match"]["fit"]["percent"] >= 0
    assert "afdeling@hospital.example" not in str(body)


@pytest.mark.parametrize("purpose", ["opi_light", "project"])
def test_rank_is_the_one_of_the_list(
    member: Caller, own_profile: Profile, build_index: Callable[[], object], purpose: str
) -> None:
    StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af vores tryksårssensor.")
    for number in range(11):
        text = f"Vi tilbyder afprøvning af tryksårssensor nummer {number}" + " og andet" * number
        clinician(f"Afdeling {number}", text, slug=f"afdeling-{number}")
    far = ProfileFactory(name="Forskerne", kind="researcher", slug="forskerne")
    StatementFactory(profile=far, text="Vi tilbyder afprøvning af knogler.")
    build_index()
    query = {"profile": str(own_profile.public_id), "purpose": purpose}

    listed = member.get("recommendations/", **query)[1]["results"]
    ranks = {
        row["profile"]["slug"]: member.get(path_of(own_profile), other=row["profile"]["slug"], purpose=purpose)[1][
            "rank"
        ]
        for row in listed
    }

    assert len(listed) == 10
    assert ranks == {row["profile"]["slug"]: row["rank"] for row in listed}
    assert ("forskerne" in ranks) == (purpose == "project"), "the missing part comes early, however far it is"


def test_profile_that_lies_further_down_is_told_in_what_it_falls_behind(
    member: Caller, own_profile: Profile, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af vores tryksårssensor.")
    for number in range(10):
        clinician(f"Afdeling {number}", f"Vi tilbyder afprøvning af tryksårssensor nummer {number}.")
    clinician("Røntgen", "Vi tilbyder billeder af knogler.", slug="rontgen")
    build_index()

    body = member.get(path_of(own_profile), other="rontgen", purpose="opi_light")[1]

    assert (body["rank"], body["shown"], body["blocks"]) == (11, 10, [])
    assert "need_offer_meaning" in codes(body["weaker"])
    assert all(reason["label"] and reason["detail"] for reason in body["weaker"])
    assert body["match"]["theirs"]["text"] == "Vi tilbyder billeder af knogler."


def test_rule_that_keeps_a_profile_out_is_named(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile__name="Konkurrenten", profile__slug="konkurrenten", text="Vi tilbyder afprøvning.")
    ProfileFactory(name="Stille", kind="clinician", slug="stille")
    build_index()

    def blocks(slug: str) -> list[str]:
        body = member.get(path_of(own_profile), other=slug, purpose="opi_light")[1]
        assert body["rank"] is None
        return codes(body["blocks"])

    assert blocks("konkurrenten") == ["kind"]
    assert blocks("stille") == ["silent"]
    assert blocks(own_profile.slug) == ["own", "kind"]


def test_answer_is_in_the_readers_language(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    ProfileFactory(name="Stille", kind="clinician", slug="stille")
    build_index()
    query = {"other": "stille", "purpose": "opi_light"}

    english = member.get(path_of(own_profile), **query)[1]
    member.headers["accept-language"] = "da"
    danish = member.get(path_of(own_profile), **query)[1]

    assert english["blocks"][0]["label"] == "Nothing to match"
    assert danish["profile"]["kind"]["label"] == "Hospitalsafdeling"


def test_event_keeps_out_who_does_not_take_part(
    member: Caller, own_profile: Profile, cluster: None, hub: Hub, build_index: Callable[[], object]
) -> None:
    event = Event.objects.create(
        hub=hub, slug="bazar", name="Bazar", starts_at="2030-01-01T09:00Z", ends_at="2030-01-01T15:00Z"
    )
    Participation.objects.create(hub=hub, event=event, profile=Profile.objects.get(name="Røntgen"))
    build_index()
    query = {"purpose": "event", "event": "bazar"}

    away = member.get(path_of(own_profile), other="sarafdelingen", **query)[1]
    there = member.get(path_of(own_profile), other="rntgen", **query)[1]

    assert (away["rank"], codes(away["blocks"])) == (None, ["event"])
    assert (there["rank"], there["blocks"]) == (1, [])


@pytest.mark.parametrize("hidden", ["unknown", "hub only", "paused", "other hub"])
def test_other_that_is_not_open_looks_like_one_that_is_not_there(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object], hidden: str
) -> None:
    fields: dict[str, Any] = {
        "unknown": {"slug": "en-anden"},
        "hub only": {"visibility": "hub"},
        "paused": {"is_paused": True},
        "other hub": {"organisation": OrganisationFactory(hub=HubFactory(slug="andet"))},
    }[hidden]
    StatementFactory(
        profile=ProfileFactory(**{"name": "Hemmelig", "slug": "hemmelig", "kind": "clinician", **fields}),
        text="Vi tilbyder afprøvning af tryksårssensor.",
    )
    build_index()

    status, body = member.get(path_of(own_profile), other="hemmelig", purpose="opi_light")
    nowhere = member.get(path_of(own_profile), other="findes-ikke", purpose="opi_light")

    assert (status, body) == nowhere
    assert (status, body["error"]["code"]) == (404, "not_found")


def test_only_those_who_speak_for_the_profile_may_ask(
    member: Caller, anybody: Caller, hub: Hub, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    theirs = Profile.objects.get(name="Sårafdelingen")
    hidden = Profile.objects.get(name="Skjult")
    query = {"other": own_profile.slug, "purpose": "opi_light"}
    build_index()
    facilitator = caller_for(MembershipFactory(hub=hub, role=Role.FACILITATOR).user)
    organiser = caller_for(MembershipFactory(hub=hub, role=Role.ORGANISER).user)

    assert anybody.get(path_of(theirs), **query)[1]["error"]["code"] == "not_authenticated"
    assert member.get(path_of(theirs), **query)[1]["error"]["code"] == "not_allowed"
    assert member.get(path_of(hidden), **query)[1]["error"]["code"] == "not_found"
    assert organiser.get(path_of(theirs), **query)[0] == 403
    assert facilitator.get(path_of(theirs), **query)[0] == 200


def test_carrying_sentence_of_their_side_is_pointed_to(
    member: Caller, own_profile: Profile, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af en sensor mod tryksår.")
    carrying = "Vi afprøver gerne en sensor mod tryksår."
    clinician("Sårafdelingen", f"Kaffen er god hos os. {carrying}", slug="saar")
    clinician("Røntgen", "Vi tilbyder billeder af knogler.")
    build_index()

    body = member.get(path_of(own_profile), other="saar", purpose="opi_light")[1]

    assert quoted(body["match"]["theirs"]) == carrying
    assert body["match"]["ours"]["carrying"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        *[({"other": value}, "other") for value in ["", " ", "x" * 81, "nul\x00", ["a", "b"]]],
        *[({"purpose": value}, "purpose") for value in ["", "marriage", "ERFA", "\x00"]],
        ({"purpose": "event"}, "event"),
        ({"event": "bazar"}, "event"),
        ({"limit": "3"}, "limit"),
        ({"profile": "x"}, "profile"),
    ],
)
def test_question_with_a_mistake_is_refused_by_name(
    member: Caller, own_profile: Profile, cluster: None, change: dict, field: str
) -> None:
    query = {"other": "sarafdelingen", "purpose": "opi_light"} | change

    status, body = member.get(path_of(own_profile), **query)

    assert (status, list(body["error"]["fields"])) == (400, [field])


@pytest.mark.parametrize("missing", ["other", "purpose"])
def test_question_without_what_it_needs_is_refused_by_name(
    member: Caller, own_profile: Profile, cluster: None, missing: str
) -> None:
    query = {"other": "sarafdelingen", "purpose": "opi_light"}
    del query[missing]

    status, body = member.get(path_of(own_profile), **query)

    assert (status, list(body["error"]["fields"])) == (400, [missing])


@pytest.mark.parametrize(
    "slug", ["' OR 1=1 --", "../../etc/passwd", "%", "\u202e", "🦄", "Sårafdelingen", "\x07", "a/b?c#d"]
)
def test_odd_slug_is_nobody(member: Caller, own_profile: Profile, cluster: None, slug: str) -> None:
    status, body = member.get(path_of(own_profile), other=slug, purpose="opi_light")

    assert (status, body["error"]["code"]) == (404, "not_found")


def test_index_that_is_not_built_is_said(
    member: Caller, own_profile: Profile, cluster: None, build_index: Callable[[], object]
) -> None:
    status, body = member.get(path_of(own_profile), other="sarafdelingen", purpose="opi_light")

    assert (status, body["error"]["code"]) == (503, "not_ready")


@pytest.mark.parametrize("rows", [1, 12])
def test_question_asks_the_database_as_often_whatever_the_number_of_partners(
    member: Caller,
    own_profile: Profile,
    build_index: Callable[[], object],
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    StatementFactory(profile=own_profile, kind="need", text="Vi er et firma. Vi søger afprøvning af tryksårssensor.")
    for number in range(rows):
        text = f"Kaffen er god. Vi tilbyder afprøvning af tryksårssensor nummer {number}."
        clinician(f"Afdeling {number}", text, slug=f"afdeling-{number}")
    build_index()
    query = {"other": "afdeling-0", "purpose": "opi_light"}
    member.get(path_of(own_profile), **query)

    # As recommendations but for keeping the list, the other profile (3), and its room.
    with django_assert_num_queries(22):
        status, body = member.get(path_of(own_profile), **query)

    assert (status, body["match"] is None) == (200, False)
