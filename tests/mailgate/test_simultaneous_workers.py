"""Several workers at once on a real database file: every mail leaves once."""

from pathlib import Path

import pytest

from tests.programs import answer_of, embedded


@pytest.mark.slow
def test_workers_at_once_send_every_mail_once(tmp_path: Path, empty_database: Path) -> None:
    assert answer_of("tests.mailgate.simultaneous_workers", embedded(tmp_path, empty_database)) == {
        "errors": [],
        "states": {"sent": 25},
        "times": {"1": 25},
        "rows_of_one_cause": 1,
    }
