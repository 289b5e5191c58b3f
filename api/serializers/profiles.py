"""Profiles and organisations: what is sent, and what is given."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.pagination import PageQuery
from api.serializers.fields import (
    Change,
    Choice,
    Code,
    Coded,
    CodedChoice,
    CodedTerm,
    OptionalCode,
    Shape,
    Text,
    Truth,
    WholeNumber,
)
from api.serializers.statements import OwnStatement
from hubs.enums import Visibility
from hubs.policies import Action, may
from profiles.domain.fields import MAX_EMPLOYEES, MAX_KEYWORDS, MEETING_LANGUAGES
from profiles.enums import ProfileKind, Taxonomy
from profiles.models import Profile
from profiles.queries import contact_for

_THEMES_AT_MOST = 20


class ProfileQuery(PageQuery):
    """Filters of the list of profiles; a parameter given twice keeps both values."""

    kind = serializers.ListField(
        child=Choice(ProfileKind.choices), required=False, max_length=20, help_text=_("Kind of profile.")
    )
    region = serializers.ListField(child=Code(Taxonomy.REGION), required=False, max_length=20)
    municipality = serializers.ListField(child=Code(Taxonomy.MUNICIPALITY), required=False, max_length=100)
    theme = serializers.ListField(child=Code(Taxonomy.THEME), required=False, max_length=20)


class OrganisationValues(Shape):
    """The organisation that answers for a profile."""

    name = Text(max_length=200)
    website = serializers.URLField(max_length=200, required=False, allow_blank=True)
    cvr_number = Text(max_length=8, required=False, allow_blank=True, help_text=_("Danish company number, 8 digits."))
    sector = OptionalCode(Taxonomy.FIRM_SECTOR)
    phase = OptionalCode(Taxonomy.FIRM_PHASE)
    founded_year = WholeNumber(min_value=1600, max_value=2100, required=False, allow_null=True)
    employees = WholeNumber(min_value=0, max_value=MAX_EMPLOYEES, required=False, allow_null=True)


class ProfileValues(Shape):
    """What a profile says, apart from its statements."""

    kind = Choice(ProfileKind.choices)
    name = Text(max_length=160)
    region = OptionalCode(Taxonomy.REGION)
    municipality = OptionalCode(Taxonomy.MUNICIPALITY)
    specialty = OptionalCode(Taxonomy.CLINICAL_SPECIALTY)
    municipal_field = OptionalCode(Taxonomy.MUNICIPAL_FIELD)
    themes = serializers.ListField(child=Code(Taxonomy.THEME), required=False, max_length=_THEMES_AT_MOST)
    keywords = serializers.ListField(child=Text(max_length=60), required=False, max_length=MAX_KEYWORDS)
    languages = serializers.ListField(
        child=Choice([(code, code) for code in MEETING_LANGUAGES]),
        required=False,
        max_length=len(MEETING_LANGUAGES),
        help_text=_("Languages in which you meet others."),
    )
    visibility = Choice(Visibility.choices, required=False)
    is_paused = Truth(
        required=False, help_text=_("A paused profile is shown to nobody but its own people and the hub.")
    )
    contact_email = serializers.EmailField(
        max_length=254,
        required=False,
        allow_blank=True,
        help_text=_("Shown only when both sides have said yes."),
    )


class NewProfile(ProfileValues):
    """A profile and the organisation behind it."""

    organisation = OrganisationValues()


class ProfileChange(ProfileValues, Change):
    """Only what changes, and the version that was seen."""


class OrganisationAnswer(serializers.Serializer[Any]):
    """An organisation."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    website = serializers.CharField()
    cvr_number = serializers.CharField()
    sector = CodedTerm(source="sector_id")
    phase = CodedTerm(source="phase_id")
    founded_year = serializers.IntegerField(allow_null=True)
    employees = serializers.IntegerField(allow_null=True)


class ProfileBrief(serializers.Serializer[Any]):
    """A profile in one line."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField(help_text=_("The last part of the profile page's address."))
    name = serializers.CharField()
    kind = CodedChoice(ProfileKind)
    organisation = serializers.CharField(source="organisation.name")
    region = CodedTerm(source="region_id")
    municipality = CodedTerm(source="municipality_id")


class ProfileAnswer(serializers.Serializer[Any]):
    """A profile with its organisation and the statements that you may read."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField(help_text=_("The last part of the profile page's address."))
    version = serializers.IntegerField(help_text=_("Send it back when you change the profile."))
    kind = CodedChoice(ProfileKind)
    name = serializers.CharField()
    organisation = OrganisationAnswer()
    region = CodedTerm(source="region_id")
    municipality = CodedTerm(source="municipality_id")
    specialty = CodedTerm(source="specialty_id")
    municipal_field = CodedTerm(source="municipal_field_id")
    themes = serializers.SerializerMethodField()
    keywords = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField())
    visibility = CodedChoice(Visibility)
    is_paused = serializers.BooleanField()
    contact_email = serializers.SerializerMethodField(help_text=_("Null until you may have it."))
    may_edit = serializers.SerializerMethodField(help_text=_("Whether you may change it."))
    updated_at = serializers.DateTimeField()
    statements = OwnStatement(source="readable_statements", many=True)

    @extend_schema_field(Coded(many=True))
    def get_themes(self, profile: Profile) -> Any:
        """Themes from the prefetched links."""
        return [CodedTerm().to_representation(link.theme_id) for link in profile.theme_links.all()]

    def get_contact_email(self, profile: Profile) -> str | None:
        """The address, if policy opens it to this viewer."""
        return contact_for(self.context["viewer"], profile) or None

    def get_may_edit(self, profile: Profile) -> bool:
        """What the policy says."""
        return may(self.context["viewer"], Action.EDIT, profile)


class ProfilePage(serializers.Serializer[Any]):
    """A part of the list of profiles."""

    count = serializers.IntegerField(help_text=_("How many there are in all."))
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ProfileAnswer(many=True)
