"""Expected failures become pages, or parts for htmx; unexpected ones never need the database."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import translation

from events.domain.people.admitting import RegistrationClosed
from events.domain.setup.changing import ChangedMeanwhile
from frontend.errors import DomainErrorMiddleware, server_error
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound, NotReady
from mailgate.links import LinkInvalid
from tests.frontend.conftest import SCRIPT

HTMX = {"hx-request": "true"}


def answer(error: Exception, path: str = "/en/x/", **headers: str) -> Any:
    request = RequestFactory().get(path, headers=headers)
    request.viewer = Viewer(hub_id=1)  # type: ignore[attr-defined]
    handler = DomainErrorMiddleware(lambda _request: None)  # type: ignore[arg-type,return-value]
    with translation.override("en"):
        return handler.process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (InvalidInput("Too long."), 400, "Something needs to be put right"),
        (NotAllowed("Not yours."), 403, "This page is not open to you"),
        (NotFound("Not here."), 404, "We cannot find the page"),
        (EditConflict("Too late."), 409, "Somebody else saved first"),
        (ChangedMeanwhile("Too late."), 409, "Somebody else saved first"),
        (RegistrationClosed("It is over."), 409, "That cannot be done now"),
        (LinkInvalid("Half a link."), 404, "This link does not work"),
        (NotReady("Not built."), 503, "We are not quite ready"),
    ],
)
def test_each_failure_has_its_page_and_status(error: DomainError, status: int, title: str) -> None:
    response = answer(error)

    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert error.message in page


def test_htmx_gets_a_notice_for_the_top_of_the_page() -> None:
    response = answer(NotAllowed("Not yours."), **HTMX)

    page = response.content.decode()
    assert (response.status_code, response["HX-Retarget"], response["HX-Push-Url"]) == (
        403,
        "#notice",
        "false",
    )
    assert "Not yours." in page
    assert "<html" not in page


def test_message_is_escaped() -> None:
    assert "<script>alert" not in answer(InvalidInput(SCRIPT)).content.decode()


def test_failures_of_the_api_are_left_to_the_api() -> None:
    assert answer(NotFound("Not here."), path="/api/v1/profiles/x/") is None


def test_other_exceptions_are_left_alone() -> None:
    assert answer(ImproperlyConfigured("x")) is None


def test_missing_page_offers_the_search(client: Client, hub: Hub) -> None:
    response = client.get("/en/nowhere/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "We cannot find the page" in page
    assert 'role="search"' in page


def test_form_that_was_open_too_long_says_what_to_do(hub: Hub) -> None:
    response = Client(enforce_csrf_checks=True).post("/en/theme/", {"theme": "dark"})

    page = response.content.decode()
    assert response.status_code == 403
    assert "The form was open too long" in page
    assert "Nothing was saved." in page


def test_server_error_needs_no_database(db: None) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("the database was asked")

    with connection.execute_wrapper(refuse), translation.override("en"):
        response = server_error(RequestFactory().get("/en/"))

    assert response.status_code == 500
    assert "The mistake is ours" in response.content.decode()


def test_server_error_reaches_htmx_as_a_notice() -> None:
    with translation.override("en"):
        response = server_error(RequestFactory().get("/en/", headers=HTMX))

    assert (response.status_code, response["HX-Retarget"]) == (500, "#notice")
    assert "<html" not in response.content.decode()


def test_server_error_survives_a_broken_template(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("frontend.errors.render_to_string", fail)

    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Noget gik galt" in response.content.decode()


def test_unexpected_failure_becomes_that_page(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("frontend.views.home.hub_figures", fail)

    response = Client(raise_request_exception=False).get("/en/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong" in page
    assert "secret detail" not in page
