"""What is written for the demo's events: invented names, an AIMday of real questions, and where to look afterwards."""

import re
from itertools import islice

import numpy as np
import pytest
import yaml
from django.core.management import CommandError, call_command
from django.urls import resolve
from django.utils import translation

from demo.bazar.aimday import AIMDAY_SLUG
from demo.bazar.bazar import COMING_SLUG, PAST_SLUG
from demo.bazar.names import invented_names
from demo.loading import DATA_DIR, read_profile_rows
from demo.steps import PLACES, steps
from demo.year.bodies import BODY_FILES
from events.domain.groups.group_tasks import ANSWERING_KINDS
from events.domain.groups.questions import QuestionFields

AIMDAY = yaml.safe_load((DATA_DIR / "aimday.yaml").read_text(encoding="utf-8"))
KINDS = {row["key"]: row["kind"] for row in (*read_profile_rows(), *read_profile_rows(files=BODY_FILES))}


def names(seed: int, count: int) -> list[str]:
    return list(islice(invented_names(np.random.default_rng(seed)), count))


def test_names_are_invented_and_none_comes_twice() -> None:
    found = names(1, 2_000)

    assert len(set(found)) == 2_000
    assert names(1, 2_000) == found != names(2, 2_000)
    # No Danish surname ends as nearly all do.
    assert [name for name in found if re.search(r"(sen|gaard|strup)$", name)] == []


def test_ten_firms_ask_and_researchers_and_clinicians_answer() -> None:
    askers = [row["asker"] for row in AIMDAY["questions"]]
    answering = [row["profile"] for row in AIMDAY["answering"]]

    assert len(askers) == len(set(askers)) == 10
    assert len(answering) == len(set(answering))
    assert {KINDS[key] for key in askers} == {"firm"}
    assert {KINDS[key] for key in answering} <= set(ANSWERING_KINDS)
    assert sum(len(row["titles"]) for row in AIMDAY["answering"]) == 25


@pytest.mark.parametrize("row", AIMDAY["questions"], ids=lambda row: str(row["asker"]))
def test_question_can_be_handed_in_and_says_what_lies_behind(row: dict[str, str]) -> None:
    fields = QuestionFields(**{name: value for name, value in row.items() if name != "asker"})  # type: ignore[arg-type]

    assert fields.cleaned() == fields
    assert fields.title.endswith("?")
    assert 20 <= len(fields.text.split()) <= 80


def test_demo_says_where_to_look_and_those_pages_exist() -> None:
    with translation.override("da"):
        found = [(resolve(path).url_name, resolve(path).kwargs["slug"]) for _what, path in PLACES]

    assert found == [
        ("organise_event", COMING_SLUG),
        ("event_catalogue_paper", COMING_SLUG),
        ("event_report", PAST_SLUG),
        ("event_groups", AIMDAY_SLUG),
        ("event_others", "erfa-fald-om-natten"),
        ("event_requests", "moed-eksperterne-2027"),
    ]


def test_short_demo_takes_the_same_steps_with_less_in_two() -> None:
    whole, short = steps(), steps(is_short=True)

    assert [step.command for step in short] == [step.command for step in whole]
    assert {step.command: step.arguments for step, other in zip(short, whole, strict=True) if step != other} == {
        "simulate_year": ("--days", "90"),
        "load_bazars": ("--seconds", "3"),
    }


@pytest.mark.parametrize("days", ["0", "29", "731", "-90", "90.5", "fjorten"])
def test_year_of_no_sensible_length_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="no number of days from 30 to 730"):
        call_command("simulate_year", f"--days={days}")
