"""Matches: the two statements that justify them, why, and what speaks against; never a raw score."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import (
    Choice,
    Code,
    Coded,
    CodedChoice,
    Identifier,
    QueryNumber,
    Shape,
    Text,
    WholeNumber,
    Words,
)
from api.serializers.profiles import ProfileBrief
from matching.domain.recommending import MAX_LIMIT, MAX_QUERY_CHARACTERS
from matching.domain.searching import MAX_RESULTS
from matching.enums import Direction, Purpose, TeamRole
from matching.results import Recommendations, Side
from profiles.enums import ProfileKind, Taxonomy

_SLUG_CHARACTERS = 80
_LIST_LENGTH = 10


class SearchQuery(Shape):
    """What to look for; a filter given twice keeps both values."""

    q = Words(max_length=MAX_QUERY_CHARACTERS, help_text=_("What you look for, in Danish or English."))
    kind = serializers.ListField(child=Choice(ProfileKind.choices), required=False, max_length=20)
    region = serializers.ListField(child=Code(Taxonomy.REGION), required=False, max_length=20)
    theme = serializers.ListField(child=Code(Taxonomy.THEME), required=False, max_length=20)
    limit = QueryNumber(min_value=1, max_value=MAX_LIMIT, default=20)
    offset = QueryNumber(min_value=0, max_value=MAX_RESULTS, default=0)


class RecommendationQuery(Shape):
    """For which profile, and for what."""

    profile = Identifier(help_text=_("A profile for which you speak."))
    purpose = Choice(Purpose.choices)
    event = Text(
        max_length=_SLUG_CHARACTERS,
        required=False,
        help_text=_("The event's address; needed for the purpose event."),
    )
    limit = QueryNumber(min_value=1, max_value=MAX_LIMIT, default=_LIST_LENGTH)


class RecommendationQuestion(Shape):
    """A need in your own words, for somebody without a profile."""

    text = Words(max_length=MAX_QUERY_CHARACTERS, help_text=_("What you seek, in Danish or English."))
    seeker_kind = Choice(ProfileKind.choices, default=ProfileKind.FIRM.value, help_text=_("What you are."))
    purpose = Choice(Purpose.choices)
    event = Text(
        max_length=_SLUG_CHARACTERS,
        required=False,
        help_text=_("The event's address; needed for the purpose event."),
    )
    limit = WholeNumber(min_value=1, max_value=MAX_LIMIT, default=_LIST_LENGTH)


class MarkAnswer(serializers.Serializer[Any]):
    """A part of a text: from `start` up to, not including, `end`."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()


class SideAnswer(serializers.Serializer[Any]):
    """One statement of a match, or your own words."""

    text = serializers.CharField()
    language = serializers.CharField()
    marks = serializers.SerializerMethodField(
        help_text=_("The parts that fit the other side, counted in Unicode code points.")
    )
    statement = serializers.UUIDField(
        source="statement.public_id", default=None, allow_null=True, help_text=_("Null for your own words.")
    )

    @extend_schema_field(MarkAnswer(many=True))
    def get_marks(self, side: Side) -> Any:
        """The spans by name."""
        return [{"start": start, "end": end} for start, end in side.marks]


class ReasonAnswer(serializers.Serializer[Any]):
    """Why a match is shown, or what speaks against it."""

    code = serializers.CharField()
    label = serializers.CharField()
    detail = serializers.CharField()


class MatchAnswer(serializers.Serializer[Any]):
    """A profile and the pair of statements that justifies it."""

    rank = serializers.IntegerField(help_text=_("1 is the best; there is no score."))
    profile = ProfileBrief()
    direction = CodedChoice(Direction, help_text=_("Which of your statements meets which of theirs."))
    ours = SideAnswer(allow_null=True, help_text=_("Your statement, or your own words."))
    theirs = SideAnswer()
    span_label = serializers.CharField(help_text=_("What joins the two, such as the purpose of the contact."))
    reasons = ReasonAnswer(many=True)
    reservation = ReasonAnswer(allow_null=True)
    role = CodedChoice(TeamRole, allow_null=True, help_text=_("The part that they would play in a project."))


class FacetAnswer(serializers.Serializer[Any]):
    """One value of a filter, and how many profiles have it."""

    code = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()
    chosen = serializers.BooleanField()


class FacetsAnswer(serializers.Serializer[Any]):
    """The values of each filter."""

    kinds = FacetAnswer(many=True)
    regions = FacetAnswer(many=True)
    themes = FacetAnswer(many=True)


class SearchPage(serializers.Serializer[Any]):
    """A part of what was found."""

    count = serializers.IntegerField(help_text=_("How many were found in all."))
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MatchAnswer(many=True)
    query = serializers.CharField(help_text=_("The words as they were understood."))
    facets = FacetsAnswer()


class RecommendationsAnswer(serializers.Serializer[Any]):
    """A ranked list for one purpose."""

    purpose = CodedChoice(Purpose)
    missing_roles = serializers.SerializerMethodField(help_text=_("The parts of a project that you lack, in order."))
    results = MatchAnswer(many=True, source="matches")

    @extend_schema_field(Coded(many=True))
    def get_missing_roles(self, found: Recommendations) -> Any:
        """Codes and labels."""
        return [CodedChoice(TeamRole).to_representation(role) for role in found.missing_roles]
