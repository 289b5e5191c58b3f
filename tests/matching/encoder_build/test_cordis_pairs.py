"""Pairs from who joined whom: only history, the later project asks, big organisations say little."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.encoder_build.cordis_pairs import cordis_pairs
from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.training_pairs import TrainingPair

UNTIL = date(2023, 10, 1)


def _project(number: int, signed: str, *members: str, coordinator: str = "") -> dict[str, Any]:
    coordinator = coordinator or members[0]
    return {
        "id": str(number), "title": f"Project {number}", "objective": f"Aim {number}", "signed": signed,
        "coordinator": coordinator, "members": list(members),
    }  # fmt: skip


def _text(number: int) -> str:
    return f"Project {number}. Aim {number}"


def _pairs(folder: Path, *projects: dict[str, Any], said: list[str] | None = None) -> list[TrainingPair]:
    (folder / "projects.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in projects), encoding="utf-8")
    say = (said if said is not None else []).append
    return list(cordis_pairs(folder, history_until=UNTIL, say=say))


def test_two_projects_of_an_organisation_make_a_pair(tmp_path: Path) -> None:
    later, earlier = _project(1, "2023-05-01", "A", "B"), _project(2, "2022-05-01", "C", "A")
    assert _pairs(tmp_path, later, earlier) == [TrainingPair(_text(1), _text(2), grade=1.0)]


def test_project_from_the_date_on_is_not_learnt_from(tmp_path: Path) -> None:
    on_the_day, before = _project(1, "2023-10-01", "A"), _project(2, "2023-09-30", "A")
    assert _pairs(tmp_path, on_the_day, before, _project(3, "2023-01-01", "A")) == [
        TrainingPair(_text(2), _text(3), grade=1.0)
    ]


def test_coordinator_and_member_bring_their_earlier_projects_together(tmp_path: Path) -> None:
    own, theirs, together = _project(1, "2021-01-01", "C"), _project(2, "2022-01-01", "M"), ("C", "M")
    grades = {(pair.query, pair.passage): pair.grade for pair in _pairs(
        tmp_path, own, theirs, _project(3, "2023-01-01", *together)
    )}  # fmt: skip
    assert grades == {(_text(2), _text(1)): 0.5, (_text(3), _text(1)): 1.0, (_text(3), _text(2)): 1.0}


def test_organisation_with_many_projects_relates_but_does_not_teach(tmp_path: Path) -> None:
    pairs = _pairs(tmp_path, *(_project(number, f"2022-01-{number:02}", "A") for number in range(1, 13)))
    assert {pair.grade for pair in pairs} == {0.0}
    assert len(pairs) == 12 * 11 / 2


def test_strength_has_an_upper_end(tmp_path: Path) -> None:
    members = [f"organisation-{number}" for number in range(5)]
    assert [pair.grade for pair in _pairs(
        tmp_path, _project(1, "2022-01-01", *members), _project(2, "2023-01-01", *members)
    )] == [2.0]  # fmt: skip


@pytest.mark.parametrize("signed", ["", "soon", None, 20230101])
def test_project_without_a_date_is_left_out_and_told(tmp_path: Path, signed: Any) -> None:
    said: list[str] = []
    undated = _project(1, "2022-01-01", "A") | {"signed": signed}
    pairs = _pairs(tmp_path, undated, _project(2, "2022-01-01", "A"), _project(3, "2023-01-01", "A"), said=said)
    assert pairs == [TrainingPair(_text(3), _text(2), grade=1.0)]
    assert said == ["left out 1 of 3 projects without a date"]


def test_no_project_so_early_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataUnusableError, match="before 2023-10-01"):
        _pairs(tmp_path, _project(1, "2024-01-01", "A"))


@pytest.mark.parametrize(
    ("change", "said"),
    [({"title": None}, "“title”"), ({"members": "A"}, "“members”"), ({"id": ""}, "“id”")],
)
def test_row_without_what_is_needed_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataUnusableError, match=said) as caught:
        _pairs(tmp_path, _project(1, "2022-01-01", "A"), _project(2, "2022-01-01", "A") | change)
    assert "line 2" in str(caught.value)


def test_folder_without_projects_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataUnusableError, match=r"projects\.jsonl\.gz"):
        list(cordis_pairs(tmp_path / "nowhere", history_until=UNTIL, say=lambda _line: None))
