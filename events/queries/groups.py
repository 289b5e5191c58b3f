"""Questions of an AIMday with their groups, as organisers, askers and researchers may see them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from events.enums import QuestionState
from events.models import Event, GroupSeat, Participant, Question
from hubs.policies import Viewer
from kernel.errors import NotFound


def questions_of(event: Event) -> QuerySet[Question]:
    """Those that were not taken back, with slot, room and group, in order of time: two queries."""
    seats = GroupSeat.objects.select_related("participant__participation__profile").order_by("-fit", "pk")
    return (
        Question.objects.filter(event=event)
        .exclude(state=QuestionState.LEFT_OUT)
        .select_related("asker__participation__profile", "slot", "hall")
        .prefetch_related(Prefetch("seats", queryset=seats))
        .order_by("slot__starts_at", "hall__position", "pk")
    )


def groups_of(person: Participant) -> QuerySet[Question]:
    """The questions in whose group the person sits, or that it asked, once they are on the programme."""
    rows = questions_of(person.event).filter(state=QuestionState.TAKEN)
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
