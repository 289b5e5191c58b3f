"""What every view of the API begins with: the reader's language, the hub, and who asks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from api.refusals import LengthNeeded
from api.viewers import hub_of, viewer_for
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotReady


class HubView(APIView):
    """A view inside a hub; `viewer` is set when a handler runs."""

    viewer: Viewer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Choose the language before anything can be refused, then sign in, then say who asks.

        Raises:
            MethodNotAllowed: before sign-in, which would not help.
            NotReady: no hub is set up here.
        """
        speak_their_language(request)
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if not self.hub.pk:
            raise NotReady(_("No hub is set up here yet."))
        self.viewer = viewer_for(request)

    @property
    def hub(self) -> Hub:
        """The hub that the host name opens."""
        return hub_of(self.request)

    @property
    def today(self) -> date:
        """The hub's date."""
        return timezone.localdate()

    def query(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked parameters of the address; an empty one is wrong, not absent.

        Raises:
            serializers.ValidationError: names each that is wrong, missing, unknown or given too often.
        """
        fields, values = shape().fields, dict(self.request.query_params.lists())
        plain = {
            name: given if len(given) > 1 or isinstance(fields.get(name), serializers.ListField) else given[0]
            for name, given in values.items()
        }
        return _checked(shape(data=plain))

    def body(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked values of the body.

        Raises:
            LengthNeeded: it came in chunks.
            serializers.ValidationError: names each that is wrong, missing or unknown.
        """
        if "chunked" in self.request.headers.get("Transfer-Encoding", "").lower():
            raise LengthNeeded
        return _checked(shape(data=self.request.data))

    def render(self, answer: type[serializers.Serializer[Any]], rows: Any, *, many: bool = False) -> Any:
        """The rows as plain values, as this viewer may see them."""
        return answer(rows, many=many, context={"viewer": self.viewer, "request": self.request}).data


def speak_their_language(request: Request) -> None:
    """Answer in the language asked for; addresses here carry none, so the middleware chose the site's own."""
    translation.activate(translation.get_language_from_request(request._request))


def _checked(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def chosen(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The values of a filter, each once; empty for a filter that is not used."""
    return tuple(dict.fromkeys(values.get(name, ())))


class NothingHere(HubView):
    """Any other address under the API, so that it too answers in the API's one form."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say that there is nothing, whatever the method and whoever asks.

        Raises:
            NotFound: always.
        """
        speak_their_language(request)
        if not request.path.endswith("/"):
            raise NotFound(_("There is nothing at this address. Addresses here end with a slash."))
        raise NotFound(_("There is nothing at this address."))
