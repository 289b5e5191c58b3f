"""Whatever is sent, the answer is a clear refusal or the thing itself, stored as it was written."""

import json
from typing import Any

import pytest

from profiles.models import Organisation, Profile, Statement
from tests.api.conftest import Caller
from tests.factories import StatementFactory

WRONG_TYPES = [None, 5, 1.5, True, [], ["x"], {}, {"a": 1}, [[["x"]]]]
UNSTORABLE = ["nul\x00tegn", "\ud800", "klokke\x07", "x" * 100_000]


def refused_field(answer: tuple[int, Any]) -> str | None:
    status, body = answer
    assert (status, body["error"]["code"]) == (400, "invalid_input")
    return next(iter(body["error"].get("fields", {})), None)


def raw(value: Any) -> bytes:
    """JSON with lone surrogates escaped, as a hostile client writes it."""
    return json.dumps(value, ensure_ascii=True).encode()


@pytest.mark.parametrize("value", [*WRONG_TYPES, *UNSTORABLE, "", " \n\t ", "👩🏽‍⚕️", "\u202e\u200f"])
def test_statement_text_that_cannot_be_is_refused(member: Caller, own_profile: Profile, value: Any) -> None:
    new = {"profile": str(own_profile.public_id), "kind": "offer", "text": value}

    assert refused_field(member.send("POST", "statements/", raw(new))) == "text"
    assert Statement.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("kind", value) for value in [*WRONG_TYPES, "", "firm", "OFFER"]],
        *[("language", value) for value in [*WRONG_TYPES, "", "xx"]],
        *[("visibility", value) for value in [*WRONG_TYPES, "", "everybody"]],
        *[("purpose", value) for value in [5, [], {}, True, "nonsense", "contact_purpose:test", "x" * 100, "\x00"]],
        *[("stage", value) for value in [5, [], "test"]],
        *[("collaboration", "nonsense"), ("ip_state", "nonsense")],
        *[("expires_on", value) for value in [5, True, [], {}, "", "i morgen", "2026-13-01", "2026-02-30"]],
        *[("profile", value) for value in [*WRONG_TYPES, "", "nonsense", "7"]],
        *[("nonsense", 1), ("version", 1), ("hub", 2), ("text\x00", "x")],
    ],
)
def test_statement_with_a_wrong_value_is_refused_by_name(
    member: Caller, own_profile: Profile, field: str, value: Any
) -> None:
    new = {
        "profile": str(own_profile.public_id),
        "kind": "offer",
        "text": "Vi tilbyder en sensor.",
        field: value,
    }

    assert refused_field(member.send("POST", "statements/", raw(new))) == field
    assert Statement.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", value) for value in [*WRONG_TYPES, *UNSTORABLE, "", "!"]],
        *[("kind", value) for value in [*WRONG_TYPES, "alien"]],
        *[("region", value) for value in [5, [], "9999", "region:1082"]],
        ("municipality", "0000"),
        ("specialty", "magic"),
        ("municipal_field", "magic"),
        *[("themes", value) for value in [None, 5, "sustainability", {}]],
        *[("themes.0", value) for value in [["magic"], [None], [5], [["sustainability"]], [{}]]],
        ("themes", ["sustainability"] * 1_000),
        *[("keywords", value) for value in [None, 5, "sensor", [f"ord {n}" for n in range(13)]]],
        *[("keywords.0", value) for value in [["x" * 61], [None], [5], ["\x00"]]],
        *[("languages", value) for value in [None, "da"]],
        *[("languages.0", value) for value in [["xx"], [5]]],
        *[("is_paused", value) for value in [None, "true", 1, [], {}]],
        *[("contact_email", value) for value in [None, 5, "ingen", "a@b@c", "x" * 300 + "@example.test"]],
        ("public_id", "00000000-0000-4000-8000-000000000000"),
        ("version", 3),
    ],
)
def test_profile_with_a_wrong_value_is_refused_by_name(member: Caller, field: str, value: Any) -> None:
    new = {
        "organisation": {"name": "Nordlys ApS"},
        "kind": "firm",
        "name": "Nordlys",
        field.split(".")[0]: value,
    }

    assert refused_field(member.send("POST", "profiles/", raw(new))) == field
    assert (Profile.objects.count(), Organisation.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", value) for value in [*WRONG_TYPES, "\x00", "\ud800", "x" * 100_000]],
        *[("website", value) for value in ["javascript:alert(1)", "nonsense", "http://" + "x" * 300]],
        *[("cvr_number", value) for value in [12345678, "123456789"]],
        *[("sector", value) for value in ["magic", 5]],
        *[("founded_year", value) for value in ["1999", 1.5, True, 1, 10**30, -(10**30)]],
        *[("employees", value) for value in ["5", -1, 10**30, 0.5]],
        ("nonsense", 1),
    ],
)
def test_organisation_with_a_wrong_value_is_refused_by_name(member: Caller, field: str, value: Any) -> None:
    new = {"organisation": {"name": "Nordlys ApS", field: value}, "kind": "firm", "name": "Nordlys"}

    assert refused_field(member.send("POST", "profiles/", raw(new))) == f"organisation.{field}"
    assert (Profile.objects.count(), Organisation.objects.count()) == (0, 0)


