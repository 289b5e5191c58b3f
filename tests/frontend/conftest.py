"""An index that words can search, and people who read the pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from hubs.enums import Role
from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.indexing.registry import registry
from matching.serving import use_encoder
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.factories import AffiliationFactory, MembershipFactory

# Written into every field: none of it may reach the page as markup.
SCRIPT = "<script>alert('x')</script>\"'><img src=x onerror=y>"


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


def speaks_for(client: Client, profile: Profile) -> Client:
    """The client, signed in as a member who speaks for the profile."""
    person = MembershipFactory(hub=profile.hub).user
    AffiliationFactory(organisation=profile.organisation, user=person)
    client.force_login(person)
    return client


def works_as(client: Client, hub: Hub, role: Role) -> Client:
    """The client, signed in with a role in the hub."""
    client.force_login(MembershipFactory(hub=hub, role=role).user)
    return client


def text_of(response: HttpResponse, status: int = 200) -> str:
    """What the answer says, which has this status."""
    assert response.status_code == status, response
    return response.content.decode()


def body(client: Client, address: str, status: int = 200) -> str:
    """What stands at the address, which answers with this status."""
    return text_of(client.get(address), status)
