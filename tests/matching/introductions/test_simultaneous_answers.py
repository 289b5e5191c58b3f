"""Both sides at the same second, on a real SQLite file and on PostgreSQL: nothing is lost, nothing happens twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.operations.postgres import postgres
from tests.programs import answer_of, embedded, own_environment

SQLITE = pytest.param("sqlite", marks=pytest.mark.slow)
POSTGRES = pytest.param("postgres", marks=(pytest.mark.slow, pytest.mark.postgres))


@pytest.fixture(scope="module", params=[SQLITE, POSTGRES])
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    program = "tests.matching.introductions.simultaneous_answers"
    if request.param == "sqlite":
        yield answer_of(program, embedded(tmp_path_factory.mktemp("data"), empty_database))
        return
    with postgres() as address:
        yield answer_of(
            program,
            own_environment(DJANGO_SETTINGS_MODULE="videnbro.settings.test", VIDENBRO_TEST_DATABASE_URL=address),
        )


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            "both_say_yes",
            {"outcomes": ["saved", "saved"], "state": "accepted", "mails": 2, "follow_ups": 8, "yes": 2},
        ),
        ("one_says_yes_the_other_no", {"no_stands": True, "state": "declined", "both": False}),
        ("yes_twice", {"outcomes": ["already_answered", "saved"], "mails": 2, "follow_ups": 8}),
        ("yes_while_it_is_withdrawn", {"outcomes": ["saved", "wrong_state"], "opened": True}),
        (
            "six_ask_for_two_places",
            {"outcomes": [*["cap_reached"] * 4, "saved", "saved"], "places": [1, 2], "sent": 2},
        ),
        ("two_ask_each_other", {"outcomes": ["already_asked", "saved"]}),
        ("one_draft_handed_in_twice", {"outcomes": ["saved", "wrong_state"], "mails": 1}),
        ("two_colleagues_take_the_last_open_request", {"outcomes": ["saved", "too_many_open"]}),
        ("two_clocks", {"kinds": ["drafted", "sent", "reminded", "expired"], "mails": 2}),
        ("yes_while_the_clock_ends_it", {"ends": 1, "opened": True}),
        ("asked_again_twice", {"outcomes": ["saved", "saved"], "drafts": 1}),
    ],
)
def test_two_at_the_same_second(outcomes: dict[str, list[dict[str, Any]]], case: str, expected: dict[str, Any]) -> None:
    assert outcomes[case] == [expected] * 3