@pytest.mark.parametrize("version", [None, "1", 1.0, True, 0, -1, 10**30, [1], {}])
def test_version_that_is_none_is_refused(member: Caller, own_profile: Profile, version: Any) -> None:
    statement = StatementFactory(profile=own_profile, text="Som før.")

    for path in (f"profiles/{own_profile.public_id}/", f"statements/{statement.public_id}/"):
        assert refused_field(member.patch(path, {"version": version})) == "version"


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        *[
            ("profiles/", {"limit": value}, "limit")
            for value in ["0", "-1", "101", "9" * 30, "ti", "1.5", "", ["1", "2"], "٣", "1_0"]
        ],
        *[("profiles/", {"offset": value}, "offset") for value in ["-1", "9" * 30, "1000001", "x"]],
        *[("statements/", {"limit": "1000"}, "limit"), ("statements/", {"offset": "-5"}, "offset")],
        *[("profiles/", {"kind": value}, "kind.0") for value in ["alien", "", "firm,researcher", "firm\x00"]],
        *[("profiles/", {"region": value}, "region.0") for value in ["9999", "x" * 100_0, "\x00"]],
        ("profiles/", {"municipality": "9999"}, "municipality.0"),
        ("profiles/", {"theme": ["sustainability", "magic"]}, "theme.1"),
        ("profiles/", {"theme": ["sustainability"] * 100}, "theme"),
        ("profiles/", {"kinds": "firm"}, "kinds"),
        ("statements/", {"profile": "nonsense"}, "profile"),
        ("statements/", {"profile": ""}, "profile"),
        ("profiles/", {"kind[0]": "firm"}, "kind[0]"),
        ("statements/", {"language": "xx"}, "language.0"),
        ("search/", {}, "q"),
        *[("search/", {"q": value}, "q") for value in ["", " ", "x" * 2_001, "nul\x00", "\x07"]],
        ("search/", {"q": "sensor", "limit": "51"}, "limit"),
        ("search/", {"q": "sensor", "offset": "-1"}, "offset"),
        ("search/", {"q": "sensor", "offset": "201"}, "offset"),
        ("search/", {"q": "sensor", "kind": "alien"}, "kind.0"),
        ("search/", {"q": "sensor", "theme": "magic"}, "theme.0"),
        *[
            ("search/", {"q": "sensor", "stage": value}, "stage.0")
            for value in ["magic", "", "product_stage:idea", "\x00"]
        ],
        ("search/", {"q": "sensor", "stage": ["idea"] * 21}, "stage"),
        *[("search/", {"like": value}, "like") for value in ["", "x", "7", "\x00", "0" * 32, ["a", "b"]]],
        ("search/", {"q": "sensor", "like": "00000000-0000-4000-8000-000000000000"}, "like"),
        ("search/", {"kind": "firm"}, "q"),
        ("recommendations/", {"purpose": "opi_light"}, "profile"),
        ("recommendations/", {"purpose": "opi_light", "profile": "x"}, "profile"),
        ("recommendations/", {"profile": "00000000-0000-4000-8000-000000000000", "purpose": "x"}, "purpose"),
    ],
)
def test_parameter_with_a_wrong_value_is_refused_by_name(member: Caller, path: str, query: dict, field: str) -> None:
    assert refused_field(member.get(path, **query)) == field


@pytest.mark.parametrize("path", ["profiles/", "statements/", "search/?q=x", "recommendations/"])
def test_parameters_that_are_no_utf8_do_no_harm(member: Caller, path: str) -> None:
    joiner = "&" if "?" in path else "?"
    response = member.client.get(f"/api/v1/{path}{joiner}limit=%ff%fe&kind=%ed%a0%80&%00=%c3", headers=member.headers)

    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_input")


def test_html_and_script_are_text_like_any_other(member: Caller) -> None:
    markup = "<img src=x onerror=alert(1)>&amp;\"'"
    new = {"organisation": {"name": markup}, "kind": "firm", "name": markup, "keywords": [markup[:60]]}

    status, body = member.post("profiles/", new)

    assert (status, body["name"], body["organisation"]["name"]) == (201, markup, markup)


def test_answers_are_json_that_no_browser_takes_for_a_page(member: Caller, own_profile: Profile) -> None:
    response = member.client.get(f"/api/v1/profiles/{own_profile.public_id}/")

    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "body",
    [
        {"\ud800": 1},
        {"text": "sensor", "purpose": "\ud800"},
        {"text": "sensor", "purpose": "opi_light", "seeker_kind": "\udfff"},
    ],
)
def test_lone_surrogates_in_names_and_choices_are_refused_in_the_one_form(anybody: Caller, body: Any) -> None:
    status, answer = anybody.send("POST", "recommendations/", raw(body))

    assert (status, answer["error"]["code"]) == (400, "invalid_input")


def test_refusal_quotes_an_unknown_name_that_cannot_be_sent_back(anybody: Caller) -> None:
    _status, answer = anybody.send("POST", "recommendations/", raw({"\ud800navn": 1}))

    assert list(answer["error"]["fields"]) == ["?navn"]
