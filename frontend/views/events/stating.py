"""Writing what a profile offers and seeks at an event: signed in, by a mailed link, or as an organiser for others."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.domain.people.registering import require_coming_event
from events.domain.people.stating import OwnText, set_event_statements, state_by_link
from events.models import Participation
from events.queries.people import find_open_event, find_participant, statements_to_choose
from events.queries.stating import may_state, may_state_by_link
from frontend.form_pages import FormPage, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.events_people import OthersTextsForm, TextsForm
from frontend.requests import PageRequest
from frontend.views.events.organising import organised
from frontend.views.events.own_place import linked
from frontend.views.events.registering import texts_initial
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from profiles.models import Statement

Store = Callable[[list[Statement], list[OwnText]], object]


@login_required
@never_cache
@form_page
def texts(request: PageRequest, slug: str, profile: str) -> HttpResponse:
    """What a profile offers and seeks on the day, for those who may write it."""
    event = find_open_event(request.viewer, slug)
    row = event.participations.filter(profile__slug=profile).select_related("event", "profile").first()
    if row is None or not may_state(request.viewer, row):
        raise NotFound(_("That profile does not take part in the event."))

    page = _page(row, back=reverse("frontend:event_me", args=[event.slug]), label=_("Your registration"))
    return _write(request, row, page, _store(row, request.viewer), reader=request.viewer)


@never_cache
@form_page
def linked_texts(request: PageRequest, token: str) -> HttpResponse:
    """The same by the link in a mail: of the profile's own texts only those that everybody may read are offered."""
    person, refusal = linked(request, token)
    if person is None:
        return refusal
    if not may_state_by_link(person):
        raise NotAllowed(_("Only the organisation itself or the event's organisers may change this."))

    def store(chosen: list[Statement], own: list[OwnText]) -> object:
        return state_by_link(person, chosen=chosen, own=own, now=timezone.now())

    page = _page(person.participation, back=reverse("frontend:event_place", args=[token]), label=_("Your registration"))
    reader = Viewer(person.hub_id)
    return _write(request, person.participation, replace(page, keeps_draft=False), store, reader=reader)


@login_required
@never_cache
@form_page
def texts_of_person(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """The same by an organiser, for those who cannot or have not."""
    event = organised(request, slug)
    person = find_participant(request.viewer.hub_id, event, public_id)
    row = person.participation
    page = FormPage(
        title=_("What %(profile)s offers and seeks at %(event)s") % {"profile": row.profile.name, "event": event.name},
        lead=_("Everybody who comes for the profile is recommended by this, and it stands in the catalogue."),
        submit=_("Save"), back=reverse("frontend:event_person", args=[event.slug, person.public_id]),
        back_label=person.name,
    )  # fmt: skip
    return _write(request, row, page, _store(row, request.viewer), reader=request.viewer, form_class=OthersTextsForm)


def _page(row: Participation, *, back: str, label: str) -> FormPage:
    return FormPage(
        title=_("What you offer and seek at %(event)s") % {"event": row.event.name},
        lead=" ".join(
            (
                _("Recommendations and the catalogue are made of this. Choose what matters on the day."),
                _(
                    "What you write here stands in the catalogue, which everybody may read. What you tick stands there "
                    "too, for those who may read it on your profile."
                ),
            )
        ),
        submit=_("Save"), back=back, back_label=label,
    )  # fmt: skip


def _store(row: Participation, viewer: Viewer) -> Store:
    def store(chosen: list[Statement], own: list[OwnText]) -> object:
        require_coming_event(row.event, now=timezone.now())
        return set_event_statements(row, chosen=chosen, own=own, viewer=viewer)

    return store


def _write(
    request: PageRequest,
    row: Participation,
    page: FormPage,
    store: Store,
    *,
    reader: Viewer,
    form_class: type[TextsForm] = TextsForm,
) -> HttpResponse:
    """The form; what was chosen and may not be read by who writes stays as it is, and a text keeps its language."""
    rows = list(row.statements.select_related("statement"))
    offered = list(statements_to_choose(reader, row.profile, today=timezone.localdate()))
    unseen = [each.statement for each in rows if each.statement is not None and each.statement not in offered]
    languages = {(each.kind, each.text): each.language for each in rows if each.statement_id is None}
    form = form_class(
        request.POST if request.method == "POST" else None, statements=offered, initial=texts_initial(rows)
    )

    def save() -> None:
        own = [
            replace(each, language=languages.get((each.kind, each.text), each.language)) for each in form.own_texts()
        ]
        store([*form.chosen_statements(), *unseen], own)

    return save_or_show(request, form, page, save, saved=_("Saved."))
