"""Every refusal has one form, whoever refuses: router, framework, domain, or a fault of ours."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from hubs.models import Hub
from profiles.models import Profile
from tests.api.conftest import ROOT, Caller

QUESTION = {"text": "Vi søger en afdeling", "purpose": "opi_light"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing/", 404, "not_found"),
        ("GET", "profiles", 404, "not_found"),
        ("POST", "nothing/at/all", 404, "not_found"),
        ("GET", "profiles/not-an-id/", 404, "not_found"),
        ("GET", "statements/123/", 404, "not_found"),
        ("PUT", "profiles/", 405, "method_not_allowed"),
        ("DELETE", "search/", 405, "method_not_allowed"),
        ("OPTIONS", "profiles/", 405, "method_not_allowed"),
    ],
)
def test_every_refusal_has_the_one_form(anybody: Caller, method: str, path: str, status: int, code: str) -> None:
    answer, body = anybody.send(method, path, {})

    assert (answer, list(body), body["error"]["code"]) == (status, ["error"], code)
    assert body["error"]["message"]


def test_address_outside_every_version_has_the_one_form(hub: Hub) -> None:
    response = Client().get("/api/v2/profiles/")

    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("accept", ["application/xml", "text/html;q=1", "nonsense", ";;;", "a/b/c"])
def test_answer_in_another_form_than_json_is_refused_in_json(hub: Hub, accept: str) -> None:
    response = Client().get(ROOT + "taxonomies/", headers={"accept": accept})

    assert (response.status_code, response.json()["error"]["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x"])
def test_body_in_another_form_than_json_is_refused(anybody: Caller, content_type: str) -> None:
    status, body = anybody.send("POST", "recommendations/", b"text=sensor", content_type)

    assert (status, body["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"NaN",
        b'{"text": Infinity}',
        b"\xff\xfe{}",
        b'{"text": "\xc3\x28"}',
        "{}".encode("utf-16"),
        b'{"text": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
)
def test_body_that_is_no_json_object_is_refused(anybody: Caller, raw: bytes) -> None:
    status, body = anybody.send("POST", "recommendations/", raw)

    assert (status, body["error"]["code"] in {"malformed", "invalid_input"}) == (400, True)


@pytest.mark.parametrize("charset", ["utf-16", "zlib", "bz2", "rot13", "unheard-of"])
def test_charset_of_the_header_is_not_believed(anybody: Caller, charset: str) -> None:
    body = json.dumps({**QUESTION, "purpose": "nonsense"}).encode()

    status, answer = anybody.send("POST", "recommendations/", body, f"application/json; charset={charset}")

    assert (status, list(answer["error"]["fields"])) == (400, ["purpose"])


def test_body_over_the_limit_is_refused_unread(anybody: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000

    status, body = anybody.post("recommendations/", {**QUESTION, "text": "x" * 1_000})

    assert (status, body["error"]["code"]) == (413, "too_large")


def test_body_in_chunks_is_not_taken_for_an_empty_one(anybody: Caller) -> None:
    anybody.headers["transfer-encoding"] = "chunked"

    status, body = anybody.send("POST", "recommendations/", b"")

    assert (status, body["error"]["code"]) == (411, "length_required")


def test_too_many_calls_are_told_when_to_go_on(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnonRateThrottle, "get_rate", lambda self: "2/min")
    cache.clear()

    answers = [
        Client().get(ROOT + "taxonomies/", headers={"x-forwarded-for": f"10.0.0.{number}"}) for number in range(3)
    ]
    cache.clear()

    assert [answer.status_code for answer in answers] == [200, 200, 429], "a made-up header lifts no limit"
    assert answers[2].json()["error"]["code"] == "throttled"
    assert 0 < int(answers[2]["Retry-After"]) <= 61


def test_fault_of_ours_shows_no_detail_and_is_logged(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("api.views.profiles.list_profiles", fail)

    response = Client(raise_request_exception=False).get(ROOT + "profiles/", headers={"accept-language": "en"})

    assert (response.status_code, response.json()["error"]["code"]) == (500, "server_error")
    assert "1234" not in response.content.decode()
    assert "the password is 1234" in caplog.text


def test_installation_without_a_hub_says_so(db: None) -> None:
    response = Client().get(ROOT + "profiles/")

    assert (response.status_code, response.json()["error"]["code"]) == (503, "not_ready")


def test_several_wrong_fields_are_all_named(member: Caller) -> None:
    new = {
        "organisation": {"name": "", "employees": -1},
        "kind": "alien",
        "themes": ["sustainability", "magic"],
    }

    status, body = member.post("profiles/", new)

    assert status == 400
    assert set(body["error"]["fields"]) == {
        "organisation.name",
        "organisation.employees",
        "kind",
        "name",
        "themes.1",
    }
    assert Profile.objects.count() == 0


def test_answer_says_its_language_and_what_it_varies_by(hub: Hub) -> None:
    response = Client().get(ROOT + "taxonomies/", headers={"accept-language": "en"})

    assert response["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response["Vary"].split(",")}


@pytest.mark.parametrize("language", ["xx", "da;q=nonsense", "," * 5_000, "e" * 5_000, "../../etc/passwd", "*"])
def test_odd_language_is_answered_in_danish(hub: Hub, language: str) -> None:
    response = Client().get(ROOT + "taxonomies/", headers={"accept-language": language})

    assert (response.status_code, response["Content-Language"]) == (200, "da")
