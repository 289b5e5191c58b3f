"""The rows of a hub's rankers: numbering them, reading their numbers back, and clearing away old shadows."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hubs.models import Hub
from kernel.errors import DomainError
from matching.domain.introductions.days import local_day
from matching.domain.learning.champion import rung_values_of, tables_of
from matching.engine.ranker import ContactRanker, prior_ranker
from matching.enums import RankerChange, RankerState
from matching.models import RankerDecision, RankerVersion

# Retired shadows that are kept: the last ones, and the first of each of the last months, to see what was learnt since.
KEPT_SHADOWS = 5
_KEPT_MONTHS = timedelta(days=100)


class UnusableRanker(DomainError):
    """The stored numbers are of other features than today's, or no ranker at all: train a new one."""

    code = "unusable_ranker"
    status = 409


def lock_rankers(hub_id: int) -> None:
    """Hold everybody else who trains, promotes or rolls back in this hub until the transaction ends."""
    list(Hub.objects.select_for_update().filter(pk=hub_id).values_list("pk"))


def next_number(hub_id: int) -> int:
    """The next ranker's number; call under `lock_rankers`."""
    newest = RankerVersion.objects.filter(hub_id=hub_id).order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def name_of(number: int) -> str:
    """The version as impressions keep it."""
    return f"ranker-{number}"


def ranker_of(row: RankerVersion) -> ContactRanker:
    """The stored ranker.

    Raises:
        UnusableRanker: its numbers cannot be used today.
    """
    try:
        return ContactRanker.from_json(row.payload)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        words = _("Ranker %(number)d was trained on other features than today's. Train a new one.")
        raise UnusableRanker(words % {"number": row.number}, number=row.number) from error


def ensure_first(hub_id: int, *, now: datetime) -> RankerVersion | None:
    """Make the first champion from the expert's weights, if the hub has none; call under `lock_rankers`."""
    if RankerVersion.objects.filter(hub_id=hub_id, state=RankerState.CHAMPION).exists():
        return None
    return begin_from_experts(hub_id, now=now)


def begin_from_experts(
    hub_id: int,
    *,
    now: datetime,
    before: RankerVersion | None = None,
    reason: str = "",
    actor_id: int | None = None,
) -> RankerVersion:
    """A champion that knows the expert's weights with the hub's edits and nothing else, in place of `before`."""
    if before is not None:
        before.state = RankerState.RETIRED
        before.save(update_fields=["state", "updated_at"])
    number = next_number(hub_id)
    ranker = prior_ranker(tables_of(hub_id), rung_values_of(hub_id), name_of(number))
    change = RankerChange.FACILITATOR if before else RankerChange.FIRST
    entry = {"change": change.value, "reason": reason, "at": now.isoformat(), "judgement": None}
    card: dict[str, Any] = {
        "format": 1,
        "number": number,
        "made_at": now.isoformat(),
        "notes": [{"code": "expert"}],
        "promotions": [entry | {"before": before.number if before else None}],
    }
    row = RankerVersion.objects.create(
        hub_id=hub_id, number=number, state=RankerState.CHAMPION, payload=ranker.to_json(), card=card
    )
    RankerDecision.objects.create(
        hub_id=hub_id, ranker=row, before=before, change=change, reason=reason, decided_by_id=actor_id
    )
    return row


def clear_shadows(hub_id: int, *, now: datetime) -> int:
    """Delete retired rankers that never ranked, but for the last few and the first of each month; how many went."""
    retired = RankerVersion.objects.filter(hub_id=hub_id, state=RankerState.RETIRED, decisions=None)
    used = RankerDecision.objects.filter(hub_id=hub_id, before__isnull=False).values("before")
    rows = list(retired.exclude(pk__in=used).order_by("-number").values_list("pk", "trained_until"))
    firsts: dict[Any, int] = {}
    for pk, trained_until in rows:
        if trained_until is not None and trained_until >= now - _KEPT_MONTHS:
            firsts[local_day(trained_until).replace(day=1)] = pk
    kept = {pk for pk, _until in rows[:KEPT_SHADOWS]} | set(firsts.values())
    gone = [pk for pk, _until in rows if pk not in kept]
    RankerVersion.objects.filter(pk__in=gone).delete()
    return len(gone)
