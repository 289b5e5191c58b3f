"""The questions that a hub adds to the core set: few, since an answer takes under a minute, and never rewritten."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import Hub
from hubs.policies import Viewer, require_broker
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotFound
from matching.enums import Moment, QuestionForm
from matching.models import HubQuestion
from profiles.texts import clean_line

MOST_ACTIVE = 5
_MAX_TEXT = 300
_LEAST_LETTERS = 5


@dataclass(frozen=True)
class QuestionFields:
    """What a question says and when it is asked; no moments means all of them."""

    text_da: str
    text_en: str
    form: str = QuestionForm.YES_NO
    moments: tuple[str, ...] = ()

    def cleaned(self) -> "QuestionFields":
        """The fields as they are stored.

        Raises:
            InvalidInput: a text is none or too long, the form or a moment is unknown.
        """
        if self.form not in QuestionForm.values:
            raise InvalidInput(_("Choose one of the answers shown."), field="form")
        if not set(self.moments) <= set(Moment.values):
            raise InvalidInput(_("Choose one of the answers shown."), field="moments")
        # All of them is the same as none named: a later moment is then asked about too.
        named = [code for code in Moment.values if code in self.moments]
        return QuestionFields(
            text_da=clean_line(self.text_da, field="text_da", max_length=_MAX_TEXT, min_letters=_LEAST_LETTERS),
            text_en=clean_line(self.text_en, field="text_en", max_length=_MAX_TEXT, min_letters=_LEAST_LETTERS),
            form=self.form,
            moments=tuple(named) if len(named) < len(Moment.values) else (),
        )


def questions_at(hub_id: int, moment: str | None) -> list[HubQuestion]:
    """The questions asked at a moment, in the hub's order; between the moments those that are asked at all of them."""
    active = HubQuestion.objects.filter(hub_id=hub_id, is_active=True).order_by("position", "pk")
    return [each for each in active if not each.moments or moment in each.moments]


@transaction.atomic
def add_question(viewer: Viewer, *, fields: QuestionFields) -> HubQuestion:
    """Ask one more, after the others.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
        InvalidInput: a field breaks its rule, or the hub asks as many as fit in a minute already.
    """
    require_broker(viewer)
    checked = fields.cleaned()
    active = _locked(viewer.hub_id)
    if len(active) >= MOST_ACTIVE:
        raise _too_many()
    question = HubQuestion.objects.create(
        hub_id=viewer.hub_id,
        text_da=checked.text_da,
        text_en=checked.text_en,
        form=checked.form,
        moments=list(checked.moments),
        position=active[-1].position + 1 if active else 0,
    )
    _record(viewer, "question_added", question.public_id)
    return question


@transaction.atomic
def move_question(viewer: Viewer, *, public_id: UUID, earlier: bool) -> None:
    """Change places with the question before or after; at the end of the row nothing happens.

    Raises:
        NotAllowed, NotFound.
    """
    require_broker(viewer)
    active = _locked(viewer.hub_id)
    here = next((index for index, each in enumerate(active) if each.public_id == public_id), None)
    if here is None:
        raise _unknown()
    there = here - 1 if earlier else here + 1
    if not 0 <= there < len(active):
        return
    active[here], active[there] = active[there], active[here]
    for position, question in enumerate(active):
        question.position = position
    HubQuestion.objects.bulk_update(active, ["position"])
    _record(viewer, "question_moved", public_id)


@transaction.atomic
def retire_question(viewer: Viewer, *, public_id: UUID) -> None:
    """Ask no more; what was answered is kept. Retiring twice is retiring once.

    Raises:
        NotAllowed, NotFound.
    """
    _set_active(viewer, public_id, is_active=False, action="question_retired")


@transaction.atomic
def resume_question(viewer: Viewer, *, public_id: UUID) -> None:
    """Ask a retired question again, after the others.

    Raises:
        NotAllowed, NotFound.
        InvalidInput: the hub asks as many as fit in a minute already.
    """
    _set_active(viewer, public_id, is_active=True, action="question_resumed")


def _set_active(viewer: Viewer, public_id: UUID, *, is_active: bool, action: str) -> None:
    require_broker(viewer)
    active = _locked(viewer.hub_id)
    question = HubQuestion.objects.filter(hub_id=viewer.hub_id, public_id=public_id).first()
    if question is None:
        raise _unknown()
    if question.is_active == is_active:
        return
    if is_active and len(active) >= MOST_ACTIVE:
        raise _too_many()
    question.is_active = is_active
    question.position = active[-1].position + 1 if is_active and active else question.position
    question.save(update_fields=["is_active", "position", "updated_at"])
    _record(viewer, action, public_id)


def _locked(hub_id: int) -> list[HubQuestion]:
    """The active questions in order; the hub is locked, so that two people cannot pass the limit together."""
    Hub.objects.select_for_update().get(pk=hub_id)
    return list(HubQuestion.objects.filter(hub_id=hub_id, is_active=True).order_by("position", "pk"))


def _unknown() -> NotFound:
    return NotFound(_("We cannot find that question. It may belong to another hub."))


def _too_many() -> InvalidInput:
    return InvalidInput(
        _("You ask %(count)d questions of your own, which is what fits in a minute. Retire one first.")
        % {"count": MOST_ACTIVE}
    )


def _record(viewer: Viewer, action: str, public_id: UUID) -> None:
    record_change(
        viewer.hub_id, actor_id=viewer.user_id, action=action, subject_type="hub_question", subject_id=public_id
    )
