"""Taxonomies: the codes that other answers use, with their names in both languages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class LabelsAnswer(serializers.Serializer[Any]):
    """A name in both languages."""

    da = serializers.CharField()
    en = serializers.CharField()


class TermAnswer(serializers.Serializer[Any]):
    """One value of a taxonomy."""

    code = serializers.CharField()
    label = serializers.CharField(help_text=_("In the reader's language."))
    labels = LabelsAnswer()
    parent = serializers.CharField(allow_null=True, help_text=_("The code above it: a municipality's region."))


class TaxonomyBrief(serializers.Serializer[Any]):
    """A taxonomy without its values."""

    code = serializers.CharField()
    label = serializers.CharField(help_text=_("In the reader's language."))
    labels = LabelsAnswer()
    count = serializers.IntegerField(help_text=_("How many values it has today."))


class TaxonomyAnswer(TaxonomyBrief):
    """A taxonomy with its values, in their order."""

    terms = TermAnswer(many=True)


class TaxonomyList(serializers.Serializer[Any]):
    """Every taxonomy."""

    results = TaxonomyBrief(many=True)
