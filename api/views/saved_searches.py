"""A person's saved searches: list, keep, forget."""

from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.openapi import refusals
from api.serializers.saved_searches import NewSavedSearch, SavedSearchAnswer, SavedSearchList
from api.views.base import HubView, chosen
from hubs.models import User
from matching.domain.saved_searches import remove_search, save_search
from matching.queries.saved_searches import saved_searches
from matching.results import SearchFilters

NEW_SEARCH = OpenApiExample(
    "test",
    summary=_("Departments that test sensors"),
    request_only=True,
    value={"q": "klinisk afprøvning af sensor", "kinds": ["clinician"], "stages": ["development_late"]},
)


class SavedSearchesView(HubView):
    """All of a person's saved searches in this hub."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="list_saved_searches",
        summary=_("List saved searches"),
        description=_("The searches that you keep in this hub, newest first. Nobody else sees them."),
        responses={200: SavedSearchList, **refusals(401)},
    )
    def get(self, request: Request) -> Response:
        """The list; a person keeps few, so it comes whole."""
        rows = saved_searches(cast("User", request.user).pk, self.hub.pk)
        return Response(self.render(SavedSearchList, {"results": rows}))

    @extend_schema(
        operation_id="save_search",
        summary=_("Save a search"),
        description=_("Keeps words and filters. The same ones sent again are still one saved search."),
        request=NewSavedSearch,
        examples=[NEW_SEARCH],
        responses={201: SavedSearchAnswer, **refusals(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        """The saved search."""
        values = self.body(NewSavedSearch)
        filters = SearchFilters(
            kinds=chosen(values, "kinds"),
            regions=chosen(values, "regions"),
            themes=chosen(values, "themes"),
            stages=chosen(values, "stages"),
        )
        saved = save_search(cast("User", request.user), hub_id=self.hub.pk, query=values["q"], filters=filters)
        return Response(self.render(SavedSearchAnswer, saved), status=201)


class SavedSearchView(HubView):
    """One saved search."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="remove_saved_search",
        summary=_("Remove a saved search"),
        description=_("Forgets one of your searches."),
        responses={204: None, **refusals(401, 403, 404)},
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        """Nothing, when it is gone."""
        remove_search(cast("User", request.user), hub_id=self.hub.pk, public_id=public_id)
        return Response(status=204)
