"""Two parties of the hub, and its facilitator."""

import pytest

from hubs.models import Hub, User
from hubs.policies import Viewer
from tests.matching.introductions.parties import Person, broker, party


@pytest.fixture(autouse=True)
def _english(english: None) -> None:
    """Messages as they stand in the code."""


@pytest.fixture
def firm(hub: Hub) -> Person:
    return party(hub, name="Sårpleje ApS", kind="firm")


@pytest.fixture
def ward(hub: Hub) -> Person:
    return party(hub, name="Afdeling for Intensiv", kind="clinician")


@pytest.fixture
def facilitator(hub: Hub) -> tuple[User, Viewer]:
    return broker(hub)
