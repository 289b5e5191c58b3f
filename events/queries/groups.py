"""Questions of an AIMday with their groups, as organisers, askers and researchers may see them.

Who cancels keeps the seat, so that calendars can be told and the group is whole again if they come after all; but
nobody sits in a group, or asks, who does not come.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from events.enums import COMING, QuestionState
from events.models import Event, GroupSeat, Participant, Question
from hubs.policies import Viewer
from kernel.errors import NotFound


def questions_of(event: Event) -> QuerySet[Question]:
    """Those that were not taken back, with slot, room and group, in order of time: two queries."""
    seats = GroupSeat.objects.filter(participant__state__in=COMING)
    seats = seats.select_related("participant__participation__profile").order_by("-fit", "pk")
    return (
        Question.objects.filter(event=event)
        .exclude(state=QuestionState.LEFT_OUT)
        .select_related("asker__participation__profile", "slot", "hall")
        .prefetch_related(Prefetch("seats", queryset=seats))
        .order_by("slot__starts_at", "hall__position", "pk")
    )


def questions_held(event: Event) -> QuerySet[Question]:
    """Those on the programme whose asker comes."""
    return questions_of(event).filter(state=QuestionState.TAKEN, slot__isnull=False, asker__state__in=COMING)


@dataclass(frozen=True)
class Lack:
    """What a group has lost since it was composed: researchers below the least number, its last senior."""

    researchers: int
    is_senior: bool


def lack_of(question: Question) -> Lack | None:
    """What the group of a question that is held lacks; None where it is whole. The question is one of the above."""
    seats = list(question.seats.all())
    missing = max(question.least - len(seats), 0)
    no_senior = not any(seat.participant.is_senior for seat in seats)
    return Lack(missing, no_senior) if missing or no_senior else None


def groups_of(person: Participant) -> QuerySet[Question]:
    """The questions in whose group the person sits, or that it asked, once they are on the programme."""
    rows = questions_held(person.event)
    return (rows.filter(seats__participant=person) | rows.filter(asker=person)).distinct()


def find_question(viewer: Viewer, event: Event, public_id: UUID) -> Question:
    """One question of the event.

    Raises:
        NotFound: there is none, or the event is another hub's.
    """
    found = questions_of(event).filter(hub_id=viewer.hub_id, public_id=public_id).first()
    if found is None:
        raise NotFound(_("We cannot find that question."))
    return found
