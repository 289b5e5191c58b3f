"""The hall plan: stands laid in rows, moved, given away, and who has them."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.setup.stands import change_stand, lay_stands, remove_stand
from events.models import Event, Stand
from events.queries.setup import exhibitors_of, find_stand_by_id, halls_of, overlapping_stands
from events.queries.stand_giving import standless
from frontend.forms.bodies import form_page
from frontend.forms.events_places import Decimetres, StandForm, StandRowsForm, stand_initial
from frontend.hall_plan import draw_plans, holder_of
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, press, save_or_show
from profiles.models import Profile


@dataclass(frozen=True)
class StandsFilled:
    """How many stands have somebody; `share` is of 100."""

    filled: int
    number: int

    @property
    def share(self) -> int:
        """Whole per cent, rounded down: 100 only when all are taken."""
        return self.filled * 100 // self.number if self.number else 0


@login_required
@never_cache
@require_safe
def event_stands(request: PageRequest, slug: str) -> HttpResponse:
    """The plan and the table beside it."""
    event = organised(request, slug)
    halls = halls_of(event)
    stands = [stand for hall in halls for stand in hall.stands.all()]
    by_theme = request.GET.get("by") == "theme"
    wrong = overlapping_stands(stands)
    filled = StandsFilled(sum(bool(holder_of(stand)) for stand in stands), len(stands))
    context = {
        "event": event,
        "plans": draw_plans(halls, by_theme=by_theme, overlapping=wrong),
        "by_theme": by_theme,
        "overlapping": sorted(stand.number for stand in stands if stand.pk in wrong),
        "filled": filled,
        "may_give": filled.filled < filled.number and standless(event).exists(),
        "may_edit": True,
        "has_halls": bool(halls),
    }
    return render(request, "events/stands.html", context)


@login_required
@never_cache
@form_page
def event_stand_rows(request: PageRequest, slug: str) -> HttpResponse:
    """Lay rows of stands."""
    event = organised(request, slug)
    halls = list(event.halls.all())
    numbers = [int(each) for each in event.stands.values_list("number", flat=True) if each.isdecimal()]
    lengths = {name: Decimetres(value) for name, value in
               (("width", 30), ("height", 20), ("aisle", 30), ("left", 20), ("top", 20))}  # fmt: skip
    initial = {"version": event.version, "rows": 4, "each": 8, "first": max(numbers, default=0) + 1, **lengths}
    form = StandRowsForm(request.POST or None, halls=halls, initial=initial)

    def save() -> None:
        lay_stands(event, viewer=request.viewer, version=form.seen, hall=form.chosen_hall, rows=form.stand_rows())

    lead = _("Stands of one size in rows, numbered on from the first; each can be moved afterwards.")
    page = _page(event, _("Lay rows of stands"), lead, _("Lay them"))
    return save_or_show(request, event, form, page, save, saved=_("The stands are laid."), lacks_halls=not halls)


@login_required
@never_cache
@form_page
def event_stand_edit(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change, move and give away one stand."""
    event = organised(request, slug)
    stand = find_stand_by_id(event, public_id)
    initial = {**stand_initial(stand), "version": event.version}
    form = StandForm(request.POST or None, profiles=_choosable(event, stand), initial=initial)

    def save() -> None:
        change_stand(
            stand, viewer=request.viewer, version=form.seen, fields=form.stand_fields(), profile=form.chosen_profile
        )

    title = _("Stand %(number)s") % {"number": stand.number}
    lead = _("In %(hall)s, which is %(width)s by %(depth)s metres.") % {
        "hall": stand.hall.name,
        "width": Decimetres(stand.hall.plan_width),
        "depth": Decimetres(stand.hall.plan_height),
    }
    return save_or_show(
        request, event, form, _page(event, title, lead, _("Save")), save, saved=_("Saved."), stored=form.initial,
        remove_url=reverse("frontend:event_stand_remove", args=[event.slug, stand.public_id]),
        remove_label=_("Remove the stand"),
    )  # fmt: skip


def _choosable(event: Event, stand: Stand) -> list[Profile]:
    """Those who take part, and whoever has the stand now."""
    profiles = exhibitors_of(event)
    if stand.profile is not None and stand.profile not in profiles:
        return [stand.profile, *profiles]
    return profiles


@login_required
@require_POST
def event_stand_remove(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Remove a stand that nobody needs."""
    event = organised(request, slug)
    stand = find_stand_by_id(event, public_id)

    def do(version: int) -> str:
        remove_stand(stand, viewer=request.viewer, version=version)
        return _("Stand %(number)s is removed.") % {"number": stand.number}

    return press(request, do, back=part_address(event, "event_stands"))


def _page(event: Event, title: str, lead: str, submit: str) -> OrganiserPage:
    return OrganiserPage(
        title=title, lead=lead, submit=submit, part="event_stands", back=part_address(event, "event_stands"),
        back_label=_("Stands"),
    )  # fmt: skip
