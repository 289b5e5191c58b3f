"""The bridge card as a tag: `{% bridge_card match query=... seeker=... question=... asker=... purpose=... %}`."""

from dataclasses import replace
from typing import Any

from django import template
from django.template import RequestContext

from frontend import bridge
from frontend.asking import ask_url_for, introduce_address, opened_from
from frontend.questions import Question
from matching.results import Match
from profiles.models import Profile

register = template.Library()


@register.inclusion_tag("components/bridge_card.html", takes_context=True)
def bridge_card(
    context: RequestContext,
    match: Match,
    query: str = "",
    seeker: str = "",
    question: Question | None = None,
    asker: Profile | None = None,
    purpose: str = "",
    list_id: object = "",
    introduces: Profile | None = None,
) -> dict[str, Any]:
    """The component that shows a match wherever one is shown.

    `asker` is the reader's own profile for which the list was made, `list_id` the list as it was noted.
    `introduces` is the profile of others for which a facilitator looks, to be introduced to the match.
    """
    viewer = context.get("viewer")
    # For another's profile a member of the staff looks: a facilitator introduces the two instead.
    may_ask = not seeker
    ask_url = ask_url_for(viewer, match, seeker=asker, purpose=purpose, list_id=str(list_id or "")) if may_ask else ""
    introduce_url = introduce_address(match, seeker=introduces, purpose=purpose) if introduces else ""
    card = bridge.bridge_card(
        match, query=query, seeker=seeker, question=question, ask_url=ask_url, introduce_url=introduce_url
    )
    if asker and list_id:
        card = replace(card, url=opened_from(card.url, seeker=asker, purpose=purpose, list_id=str(list_id)))
    return {"card": card, "rank": match.rank}
