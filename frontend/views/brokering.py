"""Introducing two others: choose the two, read why they fit, send it to both for their consent."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from frontend.bridge import BridgeCard
from frontend.forms.bodies import form_page
from frontend.forms.desk import ProposalForm
from frontend.introduction_bridge import statements_card
from frontend.naming import profiles_called
from frontend.refusals import REFUSED, Refusal
from frontend.requests import PageRequest
from frontend.views.for_you import read_purpose
from hubs.enums import Visibility
from hubs.policies import Viewer, require_broker
from kernel.errors import DomainError, InvalidInput
from matching.domain.introductions.brokering import introduce_two
from matching.domain.introductions.capacity import require_place
from matching.domain.introductions.errors import AlreadyAsked, CapReached
from matching.domain.introductions.pairs import require_not_asked, require_pair
from matching.domain.introductions.proposing import begun_proposal
from matching.domain.introductions.rules import hub_rules
from matching.domain.why_not import why_not
from matching.enums import Purpose
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.queries import find_profile

# What is written for the hub's eyes only is not read out to the other side.
_TOLD_TO_MEMBERS = frozenset({Visibility.PUBLIC.value, Visibility.MEMBERS.value})


@dataclass(frozen=True)
class Named:
    """One of the two as named in the address: found, several to choose from, or not there."""

    side: str
    name: str
    profile: Profile | None = None
    choices: tuple[tuple[Profile, str], ...] = ()
    complaint: str = ""


@dataclass(frozen=True)
class Pair:
    """The two, for what, and the texts that meet, as far as both may read them."""

    seeker: Profile
    receiver: Profile
    purpose: Purpose
    ours: Statement | None
    theirs: Statement | None


@login_required
@never_cache
@form_page
def introduce(request: PageRequest) -> HttpResponse:
    """GET: choose the two, then the half-written proposal. POST: send it to both.

    Raises:
        NotAllowed: the reader does not broker for the hub.
    """
    require_broker(request.viewer)
    if request.method == "POST":
        return _propose(request)
    seeker, receiver = (_named(request, side) for side in ("seeker", "receiver"))
    if seeker.profile is None or receiver.profile is None:
        purpose = read_purpose(request.GET.get("purpose", ""))
        return render(request, "desk/choose_two.html", {"sides": (seeker, receiver), "purpose": purpose})
    pair = _pair(request.viewer, seeker.profile, receiver.profile, request.GET)
    begun = begun_proposal(pair.seeker, pair.receiver, pair.ours, pair.theirs, purpose=pair.purpose)
    initial = {
        "seeker": pair.seeker.slug,
        "receiver": pair.receiver.slug,
        "purpose": pair.purpose.value,
        "ours": pair.ours.public_id if pair.ours else None,
        "theirs": pair.theirs.public_id if pair.theirs else None,
        "reason": begun.reason,
        "contact_purpose": begun.contact_purpose,
        "asked": begun.asked,
        "minutes": begun.minutes,
    }
    form = ProposalForm(initial=initial, suggested_minutes=begun.minutes)
    return _page(request, form, pair, _refusal_before(request.viewer, pair))


def _named(request: PageRequest, side: str) -> Named:
    """The profile that the address names; among several the reader chooses by one click."""
    name = request.GET.get(side, "").strip()
    if not name:
        return Named(side, "")
    called = profiles_called(request.viewer, name)
    if not called:
        text = _("No profile that is open to you has that name. Check the spelling, or write less of it.")
        return Named(side, name, complaint=text)
    if len(called) > 1:
        return Named(side, name, choices=tuple((each, _address_with(request, side, each.slug)) for each in called))
    return Named(side, called[0].slug, find_profile(request.viewer, called[0].slug, today=timezone.localdate()))


def _address_with(request: PageRequest, side: str, slug: str) -> str:
    told = {name: request.GET.get(name, "") for name in ("seeker", "receiver", "purpose")} | {side: slug}
    return "?" + urlencode({name: value for name, value in told.items() if value})


def _pair(viewer: Viewer, seeker: Profile, receiver: Profile, told: Any) -> Pair:
    purpose = read_purpose(told.get("purpose", ""))
    ours, theirs = _text_of(seeker, told.get("ours")), _text_of(receiver, told.get("theirs"))
    if ours is None or theirs is None:
        best = _best_texts(viewer, seeker, receiver, purpose)
        ours, theirs = ours or best[0], theirs or best[1]
    return Pair(seeker, receiver, purpose, ours, theirs)


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
    ours = match.ours.statement if match.ours else None
    return _readable(ours), _readable(match.theirs.statement)


def _text_of(profile: Profile, public_id: UUID | str | None) -> Statement | None:
    rows: list[Statement] = getattr(profile, "readable_statements", [])
    return _readable(next((row for row in rows if str(row.public_id) == str(public_id or "")), None))


def _readable(statement: Statement | None) -> Statement | None:
    return statement if statement is not None and statement.visibility in _TOLD_TO_MEMBERS else None


def _refusal_before(viewer: Viewer, pair: Pair) -> Refusal | None:
    """What would keep the proposal from being sent today, said before anything is written."""
    today = timezone.localdate()
    try:
        require_pair(viewer, pair.seeker, pair.receiver)
        require_not_asked(pair.seeker, pair.receiver)
        require_place(pair.seeker, today=today)
        require_place(pair.receiver, today=today)
    except REFUSED as error:
        return _refusal(error, pair)
    except InvalidInput as error:
        return Refusal(_("Choose two"), str(error))
    return None


def _refusal(error: DomainError, pair: Pair) -> Refusal:
    if isinstance(error, AlreadyAsked):
        public_id = error.details.get("introduction", "")
        url = reverse("frontend:introduction", args=[public_id]) if public_id else reverse("frontend:desk")
        text = _("%(seeker)s and %(receiver)s have an open request already.")
        told = {"seeker": pair.seeker.name, "receiver": pair.receiver.name}
        return Refusal(_("There is a request already"), text % told, link_url=url, link_label=_("Open the request"))
    title = _("They have no time this month") if isinstance(error, CapReached) else _("They take a break")
    url = reverse("frontend:for_profile", args=[pair.seeker.slug])
    return Refusal(title, str(error), link_url=url, link_label=_("See who else fits"))


def _propose(request: PageRequest) -> HttpResponse:
    form = ProposalForm(request.POST, suggested_minutes=None)
    is_whole = form.is_valid()
    today = timezone.localdate()
    seeker, receiver = (
        find_profile(request.viewer, form.cleaned_data.get(side, ""), today=today) for side in ("seeker", "receiver")
    )
    pair = _pair(request.viewer, seeker, receiver, form.cleaned_data)
    if not is_whole:
        return _page(request, form, pair, None, status=422)
    told = form.cleaned_data
    try:
        made = introduce_two(
            request.viewer,
            seeker=seeker,
            receiver=receiver,
            purpose=pair.purpose.value,
            reason=told["reason"],
            asked=told["asked"],
            minutes=told["minutes"],
            contact_purpose=told["contact_purpose"],
            ours=pair.ours,
            theirs=pair.theirs,
            now=timezone.now(),
        )
    except InvalidInput as error:
        form.refuse(error)
        return _page(request, form, pair, None, status=422)
    except REFUSED as error:
        return _page(request, form, pair, _refusal(error, pair), status=error.status)
    text = _("Sent to both. %(seeker)s and %(receiver)s are in touch when both have said yes.")
    messages.success(request, text % {"seeker": seeker.name, "receiver": receiver.name})
    return redirect("frontend:introduction", made.public_id)


def _card(pair: Pair) -> BridgeCard | None:
    """The card of the two as a third reads it: each side by its name."""
    card = statements_card(pair.seeker, pair.receiver, pair.ours, pair.theirs, today=timezone.localdate())
    if card is None or pair.ours is None or pair.theirs is None:
        return None
    return replace(
        card,
        ours=replace(card.ours, label=_label(pair.seeker, pair.ours)),
        theirs=replace(card.theirs, label=_label(pair.receiver, pair.theirs)),
    )


def _label(profile: Profile, statement: Statement) -> str:
    frames = {StatementKind.NEED.value: _("%(name)s seeks"), StatementKind.OFFER.value: _("%(name)s offers")}
    return frames.get(statement.kind, "%(name)s") % {"name": profile.name}


def _page(
    request: PageRequest, form: ProposalForm, pair: Pair, refusal: Refusal | None, *, status: int = 200
) -> HttpResponse:
    swapped = {"seeker": pair.receiver.slug, "receiver": pair.seeker.slug, "purpose": pair.purpose.value}
    context = {
        "form": form,
        "pair": pair,
        "refusal": refusal,
        "card": _card(pair),
        "swap_url": "?" + urlencode(swapped),
        "answer_days": hub_rules(request.hub.pk).answer_days,
    }
    return render(request, "desk/introduce.html", context, status=status)
