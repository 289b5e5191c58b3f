"""The addresses with which a program begins."""

from typing import Any

from rest_framework import serializers


class AddressesAnswer(serializers.Serializer[Any]):
    """Where each part of the API lies."""

    profiles = serializers.URLField()
    statements = serializers.URLField()
    search = serializers.URLField()
    saved_searches = serializers.URLField()
    recommendations = serializers.URLField()
    taxonomies = serializers.URLField()
    me = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()
