"""Changing a shortlist: candidates, one request to all, notes, the choice, giving up."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.form_pages import FormPage, do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.shortlists import (
    AddCandidateForm,
    AskTogetherForm,
    ChoiceForm,
    GiveUpForm,
    NotesForm,
    ShortlistForm,
    shortlist_initial,
)
from frontend.requests import PageRequest
from frontend.views.project_changes import seen
from frontend.views.project_table import only_profile
from matching.domain.projects.shortlists import (
    Asked,
    add_candidate,
    ask_together,
    choose,
    give_up_shortlist,
    may_be_chosen,
    note_on_candidate,
    remove_candidate,
    update_shortlist,
)
from matching.models.projects import Shortlist
from matching.queries.projects import candidates_of, find_candidate, find_shortlist
from profiles.queries import find_profile
from profiles.terms import code_of


@login_required
@never_cache
@form_page
def edit_shortlist(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Title and need."""
    shortlist = find_shortlist(request.viewer, public_id)
    form = ShortlistForm(request.POST or None, initial=shortlist_initial(shortlist))

    def save() -> None:
        update_shortlist(shortlist, viewer=request.viewer, version=seen(form), fields=form.shortlist_fields())

    page = _page(shortlist, _("Change the shortlist"), _("The need is what we search with."), _("Save"))
    return save_or_show(request, form, page, save, saved=_("Saved."), stored=form.initial)


@login_required
@require_POST
def add(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Add the candidate whose card stands above the button."""
    shortlist = find_shortlist(request.viewer, public_id)
    profile = find_profile(request.viewer, request.POST.get("profile", ""), today=timezone.localdate())

    def do() -> str:
        add_candidate(shortlist, viewer=request.viewer, profile=profile, from_matches=True)
        return _("%(name)s is on the list.") % {"name": profile.name}

    return do_or_tell(request, do, back=_address(public_id))


@login_required
@never_cache
@form_page
def add_by_name(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Add somebody whom one knows already."""
    shortlist = find_shortlist(request.viewer, public_id)
    form = AddCandidateForm(request.POST or None)

    def save() -> None:
        profile = only_profile(request, form.cleaned_data["name"])
        note = form.cleaned_data["note"]
        add_candidate(shortlist, viewer=request.viewer, profile=profile, from_matches=False, note=note)

    page = _page(
        shortlist,
        _("Add somebody by name"),
        _("Anybody in the hub whose profile is open to you. Nobody is told before you ask."),
        _("Add to the list"),
    )
    return save_or_show(request, form, page, save, saved=_("Saved."))


@login_required
@require_POST
def remove(request: PageRequest, public_id: UUID, candidate_id: UUID) -> HttpResponse:
    """Take somebody off the list who has not been asked."""
    shortlist = find_shortlist(request.viewer, public_id)
    candidate = find_candidate(shortlist, candidate_id)

    def do() -> str:
        remove_candidate(candidate, viewer=request.viewer)
        return _("%(name)s is off the list.") % {"name": candidate.profile.name}

    return do_or_tell(request, do, back=_address(public_id))


@login_required
@never_cache
@form_page
def edit_notes(request: PageRequest, public_id: UUID, candidate_id: UUID) -> HttpResponse:
    """What they answered, and one's own note."""
    shortlist = find_shortlist(request.viewer, public_id)
    candidate = find_candidate(shortlist, candidate_id)
    form = NotesForm(request.POST or None, initial={"answer": candidate.answer, "note": candidate.note})

    def save() -> None:
        note_on_candidate(candidate, viewer=request.viewer, **form.cleaned_data)

    page = _page(shortlist, candidate.profile.name, _("Only you and the hub's facilitators read this."), _("Save"))
    return save_or_show(request, form, page, save, saved=_("Saved."))


@login_required
@never_cache
@form_page
def ask_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One request to all who have not been asked."""
    shortlist = find_shortlist(request.viewer, public_id)
    statement = shortlist.statement
    initial = {
        "asked": shortlist.need,
        "contact_purpose": code_of(statement.purpose_id) if statement else "",
        "ip_state": code_of(statement.ip_state_id) if statement else "",
        "opi_step": "light_contact",
        "minutes": "30",
    }
    form = AskTogetherForm(request.POST or None, initial=initial)
    unasked = [row for row in candidates_of(shortlist) if row.introduction_id is None]

    def save() -> None:
        told = ask_together(shortlist, viewer=request.viewer, fields=form.request_fields(), now=timezone.now())
        _tell(request, told)

    page = _page(
        shortlist,
        _("Ask them together"),
        _("Each gets a request of its own and answers for itself. They do not see each other."),
        _("Send to all of them"),
    )
    return save_or_show(request, form, page, save, saved="", unasked=unasked)


def _tell(request: PageRequest, told: Asked) -> None:
    """Who was asked, and each who could not be, with the reason."""
    if told.asked:
        number = len(told.asked)
        text = ngettext("%(number)d request is sent.", "%(number)d requests are sent.", number)
        messages.success(request, text % {"number": number})
    for refusal in told.refused:
        messages.error(request, refusal.message)
    if told.refused:
        messages.info(request, _("Below are others who fit and have time now."))
    if not told.asked and not told.refused:
        messages.info(request, _("All on the list have been asked already."))


@login_required
@never_cache
@form_page
def choose_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Whom one chose and why, with declared interests."""
    shortlist = find_shortlist(request.viewer, public_id)
    choosable = [row for row in candidates_of(shortlist) if may_be_chosen(row)]
    form = ChoiceForm(request.POST or None, choosable=choosable, initial={"version": shortlist.version})

    def save() -> None:
        written = form.cleaned_data
        choose(
            shortlist, viewer=request.viewer, version=seen(form), candidates=form.chosen, reason=written["reason"],
            has_interests=written["has_interests"], interests=written["interests"],
            now=timezone.now(), today=timezone.localdate(),
        )  # fmt: skip

    page = _page(
        shortlist,
        _("Record your choice"),
        _("The others are thanked, and requests that nobody has answered are withdrawn."),
        _("Record the choice"),
    )
    saved = _("The choice is recorded. The others are thanked.")
    stored = {"version": shortlist.version}
    return save_or_show(request, form, page, save, saved=saved, stored=stored, nobody=not choosable)


@login_required
@never_cache
@form_page
def give_up_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """End the list without a choice."""
    shortlist = find_shortlist(request.viewer, public_id)
    form = GiveUpForm(request.POST or None, initial={"version": shortlist.version})

    def save() -> None:
        give_up_shortlist(
            shortlist, viewer=request.viewer, version=seen(form), reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )  # fmt: skip

    page = _page(
        shortlist,
        _("Give up the list"),
        _("Unanswered requests are withdrawn, and those who said yes are thanked. The list stays and can be read."),
        _("Give it up"),
        is_grave=True,
    )
    stored = {"version": shortlist.version}
    return save_or_show(request, form, page, save, saved=_("The list is closed."), stored=stored)


def _page(shortlist: Shortlist, title: str, lead: str, submit: str, *, is_grave: bool = False) -> FormPage:
    return FormPage(
        title=title, lead=lead, submit=submit, back=_address(shortlist.public_id), back_label=shortlist.title,
        is_grave=is_grave,
    )  # fmt: skip


def _address(public_id: UUID) -> str:
    return reverse("frontend:shortlist", args=[public_id])
