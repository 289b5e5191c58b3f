"""Signing up on one page, as a profile that one speaks for; who has none writes one first and comes back here."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.domain.people.admitting import RegistrationClosed, why_closed
from events.domain.people.signing_up import SignUp, sign_up
from events.enums import ParticipantState
from events.models import Event, Participant
from events.queries.people import (
    find_open_event,
    is_own,
    latest_terms,
    left_place,
    own_places,
    places_left,
    queue_of,
    statements_to_choose,
)
from events.templates import template_of
from frontend.event_words import slot_groups
from frontend.form_pages import try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_people import SignUpForm, place_initial
from frontend.requests import PageRequest
from frontend.views.onboarding import go_on_after_onboarding
from hubs.enums import Visibility
from hubs.models import User
from profiles.models import Profile
from profiles.queries import own_profiles

MOST_TICKED = 6


@login_required
@never_cache
@form_page
def register(request: PageRequest, slug: str) -> HttpResponse:
    """The form; first the choice of a profile where there are several.

    Raises:
        RegistrationClosed: says why, and when it opens.
    """
    event = find_open_event(request.viewer, slug)
    if told := why_closed(event, now=timezone.now()):
        raise RegistrationClosed(told)
    profiles = list(own_profiles(request.viewer))
    if not profiles:
        return go_on_after_onboarding(request, request.get_full_path())
    profile = _chosen(profiles, request.GET.get("as", ""))
    if profile is None:
        return render(request, "events/choose_profile.html", {"event": event, "profiles": profiles})
    form = _form(request, event, profile)
    if request.method != "POST":
        return _show(request, event, profile, form)
    return _save(request, event, profile, form)


def _chosen(profiles: list[Profile], slug: str) -> Profile | None:
    if len(profiles) == 1:
        return profiles[0]
    return next((profile for profile in profiles if profile.slug == slug), None)


def _form(request: PageRequest, event: Event, profile: Profile) -> SignUpForm:
    places = list(own_places(request.viewer, event))
    hosts = [each for each in places if each.has_own_agenda and each.organisation_id == profile.organisation_id]
    return SignUpForm(
        request.POST if request.method == "POST" else None,
        slots=list(event.slots.all()),
        hosts=hosts,
        terms=latest_terms(event),
        template=template_of(event.kind),
        statements=list(statements_to_choose(request.viewer, profile, today=timezone.localdate())),
        initial=_initial(request, event, profile, places),
    )


def _initial(request: PageRequest, event: Event, profile: Profile, places: list[Participant]) -> dict[str, Any]:
    """The person itself is filled in once; a colleague's form is empty. Texts are those that the profile brings, at
    first those that everybody may read: what is for fewer eyes is brought only by who ticks it.
    """
    initial: dict[str, Any] = {}
    user = cast("User", request.user)
    if not any(is_own(request.viewer, each) for each in places):
        initial |= {"name": user.name, "email": user.email}
        if (left := left_place(request.viewer, event)) is not None:
            initial |= place_initial(left, list(event.slots.all()))
    row = event.participations.filter(profile=profile).first()
    if row is None or not row.statements.exists():
        texts = statements_to_choose(request.viewer, profile, today=timezone.localdate())
        public = texts.filter(visibility=Visibility.PUBLIC)
        return initial | {"chosen": [str(each.public_id) for each in public[:MOST_TICKED]]}
    return initial | texts_initial(row.statements.select_related("statement"))


def texts_initial(rows: Any) -> dict[str, Any]:
    """What a profile brings, as the form shows it."""
    chosen = [str(row.statement.public_id) for row in rows if row.statement]
    own = {
        f"own_{kind}": "\n\n".join(row.text for row in rows if row.kind == kind and row.statement_id is None)
        for kind in ("offer", "need")
    }
    return {"chosen": chosen, **own}


def _save(request: PageRequest, event: Event, profile: Profile, form: SignUpForm) -> HttpResponse:
    tried = try_to_save(form, lambda: _sign_up(request, event, profile, form))
    if tried.value is not None:
        _tell(request, tried.value)
        return redirect("frontend:event_me", event.slug)
    return _show(request, event, profile, form, status=tried.status)


def _sign_up(request: PageRequest, event: Event, profile: Profile, form: SignUpForm) -> Participant:
    user = cast("User", request.user)
    is_self = form.cleaned_data["email"].strip().lower() == user.email.lower()
    written = SignUp(
        fields=form.person_fields(language=get_language() or "da"),
        open_slots=form.chosen_slots(),
        chosen=form.chosen_statements(),
        own=form.own_texts(),
    )
    return sign_up(
        event, profile=profile, written=written, viewer=request.viewer,
        user=user if is_self else None, now=timezone.now(),
    )  # fmt: skip


def _tell(request: PageRequest, person: Participant) -> None:
    if person.state == ParticipantState.REGISTERED:
        told = _("%(name)s is signed up. A mail with a link is on its way.")
    else:
        told = _("%(name)s is on the waiting list. We write as soon as a place is free.")
    messages.success(request, told % {"name": person.name})


def _show(request: PageRequest, event: Event, profile: Profile, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    own = next((each for each in own_places(request.viewer, event) if is_own(request.viewer, each)), None)
    context = {
        "event": event, "profile": profile, "form": form, "terms": latest_terms(event),
        "groups": checked_slots(event, form), "waits": _is_full(event), "is_colleague": own is not None,
        "has_place": own is not None and own.state == ParticipantState.REGISTERED,
    }  # fmt: skip
    return render(request, "events/register.html", context, status=status)


def _is_full(event: Event) -> bool:
    left = places_left(event)
    return left is not None and (left <= 0 or queue_of(event).exists())


def checked_slots(event: Event, form: Any) -> list[dict[str, Any]]:
    """The grid of slots with what is ticked."""
    if "open_slots" not in form.fields:
        return []
    ticked = set(form["open_slots"].value() or ())
    return [
        {
            "label": group.label,
            "slots": [{"value": str(slot.public_id), "label": label, "is_open": str(slot.public_id) in ticked}
                      for slot, label in group.slots],
        }
        for group in slot_groups(event, form.slots)
    ]  # fmt: skip
