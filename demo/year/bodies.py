"""The invented public bodies of the simulated year, loaded apart: the judged pairs of the demo stay what they were."""

from pathlib import Path

from django.db import transaction

from demo.loading import DATA_DIR, HUB_SLUG, LoadedDemo, load_profiles, read_profile_rows
from demo.people import YEAR_PEOPLE, create_people
from hubs.models import Hub
from kernel.errors import NotReady
from matching.models import Introduction
from profiles.enums import ProfileKind
from profiles.models import Profile

BODY_FILES = ("year_bodies.yaml",)


@transaction.atomic
def load_year_bodies(folder: Path = DATA_DIR) -> LoadedDemo:
    """Add the invented bodies and whoever speaks for one of them to the demo hub; what is there is left alone.

    Raises:
        NotReady: the demo hub is not loaded yet.
        InvalidInput: a profile breaks a rule; names it, and nothing is loaded.
    """
    hub = Hub.objects.filter(slug=HUB_SLUG).first()
    if hub is None:
        raise NotReady("The demo hub is not there yet. Load it first: manage.py load_demo")
    loaded = load_profiles(hub, read_profile_rows(folder, BODY_FILES))
    create_people(hub, loaded.profiles, YEAR_PEOPLE)
    return loaded


def invented_profiles(hub: Hub, folder: Path = DATA_DIR) -> list[Profile]:
    """Everybody who may have a made-up year: the demo's firms, all of them invented, and the invented bodies."""
    bodies = [row["key"] for row in read_profile_rows(folder, BODY_FILES)]
    firms = [row["key"] for row in read_profile_rows(folder) if row["kind"] == ProfileKind.FIRM]
    rows = Profile.objects.filter(hub=hub, slug__in=[*firms, *bodies]).select_related("organisation", "hub")
    return list(rows.order_by("pk"))


def has_bodies(hub: Hub, folder: Path = DATA_DIR) -> bool:
    """Whether the invented bodies are loaded."""
    keys = [row["key"] for row in read_profile_rows(folder, BODY_FILES)]
    return Profile.objects.filter(hub=hub, slug__in=keys).count() == len(keys)


def has_year(hub: Hub | None = None) -> bool:
    """Whether a simulated year is there."""
    rows = Introduction.objects.filter(is_simulated=True)
    return (rows.filter(hub=hub) if hub else rows).exists()
