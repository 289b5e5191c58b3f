"""AIMday: handing in a question, seeing its group, and composing the groups as an organiser."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.groups.composing import Composition, compose_groups, groups_are_open, researchers_of
from events.domain.groups.questions import change_question, hand_in_question, take_question_back, takes_questions
from events.enums import COMING
from events.models import Event, Participant, Question
from events.queries.days import find_event
from events.queries.groups import find_question, lack_of, questions_of
from events.queries.people import find_open_event, own_places
from events.queries.wishes import speaks_for
from events.scheduling.group_task import Unheld
from frontend.form_pages import FormPage, do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.events_groups import QuestionForm, question_initial
from frontend.requests import PageRequest
from hubs.policies import may_organise, require_organiser
from kernel.errors import DomainError, NotFound


@login_required
@never_cache
@require_safe
def event_questions(request: PageRequest, slug: str) -> HttpResponse:
    """The questions of the day: one's own, and once the programme is out all with their groups, for those who come.

    Raises:
        NotFound: no such event, or it is not open to the reader.
    """
    event = find_open_event(request.viewer, slug)
    places = list(own_places(request.viewer, event))
    own = {person.pk for person in places}
    comes = any(person.state in COMING for person in places)
    is_open = may_organise(request.viewer) or (comes and groups_are_open(event))
    found = list(questions_of(event))
    context = {
        "event": event,
        "own": [question for question in found if question.asker_id in own],
        "programme": [question for question in found if question.is_held] if is_open else [],
        "takes_questions": takes_questions(event, now=timezone.now()),
        "has_place": bool(places),
        "own_ids": own,
    }
    with timezone.override(event.zone):
        return render(request, "events/questions.html", context)


@login_required
@never_cache
@form_page
def event_question_new(request: PageRequest, slug: str) -> HttpResponse:
    """Hand a question in.

    Raises:
        NotFound: no such event.
    """
    event = find_open_event(request.viewer, slug)
    asker = own_places(request.viewer, event).first()
    if asker is None:
        messages.info(request, _("Register for the event first; then hand your question in."))
        return redirect("frontend:event", slug)
    form = QuestionForm(request.POST or None, initial={"language": get_language() or "da"})
    page = FormPage(
        title=_("Hand a question in"),
        lead=_("We compose a group of researchers around it who have an hour for you on the day."),
        submit=_("Hand in"),
        back=reverse("frontend:event_questions", args=[slug]),
        back_label=event.name,
    )

    def save() -> None:
        hand_in_question(asker, viewer=request.viewer, fields=form.told(), now=timezone.now())

    return save_or_show(request, form, page, save, saved=_("Your question is handed in."))


@login_required
@never_cache
@form_page
def event_question(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change one's own question.

    Raises:
        NotFound: no such event or question, or it is somebody else's.
    """
    event = find_open_event(request.viewer, slug)
    question = find_question(request.viewer, event, public_id)
    if not speaks_for(request.viewer, question.asker):
        raise NotFound(_("We cannot find that question."))
    stored = question_initial(question)
    form = QuestionForm(request.POST or None, initial=stored)
    page = FormPage(
        title=_("Change the question"),
        lead=_("The group is composed from what stands here."),
        submit=_("Save"),
        back=reverse("frontend:event_questions", args=[slug]),
        back_label=event.name,
    )

    def save() -> None:
        change_question(
            question,
            viewer=request.viewer,
            version=form.cleaned_data["version"] or 0,
            fields=form.told(),
            now=timezone.now(),
        )

    return save_or_show(request, form, page, save, saved=_("Saved."), stored=stored)


@login_required
@never_cache
@require_POST
def event_question_back(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take a question back.

    Raises:
        NotFound, NotAllowed: it is not there, or somebody else's.
    """
    event = find_open_event(request.viewer, slug)
    question = find_question(request.viewer, event, public_id)

    def do() -> str:
        take_question_back(question, viewer=request.viewer, now=timezone.now())
        return _("The question is taken back.")

    return do_or_tell(request, do, back=reverse("frontend:event_questions", args=[slug]))


@login_required
@never_cache
@form_page
def event_groups(request: PageRequest, slug: str) -> HttpResponse:
    """All questions with their groups; a POST composes them anew.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    composed, status = None, 200
    if request.method == "POST":
        try:
            composed = compose_groups(event, viewer=request.viewer, version=_version(request), now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
            status = error.status
        event.refresh_from_db()
    with timezone.override(event.zone):
        context = _groups_page(event, composed)
        return render(request, "events/groups.html", context, status=status)


def _groups_page(event: Event, composed: Composition | None) -> dict[str, object]:
    questions = list(questions_of(event))
    researchers: list[Participant] = researchers_of(event)
    return {
        "event": event,
        "held": [(question, _lacks(question)) for question in questions if question.is_held],
        "unheld": [(question, _why_unheld(question, composed)) for question in questions if not question.is_held],
        "researchers": len(researchers),
        "seniors": sum(person.is_senior for person in researchers),
        "composed": composed,
        "told": _told(composed) if composed else "",
        "halls": event.halls.count(),
        "slots": event.slots.count(),
    }


def _lacks(question: Question) -> list[str]:
    """What the group has lost since it was composed, in words."""
    lack = lack_of(question)
    if lack is None:
        return []
    missing = ngettext(
        "Somebody has cancelled: %(count)s researcher is missing to the least number.",
        "People have cancelled: %(count)s researchers are missing to the least number.",
        lack.researchers,
    )
    return [
        *([missing % {"count": lack.researchers}] if lack.researchers else []),
        *([_("No senior comes to this group any more.")] if lack.is_senior else []),
    ]


def _why_unheld(question: Question, composed: Composition | None) -> str:
    if question.asker.state not in COMING:
        return _("Who asked it does not come any more, so its group is off.") if question.slot_id else ""
    return _reasons()[composed.unheld[question.pk]] if composed and question.pk in composed.unheld else ""


def _told(composed: Composition) -> str:
    held = ngettext("%(count)s question has a group.", "%(count)s questions have a group.", composed.held)
    proven = (
        _("No other composition is better: that is proven.")
        if composed.proven
        else _("At most %(share)s %% better would be possible.")
        % {"share": round(100 * (composed.bound - composed.worth) / max(composed.bound, 1e-9), 1)}
    )
    return f"{held % {'count': composed.held}} {proven}"


def _reasons() -> dict[Unheld, str]:
    return {
        Unheld.NO_SLOT: _("The firm is never there while a room is free."),
        Unheld.TOO_FEW: _("In none of its slots are enough researchers free who fit."),
        Unheld.NO_SENIOR: _("In none of its slots is a senior free."),
        Unheld.CROWDED_OUT: _("Rooms and researchers are with questions that fit better."),
    }


def _version(request: PageRequest) -> int:
    written = request.POST.get("version", "")
    return int(written) if written.isdecimal() and len(written) <= 9 else -1
