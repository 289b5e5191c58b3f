"""The invented public bodies as they are written: of readable length, plainly of no real place."""

import re
from collections import Counter

import pytest

from demo.loading import read_profile_rows
from demo.year.bodies import BODY_FILES

ROWS = read_profile_rows(files=BODY_FILES)
INVENTED_PLACES = ("Fjordby", "Lyngvig", "Havnby", "Klithøj")


def test_bodies_are_departments_municipal_units_and_research_groups() -> None:
    assert Counter(row["kind"] for row in ROWS) == {"clinician": 12, "municipality": 6, "researcher": 6}
    assert [row["key"] for row in ROWS if row.get("municipality")] == []
    assert {row["region"] for row in ROWS} == {"1081", "1082", "1083"}


def test_every_body_is_of_an_invented_place() -> None:
    organisations = {row["organisation"] for row in ROWS}

    assert [name for name in organisations if not any(place in name for place in INVENTED_PLACES)] == []
    assert len(organisations) == 8


def test_keys_and_names_are_nobody_elses() -> None:
    others = read_profile_rows()

    for name in ("key", "name", "organisation"):
        assert {row[name] for row in ROWS} & {row[name] for row in others} == set()


def test_every_body_says_who_it_is_what_it_offers_and_what_it_needs() -> None:
    assert {tuple(each["kind"] for each in row["statements"]) for row in ROWS} == {("about", "offer", "need")}


def test_every_body_has_40_to_120_words() -> None:
    lengths = {row["key"]: sum(len(each["text"].split()) for each in row["statements"]) for row in ROWS}

    assert {key: length for key, length in lengths.items() if not 40 <= length <= 120} == {}


@pytest.mark.parametrize("pattern", [r"\d{6}-?\d{4}", r"\+45", r"\b\d{2} \d{2} \d{2} \d{2}\b"])
def test_no_number_of_a_person_stands_anywhere(pattern: str) -> None:
    texts = "\n".join(each["text"] for row in ROWS for each in row["statements"])

    assert re.findall(pattern, texts) == []
