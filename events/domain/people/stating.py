"""What a profile offers and seeks at one event: texts it chose from its own, and words written for the day."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.people.registering import require_coming_event
from events.models import Event, EventStatement, Participant, Participation
from events.models.people import MAX_EVENT_TEXT
from events.queries.stating import may_state, may_state_by_link
from hubs.policies import Viewer
from kernel.audit import record_change, record_changes
from kernel.errors import InvalidInput, NotAllowed
from profiles.domain.fields import STATEMENT_LANGUAGES, one_of
from profiles.enums import StatementKind
from profiles.models import Statement
from profiles.texts import clean_text

MOST_STATEMENTS = 12
_BLANK_LINE = re.compile(r"\n\s*\n")
KINDS = (StatementKind.OFFER.value, StatementKind.NEED.value)


@dataclass(frozen=True)
class OwnText:
    """Words written for the event."""

    kind: str
    text: str
    language: str = "da"


def own_texts(kind: str, written: str, *, language: str) -> list[OwnText]:
    """The texts that stand in one field: a blank line begins another one."""
    parts = _BLANK_LINE.split(written.replace("\r\n", "\n").replace("\r", "\n"))
    return [OwnText(kind, part.strip(), language) for part in parts if part.strip()]


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
        NotAllowed: the viewer may not, see `hubs.policies.may_state_at_event`.
        InvalidInput: a text is too long or none, there are too many, or a chosen one is another profile's.
    """
    if viewer is not None and not may_state(viewer, participation):
        raise _not_theirs()
    lock_event(participation.event)
    rows = [*(_chosen(each, participation) for each in chosen), *(cleaned_own(each) for each in own)]
    if len(rows) > MOST_STATEMENTS:
        raise too_many()
    if _store(participation, rows):
        record_change(
            participation.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
            subject_type="participation", subject_id=participation.public_id, changed_fields=["event_statements"],
        )  # fmt: skip
    return len(rows)


@transaction.atomic
def state_by_link(
    person: Participant, *, chosen: Sequence[Statement] = (), own: Collection[OwnText] = (), now: datetime
) -> int:
    """The same for the person whose mailed link has let the caller in, as long as the event is to come.

    Raises:
        NotAllowed: others speak for the profile, and the person does not.
        EventIsOver, InvalidInput
    """
    require_coming_event(person.event, now=now)
    if not may_state_by_link(person):
        raise _not_theirs()
    return set_event_statements(person.participation, chosen=chosen, own=own)


def fill_statements(event: Event, written: Mapping[int, Sequence[OwnText]], *, viewer: Viewer) -> None:
    """What a file says for profiles (by key) that say nothing of that kind at the event so far, all in a few queries.

    The caller has locked the event and judged who may. Of more texts than a profile may bring, the first are taken.

    Raises:
        InvalidInput: a text is too long or none; nothing is stored.
    """
    said: dict[int, list[str]] = defaultdict(list)
    for key, kind in EventStatement.objects.filter(participation__event=event).values_list("participation_id", "kind"):
        said[key].append(kind)
    rows = event.participations.filter(profile__in=written)
    fresh = {row: _filling(row, written[row.profile_id], said[row.pk]) for row in rows}
    EventStatement.objects.bulk_create(text for texts in fresh.values() for text in texts)
    record_changes(
        event.hub_id, actor_id=viewer.user_id, action="update", subject_type="participation",
        changed_fields={row.public_id: ("event_statements",) for row, texts in fresh.items() if texts},
    )  # fmt: skip


def _filling(participation: Participation, own: Sequence[OwnText], said: Sequence[str]) -> list[EventStatement]:
    rows = dict.fromkeys(cleaned_own(each) for each in own if each.kind not in said)
    return [
        EventStatement(
            hub_id=participation.hub_id, participation=participation, kind=kind, text=text, language=language,
            position=position,
        )
        for position, (kind, text, language, _statement) in enumerate(rows, start=len(said))
        if position < MOST_STATEMENTS
    ]  # fmt: skip


def too_many() -> InvalidInput:
    """What is told to those who bring more than `MOST_STATEMENTS`."""
    return InvalidInput(
        _("Bring at most %(limit)d offers and needs to the event: the ones that matter on the day.")
        % {"limit": MOST_STATEMENTS},
        field="chosen",
    )


def _not_theirs() -> NotAllowed:
    return NotAllowed(_("Only the organisation itself or the event's organisers may change this."))


Row = tuple[str, str, str, int | None]


def _chosen(statement: Statement, participation: Participation) -> Row:
    if statement.profile_id != participation.profile_id or statement.kind not in KINDS:
        raise InvalidInput(_("Choose among the offers and needs of your own profile."), field="chosen")
    return statement.kind, statement.text[:MAX_EVENT_TEXT], statement.language, statement.pk


def cleaned_own(own: OwnText) -> Row:
    """Own words as they can be stored: kind, text, language, and that they are no copy.

    Raises:
        InvalidInput: too long, none, or of no kind or language.
    """
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
