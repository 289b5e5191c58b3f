"""A visitor who searches far more often than a person does is asked to wait; others are not touched."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from hubs.models import Hub
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def two_a_minute(settings: Any, hub: Hub) -> None:
    settings.VIDENBRO_SEARCHES_A_MINUTE = 2
    cache.clear()


def statuses(client: Client, count: int, query: str = "sensor") -> list[int]:
    return [client.get("/search/", {"q": query}).status_code for _number in range(count)]


def test_search_too_often_is_answered_with_wait() -> None:
    client = Client()

    answers = statuses(client, 3)

    assert answers[2] == 429
    assert 429 not in answers[:2]
    assert "Vent et minut" in client.get("/search/", {"q": "sensor"}).content.decode()


def test_search_page_without_a_question_is_not_counted() -> None:
    client = Client()
    statuses(client, 3)

    assert client.get("/search/").status_code == 200


def test_search_of_another_person_is_counted_apart() -> None:
    statuses(Client(), 3)
    signed_in = Client()
    signed_in.force_login(UserFactory())

    assert 429 not in statuses(signed_in, 2)
