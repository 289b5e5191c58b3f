"""Statements: what is sent, and what is given."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.pagination import PageQuery
from api.serializers.fields import Change, Choice, CodedChoice, CodedTerm, Identifier, OptionalCode, Shape, Text
from hubs.enums import Visibility
from hubs.policies import Action, may
from profiles.domain.fields import STATEMENT_LANGUAGES
from profiles.enums import StatementKind, Taxonomy
from profiles.models import MAX_STATEMENT_CHARACTERS, Statement

_LANGUAGES = [(code, code) for code in STATEMENT_LANGUAGES]


class StatementQuery(PageQuery):
    """Filters of the list of statements; a kind or language given twice keeps both."""

    kind = serializers.ListField(child=Choice(StatementKind.choices), required=False, max_length=10)
    language = serializers.ListField(child=Choice(_LANGUAGES), required=False, max_length=10)
    profile = Identifier(required=False, help_text=_("Only this profile's statements."))


class StatementValues(Shape):
    """What a statement says, and what it is about."""

    kind = Choice(StatementKind.choices, help_text=_("An offer, a need, or the one text about the profile."))
    text = Text(max_length=MAX_STATEMENT_CHARACTERS)
    language = Choice(_LANGUAGES, required=False, help_text=_("The language of the text; Danish when absent."))
    purpose = OptionalCode(Taxonomy.CONTACT_PURPOSE)
    stage = OptionalCode(Taxonomy.PRODUCT_STAGE)
    collaboration = OptionalCode(Taxonomy.COLLABORATION_FORM)
    ip_state = OptionalCode(Taxonomy.IP_STATE)
    visibility = Choice(Visibility.choices, required=False)
    expires_on = serializers.DateField(
        required=False, allow_null=True, help_text=_("The last day on which it is valid; null for no end.")
    )


class NewStatement(StatementValues):
    """A statement for a profile."""

    profile = Identifier(help_text=_("The profile that makes the statement."))


class StatementChange(StatementValues, Change):
    """Only what changes, and the version that was seen."""


class OwnStatement(serializers.Serializer[Any]):
    """A statement inside its profile."""

    id = serializers.UUIDField(source="public_id")
    version = serializers.IntegerField(help_text=_("Send it back when you change the statement."))
    kind = CodedChoice(StatementKind)
    text = serializers.CharField()
    language = serializers.CharField()
    purpose = CodedTerm(source="purpose_id")
    stage = CodedTerm(source="stage_id")
    collaboration = CodedTerm(source="collaboration_id")
    ip_state = CodedTerm(source="ip_state_id")
    visibility = CodedChoice(Visibility)
    expires_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()


class StatementProfile(serializers.Serializer[Any]):
    """The profile that makes a statement."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()


class StatementAnswer(OwnStatement):
    """A statement with the profile that makes it."""

    profile = StatementProfile()
    may_edit = serializers.SerializerMethodField(help_text=_("Whether you may change it."))

    def get_may_edit(self, statement: Statement) -> bool:
        """What the policy says."""
        return may(self.context["viewer"], Action.EDIT, statement)


class StatementPage(serializers.Serializer[Any]):
    """A part of the list of statements."""

    count = serializers.IntegerField(help_text=_("How many there are in all."))
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = StatementAnswer(many=True)
