"""What the ranker makes of the year: begun from the experts, trained each quarter, promoted by evidence or a person."""

from datetime import datetime, timedelta

from django.db import transaction

from demo.year.agenda import clock
from demo.year.world import World
from matching.domain.introductions.days import local_day
from matching.domain.learning.champion import forget_champions
from matching.domain.learning.columns import forget_known
from matching.domain.learning.promoting import judge_shadow, promote, promote_by_evidence
from matching.domain.learning.training import train_hub
from matching.domain.learning.versions import ensure_first, lock_rankers
from matching.models import RankerVersion

REASON = (
    "Et halvt års svar ligger bag. På listerne er forskellen endnu ikke sikker, men den kender de små steder bedre end "
    "vores egen tabel, og vi ser efter om et kvartal."
)
_HALF_YEAR = 2
_QUARTERS = 4


def plan_training(world: World) -> None:
    """The expert's ranker on the first day, and a training in the night after each quarter but the last."""
    world.agenda.at(world.first, lambda now: _begin(world, now))
    quarter = (world.end - world.first) / _QUARTERS
    for number in range(1, _QUARTERS):
        night = clock(local_day(world.first + quarter * number), 2, 30)
        world.agenda.at(night, lambda now, number=number: _train(world, number, now))  # type: ignore[misc]


def _begin(world: World, now: datetime) -> None:
    with transaction.atomic():
        lock_rankers(world.hub.pk)
        ensure_first(world.hub.pk, now=now)


def _train(world: World, quarter: int, now: datetime) -> None:
    forget_known()
    shadow = train_hub(world.hub.pk, now=now)
    if shadow is None:
        return
    promoted = promote_by_evidence(world.hub.pk, now=now)
    if promoted is None and quarter == _HALF_YEAR:
        promote(world.broker, RankerVersion.objects.get(pk=shadow.pk), reason=REASON, now=now + timedelta(hours=7))
    forget_champions()


def train_last(world: World, now: datetime) -> None:
    """The night's training before today: judged, and left in shadow for whoever tries the demo."""
    forget_known()
    if train_hub(world.hub.pk, now=now) is not None:
        judge_shadow(world.hub.pk, now=now)
    forget_champions()
