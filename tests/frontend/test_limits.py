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


def test_ordinary_typing_is_not_punished() -> None:
    client = Client()
    word = "tryksårssensor"

    answers = [client.get("/search/", {"q": word[:end]}).status_code for end in (2, 4, 6, 8, 6)]

    assert 429 not in answers


def test_typing_without_end_is_asked_to_wait() -> None:
    client = Client()

    answers = [client.get("/search/", {"q": "a" * length}).status_code for length in range(1, 8)]

    assert (429 in answers[:5], answers[-1]) == (False, 429)


def test_other_words_each_time_count_in_full() -> None:
    client = Client()

    answers = [client.get("/search/", {"q": word}).status_code for word in ("sensor", "fald", "lampe")]

    assert (429 in answers[:2], answers[2]) == (False, 429)


def test_more_like_this_is_counted_too() -> None:
    client = Client()

    answers = [client.get("/search/", {"like": f"{number}"}).status_code for number in range(3)]

    assert answers == [404, 404, 429]
