"""The log of what was shown, in the form of OpenSearch's User Behavior Insights 1.3.0, for whoever analyses it.

One line a list (a query without words: no words are kept) and one an event: shown, opened, asked, accepted.
There are public ids and no person in it.
Source: the UBI schema 1.3.0, query.request and event (github.com/o19s/ubi).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch

from matching.engine.contact_features import NAMES
from matching.enums import CONSENTED_STATES
from matching.models import Impression, Introduction, ShownList

APPLICATION = "videnbro"
OBJECT_ID_FIELD = "public_id"
VERSION = "1.3.0"
_BATCH = 500


def ubi_queries(hub_id: int, *, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """One entry for each list shown in `since` <= moment < `until`, oldest first."""
    for row in _lists(hub_id, since, until):
        yield {
            "application": APPLICATION,
            "query_id": str(row.public_id),
            "client_id": _client(row),
            "user_query": "",
            "object_id_field": OBJECT_ID_FIELD,
            "timestamp": _moment(row.shown_at),
            "query_response_id": str(row.public_id),
            "query_response_hit_ids": [str(each.profile.public_id) for each in row.impressions.all()],
            "query_attributes": {
                "channel": row.channel,
                "purpose": row.purpose,
                "ranker": row.ranker_name,
                "explored_places": row.explored_places,
                "simulated": row.is_simulated,
            },
        }


def ubi_events(hub_id: int, *, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Everything that happened to the places of those lists: shown, opened, asked, accepted; list by list."""
    for row in _lists(hub_id, since, until):
        for impression in row.impressions.all():
            yield _event(row, impression, "impression", row.shown_at, "IMPRESSION", _policy(impression))
            if impression.opened_at is not None:
                yield _event(row, impression, "click_through", impression.opened_at, "INTERACTION", {})
            yield from _conversions(row, impression)


def _lists(hub_id: int, since: datetime, until: datetime) -> Iterator[ShownList]:
    introductions = Prefetch("introductions", Introduction.objects.order_by("pk"))
    places = Impression.objects.select_related("profile").prefetch_related(introductions).order_by("position")
    rows = ShownList.objects.filter(hub_id=hub_id, shown_at__gte=since, shown_at__lt=until).defer("candidates")
    ordered = rows.select_related("seeker").prefetch_related(Prefetch("impressions", places))
    return ordered.order_by("shown_at", "pk").iterator(chunk_size=_BATCH)


def _client(row: ShownList) -> str:
    """The asking profile; free-text search knows none."""
    return str(row.seeker.public_id) if row.seeker else "anonymous"


def _policy(impression: Impression) -> dict[str, Any]:
    features = dict(zip(NAMES, impression.features, strict=False)) if len(impression.features) == len(NAMES) else {}
    return {
        "propensity": impression.propensity,
        "place_propensity": impression.place_propensity,
        "explored": impression.explored,
        "expected_value": impression.expected_value,
        "features": features,
    }


def _conversions(row: ShownList, impression: Impression) -> Iterator[dict[str, Any]]:
    for introduction in impression.introductions.all():
        about = {"introduction": str(introduction.public_id)}
        if introduction.sent_at is not None:
            yield _event(row, impression, "request", introduction.sent_at, "CONVERSION", about)
        if introduction.state in CONSENTED_STATES and introduction.answered_at is not None:
            yield _event(row, impression, "accept", introduction.answered_at, "CONVERSION", about)


def _event(
    row: ShownList, impression: Impression, action: str, at: datetime, group: str, attributes: dict[str, Any]
) -> dict[str, Any]:
    return {
        "application": APPLICATION,
        "action_name": action,
        "query_id": str(row.public_id),
        "client_id": _client(row),
        "timestamp": _moment(at),
        "message_type": group,
        "event_attributes": {
            "object": {
                "object_id": str(impression.profile.public_id),
                "object_id_type": "profile",
                "object_id_field": OBJECT_ID_FIELD,
            },
            "position": {"ordinal": impression.position + 1},
            **attributes,
        },
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
