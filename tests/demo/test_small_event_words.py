"""What is written for the demo's small events: people who are there, kinds that can do it, and days in order."""

from datetime import date

import pytest

from demo.bazar.small_events import Row, written_small_events
from demo.loading import read_profile_rows
from demo.year.bodies import BODY_FILES
from events.domain.people.stating import OwnText, cleaned_own
from events.enums import EventKind, PeopleKind, RequestMode, RequestState
from events.templates import template_of

EVENTS = written_small_events()
PROFILES = {row["key"] for row in (*read_profile_rows(), *read_profile_rows(files=BODY_FILES))}
each_event = pytest.mark.parametrize("row", EVENTS, ids=lambda row: str(row["kind"]))


def kinds_by_profile(row: Row) -> dict[str, str]:
    return {each["profile"]: each.get("kind", PeopleKind.PARTICIPANT) for each in row["people"]}


def test_every_kind_that_is_not_shown_elsewhere_is_shown_once() -> None:
    kinds = [row["kind"] for row in EVENTS]

    assert sorted(kinds) == sorted(set(EventKind.values) - {EventKind.MEDICO_BAZAR, EventKind.AIMDAY})
    assert len({row["once"] for row in EVENTS}) == len(EVENTS)


def test_all_come_after_the_bazar_in_order_of_their_days() -> None:
    days = [date.fromisoformat(row["day"]) for row in EVENTS]

    # The next event of the hub, which recommendations of the day speak of, stays the Medico Bazar of 18 March.
    assert days == sorted(set(days))
    assert date(2027, 3, 18) < days[0] <= days[-1] < date(2028, 1, 1)
    assert [row["day"] for row, day in zip(EVENTS, days, strict=True) if day.weekday() > 4] == []


@each_event
def test_people_are_profiles_of_the_demo_each_once(row: Row) -> None:
    keys = [each["profile"] for each in row["people"]]
    spoken_of = {key for session in row.get("programme", ()) for key in session.get("speakers", ())}
    spoken_of |= {each[side] for each in row.get("requests", ()) for side in ("asks", "of")}

    assert set(keys) <= PROFILES
    assert len(keys) == len(set(keys))
    assert spoken_of <= set(keys)


@each_event
def test_what_is_brought_can_be_said_at_an_event(row: Row) -> None:
    texts = [text for each in row["people"] for name in ("needs", "offers") for text in each.get(name, ())]

    assert [
        text for text in texts if cleaned_own(OwnText("need", text))[1] != text or not 8 <= len(text.split()) <= 60
    ] == []


@each_event
def test_only_kinds_that_have_it_ask_or_mark(row: Row) -> None:
    template = template_of(row["kind"])
    mode = template.request_mode if template.has_bookings else None

    assert bool(row.get("requests")) == (mode == RequestMode.FIRST_FREE)
    assert bool(row.get("marks_each")) == (mode == RequestMode.MUTUAL)
    assert bool(row.get("tables")) == template.has_bookings


@each_event
def test_requests_go_from_students_to_experts_and_are_answered_in_part(row: Row) -> None:
    kinds = kinds_by_profile(row)
    titles = {each["profile"]: each["titles"] for each in row["people"]}
    for each in row.get("requests", ()):
        assert (kinds[each["asks"]], kinds[each["of"]]) == (PeopleKind.STUDENT, PeopleKind.EXPERT)
        assert each.get("number", 0) < len(titles[each["asks"]])
        assert each.get("answer") in {None, RequestState.ACCEPTED, RequestState.DECLINED}
