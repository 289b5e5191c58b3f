"""AIMday: handing in a question and seeing its group."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.groups.composing import groups_are_open
from events.domain.groups.questions import change_question, hand_in_question, take_question_back, takes_questions
from events.enums import COMING
from events.queries.groups import find_question, questions_of
from events.queries.people import find_open_event, own_places
from events.queries.wishes import speaks_for
from frontend.form_pages import FormPage, do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.events_groups import QuestionForm, question_initial
from frontend.requests import PageRequest
from hubs.policies import may_organise
from kernel.errors import NotFound


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
