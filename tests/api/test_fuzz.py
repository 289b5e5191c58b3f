"""Requests drawn from our own description, as it allows and as it forbids; the same ones on every run."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from api.reference import schema_in
from hubs.models import User
from matching.domain.saved_searches import save_search
from matching.models import SavedSearch
from matching.results import SearchFilters
from profiles.models import Profile, Statement
from tests.api.conftest import caller_for
from tests.factories import StatementFactory
from videnbro.wsgi import application

SCHEMA = schemathesis.openapi.from_dict(dict(schema_in("en")))
SCHEMA.app = application
CALLS = [
    (method, path, bool(call.get("parameters") or "requestBody" in call))
    for path, methods in schema_in("en")["paths"].items()
    for method, call in methods.items()
]
OTHER = "sensorafdelingen"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FIXED = settings(
    max_examples=15, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """After a request the application closes the connection, and with it would go the test's transaction."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


@pytest.fixture
def token(person: User) -> str:
    return caller_for(person).headers["authorization"]


@pytest.fixture
def statement(person: User, own_profile: Profile, build_index: Callable[[], object]) -> Statement:
    """Something to find, read, change and remove."""
    offer = "Vi tilbyder afprøvning af sensorer."
    StatementFactory(profile__kind="clinician", profile__slug=OTHER, kind="offer", text=offer)
    save_search(person, hub_id=own_profile.hub_id, query="sensor", filters=SearchFilters(kinds=("clinician",)))
    statement = StatementFactory(profile=own_profile, kind="need", text="Vi søger afprøvning af sensorer.")
    build_index()
    return statement


def lead_to_what_exists(case: Any, statement: Statement) -> None:
    """Point well-formed identifiers at stored rows, else nearly every request would end at "not found"."""
    profile_id, statement_id = str(statement.profile.public_id), str(statement.public_id)
    if "public_id" in (case.path_parameters or {}):
        kept = SavedSearch.objects.first()
        ids = {"/statements/": statement_id, "/saved-searches/": str(kept.public_id) if kept else ""}
        case.path_parameters["public_id"] = next((ids[part] for part in ids if part in case.path), profile_id)
    for part in (case.query, case.body):
        if isinstance(part, dict) and isinstance(part.get("profile"), str) and len(part["profile"]) == 36:
            part["profile"] = profile_id
        if isinstance(part, dict) and isinstance(part.get("like"), str) and len(part["like"]) == 36:
            part["like"] = statement_id
        if isinstance(part, dict) and isinstance(part.get("other"), str):
            part["other"] = OTHER
        if isinstance(part, dict) and part.get("version"):
            part["version"] = 1


@pytest.mark.parametrize(("method", "path"), [call[:2] for call in CALLS])
def test_request_that_the_description_allows_is_answered_as_described(
    method: str, path: str, token: str, statement: Statement
) -> None:
    operation = SCHEMA[path][method]

    @FIXED
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def answer(case: Any) -> None:
        lead_to_what_exists(case, statement)
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)
            transaction.set_rollback(True)

    answer()


@pytest.mark.parametrize(("method", "path"), [call[:2] for call in CALLS if call[2]])
def test_request_that_the_description_forbids_is_refused_as_described(
    method: str, path: str, token: str, statement: Statement
) -> None:
    operation = SCHEMA[path][method]

    @FIXED
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def answer(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": token}, checks=[*CHECKS, negative_data_rejection])
            transaction.set_rollback(True)

    answer()
