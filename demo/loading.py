"""Loading the demo cluster: written profiles, an event, people to log in; a second load changes nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.text import slugify

from demo.people import create_people
from demo.written_events import load_events
from hubs.models import Hub
from kernel.errors import DomainError, InvalidInput
from kernel.yaml_files import read_yaml
from profiles.domain.fields import OrganisationFields, ProfileFields, StatementFields
from profiles.domain.profiles import store_organisation, store_profile
from profiles.domain.statements import store_statement
from profiles.models import Profile

DATA_DIR = Path(__file__).resolve().parent / "data"
PROFILE_FILES = (
    "firms_a.yaml",
    "firms_b.yaml",
    "departments.yaml",
    "municipal_units.yaml",
    "research_groups.yaml",
    "others.yaml",
)
HUB_SLUG = "midtbro"
HUB_NAME = "Midtbro, klynge for sundhedsteknologi"


@dataclass(frozen=True)
class LoadedDemo:
    """What the demo hub holds after loading, and how many profiles are new."""

    hub: Hub
    profiles: dict[str, Profile]
    created: int
    statements: int


def read_profile_rows(folder: Path = DATA_DIR, files: Iterable[str] = PROFILE_FILES) -> list[dict[str, Any]]:
    """The written profiles, as they stand in the files.

    Raises:
        InvalidInput: a file is broken, or a key is missing, stands there twice or is no address.
    """
    rows: list[dict[str, Any]] = []
    for name in files:
        try:
            rows.extend(dict(row) for row in read_yaml(folder / name))
        except (yaml.YAMLError, TypeError, ValueError, OSError) as error:
            raise InvalidInput(f"The demo file {name} cannot be read: {error}", field=name) from error
    _require_keys(rows)
    return rows


def _require_keys(rows: list[dict[str, Any]]) -> None:
    """A key that is not the profile's very address would make a second load store the profile again."""
    keys = Counter(str(row.get("key", "")) for row in rows)
    wrong = [key for key, count in keys.items() if not key or count > 1 or slugify(key)[:60] != key]
    if wrong:
        raise InvalidInput(f"Demo profile keys missing, used twice or no address: {', '.join(wrong)}", field=wrong[0])


@transaction.atomic
def load_demo(folder: Path = DATA_DIR) -> LoadedDemo:
    """Make the demo hub, its profiles, event and people; profiles that are there already are left alone.

    Raises:
        InvalidInput: a profile breaks a rule; names it, and nothing is loaded.
    """
    hub, _created = Hub.objects.get_or_create(slug=HUB_SLUG, defaults={"name": HUB_NAME})
    loaded = load_profiles(hub, read_profile_rows(folder))
    load_events(hub, loaded.profiles, folder)
    create_people(hub, loaded.profiles)
    return loaded


def load_profiles(hub: Hub, rows: list[dict[str, Any]]) -> LoadedDemo:
    """Store the written profiles that are not there yet, within the caller's transaction.

    Raises:
        InvalidInput: a profile breaks a rule; names it.
    """
    present = {profile.slug: profile for profile in Profile.objects.filter(hub=hub)}
    profiles: dict[str, Profile] = {}
    created = 0
    for row in rows:
        slug = row["key"]
        if slug not in present:
            present[slug] = _store(hub, row)
            created += 1
        profiles[slug] = present[slug]
    statements = sum(len(row["statements"]) for row in rows)
    return LoadedDemo(hub=hub, profiles=profiles, created=created, statements=statements)


def _store(hub: Hub, row: dict[str, Any]) -> Profile:
    try:
        organisation = store_organisation(hub, fields=_organisation_fields(row))
        profile = store_profile(hub, organisation=organisation, fields=_profile_fields(row), slug=row["key"])
        for position, statement in enumerate(row["statements"]):
            store_statement(profile, fields=_statement_fields(statement), position=position)
    except (DomainError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"Demo profile {row['key']}: {error}", field=row["key"]) from error
    return profile


def _organisation_fields(row: dict[str, Any]) -> OrganisationFields:
    return OrganisationFields(
        name=row["organisation"],
        website=row.get("website", ""),
        sector=row.get("sector", ""),
        phase=row.get("phase", ""),
        founded_year=row.get("founded"),
        employees=row.get("employees"),
    )


def _profile_fields(row: dict[str, Any]) -> ProfileFields:
    return ProfileFields(
        kind=row["kind"],
        name=row["name"],
        region=row.get("region", ""),
        municipality=row.get("municipality", ""),
        specialty=row.get("specialty", ""),
        municipal_field=row.get("municipal_field", ""),
        themes=tuple(row.get("themes", ())),
        keywords=tuple(row.get("keywords", ())),
        languages=tuple(row.get("languages", ("da",))),
        contact_email=row.get("contact_email", ""),
    )


def _statement_fields(row: dict[str, Any]) -> StatementFields:
    return StatementFields(
        kind=row["kind"],
        text=row["text"],
        language=row["language"],
        purpose=row.get("purpose", ""),
        stage=row.get("stage", ""),
        collaboration=row.get("collaboration", ""),
        ip_state=row.get("ip_state", ""),
        visibility=row.get("visibility", "public"),
        expires_on=row.get("expires"),
    )
