"""The one form of every error."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class ErrorBody(serializers.Serializer[Any]):
    """What went wrong, and what to do."""

    code = serializers.CharField(help_text=_("Stable: decide by it."))
    message = serializers.CharField(help_text=_("In the reader's language, for people."))
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("Messages by field, nested names joined by dots; general holds those of no one field."),
    )
    details = serializers.DictField(
        required=False, help_text=_("Values that belong to the error, such as the version stored now.")
    )


class ErrorAnswer(serializers.Serializer[Any]):
    """An error."""

    error = ErrorBody()
