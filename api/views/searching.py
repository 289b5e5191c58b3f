"""Search over all kinds of profile: by words, or by a statement that others should be like."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.openapi import refusals
from api.pagination import ListPagination
from api.serializers.matches import MatchAnswer
from api.serializers.searching import FoundAnswer, SearchPage, SearchQuery
from api.views.base import HubView, chosen
from matching.domain.learning.impressions import record_search
from matching.domain.searching import search, search_like
from matching.enums import Channel
from matching.results import SearchFilters


class SearchView(HubView):
    """The search."""

    @extend_schema(
        operation_id="search",
        summary=_("Search"),
        description=_(
            "Profiles whose statements fit your words, best first, each with its best statement. "
            "Danish words find English texts and the other way round. "
            "Name a statement in like instead, and find others who say nearly the same."
        ),
        parameters=[SearchQuery],
        responses={200: SearchPage, **refusals(400, 404, 503)},
        examples=[OpenApiExample("question", parameter_only=("q", "query"), value="klinisk afprøvning af sensor")],
    )
    def get(self, request: Request) -> Response:
        """A part of what was found."""
        values = self.query(SearchQuery)
        filters = SearchFilters(
            kinds=chosen(values, "kind"),
            regions=chosen(values, "region"),
            themes=chosen(values, "theme"),
            stages=chosen(values, "stage"),
        )
        limit, offset = values["limit"], values["offset"]
        if "like" in values:
            found = search_like(
                self.viewer, values["like"], filters=filters, today=self.today, limit=limit, offset=offset
            )
        else:
            found = search(self.viewer, values["q"], filters=filters, today=self.today, limit=limit, offset=offset)
        record_search(self.viewer, found, channel=Channel.API, now=timezone.now())
        matches = self.render(MatchAnswer, found.matches, many=True)
        return ListPagination(limit, offset).answer(
            request, matches, count=found.total, **self.render(FoundAnswer, found)
        )
