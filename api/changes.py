"""From what was sent to what the domain takes; a change keeps every value that it does not name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from profiles.domain.fields import OrganisationFields, ProfileFields, StatementFields
from profiles.domain.stored_fields import profile_fields, statement_fields
from profiles.models import Profile, Statement

# Null is a value of its own here; elsewhere it means an empty text.
_NULLABLE = frozenset({"founded_year", "employees", "expires_on"})


def new_organisation(values: Mapping[str, Any]) -> OrganisationFields:
    """The organisation of a new profile."""
    return OrganisationFields(**_plain(values))


def new_profile(values: Mapping[str, Any]) -> ProfileFields:
    """A new profile."""
    return ProfileFields(**_plain(values))


def new_statement(values: Mapping[str, Any]) -> StatementFields:
    """A new statement."""
    return StatementFields(**_plain(values))


def changed_profile(profile: Profile, values: Mapping[str, Any]) -> ProfileFields:
    """The stored profile (with `theme_links`) with the changes; a new municipality brings its own region."""
    changes = _plain(values)
    if changes.get("municipality") and "region" not in changes:
        changes["region"] = ""
    return replace(profile_fields(profile), **changes)


def changed_statement(statement: Statement, values: Mapping[str, Any]) -> StatementFields:
    """The stored statement with the changes."""
    return replace(statement_fields(statement), **_plain(values))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lists become tuples, and null the empty text where only a text can stand."""
    return {
        name: tuple(value) if isinstance(value, list) else "" if value is None and name not in _NULLABLE else value
        for name, value in values.items()
    }
