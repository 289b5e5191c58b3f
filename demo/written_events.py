"""The demo's written events, and profiles that take part before anybody has signed up a person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from events.models import Event, Participation
from hubs.models import Hub
from kernel.errors import InvalidInput
from kernel.yaml_files import read_yaml
from profiles.models import Profile


def load_events(hub: Hub, profiles: Mapping[str, Profile], folder: Path) -> None:
    """Store the events of the folder, or bring those of these addresses up to date, within the caller's transaction.

    Raises:
        InvalidInput: an event would end before it starts, or names a profile that is not there.
    """
    for row in read_yaml(folder / "events.yaml"):
        event = _store(hub, row)
        unknown = [key for key in row["participants"] if key not in profiles]
        if unknown:
            raise InvalidInput(
                f"Event {row['slug']} names unknown profiles: {', '.join(unknown)}.", field="participants"
            )
        take_part(event, [profiles[key] for key in row["participants"]])


def _store(hub: Hub, row: dict[str, Any]) -> Event:
    """Not as an organiser makes one: under the written address, and nobody has to be there yet to own it."""
    starts_at, ends_at = (timezone.make_aware(datetime.fromisoformat(row[name])) for name in ("starts_at", "ends_at"))
    if ends_at <= starts_at:
        raise InvalidInput(f"Event {row['slug']} must end after it starts.", field="ends_at")
    values = {"name": row["name"], "place": row["place"], "starts_at": starts_at, "ends_at": ends_at}
    event, _created = Event.objects.update_or_create(hub=hub, slug=row["slug"], defaults=values)
    return event


def take_part(event: Event, profiles: Iterable[Profile]) -> list[Participation]:
    """Let the profiles take part, each once; returns all who do, with their profiles."""
    rows = (Participation(hub_id=event.hub_id, event=event, profile=profile) for profile in profiles)
    Participation.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Participation.objects.filter(event=event).select_related("profile"))
