"""The first address of the API leads to all others."""

from urllib.parse import urlsplit

from hubs.models import Hub
from tests.api.conftest import ROOT, Caller


def test_root_lists_addresses_that_answer(anybody: Caller, member: Caller) -> None:
    status, body = anybody.get("")

    assert status == 200
    assert body["search"] == "http://testserver/api/v1/search/"
    assert set(body) == {
        "profiles", "statements", "search", "saved_searches", "recommendations", "taxonomies", "me", "schema", "docs",
    }  # fmt: skip
    answers = {name: member.client.get(urlsplit(url).path, headers=member.headers) for name, url in body.items()}
    assert {name for name, answer in answers.items() if answer.status_code != 200} == {"search", "recommendations"}
    assert {answers[name].status_code for name in ("search", "recommendations")} == {400}, "they want a question"


def test_root_without_its_slash_has_the_one_form(hub: Hub) -> None:
    response = Caller(accept_language="en").client.get(ROOT.rstrip("/"))

    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_root_takes_no_body(anybody: Caller) -> None:
    status, body = anybody.post("", {"q": "sensor"})

    assert (status, body["error"]["code"]) == (405, "method_not_allowed")
