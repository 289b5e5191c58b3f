"""Halls, tables, walks and stands: nothing twice, nothing outside, nothing in use removed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.places import (
    HallFields,
    PlaceInUse,
    add_hall,
    add_tables,
    change_hall,
    lose_table,
    remove_hall,
    remove_table,
    set_walks,
    table_labels,
)
from events.domain.setup.stands import StandFields, StandRows, assign_stand, change_stand, lay_stands, remove_stand
from events.enums import MeetingState, ParticipantState
from events.models import Event, Hall, Meeting, Participant, Stand, Table
from events.queries.setup import exhibitors_of, overlapping_stands, set_up_of, walks_of
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.events.setting_up import (  # noqa: F401
    draft,
    event_fixture,
    meeting_in,
    organiser_of,
    person_at,
    request_between,
    viewer_fixture,
)
from tests.factories import HubFactory, ProfileFactory

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ROWS = StandRows(rows=2, each=3)


@pytest.fixture
def hall(event: Event) -> Hall:
    """The exhibition hall, in which nothing stands yet."""
    return event.halls.all()[0]


def version_of(event: Event) -> int:
    return Event.objects.get(pk=event.pk).version


def lay(event: Event, viewer: Viewer, hall: Hall, rows: StandRows = ROWS) -> list[Stand]:
    return lay_stands(event, viewer=viewer, version=version_of(event), hall=hall, rows=rows)


# Tables


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("T1-T3", ["T1", "T2", "T3"]),
        ("T1–3", ["T1", "T2", "T3"]),
        ("08-11", ["08", "09", "10", "11"]),
        ("Bar 1 - Bar 2, Loge", ["Bar 1", "Bar 2", "Loge"]),
        ("A-B", ["A-B"]),
        ("T1-K3", ["T1-K3"]),
        ("<b>1-<b>2", ["<b>1", "<b>2"]),
    ],
)
def test_labels_are_counted_out(written: str, labels: list[str]) -> None:
    assert table_labels(written) == labels


@pytest.mark.parametrize("written", ["", " , ", "T9-T1", "T1-T9999", "x" * 21, "T1-T200, K1-K200", "a\x00b"])
def test_hostile_labels_are_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        table_labels(written)

    assert refusal.value.details["field"] == "labels"


def test_tables_are_added_in_bulk(viewer: Viewer, event: Event, hall: Hall) -> None:
    add_tables(event, viewer=viewer, version=1, hall=hall, labels="K1-K12")

    assert [table.label for table in hall.tables.all()] == [f"K{number}" for number in range(1, 13)]
    assert version_of(event) == 2


@pytest.mark.parametrize("labels", ["K1, K1", "K1, k1", "t3"])
def test_label_is_never_there_twice(viewer: Viewer, event: Event, hall: Hall, labels: str) -> None:
    before = event.tables.count()

    with pytest.raises(InvalidInput):
        add_tables(event, viewer=viewer, version=1, hall=hall, labels=labels)

    assert event.tables.count() == before


def test_lost_table_says_how_many_meetings_need_another_place(viewer: Viewer, event: Event) -> None:
    table = event.tables.all()[0]
    meeting_in(event.slots.all()[0], now=NOW, table=table)
    meeting_in(event.slots.all()[1], now=NOW, table=table, state=MeetingState.CANCELLED)

    assert lose_table(table, viewer=viewer, version=1) == 1
    assert lose_table(table, viewer=viewer, version=2, is_lost=False) == 0
    assert Meeting.objects.filter(state=MeetingState.PLANNED).count() == 1
    assert Table.objects.get(pk=table.pk).is_lost is False


def test_table_that_was_used_is_kept(viewer: Viewer, event: Event) -> None:
    used, unused = event.tables.all()[:2]
    meeting_in(event.slots.all()[0], now=NOW, table=used, state=MeetingState.CANCELLED)

    with pytest.raises(PlaceInUse):
        remove_table(used, viewer=viewer, version=1)
    remove_table(unused, viewer=viewer, version=1)

    assert set(Table.objects.filter(pk__in=[used.pk, unused.pk])) == {used}


# Halls and walks


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (HallFields(""), "name"),
        (HallFields("x" * 81), "name"),
        (HallFields("Sal", plan_width=1), "plan_width"),
        (HallFields("Sal", plan_height=10**9), "plan_height"),
        (HallFields("Sal", plan_height=-100), "plan_height"),
        (HallFields("Sal", seats=-1), "seats"),
        (HallFields("Sal", seats=10**9), "seats"),
    ],
)
def test_broken_hall_is_refused(viewer: Viewer, event: Event, fields: HallFields, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_hall(event, viewer=viewer, version=1, fields=fields)

    assert refusal.value.details["field"] == field
    assert event.halls.count() == 2


def test_hall_is_never_there_twice(viewer: Viewer, event: Event, hall: Hall) -> None:
    add_hall(event, viewer=viewer, version=1, fields=HallFields("Loftet"))

    with pytest.raises(InvalidInput):
        add_hall(event, viewer=viewer, version=2, fields=HallFields("loftet"))
    with pytest.raises(InvalidInput):
        change_hall(hall, viewer=viewer, version=2, fields=HallFields("LOFTET"))


def test_hall_does_not_shrink_under_its_stands(viewer: Viewer, event: Event, hall: Hall) -> None:
    lay(event, viewer, hall)

    with pytest.raises(InvalidInput) as refusal:
        change_hall(hall, viewer=viewer, version=2, fields=HallFields(hall.name, plan_width=60))

    assert refusal.value.details == {"field": "plan_width"}


def test_only_an_empty_hall_goes(viewer: Viewer, event: Event, hall: Hall) -> None:
    with_tables = event.halls.exclude(pk=hall.pk).get()

    with pytest.raises(PlaceInUse) as refusal:
        remove_hall(with_tables, viewer=viewer, version=1)
    remove_hall(hall, viewer=viewer, version=1)

    assert refusal.value.details == {"number": 40}
    assert list(event.halls.all()) == [with_tables]


def test_walks_are_the_same_both_ways_and_stay_within_the_event(viewer: Viewer, event: Event) -> None:
    pair = frozenset(event.halls.values_list("pk", flat=True))
    other = draft(viewer, name="En anden").halls.all()[0]

    set_walks(event, viewer=viewer, version=1, minutes={pair: 7})

    assert walks_of(event) == {pair: 7}
    bad: list[dict[frozenset[int], int]] = [
        {frozenset((min(pair), other.pk)): 3}, {frozenset((min(pair),)): 3}, {pair: -1}, {pair: 121},
    ]  # fmt: skip
    for minutes in bad:
        with pytest.raises(InvalidInput):
            set_walks(event, viewer=viewer, version=2, minutes=minutes)
    assert walks_of(event) == {pair: 7}


# Stands


def test_rows_of_stands_are_numbered_and_do_not_overlap(viewer: Viewer, event: Event, hall: Hall) -> None:
    stands = lay(event, viewer, hall)

    assert [stand.number for stand in stands] == ["1", "2", "3", "4", "5", "6"]
    assert [(stand.left, stand.top) for stand in stands] == [
        (20, 20), (50, 20), (80, 20), (20, 70), (50, 70), (80, 70),
    ]  # fmt: skip
    assert overlapping_stands(Stand.objects.all()) == set()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rows": 0}, "rows"),
        ({"rows": -3}, "rows"),
        ({"each": 10**6}, "rows"),
        ({"each": 60}, "each"),
        ({"rows": 20}, "rows"),
        ({"width": 0}, "width"),
        ({"height": 10**9}, "height"),
        ({"left": -1}, "left"),
        ({"aisle": -5}, "aisle"),
        ({"first": 10**9}, "first"),
        ({"prefix": "x" * 11}, "prefix"),
        ({"prefix": "../"}, "number"),
    ],
)
def test_hostile_rows_are_refused(viewer: Viewer, event: Event, hall: Hall, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        lay(event, viewer, hall, replace(ROWS, **change))

    assert refusal.value.details["field"] == field
    assert Stand.objects.count() == 0


def test_numbers_are_never_there_twice(viewer: Viewer, event: Event, hall: Hall) -> None:
    lay(event, viewer, hall)

    with pytest.raises(InvalidInput) as refusal:
        lay(event, viewer, hall, replace(ROWS, first=6, top=150))

    assert refusal.value.details["field"] == "first"
    assert Stand.objects.count() == 6


def test_stand_is_moved_and_given_to_one_who_takes_part(viewer: Viewer, event: Event, hall: Hall) -> None:
    stand = lay(event, viewer, hall)[0]
    profile = person_at(event).participation.profile
    fields = StandFields("A1", left=0, top=0, width=60, height=40, meetings_at_once=2)

    changed = change_stand(stand, viewer=viewer, version=2, fields=fields, profile=profile)

    assert (changed.number, changed.left, changed.width, changed.profile) == ("A1", 0, 60, profile)
    assert changed.organisation == profile.organisation
    assert set_up_of(event).filled_stands == 1


def test_stand_goes_to_nobody_who_does_not_take_part(viewer: Viewer, event: Event, hall: Hall) -> None:
    stand = lay(event, viewer, hall)[0]
    strangers = [ProfileFactory(hub=event.hub), ProfileFactory(organisation__hub=HubFactory(slug="nordbro"))]

    for profile in strangers:
        with pytest.raises(InvalidInput) as refusal:
            assign_stand(stand, viewer=viewer, version=2, profile=profile)
        assert refusal.value.details == {"field": "profile"}


def test_stand_goes_to_nobody_who_has_cancelled(viewer: Viewer, event: Event, hall: Hall) -> None:
    stand = lay(event, viewer, hall)[0]
    gone, comes = person_at(event, "Gone"), person_at(event)
    Participant.objects.filter(pk=gone.pk).update(state=ParticipantState.CANCELLED)
    fields = StandFields("A1", left=0, top=0, width=60, height=40)

    with pytest.raises(InvalidInput):
        assign_stand(stand, viewer=viewer, version=2, profile=gone.participation.profile)
    with pytest.raises(InvalidInput):
        change_stand(stand, viewer=viewer, version=2, fields=fields, profile=gone.participation.profile)

    assert Stand.objects.get(pk=stand.pk).profile is None
    assert exhibitors_of(event) == [comes.participation.profile]


def test_stand_is_freed(viewer: Viewer, event: Event, hall: Hall) -> None:
    stand = lay(event, viewer, hall)[0]
    assign_stand(stand, viewer=viewer, version=2, profile=person_at(event).participation.profile)

    freed = assign_stand(stand, viewer=viewer, version=3, profile=None)

    assert (freed.profile, freed.organisation) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"left": 390}, "left"),
        ({"top": 10**6}, "top"),
        ({"number": ""}, "number"),
        ({"number": "a/b"}, "number"),
        ({"number": "2"}, "number"),
        ({"meetings_at_once": 0}, "meetings_at_once"),
        ({"theme": "sorcery"}, "theme"),
    ],
)
def test_broken_stand_is_refused(viewer: Viewer, event: Event, hall: Hall, change: dict[str, Any], field: str) -> None:
    stand = lay(event, viewer, hall)[0]
    fields = replace(StandFields("1", left=20, top=20, width=30, height=20), **change)

    with pytest.raises(InvalidInput) as refusal:
        change_stand(stand, viewer=viewer, version=2, fields=fields)

    assert refusal.value.details["field"] == field


def test_stands_on_one_another_are_noticed(viewer: Viewer, event: Event, hall: Hall) -> None:
    stands = lay(event, viewer, hall)

    change_stand(stands[0], viewer=viewer, version=2, fields=StandFields("1", left=40, top=25, width=30, height=20))

    assert overlapping_stands(Stand.objects.all()) == {stands[0].pk, stands[1].pk}


def test_stand_in_use_is_kept(viewer: Viewer, event: Event, hall: Hall) -> None:
    planned, asked, free = lay(event, viewer, hall)[:3]
    meeting_in(event.slots.all()[0], now=NOW, stand=planned)
    request_between(event, now=NOW, stand=asked)

    for stand in (planned, asked):
        with pytest.raises(PlaceInUse):
            remove_stand(stand, viewer=viewer, version=2)
    remove_stand(free, viewer=viewer, version=2)

    assert Stand.objects.count() == 5


def test_other_hubs_and_members_change_no_place(hub: Hub, event: Event, hall: Hall) -> None:
    stranger, member = organiser_of(HubFactory(slug="nordbro")), Viewer(hub.pk, user_id=1)

    for viewer, error in ((stranger, NotFound), (member, NotAllowed)):
        with pytest.raises(error):
            add_tables(event, viewer=viewer, version=1, hall=hall, labels="X1-X2")
        with pytest.raises(error):
            lay_stands(event, viewer=viewer, version=1, hall=hall, rows=ROWS)


def test_hall_of_another_event_takes_no_tables(viewer: Viewer, event: Event) -> None:
    foreign = draft(viewer, name="En anden").halls.all()[0]

    with pytest.raises(NotFound):
        add_tables(event, viewer=viewer, version=1, hall=foreign, labels="X1")


def test_places_under_an_old_version_are_refused(viewer: Viewer, event: Event, hall: Hall) -> None:
    add_tables(event, viewer=viewer, version=1, hall=hall, labels="X1")

    with pytest.raises(ChangedMeanwhile):
        add_tables(event, viewer=viewer, version=1, hall=hall, labels="X2")

    assert not event.tables.filter(label="X2").exists()
