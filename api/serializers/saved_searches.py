"""Saved searches: words and filters to come back to."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import Choice, Code, Coded, CodedChoice, CodedTerm, Shape, Words
from matching.domain.recommending import MAX_QUERY_CHARACTERS
from matching.models import SavedSearch
from profiles.enums import ProfileKind, Taxonomy


class NewSavedSearch(Shape):
    """What to keep: words and filters, as the search takes them."""

    q = Words(max_length=MAX_QUERY_CHARACTERS, help_text=_("What you look for, in Danish or English."))
    kinds = serializers.ListField(child=Choice(ProfileKind.choices), required=False, max_length=20)
    regions = serializers.ListField(child=Code(Taxonomy.REGION), required=False, max_length=20)
    themes = serializers.ListField(child=Code(Taxonomy.THEME), required=False, max_length=20)
    stages = serializers.ListField(child=Code(Taxonomy.PRODUCT_STAGE), required=False, max_length=20)


class SavedSearchAnswer(serializers.Serializer[Any]):
    """A saved search."""

    id = serializers.UUIDField(source="public_id")
    q = serializers.CharField(source="query")
    kinds = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()
    themes = serializers.SerializerMethodField()
    stages = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    search = serializers.SerializerMethodField(help_text=_("The address that asks it again."))

    @extend_schema_field(Coded(many=True))
    def get_kinds(self, saved: SavedSearch) -> Any:
        """Codes and labels."""
        return [CodedChoice(ProfileKind).to_representation(code) for code in saved.filters.kinds]

    @extend_schema_field(Coded(many=True))
    def get_regions(self, saved: SavedSearch) -> Any:
        """Codes and labels."""
        return _terms(Taxonomy.REGION, saved.filters.regions)

    @extend_schema_field(Coded(many=True))
    def get_themes(self, saved: SavedSearch) -> Any:
        """Codes and labels."""
        return _terms(Taxonomy.THEME, saved.filters.themes)

    @extend_schema_field(Coded(many=True))
    def get_stages(self, saved: SavedSearch) -> Any:
        """Codes and labels."""
        return _terms(Taxonomy.PRODUCT_STAGE, saved.filters.stages)

    @extend_schema_field(serializers.URLField())
    def get_search(self, saved: SavedSearch) -> str:
        """The search with these words and filters."""
        chosen = saved.filters
        asked = {
            "q": saved.query,
            "kind": chosen.kinds,
            "region": chosen.regions,
            "theme": chosen.themes,
            "stage": chosen.stages,
        }
        address = reverse("api:search") + "?" + urlencode(asked, doseq=True)
        return str(self.context["request"].build_absolute_uri(address))


class SavedSearchList(serializers.Serializer[Any]):
    """What a person keeps, newest first."""

    results = SavedSearchAnswer(many=True)


def _terms(taxonomy: Taxonomy, codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [CodedTerm().to_representation(f"{taxonomy.value}:{code}") for code in codes]
