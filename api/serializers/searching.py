"""Search: what is asked, the filters with their counts, and what would help when little is found."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import Choice, Code, Identifier, QueryNumber, Shape, Words
from api.serializers.matches import MatchAnswer
from matching.domain.recommending import MAX_LIMIT, MAX_QUERY_CHARACTERS
from matching.domain.searching import MAX_RESULTS
from profiles.enums import ProfileKind, Taxonomy


class SearchQuery(Shape):
    """What to look for; a filter given twice keeps both values."""

    q = Words(
        max_length=MAX_QUERY_CHARACTERS,
        required=False,
        help_text=_("What you look for, in Danish or English; needed unless like is given."),
    )
    like = Identifier(
        required=False, help_text=_("Instead of q: a statement; found are others who say nearly the same.")
    )
    kind = serializers.ListField(child=Choice(ProfileKind.choices), required=False, max_length=20)
    region = serializers.ListField(child=Code(Taxonomy.REGION), required=False, max_length=20)
    theme = serializers.ListField(child=Code(Taxonomy.THEME), required=False, max_length=20)
    stage = serializers.ListField(child=Code(Taxonomy.PRODUCT_STAGE), required=False, max_length=20)
    limit = QueryNumber(min_value=1, max_value=MAX_LIMIT, default=20)
    offset = QueryNumber(min_value=0, max_value=MAX_RESULTS, default=0)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """One question, not two and not none.

        Raises:
            serializers.ValidationError: names the one that is missing or too much.
        """
        if "q" in attrs and "like" in attrs:
            raise serializers.ValidationError({"like": [gettext("Give either q or like, not both.")]})
        if "q" not in attrs and "like" not in attrs:
            raise serializers.ValidationError({"q": [gettext("Say in q what you look for, or name a text in like.")]})
        return attrs


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
    stages = FacetAnswer(many=True)


class CorrectionAnswer(serializers.Serializer[Any]):
    """A word of yours that nobody here has written, and the nearest one that somebody has."""

    written = serializers.CharField()
    meant = serializers.CharField()


class WideningAnswer(serializers.Serializer[Any]):
    """A filter that hides what would fit."""

    name = serializers.ChoiceField(["kinds", "regions", "themes", "stages"], help_text=_("Named as in the facets."))
    label = serializers.CharField()
    count = serializers.IntegerField(help_text=_("How many would be found without this filter."))


class FoundAnswer(serializers.Serializer[Any]):
    """What a search says beside its results."""

    query = serializers.CharField(help_text=_("Your words; with like, the text of the statement."))
    corrections = CorrectionAnswer(many=True, help_text=_("Words that were read as others, which were searched for."))
    widenings = WideningAnswer(
        many=True, help_text=_("Filters to open when little is found, the one that hides most first.")
    )
    facets = FacetsAnswer()


class SearchPage(FoundAnswer):
    """A part of what was found."""

    count = serializers.IntegerField(help_text=_("How many were found in all; 0 when nothing fits."))
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MatchAnswer(many=True)
