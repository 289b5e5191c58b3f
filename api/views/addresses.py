"""The first page of the API: where each part lies, so that a program need know one address only."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers.addresses import AddressesAnswer
from api.views.base import HubView


class AddressesView(HubView):
    """All addresses that need no identifier."""

    @extend_schema(
        operation_id="list_addresses",
        summary=_("List addresses"),
        description=_("Where each part of the API lies. Begin here, or with the page docs."),
        responses={200: AddressesAnswer},
    )
    def get(self, request: Request) -> Response:
        """Full addresses by name."""
        names = AddressesAnswer().fields
        found = {name: request.build_absolute_uri(reverse(f"api:{name}")) for name in names}
        return Response(self.render(AddressesAnswer, found))
