"""Two saves at once on a real database file: one wins, the other is told, and nothing is half stored."""

from pathlib import Path
from typing import Any

import pytest

from tests.programs import answer_of, embedded


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> dict[str, list[dict[str, Any]]]:
    environment = embedded(tmp_path_factory.mktemp("data"), empty_database)
    answer: dict[str, list[dict[str, Any]]] = answer_of("tests.profiles.simultaneous_saves", environment)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            "two_editors_of_a_profile",
            {"outcomes": ["edit_conflict", "saved"], "version": 2, "kept": True, "records": 1},
        ),
        ("two_editors_of_a_statement", {"outcomes": ["edit_conflict", "saved"], "version": 2}),
        (
            "two_founders_of_one_organisation",
            {"outcomes": ["invalid_input", "saved"], "organisations": 1, "profiles": 1},
        ),
        ("two_about_texts", {"outcomes": ["invalid_input", "saved"], "about": 1}),
        ("two_profiles_of_one_name", {"outcomes": ["saved", "saved"], "addresses": 2}),
    ],
)
def test_two_saves_at_once(outcomes: dict[str, list[dict[str, Any]]], case: str, expected: dict[str, Any]) -> None:
    assert outcomes[case] == [expected] * 5
