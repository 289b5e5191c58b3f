"""The demo's written events: each once, brought up to date by its address, and profiles that take part once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from demo.written_events import load_events, take_part
from events.models import Event, Participation
from events.queries.days import participant_ids
from hubs.models import Hub
from kernel.errors import InvalidInput
from tests.factories import HubFactory, ProfileFactory

WRITTEN = {
    "slug": "medico-bazar", "name": "Medico Bazar", "place": "Aarhus", "starts_at": "2027-03-18T09:00",
    "ends_at": "2027-03-18T16:30", "participants": [],
}  # fmt: skip
START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)


def load(hub: Hub, folder: Path, **change: object) -> Event:
    (folder / "events.yaml").write_text(yaml.safe_dump([{**WRITTEN, **change}]), encoding="utf-8")
    load_events(hub, {profile.slug: profile for profile in hub.profiles.all()}, folder)
    return Event.objects.get(hub=hub)


def test_event_is_stored(hub: Hub, tmp_path: Path) -> None:
    load(hub, tmp_path)

    assert list(Event.objects.values_list("hub", "slug", "name", "place", "starts_at", "ends_at")) == [
        (hub.pk, "medico-bazar", "Medico Bazar", "Aarhus", START, END)
    ]


def test_event_of_that_slug_is_brought_up_to_date_and_keeps_its_participants(hub: Hub, tmp_path: Path) -> None:
    profile = ProfileFactory(hub=hub, slug="nordlys")
    event = load(hub, tmp_path, participants=["nordlys"])

    again = load(hub, tmp_path, name="Medico Bazar 2027")

    assert (again, again.name) == (event, "Medico Bazar 2027")
    assert participant_ids(again) == {profile.pk}


def test_event_of_that_slug_in_another_hub_is_another_one(hub: Hub, tmp_path: Path) -> None:
    load(HubFactory(slug="nordbro"), tmp_path, name="I nord")

    load(hub, tmp_path)

    assert sorted(Event.objects.values_list("name", flat=True)) == ["I nord", "Medico Bazar"]


@pytest.mark.parametrize("ends_at", ["2027-03-18T09:00", "2027-03-18T08:59:59", "2026-03-18T09:00"])
def test_event_that_ends_before_it_starts_is_refused(hub: Hub, tmp_path: Path, ends_at: str) -> None:
    event = load(hub, tmp_path)

    with pytest.raises(InvalidInput) as refusal:
        load(hub, tmp_path, name="Nyt", ends_at=ends_at)

    event.refresh_from_db()
    assert refusal.value.details == {"field": "ends_at"}
    assert (event.name, event.ends_at) == ("Medico Bazar", END)


def test_profiles_take_part_once(hub: Hub, tmp_path: Path) -> None:
    event = load(hub, tmp_path)
    one, two, three = (ProfileFactory(hub=hub) for _ in range(3))

    counts = [len(take_part(event, each)) for each in ([one, two], [one, two], [two, three, three], [])]

    assert counts == [2, 2, 3, 3]
    assert participant_ids(event) == {one.pk, two.pk, three.pk}
    assert set(Participation.objects.values_list("hub", flat=True)) == {hub.pk}
