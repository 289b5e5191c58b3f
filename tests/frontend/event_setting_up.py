"""An organiser who is signed in, and the addresses of the pages on which an event is set up."""

import pytest
from django.test import Client

from events.models import Event
from hubs.enums import Role
from hubs.models import Hub
from tests.frontend.conftest import works_as


@pytest.fixture(name="organiser")
def organiser_fixture(client: Client, hub: Hub) -> Client:
    return works_as(client, hub, Role.ORGANISER)


def page(event: Event, path: str = "") -> str:
    """The address below the event's organising pages."""
    return f"/en/events/{event.slug}/organise/{path}"
