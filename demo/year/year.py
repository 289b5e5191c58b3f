"""Living the year through: everything in one transaction, so that it is there whole and marked, or not at all."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import transaction

from demo.loading import DATA_DIR, HUB_SLUG
from demo.people import DEMO_PEOPLE
from demo.year.agenda import clock
from demo.year.bodies import has_year, invented_profiles
from demo.year.brokering import plan_brokering
from demo.year.looking import plan_looks
from demo.year.marks import Marks
from demo.year.rooms import plan_rooms
from demo.year.rules import set_rules
from demo.year.shortlists import plan_shortlists
from demo.year.telling import ask_due, plan_questions
from demo.year.training import plan_training, train_last
from demo.year.waiting import REAL, plan_waiting
from demo.year.world import World
from hubs.enums import Role
from hubs.models import Hub, User
from kernel.errors import NotReady
from matching.domain.introductions.days import local_day
from matching.domain.learning.columns import forget_known
from matching.models import Introduction, OutcomeReport, ShownList
from profiles.models import Profile


@dataclass(frozen=True)
class Plan:
    """How long, how busy (looks at a list on a working day), drawn how, and whether the ranker is trained on it."""

    days: int = 365
    lists_a_day: float = 2.2
    seed: int = 20261
    trains: bool = True


@dataclass(frozen=True)
class Lived:
    """What the year holds; `refused` counts by code what a rule of the hub kept from happening."""

    states: dict[str, int]
    lists: int
    reports: int
    mails_dropped: int
    refused: dict[str, int]

    @property
    def introductions(self) -> int:
        """All requests of the year."""
        return sum(self.states.values())


@transaction.atomic
def simulate_year(*, now: datetime, plan: Plan | None = None, folder: Path = DATA_DIR) -> Lived | None:
    """The year that ended yesterday; None, and no change, where one is there already.

    Raises:
        NotReady: the demo or its invented bodies are not loaded, or the index is not built.
    """
    plan = plan or Plan()
    world = _world(now, plan, folder)
    if has_year(world.hub):
        return None
    marks = Marks(world.hub)
    set_rules(world)
    marks.settle(world.first - timedelta(days=1))
    plan_waiting(world)
    plan_rooms(world, folder)
    plan_shortlists(world, folder)
    plan_looks(world)
    plan_brokering(world)
    plan_questions(world)
    if plan.trains:
        plan_training(world)
    world.agenda.run(until=world.end, after_day=marks.settle)
    ask_due(world, world.end)
    if plan.trains:
        train_last(world, now)
    marks.settle(world.end)
    _have_been_there(world)
    forget_known()
    return _lived(world, marks.drop_mails(now))


def _world(now: datetime, plan: Plan, folder: Path) -> World:
    hub = Hub.objects.filter(slug=HUB_SLUG).first()
    invented = invented_profiles(hub, folder) if hub else []
    if hub is None or not invented:
        raise NotReady("The demo is not loaded yet: manage.py load_demo, then manage.py load_year_bodies")
    staff = {person.role: person.email for person in DEMO_PEOPLE if person.role != Role.MEMBER}
    people = {user.email: user for user in User.objects.filter(email__in=staff.values())}
    end = clock(local_day(now), 0)
    return World(
        hub=hub,
        invented=invented,
        others={row.slug: row for row in Profile.objects.filter(hub=hub, slug__in=REAL).select_related("organisation")},
        facilitator=people[staff[Role.FACILITATOR]],
        admin=people[staff[Role.HUB_ADMIN]],
        first=clock(local_day(now) - timedelta(days=plan.days), 0),
        end=end,
        lists_a_day=plan.lists_a_day,
        generator=np.random.default_rng(plan.seed),
    )


def _have_been_there(world: World) -> None:
    """Whoever has a year behind them has been in the hub for that long."""
    Profile.objects.filter(pk__in=world.ids).update(created_at=world.first - timedelta(days=30))


def _lived(world: World, mails_dropped: int) -> Lived:
    rows = Introduction.objects.filter(hub=world.hub, is_simulated=True)
    return Lived(
        states=dict(Counter(rows.order_by().values_list("state", flat=True))),
        lists=ShownList.objects.filter(hub=world.hub, is_simulated=True).count(),
        reports=OutcomeReport.objects.filter(hub=world.hub, introduction__is_simulated=True).count(),
        mails_dropped=mails_dropped,
        refused=dict(world.refused),
    )
