"""Asking for contact: who it goes to and what will happen, the half-written request, sending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.forms.bodies import form_page
from frontend.forms.introductions import RequestForm, StartForm, request_initial
from frontend.introduction_bridge import introduction_card, other_side, statements_card
from frontend.refusals import REFUSED, Refusal, refusal_of
from frontend.requests import PageRequest
from frontend.standing import BEING_WRITTEN
from frontend.views.for_you import read_purpose
from frontend.views.onboarding import go_on_after_onboarding
from hubs.policies import Viewer
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed
from matching.domain.introductions.capacity import require_place
from matching.domain.introductions.changing import ask_again
from matching.domain.introductions.drafting import draft_introduction, update_draft
from matching.domain.introductions.errors import (
    AlreadyAsked,
    NoveltyNotSecured,
    Paused,
    TooEarlyToAsk,
    WrongState,
)
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.opi import STEPS, StepMeaning, before_telling
from matching.domain.introductions.pairs import require_awake, require_not_asked
from matching.domain.introductions.rules import contact_rules, hub_rules, is_screened
from matching.domain.introductions.sending import submit_introduction
from matching.domain.why_not import why_not
from matching.enums import IntroductionState, Purpose, Side, TimelineKind
from matching.models import Introduction
from matching.queries.contacts import find_introduction, impression_of, side_of
from profiles.models import Profile, Statement
from profiles.queries import find_profile, own_profiles


@dataclass(frozen=True)
class Pair:
    """Who asks whom for what, and the texts on which it rests, as far as they are known."""

    seeker: Profile
    receiver: Profile
    purpose: Purpose
    ours: Statement | None = None
    theirs: Statement | None = None


@login_required
@never_cache
@form_page
def new_introduction(request: PageRequest, slug: str) -> HttpResponse:
    """GET: who it goes to and what will happen, nothing is stored. POST: the half-written request.

    Raises:
        NotFound: there is no such profile, or the person may not see it.
        NotAllowed: the person works for the hub and speaks for nobody.
    """
    viewer, today = request.viewer, timezone.localdate()
    receiver = find_profile(viewer, slug, today=today)
    profiles = [each for each in own_profiles(viewer) if each.pk != receiver.pk]
    if not profiles:
        return _without_profile(request, receiver)
    form = StartForm(request.POST or None, profiles=profiles, initial=_initial(request, profiles))
    if request.method == "POST" and not form.is_valid():
        return redirect("frontend:new_introduction", slug)
    told = form.cleaned_data if form.is_bound else form.initial
    pair = _pair(viewer, told, receiver)
    if request.method == "POST":
        return _begin(request, form, pair)
    refusal = _refusal_before(viewer, pair)
    shown = StartForm(profiles=profiles, initial={**form.initial, **_texts_of(pair)})
    return _show_start(request, shown, pair, refusal)


def _without_profile(request: PageRequest, receiver: Profile) -> HttpResponse:
    """First a profile, then back here; one's own profile cannot be asked, and staff ask for others at the desk."""
    if request.viewer.organisation_ids:
        raise InvalidInput(_("This is your own profile. Look for somebody else who fits."))
    if request.viewer.is_staff:
        raise NotAllowed(_("You speak for no profile yourself. The hub's people introduce two others."))
    text = _("First say who you are, in three short steps. Then your request to %(name)s goes on here.")
    messages.info(request, text % {"name": receiver.name})
    return go_on_after_onboarding(request, request.get_full_path())


def _initial(request: PageRequest, profiles: list[Profile]) -> dict[str, Any]:
    """What the address names; what it names wrongly is left out."""
    slugs = [each.slug for each in profiles]
    named = request.GET.get("from", "")
    told = {name: _uuid(request.GET.get(name, "")) for name in ("ours", "theirs")}
    return {
        "seeker": named if named in slugs else slugs[0],
        "purpose": read_purpose(request.GET.get("purpose", "")).value,
        "shown_list": _uuid(request.GET.get("list", "")),
        **told,
    }


def _pair(viewer: Viewer, told: Mapping[str, Any], receiver: Profile) -> Pair:
    seeker = find_profile(viewer, told["seeker"], today=timezone.localdate())
    purpose = read_purpose(told["purpose"])
    ours, theirs = _text_of(seeker, told["ours"]), _text_of(receiver, told["theirs"])
    if ours is None or theirs is None:
        best = _best_texts(viewer, seeker, receiver, purpose)
        ours, theirs = ours or best[0], theirs or best[1]
    return Pair(seeker, receiver, purpose, ours, theirs)


def _text_of(profile: Profile, public_id: UUID | None) -> Statement | None:
    rows: list[Statement] = getattr(profile, "readable_statements", [])
    return next((row for row in rows if row.public_id == public_id), None)


def _best_texts(
    viewer: Viewer, seeker: Profile, receiver: Profile, purpose: Purpose
) -> tuple[Statement | None, Statement | None]:
    """The two texts that fit best; none while the index is not ready, or where nothing fits."""
    try:
        match = why_not(viewer, seeker, receiver, purpose=purpose, today=timezone.localdate()).match
    except DomainError:
        return None, None
    if match is None:
        return None, None
    return match.ours.statement if match.ours else None, match.theirs.statement


def _texts_of(pair: Pair) -> dict[str, Any]:
    return {
        "ours": pair.ours.public_id if pair.ours else None,
        "theirs": pair.theirs.public_id if pair.theirs else None,
    }


def _refusal_before(viewer: Viewer, pair: Pair) -> Refusal | None:
    """What would keep the request from being sent today, said before anything is written."""
    try:
        require_awake(pair.seeker, pair.receiver)
        require_not_asked(pair.seeker, pair.receiver)
        require_place(pair.receiver, today=timezone.localdate())
    except REFUSED as error:
        return _refusal(error, viewer, pair.seeker, pair.receiver, pair.purpose)
    return None


