"""The change feed: what changes a profile's part of the index leaves a row in the same transaction, or none."""

import pytest
from django.db import connection, transaction

from hubs.models import Hub
from matching.domain.changes import note_changes
from matching.models import IndexChange
from profiles.models import Profile, Statement
from tests.factories import HubFactory, ProfileFactory, StatementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(hub: Hub) -> Statement:
    """A stored statement whose changes are all forgotten."""
    statement: Statement = StatementFactory()
    IndexChange.objects.all().delete()
    return statement


def changed() -> list[tuple[int, int, int | None]]:
    return list(IndexChange.objects.values_list("hub_id", "profile_id", "published"))


def row_of(profile: Profile) -> tuple[int, int, None]:
    return (profile.hub_id, profile.pk, None)


class Interrupted(Exception):
    """Something failed later in the same transaction."""


def test_new_profile_and_statement_leave_a_row_each(hub: Hub) -> None:
    profile = ProfileFactory(hub=hub)
    StatementFactory(profile=profile)

    assert changed() == [row_of(profile), row_of(profile)]


def test_saved_statement_leaves_a_row(statement: Statement) -> None:
    statement.text = "Nye ord"
    statement.save()

    assert changed() == [row_of(statement.profile)]


def test_saved_profile_leaves_a_row(statement: Statement) -> None:
    statement.profile.is_paused = True
    statement.profile.save()

    assert changed() == [row_of(statement.profile)]


def test_deleted_statement_leaves_a_row(statement: Statement) -> None:
    statement.delete()

    assert changed() == [row_of(statement.profile)]


def test_deleted_profile_leaves_rows_that_outlive_it(statement: Statement) -> None:
    profile, expected = statement.profile, row_of(statement.profile)

    profile.delete()

    assert set(changed()) == {expected}


def test_deleted_organisation_leaves_rows_for_its_profiles(statement: Statement) -> None:
    expected = row_of(statement.profile)

    statement.profile.organisation.delete()

    assert set(changed()) == {expected}


def test_deleted_query_set_leaves_rows(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).delete()

    assert changed() == [row_of(statement.profile)]


@pytest.mark.parametrize("whole_query", [False, True])
def test_deleted_hub_takes_everything_along(statement: Statement, whole_query: bool) -> None:
    hub, other = statement.hub, StatementFactory(profile__organisation__hub=HubFactory(slug="other"))
    if whole_query:
        Hub.objects.filter(pk=hub.pk).delete()
    else:
        hub.delete()

    connection.check_constraints()
    assert set(changed()) == {row_of(other.profile)}


@pytest.mark.parametrize("delete", [False, True])
def test_rollback_leaves_no_row(statement: Statement, delete: bool) -> None:
    def change() -> None:
        if delete:
            statement.profile.delete()
        else:
            statement.save()
        assert len(changed()) > 0
        raise Interrupted

    with pytest.raises(Interrupted), transaction.atomic():
        change()

    assert changed() == []


def test_reading_leaves_no_row(statement: Statement) -> None:
    Statement.objects.get(pk=statement.pk).refresh_from_db()

    assert changed() == []


def test_note_changes_says_each_profile_once_asked(statement: Statement) -> None:
    note_changes(statement.hub_id, profile_ids=[7, 8])
    note_changes(statement.hub_id, profile_ids=[])

    assert changed() == [(statement.hub_id, 7, None), (statement.hub_id, 8, None)]
