"""Matches: the two statements that justify them, why, and what speaks against; never a raw score."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import CodedChoice
from api.serializers.profiles import ProfileBrief
from matching.enums import Direction, TeamRole
from matching.results import Side


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
    carrying = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=2,
        max_length=2,
        allow_null=True,
        help_text=_(
            "Start and end of the sentence that carries the match, counted as the marks are; "
            "null where no sentence stands out."
        ),
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


class FitAnswer(serializers.Serializer[Any]):
    """How well the two fit."""

    level = serializers.ChoiceField(["strong", "good", "weak"])
    label = serializers.CharField()
    percent = serializers.IntegerField(help_text=_("Of a hundred such pairs, so many were judged worth a talk."))


class PairAnswer(serializers.Serializer[Any]):
    """Two statements that face each other, and what that is worth."""

    direction = CodedChoice(Direction, help_text=_("Which of your statements meets which of theirs."))
    ours = SideAnswer(
        allow_null=True, help_text=_("Your statement or your own words; with like, the statement that you named.")
    )
    theirs = SideAnswer()
    span_label = serializers.CharField(help_text=_("What joins the two, such as the purpose of the contact."))
    fit = FitAnswer(allow_null=True, help_text=_("Null for a search, which nobody has judged."))
    reasons = ReasonAnswer(many=True)
    reservation = ReasonAnswer(allow_null=True)


class MatchAnswer(PairAnswer):
    """A profile and the pair of statements that justifies it."""

    rank = serializers.IntegerField(help_text=_("1 is the best."))
    profile = ProfileBrief()
    role = CodedChoice(TeamRole, allow_null=True, help_text=_("The part that they would play in a project."))
