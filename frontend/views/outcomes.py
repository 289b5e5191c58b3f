"""What came of contacts, told on their page, by telephone, and read at the desk; and the hub's own questions."""

import csv
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.forms.bodies import form_page
from frontend.forms.outcomes import OutcomeForm, QuestionEntryForm, outcome_initial
from frontend.requests import PageRequest
from hubs.policies import require_broker
from kernel.errors import InvalidInput
from matching.domain.outcomes.planning import asks_effect
from matching.domain.outcomes.questions import (
    MOST_ACTIVE,
    add_question,
    move_question,
    questions_at,
    resume_question,
    retire_question,
)
from matching.domain.outcomes.reporting import report_outcome, require_contact
from matching.enums import AnswerSource, Moment, Side
from matching.models import FollowUp, HubQuestion, Introduction, OutcomeReport
from matching.queries.follow_ups import (
    find_told_contact,
    hub_questions,
    next_moment,
    told_at_moment,
)
from matching.queries.outcomes import answer_counts, follow_ups_due, own_sides, relation_of
from matching.queries.surveys import survey_table

# A cell that begins like this is run as a formula by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@login_required
@never_cache
@form_page
def tell_outcome(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A party of the contact says what came of it; facilitators are led to what they hear by telephone."""
    introduction = find_told_contact(request.viewer, public_id)
    sides = own_sides(request.viewer, introduction)
    if not sides:
        return redirect("frontend:phone_outcome", public_id)
    require_contact(introduction)
    side = _chosen_side(request, sides)
    moment, earlier = told_at_moment(introduction, side, by_phone=False, today=timezone.localdate())
    form = _form(request, introduction, moment, earlier)
    if _stored(request, form, introduction, side=side, source=AnswerSource.WEB):
        messages.success(request, _thanks(introduction, side, is_new=earlier is None))
        return redirect("frontend:tell_outcome", public_id)
    context = _told_context(form, introduction, side) | {
        "earlier": earlier,
        "moment": moment,
        "sides": [(each, introduction.party(each)) for each in sides],
    }
    return render(request, "follow_ups/tell.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@form_page
def phone_outcome(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A facilitator records what one side tells on the telephone; marked as such, and never over their own words."""
    require_broker(request.viewer)
    introduction = find_told_contact(request.viewer, public_id)
    require_contact(introduction)
    side = _chosen_side(request, tuple(Side.values))
    today = timezone.localdate()
    moment, earlier = told_at_moment(introduction, side, by_phone=True, today=today)
    form = _form(request, introduction, moment, earlier)
    if _stored(request, form, introduction, side=side, source=AnswerSource.PHONE):
        name = introduction.party(side).name
        messages.success(request, _("What %(name)s told is recorded, marked as told by phone.") % {"name": name})
        return redirect("frontend:desk_follow_ups")
    context = _told_context(form, introduction, side) | {
        "earlier": earlier,
        "moment": moment,
        "sides": [(each, introduction.party(each)) for each in Side.values],
        "people": introduction.party(side).organisation.affiliations.select_related("user"),
        "relation": relation_of(introduction, viewer=request.viewer, today=today),
    }
    return render(request, "follow_ups/phone.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def desk_follow_ups(request: PageRequest) -> HttpResponse:
    """Whom to telephone, the longest waiting first, and how the answers come in."""
    context = {
        "calls": follow_ups_due(request.viewer, today=timezone.localdate()),
        "counts": answer_counts(request.viewer),
    }
    return render(request, "follow_ups/desk.html", context)


@login_required
@never_cache
@require_safe
def survey_export(request: PageRequest) -> HttpResponse:
    """All answers of the hub as a spreadsheet of text; no cell can be run as a formula."""
    table = survey_table(request.viewer)
    # Excel in Danish reads semicolons, and letters beyond ASCII only after the mark.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.hub.slug}-outcomes.csv"'
    writer = csv.writer(response, delimiter=";")
    for row in (table.columns, *table.rows):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row])
    return response


@login_required
@never_cache
@form_page
def hub_questions_page(request: PageRequest) -> HttpResponse:
    """The hub's own questions: those asked, in order, those retired, and a new one."""
    require_broker(request.viewer)
    form = QuestionEntryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_question(request.viewer, fields=form.question_fields())
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The question is asked from now on."))
            return redirect("frontend:hub_questions")
    questions = [(each, _moment_labels(each)) for each in hub_questions(request.hub.pk)]
    context = {
        "form": form,
        "active": [pair for pair in questions if pair[0].is_active],
        "retired": [pair for pair in questions if not pair[0].is_active],
        "most": MOST_ACTIVE,
    }
    return render(request, "follow_ups/questions.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def change_question(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Move a question, retire it, or ask it again.

    Raises:
        InvalidInput: the act is unknown, or there are as many questions as fit.
    """
    act = request.POST.get("act", "")
    if act in {"earlier", "later"}:
        move_question(request.viewer, public_id=public_id, earlier=act == "earlier")
    elif act == "retire":
        retire_question(request.viewer, public_id=public_id)
        messages.success(request, _("The question is no longer asked. Its answers are kept."))
    elif act == "resume":
        resume_question(request.viewer, public_id=public_id)
        messages.success(request, _("The question is asked again."))
    else:
        raise InvalidInput(_("Choose one of the answers shown."))
    return redirect("frontend:hub_questions")


def _chosen_side(request: PageRequest, sides: tuple[str, ...]) -> str:
    """The side named in the address or the form, if it is open to the viewer; else the first that is."""
    named = str(request.POST.get("side") or request.GET.get("side") or "")
    return named if named in sides else sides[0]


def _form(
    request: PageRequest, introduction: Introduction, moment: FollowUp | None, earlier: OutcomeReport | None
) -> OutcomeForm:
    code = moment.moment if moment else None
    return OutcomeForm(
        request.POST if request.method == "POST" else None,
        initial=outcome_initial(earlier),
        asks_effect=asks_effect(code),
        questions=questions_at(introduction.hub_id, code),
    )


def _stored(request: PageRequest, form: OutcomeForm, introduction: Introduction, *, side: str, source: str) -> bool:
    """Store what was posted; what breaks a rule stands in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    actor = request.user if request.user.is_authenticated else None
    try:
        report_outcome(introduction, side=side, answer=form.answer(), source=source, actor=actor, now=timezone.now())
    except InvalidInput as error:
        form.refuse(error)
        return False
    return True


def _thanks(introduction: Introduction, side: str, *, is_new: bool) -> str:
    if not is_new:
        return _("Your new answer has replaced the one you gave before.")
    upcoming = next_moment(introduction, side, today=timezone.localdate())
    if upcoming is None:
        return _("Thank you. The answer is stored.")
    return _("Thank you. The answer is stored. We ask again in %(month)s.") % {
        "month": date_format(upcoming.due_on, "YEAR_MONTH_FORMAT")
    }


def _told_context(form: OutcomeForm, introduction: Introduction, side: str) -> dict[str, object]:
    other = introduction.party(Side.RECEIVER if side == Side.SEEKER else Side.SEEKER)
    return {
        "form": form,
        "introduction": introduction,
        "side": side,
        "own": introduction.party(side),
        "other": other,
    }


def _moment_labels(question: HubQuestion) -> list[str]:
    return [str(Moment(code).label) for code in question.moments]
