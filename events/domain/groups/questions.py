"""AIMday questions: handed in by who takes part, changed and taken back by them, put on the programme by organisers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import groups_by_person, tell_changed_groups
from events.domain.locks import lock_event, lock_people
from events.enums import COMING, EventKind, EventState, QuestionState
from events.models import Event, GroupSeat, Participant, Question
from events.queries.people import is_own
from hubs.policies import Viewer, may_act_for, may_organise
from kernel.audit import record_change
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound
from profiles.texts import clean_text

MOST_QUESTIONS = 3
MAX_TITLE, MAX_TEXT = 200, 3_000
LEAST_GROUP, MOST_GROUP = 1, 12


class QuestionsClosed(DomainError):
    """The event takes no questions, or no longer."""

    code = "questions_closed"


@dataclass(frozen=True)
class QuestionFields:
    """What a question says; groups are between `least` and `most` researchers."""

    title: str
    text: str = ""
    language: str = "da"
    least: int = 3
    most: int = 6

    def cleaned(self) -> "QuestionFields":
        """The fields as they can be stored.

        Raises:
            InvalidInput: names the field.
        """
        title = clean_text(self.title, field="title", max_length=MAX_TITLE, min_letters=10)
        text = clean_text(self.text, field="text", max_length=MAX_TEXT)
        if not LEAST_GROUP <= self.least <= self.most <= MOST_GROUP:
            raise InvalidInput(
                _("A group has from %(least)s to %(most)s researchers, at least before at most.")
                % {"least": LEAST_GROUP, "most": MOST_GROUP},
                field="least",
            )
        if self.language not in {"da", "en"}:
            raise InvalidInput(_("Choose Danish or English."), field="language")
        return QuestionFields(title, text, self.language, self.least, self.most)


@transaction.atomic
def hand_in_question(asker: Participant, *, viewer: Viewer, fields: QuestionFields, now: datetime) -> Question:
    """Store a question of somebody who takes part; the same words twice are one question.

    Raises:
        NotAllowed: the viewer does not speak for the person.
        QuestionsClosed: the event takes no questions, or not any more.
        InvalidInput: the words cannot be stored, or it is one too many.
    """
    told = fields.cleaned()
    lock_event(asker.event)
    lock_people((asker.pk,))
    locked = Participant.objects.select_related("event").get(pk=asker.pk)
    _require_speaker(viewer, locked)
    _require_open(locked, now)
    own = Question.objects.filter(asker=locked).exclude(state=QuestionState.LEFT_OUT)
    same = own.filter(title=told.title).first()
    if same is not None:
        return same
    if own.count() >= MOST_QUESTIONS:
        raise InvalidInput(_("Hand in at most %(most)s questions.") % {"most": MOST_QUESTIONS}, field="title")
    question = Question.objects.create(
        hub_id=locked.hub_id,
        event=locked.event,
        asker=locked,
        title=told.title,
        text=told.text,
        language=told.language,
        least=told.least,
        most=told.most,
    )
    record_question(question, viewer, "question.handed_in")
    return question


@transaction.atomic
def change_question(
    question: Question, *, viewer: Viewer, version: int, fields: QuestionFields, now: datetime
) -> Question:
    """Change the words or the size of the group while questions are taken.

    Raises:
        NotAllowed, QuestionsClosed, InvalidInput: as `hand_in_question`.
        NotFound: it was taken back.
        EditConflict: somebody changed it in between; their words are in the error.
    """
    told = fields.cleaned()
    locked = lock_question(question)
    _require_speaker(viewer, locked.asker)
    _require_open(locked.asker, now)
    if locked.version != version:
        raise EditConflict(_("Somebody changed the question while you wrote. Nothing of yours is lost."))
    for name in ("title", "text", "language", "least", "most"):
        setattr(locked, name, getattr(told, name))
    locked.version += 1
    locked.vector, locked.vector_of = None, ""
    locked.save()
    record_question(locked, viewer, "question.changed")
    return locked


@transaction.atomic
def take_question_back(question: Question, *, viewer: Viewer, now: datetime) -> None:
    """Leave the question out, and its group go; where the programme is out, those who sat in it are told.

    Raises:
        NotAllowed: the viewer neither speaks for the person nor runs the event.
        NotFound: it is another hub's.
    """
    locked = lock_question(question)
    if not may_organise(viewer):
        _require_speaker(viewer, locked.asker)
    if locked.hub_id != viewer.hub_id:
        raise _not_found()
    take_off(locked, now=now)
    record_question(locked, viewer, "question.taken_back")


def take_off(locked: Question, *, now: datetime) -> None:
    """Let a question that is locked go, and its group; where the programme is out, those who sat in it are told."""
    before = groups_by_person(locked.event)
    GroupSeat.objects.filter(question=locked).delete()
    locked.state, locked.slot, locked.hall = QuestionState.LEFT_OUT, None, None
    locked.version += 1
    locked.save()
    tell_changed_groups(locked.event, before, now=now)


def takes_questions(event: Event, *, now: datetime) -> bool:
    """Whether questions can be handed in."""
    if event.kind != EventKind.AIMDAY or event.state != EventState.OPEN:
        return False
    return event.wishes_close_at is None or now < event.wishes_close_at


def _require_open(person: Participant, now: datetime) -> None:
    if person.state not in COMING:
        raise QuestionsClosed(_("Register for the event first; then hand your question in."))
    if not takes_questions(person.event, now=now):
        raise QuestionsClosed(_("This event takes no questions now."))


def _require_speaker(viewer: Viewer, person: Participant) -> None:
    if person.hub_id != viewer.hub_id:
        raise _not_found()
    # Who was brought in by an import is known by the address alone.
    if not (may_act_for(viewer, person) or is_own(viewer, person)):
        raise NotAllowed(_("Only the person itself and its colleagues may do this."))


def lock_question(question: Question) -> Question:
    """The question as it is now, locked after its event.

    Raises:
        NotFound: it is gone.
    """
    lock_event(question.event)
    rows = Question.objects.select_for_update(of=("self",)).select_related("event", "asker__event")
    found = rows.filter(pk=question.pk).first()
    if found is None:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound(_("We cannot find that question."))


def record_question(question: Question, viewer: Viewer, action: str) -> None:
    """Record what somebody did with a question."""
    record_change(
        question.hub_id,
        actor_id=viewer.user_id,
        action=action,
        subject_type="question",
        subject_id=question.public_id,
        changed_fields=("title",),
    )