def _refusal(error: DomainError, viewer: Viewer, seeker: Profile, receiver: Profile, purpose: str) -> Refusal:
    return refusal_of(error, viewer, seeker=seeker, receiver=receiver, purpose=purpose)


def _begin(request: PageRequest, form: StartForm, pair: Pair) -> HttpResponse:
    """Make the draft, or go on with the one that is there."""
    shown_list = str(form.cleaned_data["shown_list"] or "")
    impression = impression_of(request.hub.pk, shown_list=shown_list, profile=pair.receiver)
    try:
        require_not_asked(pair.seeker, pair.receiver)
        draft = draft_introduction(
            request.viewer,
            seeker=pair.seeker,
            receiver=pair.receiver,
            purpose=pair.purpose.value,
            now=timezone.now(),
            impression=impression,
            ours=pair.ours,
            theirs=pair.theirs,
        )
    except REFUSED as error:
        refusal = _refusal(error, request.viewer, pair.seeker, pair.receiver, pair.purpose)
        return _show_start(request, form, pair, refusal, status=error.status)
    return redirect("frontend:edit_introduction", draft.public_id)


def _show_start(
    request: PageRequest, form: StartForm, pair: Pair, refusal: Refusal | None, *, status: int = 200
) -> HttpResponse:
    rules = hub_rules(request.hub.pk)
    context = {
        "form": form,
        "seeker": pair.seeker,
        "receiver": pair.receiver,
        "refusal": refusal,
        "card": statements_card(pair.seeker, pair.receiver, pair.ours, pair.theirs, today=timezone.localdate()),
        "answer_days": rules.answer_days,
        "is_screened": rules.screens_all or contact_rules(pair.receiver).wants_screening,
    }
    return render(request, "contacts/new.html", context, status=status)


@login_required
@never_cache
@form_page
def edit_introduction(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The half-written request: change it, keep it, or send it.

    Raises:
        NotFound: there is none, or it is not this person's to write.
    """
    found = find_introduction(request.viewer, public_id)
    if found.state not in BEING_WRITTEN or side_of(request.viewer, found) != Side.SEEKER:
        return redirect("frontend:introduction", public_id)
    form = RequestForm(request.POST or None, stored=found, steps=_steps(found), initial=_stored(found))
    if request.method != "POST":
        return _show_form(request, found, form)
    try:
        if form.is_valid():
            return _save(request, found, form)
    except (InvalidInput, NoveltyNotSecured) as error:
        form.refuse(InvalidInput(error.message, **error.details))
    except WrongState:
        return redirect("frontend:introduction", public_id)
    except EditConflict as conflict:
        now_stored = find_introduction(request.viewer, public_id)
        differences = form.differences(_stored(now_stored))
        form.take_version(now_stored.version)
        return _show_form(request, now_stored, form, status=409, conflict=conflict, differences=differences)
    except REFUSED as error:
        refusal = _refusal(error, request.viewer, found.seeker, found.receiver, found.purpose)
        return _show_form(request, found, form, status=error.status, refusal=refusal)
    return _show_form(request, found, form, status=422)


def _save(request: PageRequest, found: Introduction, form: RequestForm) -> HttpResponse:
    """Keep what was written, and send it if that was the button; a refusal keeps it all the same."""
    written = dict(form.cleaned_data)
    version = written.pop("version")
    saved = update_draft(found, viewer=request.viewer, version=version, fields=RequestFields(**written))
    form.take_version(saved.version)
    if request.POST.get("go") != "send":
        messages.success(request, _("Saved. Nobody else sees it before you send it."))
        return redirect("frontend:contacts")
    sent = submit_introduction(saved, viewer=request.viewer, now=timezone.now())
    if sent.state == IntroductionState.SCREENING:
        messages.success(request, _("Handed in. A facilitator of the hub reads it first."))
    else:
        messages.success(request, _("Sent. You see here when they answer, and get it by mail."))
    return redirect("frontend:introduction", found.public_id)


@login_required
@require_POST
def ask_again_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A new draft with the words of the old request."""
    found = find_introduction(request.viewer, public_id)
    try:
        draft = ask_again(found, viewer=request.viewer, now=timezone.now())
    except (WrongState, TooEarlyToAsk, AlreadyAsked, Paused) as error:
        messages.info(request, str(error))
        return redirect("frontend:introduction", public_id)
    return redirect("frontend:edit_introduction", draft.public_id)


def _steps(found: Introduction) -> dict[str, StepMeaning]:
    """The steps of the ladder where they mean something: experience is exchanged without any tender."""
    return {} if found.purpose == Purpose.ERFA else dict(STEPS)


def _stored(found: Introduction) -> dict[str, Any]:
    quote = next((each for each in found.quotes.all() if each.side == Side.SEEKER), None)
    return request_initial(found, quote.text if quote else "")


def _question(found: Introduction) -> str:
    """What the facilitator asked who sent it back."""
    asked = [entry.text for entry in found.timeline.all() if entry.kind == TimelineKind.RETURNED]
    return asked[-1] if asked and found.state == IntroductionState.RETURNED else ""


def _show_form(
    request: PageRequest, found: Introduction, form: RequestForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {
        "introduction": found,
        "other": found.party(other_side(Side.SEEKER)),
        "form": form,
        "card": introduction_card(found, side=Side.SEEKER, today=timezone.localdate()),
        "question": _question(found),
        "before_telling": before_telling(found),
        "answer_days": hub_rules(request.hub.pk).answer_days,
        "is_screened": is_screened(found),
        **context,
    }
    return render(request, "contacts/edit.html", shown, status=status)


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
