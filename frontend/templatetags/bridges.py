"""The bridge card as a tag: `{% bridge_card match query=... seeker=... %}`."""

from typing import Any

from django import template

from frontend import bridge
from matching.results import Match

register = template.Library()


@register.inclusion_tag("components/bridge_card.html")
def bridge_card(match: Match, query: str = "", seeker: str = "") -> dict[str, Any]:
    """The component that shows a match wherever one is shown."""
    return {"card": bridge.bridge_card(match, query=query, seeker=seeker), "rank": match.rank}
