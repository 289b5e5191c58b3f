"""The facilitator's own part in the year: bringing two together now and then, and handing a few cases over."""

from datetime import datetime, timedelta

from django.db import transaction

from demo.year.agenda import clock
from demo.year.course import follow
from demo.year.world import World
from kernel.errors import DomainError
from matching.domain.introductions.brokering import hand_over, introduce_two
from matching.domain.introductions.proposing import begun_proposal
from matching.domain.recommending import recommend_for_profile
from matching.enums import Purpose
from matching.models import Introduction
from profiles.enums import ProfileKind

_DAYS_BETWEEN = 17


def plan_brokering(world: World) -> None:
    """A proposal every few weeks, and some cases to a colleague in the middle of the year."""
    day, count = world.first.date() + timedelta(days=10), 0
    while clock(day, 0) < world.end:
        world.agenda.at(clock(day, 14, 10), lambda now: _propose(world, now))
        day, count = day + timedelta(days=_DAYS_BETWEEN), count + 1
    middle = world.first + (world.end - world.first) / 2
    world.agenda.at(middle + timedelta(hours=13), lambda now: _hand_over(world, now))


def _propose(world: World, now: datetime) -> None:
    firms = [profile for profile in world.invented if profile.kind == ProfileKind.FIRM]
    seeker = firms[int(world.generator.integers(len(firms)))]
    purpose = Purpose.OPI_LIGHT.value
    found = recommend_for_profile(world.broker, seeker, purpose=purpose, today=now.date(), among=world.ids, limit=3)
    for match in found.matches:
        ours, theirs = match.ours.statement if match.ours else None, match.theirs.statement
        if frozenset({seeker.pk, match.profile.pk}) in world.reserved or ours is None or theirs is None:
            continue
        begun = begun_proposal(seeker, match.profile, ours, theirs, purpose=purpose)
        try:
            with transaction.atomic():
                made = introduce_two(
                    world.broker, seeker=seeker, receiver=match.profile, purpose=purpose, reason=begun.reason,
                    asked=begun.asked, minutes=begun.minutes, contact_purpose=begun.contact_purpose, ours=ours,
                    theirs=theirs, now=now,
                )  # fmt: skip
        except DomainError as error:
            world.refused[error.code] += 1
            continue
        follow(world, made, now)
        return


def _hand_over(world: World, now: datetime) -> None:
    cases = Introduction.objects.filter(hub=world.hub, facilitator=world.facilitator).order_by("pk")[:3]
    hand_over(world.broker, to=world.admin, now=now, introductions=list(cases), note="Fordelt efter ferien.")
