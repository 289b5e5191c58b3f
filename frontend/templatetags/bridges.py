"""The bridge card as a tag: `{% bridge_card match query=... seeker=... question=... %}`."""

from typing import Any

from django import template

from frontend import bridge
from frontend.questions import Question
from matching.results import Match

register = template.Library()


@register.inclusion_tag("components/bridge_card.html")
def bridge_card(match: Match, query: str = "", seeker: str = "", question: Question | None = None) -> dict[str, Any]:
    """The component that shows a match wherever one is shown."""
    card = bridge.bridge_card(match, query=query, seeker=seeker, question=question)
    return {"card": card, "rank": match.rank}
