"""Events from templates, and changing what they say: nothing half made, nothing overwritten, no other hub's."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.creating import NewEvent, create_event, update_event, write_terms
from events.domain.setup.details import EventFields
from events.domain.setup.grids import SlotHasMeetings
from events.enums import EventKind, EventState, RequestMode
from events.models import Event, Hall, ProgrammeSession, Table
from events.templates import TEMPLATES
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from tests.events.setting_up import DAY, clocks, draft, event_fixture, meeting_in, organiser_of, viewer_fixture  # noqa: F401
from tests.factories import HubFactory

FIELDS = EventFields(
    name="Medico Bazar 2027",
    starts=datetime(2027, 3, 18, 9),
    ends=datetime(2027, 3, 18, 16, 30),
    place="Aarhus",
)


def now_of(event: Event) -> datetime:
    return event.starts_at - timedelta(days=30)


def test_every_kind_has_a_template() -> None:
    assert set(TEMPLATES) == set(EventKind.values)


@pytest.mark.parametrize("kind", EventKind.values)
def test_template_fills_everything_in(viewer: Viewer, kind: str) -> None:
    event = draft(viewer, kind=kind)

    template = TEMPLATES[kind]
    assert (event.state, event.kind, event.level) == (EventState.DRAFT, kind, template.level)
    assert event.slots.exists() == template.has_timetable
    assert event.tables.count() == sum(tables for _name, tables in template.halls)
    assert event.halls.count() == len(template.halls)
    assert event.terms.count() == 1


def test_medico_bazar_lays_its_grid_around_lunch(event: Event) -> None:
    assert clocks(event) == [
        "10:00", "10:25", "10:50", "11:15", "11:40", "13:00", "13:25", "13:50", "14:15", "14:40", "15:05", "15:30",
    ]  # fmt: skip
    assert [slot.part for slot in event.slots.all()] == [0] * 5 + [1] * 7


def test_creating_twice_makes_one(viewer: Viewer) -> None:
    once = uuid4()
    new = NewEvent(name="Bazar", kind="erfa", day=DAY)

    first, second = create_event(viewer, new=new, once=once), create_event(viewer, new=new, once=once)

    assert first == second
    assert Event.objects.count() == 1


def test_address_is_free_and_hides_no_page(viewer: Viewer) -> None:
    slugs = [
        draft(viewer, name=name).slug for name in ("Møde på Åen", "Møde på Åen", "Møde på Åen", "New", "東京 ああ")
    ]

    assert slugs == ["moede-paa-aaen", "moede-paa-aaen-2027", "moede-paa-aaen-2027-2", "new-2027", "event"]


@pytest.mark.parametrize("role", [Role.VISITOR, Role.MEMBER])
def test_others_make_no_event(hub: Hub, role: Role) -> None:
    with pytest.raises(NotAllowed):
        create_event(Viewer(hub.pk, role=role, user_id=1), new=NewEvent("Bazar", "erfa", DAY), once=uuid4())

    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "!"}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"kind": "party"}, "kind"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"starts": time(16), "ends": time(9)}, "ends"),
        ({"starts": time(9), "ends": time(9)}, "ends"),
        ({"day": date(1, 1, 1), "time_zone": "Asia/Tokyo", "starts": time(0)}, "starts"),
    ],
)
def test_broken_event_is_refused_and_leaves_nothing(viewer: Viewer, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        draft(viewer, **change)

    assert refusal.value.details["field"] == field
    assert (Event.objects.count(), Hall.objects.count(), Table.objects.count()) == (0, 0, 0)


def test_promise_above_the_most_is_refused_beside_it() -> None:
    with pytest.raises(InvalidInput) as refusal:
        replace(FIELDS, guaranteed_meetings=4, most_meetings=2).cleaned()

    assert refusal.value.details["field"] == "guaranteed_meetings"
    assert replace(FIELDS, guaranteed_meetings=2, most_meetings=2).cleaned()["guaranteed_meetings"] == 2


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = replace(
        FIELDS, name="!", time_zone="Mars/Olympus", ends=FIELDS.starts, capacity=0, request_days=0, languages=()
    )

    with pytest.raises(InvalidInput) as refusal:
        wrong.cleaned()

    assert sorted(refusal.value.details["fields"]) == [
        "capacity", "ends", "languages", "name", "request_days", "time_zone",
    ]  # fmt: skip


def test_markup_in_a_name_is_text(viewer: Viewer) -> None:
    event = draft(viewer, name="<script>alert(1)</script> Bazar")

    assert event.name == "<script>alert(1)</script> Bazar"
    assert event.slug == "scriptalert1script-bazar"


def test_change_counts_the_version_and_is_recorded(viewer: Viewer, event: Event) -> None:
    changed = update_event(event, viewer=viewer, version=1, fields=replace(FIELDS, languages=("en", "da", "en")))

    assert (changed.version, changed.name, changed.languages) == (2, "Medico Bazar 2027", ["en", "da"])
    assert AuditRecord.objects.order_by("-id").values_list("action", flat=True)[0] == "edit_event"


def test_saving_what_is_there_changes_nothing(viewer: Viewer, event: Event) -> None:
    once = update_event(event, viewer=viewer, version=1, fields=FIELDS)

    again = update_event(once, viewer=viewer, version=once.version, fields=FIELDS)

    assert again.version == once.version


def test_two_organisers_do_not_overwrite_each_other(viewer: Viewer, event: Event) -> None:
    update_event(event, viewer=viewer, version=1, fields=FIELDS)

    with pytest.raises(ChangedMeanwhile) as refusal:
        update_event(event, viewer=viewer, version=1, fields=replace(FIELDS, name="Noget andet"))

    assert (refusal.value.code, refusal.value.status) == ("changed_meanwhile", 409)
    assert Event.objects.get().name == "Medico Bazar 2027"


def test_other_hubs_organiser_finds_nothing(event: Event) -> None:
    stranger = organiser_of(HubFactory(slug="nordbro"))

    with pytest.raises(NotFound):
        update_event(event, viewer=stranger, version=1, fields=FIELDS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends": datetime(2027, 3, 18, 8)}, "ends"),
        ({"ends": datetime(2027, 5, 18, 8)}, "ends"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10**9}, "capacity"),
        ({"most_meetings": -1}, "most_meetings"),
        ({"guaranteed_meetings": None}, "guaranteed_meetings"),
        ({"equal_within": 41}, "equal_within"),
        ({"languages": ()}, "languages"),
        ({"languages": ("xx",)}, "languages"),
        ({"time_zone": "Europe/København"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"request_mode": "shouting"}, "request_mode"),
        ({"wishes_close": datetime(2027, 3, 19)}, "wishes_close"),
        (
            {"registration_opens": datetime(2027, 2, 2), "registration_closes": datetime(2027, 2, 1)},
            "registration_closes",
        ),
        ({"starts": datetime(2027, 3, 28, 2, 30), "ends": datetime(2027, 3, 28, 16)}, "starts"),
    ],
)
def test_broken_change_is_refused(viewer: Viewer, event: Event, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        update_event(event, viewer=viewer, version=1, fields=replace(FIELDS, **change))

    assert refusal.value.details["field"] == field
    event.refresh_from_db()
    assert (event.version, event.name) == (1, "Medico Bazar")


def test_terms_get_a_version_only_when_the_text_differs(event: Event) -> None:
    text = event.terms.get().text

    changed = [write_terms(event, text=text), write_terms(event, text="Kom til tiden, eller meld afbud.")]

    assert changed == [False, True]
    assert list(event.terms.values_list("number", flat=True)) == [2, 1]


def test_terms_cannot_be_emptied(viewer: Viewer, event: Event) -> None:
    with pytest.raises(InvalidInput) as refusal:
        update_event(event, viewer=viewer, version=1, fields=FIELDS, terms="  ")

    assert refusal.value.details["field"] == "terms"
    assert event.terms.count() == 1


def test_new_day_takes_the_grid_and_the_programme_along_by_the_wall_clock(viewer: Viewer, event: Event) -> None:
    before = clocks(event)
    ProgrammeSession.objects.create(
        hub=event.hub, event=event, title="Velkomst", starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(minutes=45),
    )  # fmt: skip

    # The clock goes forward between the two days.
    moved = update_event(
        event, viewer=viewer, version=1,
        fields=replace(FIELDS, starts=datetime(2027, 4, 8, 9), ends=datetime(2027, 4, 8, 16, 30)),
    )  # fmt: skip

    assert clocks(moved) == before
    assert {slot.starts_at.astimezone(moved.zone).date() for slot in moved.slots.all()} == {date(2027, 4, 8)}
    assert moved.sessions.get().starts_at == moved.starts_at
    assert all((slot.ends_at - slot.starts_at) == timedelta(minutes=20) for slot in moved.slots.all())


def test_new_clock_keeps_the_times_on_the_wall(viewer: Viewer, event: Event) -> None:
    before = clocks(event)

    moved = update_event(event, viewer=viewer, version=1, fields=replace(FIELDS, time_zone="Atlantic/Reykjavik"))

    assert clocks(moved) == before
    assert f"{moved.starts_at:%H:%M}" == "09:00"


def test_planned_meetings_do_not_wander_to_another_day(viewer: Viewer, event: Event) -> None:
    meeting_in(event.slots.all()[0], now=now_of(event))

    with pytest.raises(SlotHasMeetings) as refusal:
        update_event(
            event, viewer=viewer, version=1,
            fields=replace(FIELDS, starts=datetime(2027, 4, 8, 9), ends=datetime(2027, 4, 8, 16, 30)),
        )  # fmt: skip

    assert refusal.value.details == {"number": 1}
    event.refresh_from_db()
    assert event.starts_at.astimezone(event.zone).date() == DAY


def test_event_does_not_shrink_under_its_grid(viewer: Viewer, event: Event) -> None:
    with pytest.raises(InvalidInput) as refusal:
        update_event(event, viewer=viewer, version=1, fields=replace(FIELDS, ends=datetime(2027, 3, 18, 15)))

    assert refusal.value.details == {"field": "ends"}


def test_earlier_edition_is_another_event_of_the_hub(viewer: Viewer, event: Event) -> None:
    earlier = draft(viewer, day=date(2026, 3, 19))
    foreign = draft(organiser_of(HubFactory(slug="nordbro")))

    changed = update_event(event, viewer=viewer, version=1, fields=FIELDS, earlier=earlier)

    assert changed.earlier_edition == earlier
    for wrong in (foreign, changed):
        with pytest.raises(InvalidInput):
            update_event(changed, viewer=viewer, version=changed.version, fields=FIELDS, earlier=wrong)


def test_mode_of_the_template_is_kept(viewer: Viewer) -> None:
    assert draft(viewer, kind="brokerage").request_mode == RequestMode.MUTUAL
