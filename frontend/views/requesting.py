"""Asking for contact: who it goes to, what will happen, and what stands in the way; then the half-written request."""

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

from frontend.forms.bodies import form_page
from frontend.forms.introductions import StartForm
from frontend.introduction_bridge import statements_card
from frontend.questions import read_public_id
from frontend.refusals import REFUSED, Refusal, refusal_of
from frontend.requests import PageRequest
from frontend.views.for_you import read_purpose
from frontend.views.onboarding import go_on_after_onboarding
from hubs.policies import Viewer
from kernel.errors import DomainError, InvalidInput, NotAllowed
from matching.domain.introductions.capacity import require_place
from matching.domain.introductions.drafting import draft_introduction
from matching.domain.introductions.pairs import require_awake, require_not_asked
from matching.domain.introductions.rules import contact_rules, hub_rules
from matching.domain.why_not import why_not
from matching.enums import Purpose
from matching.queries.learning import impression_of
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
    shown_list = read_public_id(str(form.cleaned_data["shown_list"] or ""))
    impression = impression_of(request.hub.pk, shown_list, profile=pair.receiver, seeker=pair.seeker)
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


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
