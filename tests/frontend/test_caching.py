"""What a signed-in person was shown is kept by no cache; what everybody may read stays free to be kept."""

import pytest
from django.test import Client

from hubs.models import Hub
from profiles.models import Profile
from tests.factories import ProfileFactory
from tests.frontend.conftest import speaks_for

PAGES = ["/", "/search/", "/profiles/klinikken/", "/for-you/", "/account/logout/", "/nowhere/", "/api/v1/me/"]


@pytest.fixture
def profile(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(slug="klinikken")
    return profile


def told(client: Client, address: str, **headers: str) -> set[str]:
    told = client.get(address, headers=headers).headers.get("Cache-Control", "")
    return {part.strip() for part in told.split(",") if part}


@pytest.mark.parametrize("address", PAGES)
def test_answers_to_a_signed_in_person_are_kept_nowhere(client: Client, profile: Profile, address: str) -> None:
    assert {"no-store", "private"} <= told(speaks_for(client, profile), address)


def test_answer_to_logging_out_is_kept_nowhere(client: Client, profile: Profile) -> None:
    answer = speaks_for(client, profile).post("/account/logout/")

    assert "no-store" in answer.headers["Cache-Control"]


def test_answers_to_a_program_with_a_token_are_kept_nowhere(client: Client, profile: Profile) -> None:
    assert "no-store" in told(client, "/api/v1/profiles/", authorization="Token vb_unknown")


@pytest.mark.parametrize("address", ["/", "/profiles/klinikken/", "/api/v1/profiles/", "/health/live"])
def test_public_answers_say_nothing_of_caches(client: Client, profile: Profile, address: str) -> None:
    assert told(client, address) == set()
