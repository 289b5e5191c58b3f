"""Saving a row so that a broken rule comes out as one kind of error, and no save overwrites another."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from kernel.errors import EditConflict, InvalidInput

Row = TypeVar("Row", bound=models.Model)


def check_version(stored: int, seen: int) -> None:
    """Stop a save that would overwrite another one.

    Raises:
        EditConflict: the stored version is not the one seen.
    """
    if stored != seen:
        raise EditConflict(
            _("Somebody else saved this a moment ago. Nothing of theirs or yours is lost: compare, and save again."),
            current_version=stored,
        )


def assign(row: models.Model, values: dict[str, Any]) -> list[str]:
    """Set the columns whose values differ; returns their names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def save_valid(row: Row) -> Row:
    """Validate the fields, then save; the constraints are judged by the database, once, as it stores the row.

    (Django would ask it about each constraint beforehand, a query each, and have to ask again.)

    Raises:
        InvalidInput: names the first field that breaks a rule, or that somebody took the name meanwhile.
    """
    try:
        row.full_clean(validate_constraints=False)
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field=field, fields=error.message_dict) from error
    except IntegrityError as error:
        raise InvalidInput(_("This could not be saved: it clashes with what is there already.")) from error
    return row
