"""A small demo for the simulated year: whom the stories name, the invented bodies, and an index of hashed words."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from django.db import transaction
from django.test import override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from demo.loading import DATA_DIR, PROFILE_FILES, load_demo
from demo.people import EVERYBODY
from demo.year.bodies import load_year_bodies
from demo.year.rooms import read_stories
from demo.year.waiting import TODAY
from demo.year.year import Lived, Plan, simulate_year
from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.domain.learning.champion import forget_champions
from matching.domain.learning.columns import forget_known
from matching.indexing.registry import registry
from matching.serving import use_encoder
from tests.encoders import WordHashEncoder

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def live(plan: Plan, folder: Path) -> Lived:
    forget_known()
    forget_champions()
    with translation.override("da"):
        lived = simulate_year(now=NOW, plan=plan, folder=folder)
    assert lived is not None
    return lived


def named_in_stories() -> set[str]:
    stories = read_stories(DATA_DIR)
    found = {person.profile_key for person in EVERYBODY if person.profile_key}
    found |= {key for row in TODAY for key in (row.seeker, row.receiver)}
    found |= {row["profile"] for room in stories["rooms"] for row in room["invites"]}
    found |= {row["profile"] for each in stories["shortlists"] for row in each["candidates"]}
    return found | {each["owner"] for each in (*stories["rooms"], *stories["shortlists"])}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whom the stories name and the first two of each of the demo's files; the invented bodies are all there."""
    chosen = tmp_path_factory.mktemp("data")
    wanted = named_in_stories()
    for name in PROFILE_FILES:
        rows = yaml.safe_load((DATA_DIR / name).read_text(encoding="utf-8"))
        kept = [row for row in rows if row["key"] in wanted or row in rows[:2]]
        (chosen / name).write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    (chosen / "events.yaml").write_text("[]\n", encoding="utf-8")
    for name in ("year_bodies.yaml", "year_rooms.yaml"):
        shutil.copy(DATA_DIR / name, chosen / name)
    return chosen


@pytest.fixture(scope="module")
def loaded(
    folder: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    """The demo hub with the invented bodies and an index, in a transaction around the tests of this module."""
    encoder = WordHashEncoder()
    indexes = tmp_path_factory.mktemp("index")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(VIDENBRO_INDEX_DIR=indexes):
        registry.forget()
        use_encoder(encoder)
        hub = load_demo(folder).hub
        load_year_bodies(folder)
        rebuild_index(hub.pk, encoder=encoder)
        yield hub
        use_encoder(None)
        registry.forget()
        transaction.set_rollback(True)
