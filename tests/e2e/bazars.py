"""Makes events of their own for walks in the site under test, and lets pass what would take weeks there.

What the functions below ask for is done in the site's own environment. No walk touches the demo's own bazars.
"""

import time
from datetime import date, timedelta
from typing import Any

from tests.e2e.site import Site

GUESTS = ("lungelyd", "skansevig-scan", "doselys", "pulsvig", "saarvang-medical", "auh-plastikkirurgi")
DAYS_AHEAD = 40
PATIENCE = timedelta(minutes=2)


def open_bazar(site: Site, *, name: str) -> str:
    """A bazar that is open for registration, with a few guests who take meetings; returns its address."""
    return str(site.backstage.do(_open, name)["slug"])


def recommend(site: Site, slug: str) -> None:
    """As if the worker had just looked: recommendations follow who has come."""
    site.backstage.do(_recommend, slug)


def accept_requests(site: Site, slug: str) -> int:
    """Everybody with meetings has asked the two next ones in the list, and all have said yes."""
    return int(site.backstage.do(_accept, slug)["requests"])


def publish(site: Site, slug: str) -> None:
    """Wishes are closed, the site's worker computes the timetable, and it is published."""
    site.backstage.do(_publish, slug)


def day_comes(site: Site, slug: str) -> None:
    """The event is now: its first meeting began five minutes ago."""
    site.backstage.do(_come, slug)


def _open(name: str) -> dict[str, Any]:
    from uuid import uuid4

    from django.utils import timezone

    from events.domain.people.person_fields import PersonFields
    from events.domain.people.registering import Source, register_person
    from events.domain.setup.creating import NewEvent, create_event
    from events.domain.setup.states import move_on
    from events.enums import EventKind
    from profiles.models import Profile

    now, viewer = timezone.now(), _organiser()
    day: date = timezone.localdate() + timedelta(days=DAYS_AHEAD)
    new = NewEvent(name=name, kind=EventKind.MEDICO_BAZAR.value, day=day, place="Aarhus")
    event = create_event(viewer, new=new, once=uuid4())
    event = move_on(event, viewer=viewer, to="open", version=event.version, now=now)
    profiles = [Profile.objects.get(hub_id=viewer.hub_id, slug=slug) for slug in GUESTS]
    for profile in profiles:
        fields = PersonFields(
            name=f"Gæst fra {profile.name}", email=f"{profile.slug}@{event.slug}.example", title="Udvikling",
            kind="participant", meets=True, beside_cap=True, shares_contact=True,
        )  # fmt: skip
        register_person(
            event, profile=profile, fields=fields, source=Source.ORGANISER, viewer=viewer, now=now, tells=False
        )
    return {"slug": event.slug}


def _recommend(slug: str) -> dict[str, Any]:
    from django.utils import timezone

    from events.domain.wishes.suggesting import suggest_people

    return {"people": suggest_people(_event(slug), now=timezone.now()).people}


def _accept(slug: str) -> dict[str, Any]:
    from django.utils import timezone

    from events.domain.wishes.answering import answer_request
    from events.domain.wishes.asking import ask_meeting

    now, people = timezone.now(), list(_event(slug).people.filter(meets=True, state="registered").order_by("pk"))
    pairs = [(one, people[(n + step) % len(people)]) for n, one in enumerate(people) for step in (1, 2)]
    for one, other in pairs:
        request = ask_meeting(one, receiver=other, reason="Vi arbejder begge med hjælpemidler i hjemmet.", now=now)
        answer_request(request, accepts=True, now=now)
    return {"requests": len(pairs)}


def _publish(slug: str) -> dict[str, Any]:
    from django.utils import timezone

    from events.domain.setup.states import move_on
    from events.domain.timetable.publishing import publish_run
    from events.domain.timetable.running import ask_run

    now, viewer = timezone.now(), _organiser()
    event = _event(slug)
    event = move_on(event, viewer=viewer, to="wishes_closed", version=event.version, now=now)
    run = ask_run(event, viewer=viewer, seconds=2, now=now)
    while run.state in {"waiting", "running"} and timezone.now() - now < PATIENCE:
        time.sleep(0.5)
        run.refresh_from_db()
    event.refresh_from_db()
    publish_run(run, viewer=viewer, version=event.version, now=timezone.now())
    return {"meetings": event.meetings.count()}


def _come(slug: str) -> dict[str, Any]:
    from django.utils import timezone

    from events.models import Slot

    event = _event(slug)
    first = event.meetings.order_by("slot__starts_at").first()
    assert first is not None
    earlier = first.slot.starts_at - timezone.now() + timedelta(minutes=5)
    for slot in Slot.objects.filter(event=event).order_by("starts_at"):
        slot.starts_at, slot.ends_at = slot.starts_at - earlier, slot.ends_at - earlier
        slot.save()
    event.starts_at, event.ends_at = event.starts_at - earlier, event.ends_at - earlier
    event.save()
    return {}


def _organiser() -> Any:
    from demo.loading import HUB_SLUG
    from hubs.enums import Role
    from hubs.models import Hub, User
    from hubs.policies import Viewer

    hub = Hub.objects.get(slug=HUB_SLUG)
    return Viewer(hub_id=hub.pk, role=Role.ORGANISER, user_id=User.objects.get(email="organiser@midtbro.example").pk)


def _event(slug: str) -> Any:
    from events.models import Event

    return Event.objects.get(slug=slug)
