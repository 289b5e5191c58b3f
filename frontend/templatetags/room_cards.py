"""The bridge card of a candidate for a room: inviting is its one action, and a profile may stand on a page twice."""

from dataclasses import replace
from typing import Any

from django import template

from frontend import bridge
from matching.results import Match

register = template.Library()


@register.inclusion_tag("components/bridge_card.html")
def room_card(match: Match, seeker: str = "", place: str = "candidate") -> dict[str, Any]:
    """The card of a match; `place` says where on the page it stands, and keeps its anchor apart from others."""
    card = bridge.bridge_card(match, seeker=seeker)
    return {"card": replace(card, anchor=f"{place}-{match.profile.slug}"), "rank": match.rank}
