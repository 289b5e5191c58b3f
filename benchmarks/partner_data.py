"""Who joined whom: projects with their members as the partner benchmark needs them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.data_files import DataMissing, read_json_lines

COMPANY = "PRC"


@dataclass(frozen=True)
class Project:
    """One project: text, day of signature (ISO; empty counts as before everything), coordinator and all members."""

    text: str
    signed: str
    coordinator: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Organisations:
    """What is known of organisations by id: country and kind of activity."""

    country: dict[str, str]
    activity: dict[str, str]


@dataclass(frozen=True)
class History:
    """Organisations (m,) seen before a day, who took part in which of `projects`, and who worked with whom.

    `owners` is (projects, organisations), `together` (organisations, organisations) counts shared projects.
    """

    projects: tuple[int, ...]
    organisations: tuple[str, ...]
    owners: csr_array
    together: csr_array

    def place(self, organisation: str) -> int:
        """Its column, -1 when it was not seen."""
        return self._places.get(organisation, -1)

    @property
    def _places(self) -> dict[str, int]:
        cached: dict[str, int] | None = self.__dict__.get("_known")
        if cached is None:
            cached = {name: place for place, name in enumerate(self.organisations)}
            self.__dict__["_known"] = cached
        return cached


def read_projects(folder: Path) -> tuple[list[Project], Organisations]:
    """All projects in order of signature, and their organisations.

    Raises:
        DataMissing: a file is not there or not in the format.
    """
    keys = ("title", "objective", "signed", "coordinator", "members")
    rows = read_json_lines(folder, "projects", keys=keys)
    known = read_json_lines(folder, "organisations", keys=("id", "country", "activity"))
    return sorted(map(_project, rows), key=lambda project: project.signed), Organisations(
        {str(row["id"]): str(row["country"] or "") for row in known}, {str(row["id"]): row["activity"] for row in known}
    )


def _project(row: dict[str, Any]) -> Project:
    if not isinstance(row["members"], list):
        raise DataMissing(f"projects: the members of “{row['title']}” are no list.")
    members = tuple(str(member) for member in row["members"])
    text = f"{row['title'] or ''}. {row['objective'] or ''}"
    return Project(
        text, iso_day(str(row["signed"])[:10]) if row["signed"] else "", str(row["coordinator"] or ""), members
    )


def iso_day(value: object) -> str:
    """A day as `date.isoformat` writes it, so that days compare as texts do.

    Raises:
        DataMissing: it is none.
    """
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise DataMissing(f"“{value}” is no day: write it as 2023-10-01.") from error


def history_of(projects: list[Project], numbers: list[int]) -> History:
    """What these projects tell.

    Raises:
        DataMissing: there is none.
    """
    if not numbers:
        raise DataMissing("No project was signed before that day: choose a later --history-until.")
    names = sorted({member for number in numbers for member in projects[number].members})
    places = {name: place for place, name in enumerate(names)}
    rows, columns = [], []
    for row, number in enumerate(numbers):
        for member in sorted(set(projects[number].members)):
            rows.append(row)
            columns.append(places[member])
    owners = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(numbers), len(names)))
    together = csr_array(owners.T @ owners).tolil()
    together.setdiag(0)
    return History(tuple(numbers), tuple(names), owners, csr_array(together))


def true_partners(project: Project, history: History) -> NDArray[np.bool_]:
    """Which known organisations joined the coordinator, (m,)."""
    joined = np.zeros(len(history.organisations), dtype=np.bool_)
    for member in project.members:
        place = history.place(member)
        if place >= 0 and member != project.coordinator:
            joined[place] = True
    return joined
