"""Training in shadow, each night: the new ranker computes beside the champion and orders nothing.

Whatever happens in the middle leaves a run without an end and nothing else: the ranker, the retirement of the shadow
before it and the end of the run are written in one transaction.
"""

import logging
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max

from hubs.models import Hub
from matching.domain.introductions.days import COPENHAGEN, local_day
from matching.domain.learning.cards import model_card
from matching.domain.learning.champion import rung_values_of, tables_of
from matching.domain.learning.evidence import HubEvidence, evidence_of
from matching.domain.learning.promoting import judge_shadow, promote_by_evidence
from matching.domain.learning.versions import clear_shadows, ensure_first, lock_rankers, name_of, next_number
from matching.engine.ranker import ContactRanker, train
from matching.enums import RankerState
from matching.models import Introduction, LearningRun, OutcomeReport, RankerVersion, ShownList

logger = logging.getLogger(__name__)

# A run that is older than this was killed; until then nobody else trains the hub.
LEASE = timedelta(hours=1)
NIGHT = time(2, 30)


def train_hub(hub_id: int, *, now: datetime) -> RankerVersion | None:
    """Train a ranker on all that is known at `now` and put it in shadow; None while somebody else trains the hub.

    Its row appears with its model card, or not at all. Without anything to learn from it is the expert's ranker, and
    its card says so.
    """
    run = _begin(hub_id, now)
    if run is None:
        return None
    try:
        return _trained(run, now)
    except Exception as error:
        # Only the kind: a message may hold what people wrote.
        LearningRun.objects.filter(pk=run.pk).update(ended_at=now, note=f"failed: {type(error).__name__}")
        raise


def train_due(now: datetime) -> int:
    """Train every hub that has something new and was not trained since the last night; how many were.

    Each is judged for its model card, but only once a month may the evidence let it take over: asked every night,
    luck would say yes sooner or later. A hub that fails is logged and left until the next night.
    """
    return sum(_train_if_due(hub_id, now) for hub_id in Hub.objects.order_by("pk").values_list("pk", flat=True))


def _train_if_due(hub_id: int, now: datetime) -> int:
    if not _is_due(hub_id, now):
        return 0
    first_this_month = not _runs_of_month(hub_id, now)
    try:
        if train_hub(hub_id, now=now) is None:
            return 0
        if first_this_month:
            promote_by_evidence(hub_id, now=now)
        else:
            judge_shadow(hub_id, now=now)
    except Exception as error:
        logger.error("Hub %s could not be trained: %s.", hub_id, type(error).__name__)
        return 0
    return 1


def _begin(hub_id: int, now: datetime) -> LearningRun | None:
    """A run of our own, unless one is under way."""
    with transaction.atomic():
        lock_rankers(hub_id)
        if LearningRun.objects.filter(hub_id=hub_id, ended_at=None, started_at__gt=now - LEASE).exists():
            return None
        ensure_first(hub_id, now=now)
        return LearningRun.objects.create(hub_id=hub_id, started_at=now)


def _trained(run: LearningRun, now: datetime) -> RankerVersion:
    hub_id = run.hub_id
    tables, values = tables_of(hub_id), rung_values_of(hub_id)
    evidence = evidence_of(hub_id, now=now)
    ranker = train(tables, evidence.evidence, values, "shadow")
    card = model_card(hub_id, ranker, evidence, tables, now=now)
    return _store(run, ranker, evidence, card, now)


@transaction.atomic
def _store(
    run: LearningRun, ranker: ContactRanker, evidence: HubEvidence, card: dict[str, object], now: datetime
) -> RankerVersion:
    lock_rankers(run.hub_id)
    RankerVersion.objects.filter(hub_id=run.hub_id, state=RankerState.SHADOW).update(state=RankerState.RETIRED)
    number = next_number(run.hub_id)
    row = RankerVersion.objects.create(
        hub_id=run.hub_id,
        number=number,
        payload=ranker.to_json() | {"version": name_of(number)},
        card=card | {"number": number},
        trained_from=evidence.since,
        trained_until=now,
    )
    LearningRun.objects.filter(pk=run.pk).update(ended_at=now, ranker=row)
    clear_shadows(run.hub_id, now=now)
    return row


def _is_due(hub_id: int, now: datetime) -> bool:
    """Whether a night has begun since the hub was last trained, and anything has happened since."""
    last = LearningRun.objects.filter(hub_id=hub_id, ended_at__isnull=False).aggregate(last=Max("started_at"))["last"]
    if last is not None and last >= _last_night(now):
        return False
    shown = ShownList.objects.filter(hub_id=hub_id, **({"shown_at__gt": last} if last else {}))
    asked = Introduction.objects.filter(hub_id=hub_id, **({"updated_at__gt": last} if last else {}))
    told = OutcomeReport.objects.filter(hub_id=hub_id, **({"told_at__gt": last} if last else {}))
    return shown.exists() or asked.exists() or told.exists()


def _last_night(now: datetime) -> datetime:
    tonight = datetime.combine(local_day(now), NIGHT, tzinfo=COPENHAGEN)
    return tonight if tonight <= now else datetime.combine(local_day(now) - timedelta(days=1), NIGHT, tzinfo=COPENHAGEN)


def _runs_of_month(hub_id: int, now: datetime) -> bool:
    month = datetime.combine(local_day(now).replace(day=1), time(), tzinfo=COPENHAGEN)
    return LearningRun.objects.filter(hub_id=hub_id, started_at__gte=month, ranker__isnull=False).exists()
