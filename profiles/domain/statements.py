"""Making, changing and removing statements."""

from django.db import transaction
from django.utils.translation import gettext as _
from hubs.policies import Action, Viewer, require
from kernel.audit import record_change
from kernel.errors import InvalidInput

from profiles.domain.fields import StatementFields
from profiles.domain.saving import check_version, save_valid
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

MAX_STATEMENTS = 500


def store_statement(profile: Profile, *, fields: StatementFields, position: int = 0) -> Statement:
    """Store a statement; for importers and `add_statement`, which decide who may.

    Raises:
        InvalidInput: a field breaks a rule, or the profile has an about-text already.
    """
    statement = Statement(hub_id=profile.hub_id, profile=profile, position=position, **fields.cleaned())
    if statement.kind == StatementKind.ABOUT and profile.statements.filter(kind=StatementKind.ABOUT).exists():
        raise InvalidInput(_("The profile has an about-text already; change that one."), field="kind")
    return save_valid(statement)


@transaction.atomic
def add_statement(profile: Profile, *, viewer: Viewer, fields: StatementFields) -> Statement:
    """Add an offer, a need or the about-text to a profile for which the viewer speaks.

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        InvalidInput: a field breaks a rule, or the profile is full.
    """
    require(viewer, Action.EDIT, profile)
    count = profile.statements.count()
    if count >= MAX_STATEMENTS:
        raise InvalidInput(
            _("A profile holds at most %(limit)d texts. Remove one that no longer holds.") % {"limit": MAX_STATEMENTS}
        )
    statement = store_statement(profile, fields=fields, position=count)
    _record(statement, viewer, "create")
    return statement


@transaction.atomic
def update_statement(statement: Statement, *, viewer: Viewer, version: int, fields: StatementFields) -> Statement:
    """Change a statement that still has the version that the editor saw.

    Raises:
        NotAllowed: the viewer does not speak for it.
        EditConflict: somebody saved in between; nothing is changed.
        InvalidInput: a field breaks a rule.
    """
    require(viewer, Action.EDIT, statement)
    locked = Statement.objects.select_for_update().select_related("profile").get(pk=statement.pk)
    check_version(locked.version, version)
    for name, value in fields.cleaned().items():
        setattr(locked, name, value)
    locked.version += 1
    save_valid(locked)
    _record(locked, viewer, "update")
    return locked


@transaction.atomic
def remove_statement(statement: Statement, *, viewer: Viewer) -> None:
    """Delete a statement; its words leave the index with the next change row.

    Raises:
        NotAllowed: the viewer does not speak for it.
    """
    require(viewer, Action.EDIT, statement)
    _record(statement, viewer, "delete")
    statement.delete()


def _record(statement: Statement, viewer: Viewer, action: str) -> None:
    record_change(
        statement.hub_id,
        actor_id=viewer.user_id,
        action=action,
        subject_type="statement",
        subject_id=statement.public_id,
    )
