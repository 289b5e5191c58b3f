"""Giving many stands away at once: a proposal beside each exhibitor that the organiser looks through and sends."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.giving_stands import give_stands, problems_of_giving
from events.models import Event
from events.queries.stand_giving import StandGiving, stand_giving
from frontend.forms.bodies import form_page
from frontend.forms.events_stands import GiveStandsForm
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, save_or_show


@login_required
@never_cache
@form_page
def event_give_stands(request: PageRequest, slug: str) -> HttpResponse:
    """Give many stands at once."""
    event = organised(request, slug)
    giving = stand_giving(event)
    form = GiveStandsForm(request.POST or None, giving=giving, initial={"version": event.version})

    def save() -> None:
        given = form.given()
        try:
            stands = give_stands(event, viewer=request.viewer, version=form.seen, given=given)
        except ChangedMeanwhile:
            # Beside the notice, so that what the other organiser gave is seen now and not after the next try.
            for each, problem in problems_of_giving(event, given).items():
                form.add_error(form.domain_names.get(each), problem)
            raise
        told = ngettext("%(number)d stand is given.", "%(number)d stands are given.", len(stands))
        messages.success(request, told % {"number": len(stands)})

    return save_or_show(request, event, form, _page(event), save, giving=giving, halls=_by_hall(giving))


def _by_hall(giving: StandGiving) -> list[tuple[str, str]]:
    """Names of halls with the numbers of their free stands."""
    halls = groupby(giving.free, key=lambda stand: stand.hall)
    return [(hall.name, ", ".join(stand.number for stand in stands)) for hall, stands in halls]


def _page(event: Event) -> OrganiserPage:
    return OrganiserPage(
        title=_("Give stands"),
        lead=_(
            "A free stand is proposed beside each exhibitor, those of one theme next to each other. Change what you "
            "like; a field left empty gives none yet."
        ),
        submit=_("Give these stands"), part="event_stands", back=part_address(event, "event_stands"),
        back_label=_("Stands"), template="events/give_stands.html",
    )  # fmt: skip
