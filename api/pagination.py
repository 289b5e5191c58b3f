"""Pages of a list by `limit` and `offset`; nonsense is refused, not silently mended."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers.fields import QueryNumber, Shape

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_OFFSET = 1_000_000


class PageQuery(Shape):
    """Which part of a list."""

    limit = QueryNumber(
        min_value=1,
        max_value=MAX_LIMIT,
        default=DEFAULT_LIMIT,
        help_text=_("How many at most in one answer."),
    )
    offset = QueryNumber(
        min_value=0, max_value=MAX_OFFSET, default=0, help_text=_("How many to pass over from the start.")
    )


class ListPagination(LimitOffsetPagination):
    """The envelope of every list: count, next, previous, results; `PageQuery` has checked the bounds."""

    def __init__(self, limit: int = DEFAULT_LIMIT, offset: int = 0) -> None:
        self._limit = limit
        self._offset = offset

    def get_limit(self, request: Request) -> int:
        """The checked number."""
        return self._limit

    def get_offset(self, request: Request) -> int:
        """The checked number."""
        return self._offset

    def answer(self, request: Request, results: Any, *, count: int, **more: Any) -> Response:
        """The envelope around a part that was cut out elsewhere, as the search does."""
        self.request, self.count, self.limit, self.offset = request, count, self._limit, self._offset
        response = self.get_paginated_response(results)
        return Response({**response.data, **more})
