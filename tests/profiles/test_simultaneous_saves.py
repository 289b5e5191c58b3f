"""Two saves at once on a real database file: one wins, the other is told, and nothing is half stored."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIDENBRO_", "DJANGO_"))}
    environment = {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "videnbro.settings.embedded",
        "VIDENBRO_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.profiles.simultaneous_saves"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
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
