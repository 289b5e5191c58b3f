"""Organisers leave a question out of the programme, and take it in again; what its asker took back stays gone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.questions import QuestionsClosed, lock_question, record_question, take_off
from events.enums import EventState, QuestionState
from events.models import Event, Question
from hubs.policies import Viewer, require_organiser
from kernel.errors import NotFound
from kernel.models import AuditRecord

# Nobody composes groups any more; what was on the programme stays as it was.
DONE = frozenset({EventState.OVER, EventState.CANCELLED})
_LEFT_OUT = "question.left_out"


def is_done(event: Event, *, now: datetime) -> bool:
    """Whether questions and groups stay as they are for good, also before an organiser has said that it is over."""
    return event.state in DONE or event.ends_at <= now


def require_ahead(event: Event, *, now: datetime) -> None:
    """Stop unless questions and groups may still change.

    Raises:
        QuestionsClosed
    """
    if not is_done(event, now=now):
        return
    if event.state in DONE:
        told = _("The event is over or called off, so its groups stay as they are. For another day, make a new event.")
    else:
        told = _("The event has ended, so its groups stay as they are. If it is still to be held, give it its new day.")
    raise QuestionsClosed(told)


@transaction.atomic
def leave_question_out(question: Question, *, viewer: Viewer, now: datetime) -> None:
    """Leave the question out, and its group go; where the programme is out, those who sat in it are told.

    Raises:
        NotAllowed: the viewer does not organise.
        NotFound: it is another hub's, or out already.
        QuestionsClosed: the event is over or called off, or its day has passed.
    """
    locked = _lock(question, viewer, now)
    if locked.state == QuestionState.LEFT_OUT:
        raise _not_found()
    take_off(locked, now=now)
    record_question(locked, viewer, _LEFT_OUT)


@transaction.atomic
def take_question_in(question: Question, *, viewer: Viewer, now: datetime) -> None:
    """Take in again what an organiser has left out; it is without a group until groups are composed anew.

    Raises:
        NotAllowed, QuestionsClosed: as `leave_question_out`.
        NotFound: it is another hub's, or no organiser has left it out.
    """
    locked = _lock(question, viewer, now)
    if locked.state != QuestionState.LEFT_OUT or locked.public_id not in _left_out_ids(locked.event):
        raise _not_found()
    locked.state = QuestionState.HANDED_IN
    locked.version += 1
    locked.save()
    record_question(locked, viewer, "question.taken_in")


def questions_left_out(event: Event) -> list[Question]:
    """Those that an organiser has left out and can take in again, the oldest first."""
    rows = Question.objects.filter(event=event, state=QuestionState.LEFT_OUT, public_id__in=_left_out_ids(event))
    return list(rows.select_related("asker__participation__profile", "slot", "hall").order_by("pk"))


def find_left_out(event: Event, public_id: UUID) -> Question:
    """One of those.

    Raises:
        NotFound: there is none.
    """
    for question in questions_left_out(event):
        if question.public_id == public_id:
            return question
    raise _not_found()


def _left_out_ids(event: Event) -> set[UUID]:
    """Questions whose last record says that an organiser left them out."""
    gone = Question.objects.filter(event=event, state=QuestionState.LEFT_OUT).values_list("public_id", flat=True)
    rows = AuditRecord.objects.filter(hub_id=event.hub_id, subject_type="question", subject_id__in=list(gone))
    last = dict(rows.order_by("pk").values_list("subject_id", "action"))
    return {subject for subject, action in last.items() if action == _LEFT_OUT}


def _lock(question: Question, viewer: Viewer, now: datetime) -> Question:
    require_organiser(viewer)
    locked = lock_question(question)
    if locked.hub_id != viewer.hub_id:
        raise _not_found()
    require_ahead(locked.event, now=now)
    return locked


def _not_found() -> NotFound:
    return NotFound(_("We cannot find that question."))
