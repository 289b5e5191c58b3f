"""What waits today, so that each log-in of the demo finds something: written, not drawn.

Real organisations are asked by invented firms and have not answered: nothing that they did or said is made up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.year.agenda import clock
from demo.year.course import accept, current
from demo.year.looking import request, suitable_statements
from demo.year.world import World
from matching.domain.introductions.days import local_day
from matching.domain.introductions.sending import asked_sides
from matching.enums import ANSWERABLE_STATES, Purpose, Side


@dataclass(frozen=True)
class Waiting:
    """One request: so many days ago, and accepted so many days ago or still open (None)."""

    seeker: str
    receiver: str
    days_ago: int
    accepted_days_ago: int | None = None
    purpose: Purpose = Purpose.OPI_LIGHT


TODAY = (
    # Accepted two weeks ago without a meeting agreed yet: both are asked today what came of it.
    Waiting("haandled-og-co", "havnby-akutklinik", 17, 14),
    Waiting("pillevagt", "lyngvig-geriatri", 18, 14),
    # Open requests to those who can be tried out as somebody with a year behind them.
    Waiting("lyngvig-ortopaedi", "haandled-og-co", 2),
    Waiting("gulvtryk", "lyngvig-geriatri", 1),
    Waiting("gangtraek", "lyngvig-geriatri", 3),
    # Read by the facilitator first.
    Waiting("lysdoegnet", "fjordby-neurointensiv", 1),
    Waiting("haandled-og-co", "fjordby-akut", 2),
    # To real organisations: asked, and that is all.
    Waiting("saarvang-medical", "auh-plastikkirurgi", 2),
    Waiting("haandled-og-co", "auh-plastikkirurgi", 4),
    Waiting("pulsvig", "au-wearable-sensing-lab", 3, purpose=Purpose.PROJECT),
    Waiting("stroempeglid", "randers-hjemmepleje", 1),
)
REAL = tuple(sorted({each.receiver for each in TODAY if each.receiver.startswith(("au", "randers"))}))


def plan_waiting(world: World, rows: Iterable[Waiting] = TODAY) -> None:
    """Keep these pairs out of what is drawn, and put their requests down; a party that is not there has none."""
    for row in rows:
        if row.seeker not in world.by_key or row.receiver not in world.by_key:
            continue
        world.reserved.add(frozenset({world.by_key[row.seeker].pk, world.by_key[row.receiver].pk}))
        day = local_day(world.end) - timedelta(days=row.days_ago)
        world.agenda.at(clock(day, 10, 12), lambda now, row=row: _ask(world, row, now))  # type: ignore[misc]


def _ask(world: World, row: Waiting, now: datetime) -> None:
    seeker, receiver = world.by_key[row.seeker], world.by_key[row.receiver]
    ours, theirs = suitable_statements(seeker, receiver)
    sent = request(world, seeker, receiver, row.purpose, now, ours=ours, theirs=theirs)
    if sent is None or row.accepted_days_ago is None:
        return
    accepted_on = local_day(world.end) - timedelta(days=row.accepted_days_ago)

    def say_yes(at: datetime) -> None:
        fresh = current(sent)
        if fresh.state in ANSWERABLE_STATES and Side.RECEIVER in asked_sides(fresh):
            accept(world, fresh, side=Side.RECEIVER, now=at, meets=False)

    world.agenda.at(clock(accepted_on, 11, 40), say_yes)
