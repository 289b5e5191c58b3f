"""Recommendations: who asks and for what, the ranked list, and why a named profile stands where it does."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import Choice, Coded, CodedChoice, Identifier, QueryNumber, Shape, Text, WholeNumber, Words
from api.serializers.matches import MatchAnswer, PairAnswer, ReasonAnswer
from api.serializers.profiles import ProfileBrief
from matching.domain.recommending import MAX_LIMIT, MAX_QUERY_CHARACTERS
from matching.enums import Purpose, TeamRole
from matching.results import Recommendations
from profiles.enums import ProfileKind

_SLUG_CHARACTERS = 80
_LIST_LENGTH = 10


class PurposeValues(Shape):
    """For what: the purpose, and the event that the purpose event needs."""

    purpose = Choice(Purpose.choices)
    event = Text(
        max_length=_SLUG_CHARACTERS,
        required=False,
        help_text=_("The event's address; needed for the purpose event."),
    )


class RecommendationQuery(PurposeValues):
    """For which profile, and for what."""

    profile = Identifier(help_text=_("A profile for which you speak."))
    limit = QueryNumber(min_value=1, max_value=MAX_LIMIT, default=_LIST_LENGTH)


class RecommendationQuestion(PurposeValues):
    """A need in your own words, for somebody without a profile."""

    text = Words(max_length=MAX_QUERY_CHARACTERS, help_text=_("What you seek, in Danish or English."))
    seeker_kind = Choice(ProfileKind.choices, default=ProfileKind.FIRM.value, help_text=_("What you are."))
    limit = WholeNumber(min_value=1, max_value=MAX_LIMIT, default=_LIST_LENGTH)


class WhyNotQuery(PurposeValues):
    """Who was expected, and for what."""

    other = Text(max_length=_SLUG_CHARACTERS, help_text=_("The slug of the profile that you expected."))


class RecommendationsAnswer(serializers.Serializer[Any]):
    """A ranked list for one purpose."""

    purpose = CodedChoice(Purpose)
    missing_roles = serializers.SerializerMethodField(help_text=_("The parts of a project that you lack, in order."))
    results = MatchAnswer(many=True, source="matches")

    @extend_schema_field(Coded(many=True))
    def get_missing_roles(self, found: Recommendations) -> Any:
        """Codes and labels."""
        return [CodedChoice(TeamRole).to_representation(role) for role in found.missing_roles]


class WhyNotAnswer(serializers.Serializer[Any]):
    """Where a named profile stands, and what keeps it there."""

    profile = ProfileBrief()
    rank = serializers.IntegerField(
        allow_null=True, help_text=_("1 is the best; null for a profile that is not in the list at all.")
    )
    shown = serializers.IntegerField(help_text=_("How many the list shows; a rank above it lies further down."))
    blocks = ReasonAnswer(many=True, help_text=_("Rules that keep it out, whatever it wrote."))
    weaker = ReasonAnswer(many=True, help_text=_("In what it falls behind those that are shown."))
    match = PairAnswer(allow_null=True, help_text=_("The best pair of statements; null when there is none."))
