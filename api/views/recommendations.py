"""Recommendations for a profile or for a need in somebody's own words, and why a named profile is not among them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.openapi import refusals
from api.serializers.recommendations import (
    RecommendationQuery,
    RecommendationQuestion,
    RecommendationsAnswer,
    WhyNotAnswer,
    WhyNotQuery,
)
from api.views.base import HubView
from events.queries.days import among_whom
from hubs.policies import Viewer
from matching.domain.learning.impressions import record_recommendations
from matching.domain.recommending import recommend_for_profile, recommend_for_text
from matching.domain.why_not import why_not
from matching.enums import Channel
from profiles.queries import find_profile, find_profile_by_id

QUESTION = OpenApiExample(
    "question",
    summary=_("A firm without a profile asks"),
    request_only=True,
    value={
        "text": "Vi søger en afdeling, der vil afprøve vores tryksårssensor.",
        "seeker_kind": "firm",
        "purpose": "opi_light",
    },
)


class RecommendationsView(HubView):
    """Partners, best first."""

    def get_permissions(self) -> Sequence[BasePermission]:
        """A profile's list is for its own people; a question is anybody's."""
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(
        operation_id="recommend_for_profile",
        summary=_("Recommend partners for a profile"),
        description=_(
            "Partners for a profile for which you speak, matched both ways: your needs to their offers, and "
            "their needs to your offers; for an exchange of experience, your needs to the same needs of your own "
            "kind. The purpose event keeps to those who take part in the event."
        ),
        parameters=[RecommendationQuery],
        responses={200: RecommendationsAnswer, **refusals(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request) -> Response:
        """The list for a profile."""
        values = self.query(RecommendationQuery)
        profile = find_profile_by_id(self.viewer, values["profile"], today=self.today)
        found = recommend_for_profile(
            self.viewer,
            profile,
            purpose=values["purpose"],
            today=self.today,
            among=_among(self.viewer, values),
            limit=values["limit"],
        )
        record_recommendations(self.viewer, found, channel=Channel.API, seeker=profile, now=timezone.now())
        return Response(self.render(RecommendationsAnswer, found))

    @extend_schema(
        operation_id="recommend_for_text",
        summary=_("Recommend partners for a text"),
        description=_("Partners for a need in your own words. The words are not stored; that the list was shown is."),
        request=RecommendationQuestion,
        examples=[QUESTION],
        responses={200: RecommendationsAnswer, **refusals(400, 401, 403, 404, 503)},
    )
    def post(self, request: Request) -> Response:
        """The list for a text."""
        values = self.body(RecommendationQuestion)
        found = recommend_for_text(
            self.viewer,
            values["text"],
            seeker_kind=values["seeker_kind"],
            purpose=values["purpose"],
            today=self.today,
            among=_among(self.viewer, values),
            limit=values["limit"],
        )
        record_recommendations(self.viewer, found, channel=Channel.API, seeker=None, now=timezone.now())
        return Response(self.render(RecommendationsAnswer, found))


class WhyNotView(HubView):
    """One profile that was expected."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="why_not",
        summary=_("Ask why a profile is not recommended"),
        description=_(
            "Where a named profile stands in the recommendations for a profile for which you speak: its rank, "
            "the rules that keep it out, in what it falls behind, and the best pair of statements."
        ),
        parameters=[WhyNotQuery],
        responses={200: WhyNotAnswer, **refusals(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The answer."""
        values = self.query(WhyNotQuery)
        profile = find_profile_by_id(self.viewer, public_id, today=self.today)
        other = find_profile(self.viewer, values["other"], today=self.today)
        among = _among(self.viewer, values)
        found = why_not(self.viewer, profile, other, purpose=values["purpose"], today=self.today, among=among)
        return Response(self.render(WhyNotAnswer, found))


def _among(viewer: Viewer, values: Mapping[str, Any]) -> frozenset[int] | None:
    return among_whom(viewer, purpose=values["purpose"], slug=values.get("event") or "")
