"""What a profile offers and seeks at one event: texts it chose from its own, and words written for the day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.models import EventStatement, Participation
from events.models.people import MAX_EVENT_TEXT
from hubs.policies import Viewer, may_organise, owns
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotAllowed
from profiles.domain.fields import STATEMENT_LANGUAGES, one_of
from profiles.enums import StatementKind
from profiles.models import Statement
from profiles.texts import clean_text

MOST_STATEMENTS = 12
KINDS = (StatementKind.OFFER.value, StatementKind.NEED.value)


@dataclass(frozen=True)
class OwnText:
    """Words written for the event."""

    kind: str
    text: str
    language: str = "da"


@transaction.atomic
def set_event_statements(
    participation: Participation,
    *,
    chosen: Sequence[Statement] = (),
    own: Collection[OwnText] = (),
    viewer: Viewer | None = None,
) -> int:
    """Let the profile offer and seek exactly this at the event; what stays keeps its row. Returns how many there are.

    Without `viewer` a colleague's mailed link, or an import, has let the caller in.

    Raises:
        NotAllowed: the viewer neither speaks for the profile nor organises.
        InvalidInput: a text is too long or none, there are too many, or a chosen one is another profile's.
    """
    profile = participation.profile
    if viewer is not None and not (owns(viewer, profile) or may_organise(viewer)):
        raise NotAllowed(_("Only the organisation itself or the event's organisers may change this."))
    lock_event(participation.event)
    rows = [*(_chosen(each, participation) for each in chosen), *(_own(each) for each in own)]
    if len(rows) > MOST_STATEMENTS:
        raise InvalidInput(
            _("Bring at most %(limit)d offers and needs to the event: the ones that matter on the day.")
            % {"limit": MOST_STATEMENTS},
            field="chosen",
        )
    if _store(participation, rows):
        record_change(
            participation.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
            subject_type="profile", subject_id=profile.public_id, changed_fields=["event_statements"],
        )  # fmt: skip
    return len(rows)


Row = tuple[str, str, str, int | None]


def _chosen(statement: Statement, participation: Participation) -> Row:
    if statement.profile_id != participation.profile_id or statement.kind not in KINDS:
        raise InvalidInput(_("Choose among the offers and needs of your own profile."), field="chosen")
    return statement.kind, statement.text[:MAX_EVENT_TEXT], statement.language, statement.pk


def _own(own: OwnText) -> Row:
    kind = one_of(own.kind, KINDS, field="kind")
    text = clean_text(own.text, field=f"own_{kind}", max_length=MAX_EVENT_TEXT, min_letters=3)
    return kind, text, one_of(own.language, STATEMENT_LANGUAGES, field="language"), None


def _store(participation: Participation, rows: list[Row]) -> bool:
    """Texts that are the same keep their rows, and so their vectors."""
    kept: dict[Row, EventStatement] = {
        (row.kind, row.text, row.language, row.statement_id): row for row in participation.statements.all()
    }
    wanted = list(dict.fromkeys(rows))
    gone = [row.pk for key, row in kept.items() if key not in wanted]
    EventStatement.objects.filter(pk__in=gone).delete()
    fresh = [
        EventStatement(
            hub_id=participation.hub_id, participation=participation, kind=kind, text=text, language=language,
            statement_id=statement, position=position,
        )
        for position, (kind, text, language, statement) in enumerate(wanted)
        if (kind, text, language, statement) not in kept
    ]  # fmt: skip
    EventStatement.objects.bulk_create(fresh)
    return bool(gone or fresh)
