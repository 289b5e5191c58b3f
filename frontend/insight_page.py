"""The hub's insight in a few sentences: who ranks, on what that rests, what a shadow would do, who decided last."""

from dataclasses import dataclass
from datetime import datetime

from frontend.card_comparison import ComparisonView, comparison_view
from hubs.models import Hub
from kernel.errors import DomainError
from matching.domain.learning.lessons import Lessons, lessons_of
from matching.enums import RankerState
from matching.models import RankerDecision, RankerVersion
from matching.queries.rankers import decisions_of, ranker_standing

NEWEST_DECISIONS = 3


@dataclass(frozen=True)
class InsightPage:
    """`champion` is None before the first training: then the expert's weights rank, and nobody has decided anything."""

    champion: RankerVersion | None
    since: datetime | None
    requests: int
    contacts: int
    is_simulated: bool
    shadow: RankerVersion | None
    comparison: ComparisonView | None
    decisions: list[RankerDecision]
    lessons: Lessons | None


def insight_page(hub: Hub, *, now: datetime) -> InsightPage:
    """What the page tells."""
    champion, shadow = (ranker_standing(hub.pk, state) for state in (RankerState.CHAMPION, RankerState.SHADOW))
    data = champion.card.get("data", {}) if champion else {}
    took_over = decisions_of(hub.pk, ranker=champion, most=1) if champion else []
    return InsightPage(
        champion=champion,
        since=took_over[0].created_at if took_over else None,
        requests=int(data.get("requests", 0)),
        contacts=int(data.get("contacts", 0)),
        is_simulated=any(bool(row.card.get("data", {}).get("simulated")) for row in (champion, shadow) if row),
        shadow=shadow,
        comparison=comparison_view(shadow.card.get("off_policy")) if shadow else None,
        decisions=decisions_of(hub.pk, most=NEWEST_DECISIONS),
        lessons=_lessons(hub, now),
    )


def _lessons(hub: Hub, now: datetime) -> Lessons | None:
    """None where the stored ranker cannot be read: the rest of the page stands without it."""
    try:
        return lessons_of(hub.pk, now=now)
    except DomainError:
        return None
