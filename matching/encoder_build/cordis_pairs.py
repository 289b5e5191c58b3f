"""Training pairs from who joined whom: two earlier projects of one organisation, or of a coordinator and a member.

The later project is the query and the earlier one the passage, as when a new project looks for partners.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matching.encoder_build.json_lines import DataUnusableError, read_json_lines, text_of
from matching.encoder_build.training_pairs import TrainingPair

_FILES = ("projects.jsonl.gz", "projects.jsonl")
_LEAST_GRADE = 0.1  # two projects that share only organisations with more than ten say little about each other
_HIGHEST_GRADE = 2.0
_PARTNER_SHARE = 0.5  # texts of a coordinator and a member are partners, not the same: half as sure


@dataclass(frozen=True)
class Project:
    """A project whose date is known; `members` hold the coordinator too."""

    id: str
    text: str
    signed: date
    coordinator: str
    members: tuple[str, ...]


def cordis_pairs(folder: Path, *, history_until: date, say: Callable[[str], None]) -> Iterator[TrainingPair]:
    """Pairs made of the projects in `folder` signed before `history_until`.

    A pair's grade is the sum over what connects it of 1 / (projects of the organisation - 1), at most 2; under
    0.1 it is 0. Projects without a date are left out, since nobody can say that they came before.

    Raises:
        DataUnusableError: no folder, no projects file, a row without what is needed, or no project so early.
    Source: Newman, "Scientific collaboration networks II", Physical Review E 64, 2001, equation 2.
    """
    projects = read_history(folder, history_until=history_until, say=say)
    texts = [project.text for project in projects]
    for (later, earlier), strength in sorted(_connections(projects).items()):
        grade = min(_HIGHEST_GRADE, strength) if strength >= _LEAST_GRADE else 0.0
        yield TrainingPair(texts[later], texts[earlier], grade=grade)


def read_history(folder: Path, *, history_until: date, say: Callable[[str], None]) -> list[Project]:
    """Projects signed before `history_until`, by date, then id.

    Raises:
        DataUnusableError: as for `cordis_pairs`.
    """
    rows = list(read_json_lines(_projects_file(folder)))
    dated = [(number, row) for number, row in rows if _date(row.get("signed")) is not None]
    if len(dated) < len(rows):
        say(f"left out {len(rows) - len(dated)} of {len(rows)} projects without a date")
    projects = [_project(row, f"{folder}, projects, line {number}") for number, row in dated]
    history = [project for project in projects if project.signed < history_until]
    if not history:
        raise DataUnusableError(f"No project in {folder} was signed before {history_until}. Give a later date.")
    return sorted(history, key=lambda project: (project.signed, project.id))


def _projects_file(folder: Path) -> Path:
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    raise DataUnusableError(f"There is no {_FILES[0]} in {folder}. Give the folder that holds the CORDIS files.")


def _project(row: dict[str, Any], place: str) -> Project:
    members = row.get("members")
    if not isinstance(members, list):
        raise DataUnusableError(f"{place}: “members” is missing or is no list.")
    return Project(
        id=text_of(row, "id", place=place),
        text=f"{text_of(row, 'title', place=place)}. {row.get('objective') or ''}".strip(),
        signed=date.fromisoformat(row["signed"]),
        coordinator=str(row.get("coordinator") or ""),
        members=tuple(dict.fromkeys(map(str, members))),
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _connections(projects: list[Project]) -> dict[tuple[int, int], float]:
    """Strength of each connected (later, earlier) pair of positions."""
    strengths: dict[tuple[int, int], float] = defaultdict(float)
    joined: dict[str, list[int]] = defaultdict(list)
    for position, project in enumerate(projects):
        for member in project.members:
            joined[member].append(position)
    for positions in joined.values():
        for place, later in enumerate(positions):
            for earlier in positions[:place]:
                strengths[later, earlier] += 1 / (len(positions) - 1)
    for pair, strength in _partners(projects, joined):
        strengths[pair] += strength
    return strengths


def _partners(projects: list[Project], joined: Mapping[str, list[int]]) -> Iterable[tuple[tuple[int, int], float]]:
    """The latest project of the coordinator and of each other member before they met in a project."""
    latest: dict[str, int] = {}
    for position, project in enumerate(projects):
        ours = latest.get(project.coordinator)
        for member in project.members:
            theirs = latest.get(member)
            if member != project.coordinator and ours is not None and theirs is not None and ours != theirs:
                busiest = max(len(joined[project.coordinator]), len(joined[member]))
                yield (max(ours, theirs), min(ours, theirs)), _PARTNER_SHARE / (busiest - 1)
        latest |= dict.fromkeys(project.members, position)
