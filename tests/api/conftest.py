"""A caller of the API, a member with a profile of their own, and an index that words can search."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from api.domain.tokens import create_token
from hubs.models import Hub, User
from matching.domain.indexing import rebuild_index
from matching.indexing.registry import registry
from matching.serving import use_encoder
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.factories import AffiliationFactory, MembershipFactory, ProfileFactory

ROOT = "/api/v1/"


class Caller:
    """Speaks JSON to the API and gives (status, body)."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = headers

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return self._read(self.client.get(ROOT + path, query, headers=self.headers))

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return self.send("POST", path, body)

    def patch(self, path: str, body: Any) -> tuple[int, Any]:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> tuple[int, Any]:
        return self.send("DELETE", path, None)

    def send(self, method: str, path: str, body: Any, content_type: str = "application/json") -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._read(self.client.generic(method, ROOT + path, data, content_type, headers=self.headers))

    @staticmethod
    def _read(response: Any) -> tuple[int, Any]:
        return response.status_code, response.json() if response.content else None


@pytest.fixture
def anybody(hub: Hub) -> Caller:
    """Nobody has signed in; English answers."""
    return Caller(accept_language="en")


@pytest.fixture
def person(hub: Hub) -> User:
    """A member of the hub."""
    return MembershipFactory.create(hub=hub).user


@pytest.fixture
def member(person: User) -> Caller:
    """The member, signed in by token, as programs do."""
    return caller_for(person)


@pytest.fixture
def own_profile(person: User) -> Profile:
    """A profile for which the member speaks."""
    profile = ProfileFactory.create(name="Nordlys Sensorik", contact_email="hej@nordlys.example")
    AffiliationFactory.create(organisation=profile.organisation, user=person)
    return profile


@pytest.fixture
def build_index(hub: Hub, settings: Settings, tmp_path: Path) -> Iterator[Callable[[], object]]:
    """A function that makes all that is stored searchable by its words."""
    settings.VIDENBRO_INDEX_DIR = tmp_path
    encoder = WordHashEncoder()
    use_encoder(encoder)
    registry.forget()
    yield lambda: rebuild_index(hub.pk, encoder=encoder)
    use_encoder(None)
    registry.forget()


def caller_for(user: User, hub: Hub | None = None) -> Caller:
    """A program that signs in as the person."""
    hub = hub or Hub.objects.get(slug="midtbro")
    return Caller(accept_language="en", authorization=f"Token {create_token(hub, user=user, days=1)[1]}")
