"""Both editions of the demo's Medico Bazar: the one of last year was held, for the next one the wishes come in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from demo.bazar.past import hold
from demo.bazar.people import Guests, seat_everybody
from demo.bazar.places import STANDS, lay_places
from demo.bazar.wishes import OF_THE_PAST, STILL_OPEN, wish_for_meetings
from demo.loading import HUB_SLUG
from demo.year.bodies import invented_profiles
from events.enums import EventKind, EventState
from events.models import Event, EventTerms, Stand
from events.templates import template_of, usual_terms
from hubs.models import Hub
from kernel.errors import NotReady
from profiles.enums import ProfileKind
from profiles.models import Profile

PAST_SLUG, COMING_SLUG = "medico-bazar-2026", "medico-bazar-2027"
_INVENTED_KINDS = (ProfileKind.INVESTOR, ProfileKind.ADVISER)
_SUMMARY = (
    "125 stande, hvor ideer, prototyper, produkter og løsninger vises frem, og aftalte møder på 20 minutter mellem "
    "virksomheder, afdelinger, forskere og kommuner. Skriv, hvad I udbyder og efterspørger; vi foreslår, hvem I bør "
    "møde, og lægger mødeplanen."
)


@dataclass(frozen=True)
class Held:
    """What both editions hold."""

    meetings: int
    requests: int


def has_bazars() -> bool:
    """Whether both are there already."""
    return Stand.objects.filter(event__slug=COMING_SLUG, event__hub__slug=HUB_SLUG).exists()


@transaction.atomic
def load_bazars(*, now: datetime, seed: int = 2026) -> Held | None:
    """Make both editions; None, and no change, where they are there already.

    Raises:
        NotReady: the demo, its invented bodies, or the language model is not there yet.
    """
    hub = Hub.objects.filter(slug=HUB_SLUG).first()
    coming = Event.objects.filter(hub=hub, slug=COMING_SLUG).first() if hub else None
    if hub is None or coming is None:
        raise NotReady("The demo is not loaded yet: manage.py load_demo, then manage.py load_year_bodies")
    if has_bazars():
        return None
    generator = np.random.default_rng(seed)
    past = _past_edition(hub, coming)
    meetings = _live_past(past, generator)
    _prepare(coming, earlier=past)
    requests = _fill_coming(coming, generator, now)
    return Held(meetings, requests)


def _past_edition(hub: Hub, coming: Event) -> Event:
    """A year of 52 weeks earlier, so that it is the same day of the week."""
    past, _made = Event.objects.update_or_create(
        hub=hub,
        slug=PAST_SLUG,
        defaults={
            "name": "Medico Bazar 2026",
            "place": coming.place,
            "starts_at": coming.starts_at - timedelta(weeks=52),
            "ends_at": coming.ends_at - timedelta(weeks=52),
            "is_simulated": True,
        },
    )
    _prepare(past, earlier=None)
    return past


def _prepare(event: Event, *, earlier: Event | None) -> None:
    template = template_of(EventKind.MEDICO_BAZAR)
    event.kind, event.level, event.request_mode = template.kind, template.level, template.request_mode
    event.summary, event.address, event.languages = _SUMMARY, "Messevej 1, 8000 Aarhus C", ["da", "en"]
    event.capacity, event.guaranteed_meetings = 500, 3
    event.open_requests, event.request_days = template.open_requests, template.request_days
    event.wishes_close_at = event.starts_at - timedelta(days=10)
    event.registration_closes_at = event.starts_at - timedelta(days=3)
    event.reconfirm_at = event.starts_at - timedelta(days=7)
    event.earlier_edition = earlier
    event.state = EventState.OPEN
    event.save()
    EventTerms.objects.get_or_create(hub=event.hub, event=event, number=1, defaults={"text": usual_terms()})
    lay_places(event)


def _live_past(past: Event, generator: np.random.Generator) -> int:
    """Meetings and what was said of them only among bodies that do not exist; the others merely had a stand."""
    before = past.starts_at - timedelta(days=12)
    sending = [
        *invented_profiles(past.hub),
        *Profile.objects.filter(hub=past.hub, kind__in=_INVENTED_KINDS).select_related("organisation"),
    ]
    others = Profile.objects.filter(hub=past.hub).exclude(pk__in=[each.pk for each in sending])
    showing = list(others.select_related("organisation").order_by("slug")[: STANDS - len(sending)])
    seat_everybody(past, Guests(sending, showing), generator=generator, now=before)
    wish_for_meetings(past, OF_THE_PAST, generator=generator, now=before)
    meetings = hold(past, generator=generator)
    Event.objects.filter(pk=past.pk).update(state=EventState.OVER)
    return meetings


def _fill_coming(coming: Event, generator: np.random.Generator, now: datetime) -> int:
    profiles = list(Profile.objects.filter(hub=coming.hub).select_related("organisation").order_by("pk"))
    seat_everybody(coming, Guests(profiles), generator=generator, now=now)
    return wish_for_meetings(coming, STILL_OPEN, generator=generator, now=now)
