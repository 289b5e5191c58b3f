"""A hub's rankers and who put which one in force, for people who read about them; the numbers of a ranker stay away."""

from matching.enums import RankerState
from matching.models import RankerDecision, RankerVersion


def rankers_listed(hub_id: int) -> list[RankerVersion]:
    """The hub's rankers, newest first, with their model cards and without their weights."""
    return list(RankerVersion.objects.filter(hub_id=hub_id).defer("payload").order_by("-number"))


def ranker_numbered(hub_id: int, number: int) -> RankerVersion | None:
    """The hub's ranker of that number, with everything; None when it is not there (any more)."""
    return RankerVersion.objects.filter(hub_id=hub_id, number=number).first()


def ranker_standing(hub_id: int, state: RankerState) -> RankerVersion | None:
    """The newest ranker in that state; None without one."""
    rows = RankerVersion.objects.filter(hub_id=hub_id, state=state).defer("payload")
    return rows.order_by("-number").first()


def decisions_of(hub_id: int, *, ranker: RankerVersion | None = None, most: int | None = None) -> list[RankerDecision]:
    """Who put which ranker in force, the newest first; only those about one ranker, if it is named."""
    chosen = {"ranker": ranker} if ranker else {}
    rows = RankerDecision.objects.filter(hub_id=hub_id, **chosen).select_related("ranker", "before", "decided_by")
    return list(rows.defer("ranker__payload", "ranker__card", "before__payload", "before__card")[:most])
