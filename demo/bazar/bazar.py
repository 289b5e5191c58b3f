"""All events of the demo: a Medico Bazar that was held, one whose wishes come in, an AIMday, and the small ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import transaction

from demo.bazar.aimday import has_aimday, load_aimday
from demo.bazar.past import hold
from demo.bazar.people import Guests, seat_everybody
from demo.bazar.places import STANDS, lay_places
from demo.bazar.small_events import has_small_events, load_small_events
from demo.bazar.wishes import OF_THE_PAST, STILL_OPEN, wish_for_meetings
from demo.loading import DATA_DIR, HUB_SLUG
from demo.year.bodies import has_bodies, invented_profiles
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
class Making:
    """Drawn how, from which written files, and how long the timetable of the past edition is computed."""

    seed: int = 2026
    solver_seconds: float = 12.0
    folder: Path = DATA_DIR


@dataclass(frozen=True)
class Held:
    """What is new: meetings of the past edition, requests for the coming one, questions of the AIMday, and how many
    people come to the small events.
    """

    meetings: int = 0
    requests: int = 0
    questions: int = 0
    guests: int = 0


def has_events() -> bool:
    """Whether both editions, the AIMday and the small events are there already."""
    hub = Hub.objects.filter(slug=HUB_SLUG).first()
    return hub is not None and _has_bazars() and has_aimday() and has_small_events(hub)


@transaction.atomic
def load_bazars(*, now: datetime, making: Making | None = None) -> Held | None:
    """Make both editions, the AIMday and the small events; what is there is left alone, and None where nothing is new.

    Raises:
        NotReady: the demo, its invented bodies, or the language model is not there yet.
    """
    making = making or Making()
    hub = Hub.objects.filter(slug=HUB_SLUG).first()
    coming = Event.objects.filter(hub=hub, slug=COMING_SLUG).first() if hub else None
    if hub is None or coming is None or not has_bodies(hub, making.folder):
        raise NotReady("The demo is not loaded yet: manage.py load_demo, then manage.py load_year_bodies")
    if has_events():
        return None
    # Each draws for itself: how far the solver came on the past changes nothing of what is to come.
    was, comes, aimday, small = np.random.default_rng(making.seed).spawn(4)
    meetings = requests = questions = guests = 0
    if not _has_bazars():
        past = _past_edition(hub, coming)
        meetings = _live_past(past, was, making)
        _prepare(coming, earlier=past)
        requests = _fill_coming(coming, comes, making, now)
    if not has_aimday():
        questions = load_aimday(hub, generator=aimday, now=now)
    if not has_small_events(hub):
        guests = load_small_events(hub, generator=small, now=now)
    return Held(meetings, requests, questions, guests)


def _has_bazars() -> bool:
    return Stand.objects.filter(event__slug=COMING_SLUG, event__hub__slug=HUB_SLUG).exists()


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
    EventTerms.objects.get_or_create(hub=event.hub, event=event, number=1, defaults={"text": usual_terms(template)})
    lay_places(event)


def _live_past(past: Event, generator: np.random.Generator, making: Making) -> int:
    """Meetings and what was said of them only among bodies that do not exist; the others merely had a stand."""
    before = past.starts_at - timedelta(days=12)
    sending = _nobody_real(past.hub, making)
    others = Profile.objects.filter(hub=past.hub).exclude(pk__in=[each.pk for each in sending])
    showing = list(others.select_related("organisation").order_by("slug")[: STANDS - len(sending)])
    seat_everybody(past, Guests(sending, showing), generator=generator, now=before)
    wish_for_meetings(past, OF_THE_PAST, generator=generator, now=before)
    meetings = hold(past, generator=generator, seconds=making.solver_seconds)
    Event.objects.filter(pk=past.pk).update(state=EventState.OVER)
    return meetings


def _nobody_real(hub: Hub, making: Making) -> list[Profile]:
    others = Profile.objects.filter(hub=hub, kind__in=_INVENTED_KINDS).select_related("organisation")
    return [*invented_profiles(hub, making.folder), *others]


def _fill_coming(coming: Event, generator: np.random.Generator, making: Making, now: datetime) -> int:
    """Whoever was written down as taking part, and everybody who does not exist; the others have not signed up."""
    written = set(coming.participants.values_list("pk", flat=True))
    coming_too = {profile.pk for profile in _nobody_real(coming.hub, making)}
    rows = Profile.objects.filter(hub=coming.hub, pk__in=written | coming_too)
    profiles = list(rows.select_related("organisation").order_by("pk"))
    seat_everybody(coming, Guests(profiles), generator=generator, now=now)
    return wish_for_meetings(coming, STILL_OPEN, generator=generator, now=now)
