"""Who you are here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializers.fields import CodedChoice
from api.serializers.profiles import ProfileBrief
from hubs.enums import Role


class HubAnswer(serializers.Serializer[Any]):
    """A hub."""

    slug = serializers.CharField()
    name = serializers.CharField()


class PersonAnswer(serializers.Serializer[Any]):
    """The person who asks."""

    id = serializers.UUIDField(source="user.public_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    language = serializers.CharField(source="user.language")
    hub = HubAnswer()
    role = CodedChoice(Role, help_text=_("Your role in this hub."))
    profiles = ProfileBrief(many=True, help_text=_("The profiles for which you speak."))
