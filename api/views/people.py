"""Who the caller is here."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.openapi import refusals
from api.serializers.people import PersonAnswer
from api.views.base import HubView
from profiles.queries import own_profiles


class PersonView(HubView):
    """The person behind the session or token."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="get_me",
        summary=_("Who am I"),
        description=_("Your name, your role in this hub, and the profiles for which you speak."),
        responses={200: PersonAnswer, **refusals(401)},
    )
    def get(self, request: Request) -> Response:
        """The person."""
        person = {
            "user": request.user,
            "hub": self.hub,
            "role": self.viewer.role,
            "profiles": own_profiles(self.viewer),
        }
        return Response(self.render(PersonAnswer, person))
