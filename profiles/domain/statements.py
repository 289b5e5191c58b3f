"""Making, changing and removing statements."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, require
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotFound
from profiles.domain.fields import StatementFields
from profiles.domain.saving import assign, check_version, save_valid
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

MAX_STATEMENTS = 500


def store_statement(profile: Profile, *, fields: StatementFields, position: int = 0) -> Statement:
    """Store a statement; for importers and `add_statement`, which decide who may.

    Raises:
        InvalidInput: a field breaks a rule, or the profile has an about-text already.
    """
    statement = Statement(hub_id=profile.hub_id, profile=profile, position=position, **fields.cleaned())
    _require_one_about(statement)
    return save_valid(statement)


def _require_one_about(statement: Statement) -> None:
    others = Statement.objects.filter(profile_id=statement.profile_id, kind=StatementKind.ABOUT)
    if statement.kind == StatementKind.ABOUT and others.exclude(pk=statement.pk).exists():
        raise InvalidInput(_("The profile has an about-text already; change that one."), field="kind")


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
        NotFound: somebody removed it in between.
        EditConflict: somebody saved in between; nothing is changed.
        InvalidInput: a field breaks a rule, or the profile has another about-text already.
    """
    require(viewer, Action.EDIT, statement)
    locked = Statement.objects.select_for_update().select_related("profile").filter(pk=statement.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that text. It may have expired or been removed, or it is not open to you."))
    check_version(locked.version, version)
    changed = assign(locked, fields.cleaned())
    locked.version += 1
    _require_one_about(locked)
    save_valid(locked)
    _record(locked, viewer, "update", changed)
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


def _record(statement: Statement, viewer: Viewer, action: str, changed: Iterable[str] = ()) -> None:
    record_change(
        statement.hub_id,
        actor_id=viewer.user_id,
        action=action,
        subject_type="statement",
        subject_id=statement.public_id,
        changed_fields=changed,
    )
