"""What every test stands on: taxonomies are there, hubs are plain, examples of properties are repeatable."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils import translation
from hypothesis import settings as property_settings
from pytest_django import DjangoDbBlocker

from hubs.models import Hub
from tests.distribution import DemoTogether, longest_first
from tests.factories import HubFactory
from tests.operations.first_demo import FirstDemo, run_first_demo
from tests.programs import write_empty_database

# Everything a run creates lies under var/; the same examples every run, and no limit on the time one takes.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).resolve().parents[1] / "var/cache/hypothesis"))
property_settings.register_profile("videnbro", deadline=None, derandomize=True, database=None)
property_settings.load_profile("videnbro")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Seed the taxonomies once a test database, as a deployment does.

    A transactional test ends by emptying every table; Django then sends `post_migrate`, and the seed comes
    back, so that the order of tests never matters.
    """
    from profiles.domain.taxonomies import load_taxonomies

    def seed_again(**_signal: object) -> None:
        load_taxonomies()

    with django_db_blocker.unblock():
        load_taxonomies()
    post_migrate.connect(seed_again, sender=apps.get_app_config("profiles"), weak=False)


@pytest.fixture(scope="session")
def empty_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A database file as a deployment begins with, for programs that tests start to have copies of."""
    file: Path = tmp_path_factory.mktemp("empty") / "database.sqlite3"
    with django_db_blocker.unblock():
        write_empty_database(file)
    return file


@pytest.fixture(scope="session")
def first_demo(tmp_path_factory: pytest.TempPathFactory) -> FirstDemo:
    """The demo as a newcomer has it after the first `make demo`; its tests and the walks go to one worker."""
    return run_first_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def hub(db: None) -> Hub:
    """The hub that every host name opens in tests."""
    return HubFactory()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process keeps of a hub's contacts and ranker is keyed by ids, which tests use again.

    The language of the last request stays with the thread as well.
    """
    translation.deactivate()

    from matching.domain.learning.champion import forget_champions
    from matching.domain.learning.columns import forget_known

    forget_known()
    forget_champions()


@pytest.fixture
def english() -> Iterator[None]:
    """Messages as they stand in the code, whether or not translations are compiled."""
    with translation.override("en"):
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> DemoTogether:
    """Tests of a module go to one worker, and all that look at the demo to one, so that they share it."""
    return DemoTogether(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every worker sorts alike.

    Tables are made only where a test says that it needs them, which a copied database cannot say itself.
    """
    for item in items:
        if "empty_database" in getattr(item, "fixturenames", ()):
            item.add_marker("django_db")
    items[:] = longest_first(items)
