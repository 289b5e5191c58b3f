"""Small made-up histories of projects in which one thing alone decides who joins."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.written_data import write_rows

Row = dict[str, Any]
FIRST_DAY = date(2022, 1, 1)
PAST, ASKED, LATER = 70, 15, 10
TOPICS = (
    "mattress pressure ulcer skin bed nursing",
    "inhaler lung breathing cough pneumonia airway",
    "electrode arrhythmia heart pacemaker rhythm cardiac",
    "insulin glucose diabetes pancreas pump metabolic",
    "cartilage knee implant orthopaedic walking joint",
)
ORGANISATIONS_A_GROUP = 5


def day(number: int) -> str:
    """Projects are signed a week apart."""
    return (FIRST_DAY + timedelta(weeks=number)).isoformat()


QUERIES_FROM, QUERIES_UNTIL = day(PAST), day(PAST + ASKED)


def world_of_topics() -> list[Row]:
    """The text decides: five organisations a topic, four join, and nobody coordinates twice."""
    generator = np.random.default_rng(1)
    rows = []
    for number in range(PAST + ASKED + LATER):
        topic = int(generator.integers(len(TOPICS)))
        joined = generator.permutation(ORGANISATIONS_A_GROUP)[:4]
        words = generator.permutation(TOPICS[topic].split()).tolist()
        rows.append(_row(number, " ".join(words), f"new-{number}", [f"t{topic}-{each}" for each in joined]))
    return rows


def world_of_teams() -> list[Row]:
    """Past relation decides: all texts are the same, and the same five always work together."""
    generator = np.random.default_rng(2)
    rows = []
    for number in range(PAST + ASKED + LATER):
        # Each team comes in turn, so that by the end of the first fifth everybody was seen.
        members = [f"t{number % len(TOPICS)}-{each}" for each in generator.permutation(ORGANISATIONS_A_GROUP)]
        rows.append(_row(number, "patients and their care at home", members[0], members[1:]))
    return rows


def _row(number: int, text: str, coordinator: str, others: list[str]) -> Row:
    return {
        "id": str(number),
        "title": f"Project on {text.split()[0]}",
        "objective": f"This project is about {text} in hospitals.",
        "signed": day(number),
        "coordinator": coordinator,
        "members": [coordinator, *others],
    }


def organisations_of(rows: list[Row], companies: tuple[str, ...] = ()) -> list[Row]:
    """Whoever is named in the rows, each from a country of its own."""
    names = sorted({str(name) for row in rows for name in [row["coordinator"], *row["members"]]})
    return [
        {"id": name, "country": f"country of {name}", "activity": "PRC" if name in companies else "REC"}
        for name in names
    ]


def write_world(folder: Path, rows: list[Row], organisations: list[Row] | None = None) -> Path:
    """The folder as the benchmark takes it."""
    write_rows(folder, "projects", rows, packed=True)
    write_rows(folder, "organisations", organisations or organisations_of(rows))
    return folder
