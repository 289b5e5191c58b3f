"""The migrations make the tables that the models describe: all of them, from nothing, none missing."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model
from django.utils import translation

pytestmark = pytest.mark.django_db
OURS = {"kernel", "hubs", "mailgate", "profiles", "matching", "events", "api"}


def models_of_ours() -> list[type[Model]]:
    return [model for label in sorted(OURS) for model in apps.get_app_config(label).get_models()]


def test_models_and_migrations_agree() -> None:
    output = StringIO()
    try:
        call_command("makemigrations", *sorted(OURS), check=True, dry_run=True, stdout=output, stderr=output)
    except SystemExit:
        pytest.fail(f"a migration is missing: {output.getvalue()}")

    assert output.getvalue().startswith("No changes detected")


def test_missing_migration_would_be_noticed() -> None:
    loader = MigrationLoader(None)
    state = loader.project_state()
    state.remove_field("profiles", "profile", "keywords")

    with translation.override(None):
        changes = MigrationAutodetector(state, ProjectState.from_apps(apps)).changes(graph=loader.graph)

    assert set(changes) == {"profiles"}


def test_every_migration_was_applied_to_the_test_database() -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert set(executor.loader.applied_migrations) >= set(executor.loader.disk_migrations)


def test_migrations_have_one_end_each() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


def test_tables_of_ours_are_all_there() -> None:
    tables = set(connection.introspection.table_names())
    expected = {model._meta.db_table for label in OURS for model in apps.get_app_config(label).get_models()}

    assert expected >= {
        "profiles_profile",
        "profiles_statement",
        "hubs_hub",
        "kernel_auditrecord",
        "events_event",
    }
    assert expected <= tables


def test_every_table_of_a_hub_has_a_hub_column() -> None:
    """Reference data and people are shared; all else belongs to one hub from the first migration on."""
    shared = {"Term", "Hub", "User"}
    without = {
        model.__name__
        for model in models_of_ours()
        if "hub" not in {field.name for field in model._meta.concrete_fields}
    }

    assert without == shared
