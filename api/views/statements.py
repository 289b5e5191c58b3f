"""Statements: list, one, add, change, remove."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from api.changes import changed_statement, new_statement
from api.openapi import refusals
from api.pagination import ListPagination
from api.queries import StatementFilters, list_statements
from api.serializers.statements import (
    NewStatement,
    StatementAnswer,
    StatementChange,
    StatementPage,
    StatementQuery,
)
from api.views.base import HubView, chosen
from profiles.domain.statements import add_statement, remove_statement, update_statement
from profiles.queries import find_profile_by_id, find_statement

NEW_STATEMENT = OpenApiExample(
    "need",
    summary=_("A firm seeks a ward for a test"),
    request_only=True,
    value={
        "profile": "3f2c8a34-6b0e-4b61-9d0b-0f1a2b3c4d5e",
        "kind": "need",
        "text": "Vi søger en afdeling, der vil afprøve vores tryksårssensor på fem patienter i en uge.",
        "language": "da",
        "purpose": "test",
    },
)


class StatementsView(HubView):
    """The list of statements."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="list_statements",
        summary=_("List statements"),
        description=_("The offers, needs and about-texts that you may read, profile by profile."),
        parameters=[StatementQuery],
        responses={200: StatementPage, **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        """A part of the list."""
        values = self.query(StatementQuery)
        filters = StatementFilters(
            kinds=chosen(values, "kind"), languages=chosen(values, "language"), profile=values.get("profile")
        )
        pages = ListPagination(values["limit"], values["offset"])
        rows = pages.paginate_queryset(list_statements(self.viewer, filters, today=self.today), request, self)
        return pages.get_paginated_response(self.render(StatementAnswer, rows, many=True))

    @extend_schema(
        operation_id="add_statement",
        summary=_("Add a statement"),
        description=_("Adds an offer, a need or the about-text to a profile for which you speak."),
        request=NewStatement,
        examples=[NEW_STATEMENT],
        responses={201: StatementAnswer, **refusals(400, 401, 403, 404)},
    )
    def post(self, request: Request) -> Response:
        """The new statement."""
        values = self.body(NewStatement)
        profile = find_profile_by_id(self.viewer, values.pop("profile"), today=self.today)
        statement = add_statement(profile, viewer=self.viewer, fields=new_statement(values))
        return Response(self.render(StatementAnswer, statement), status=201)


class StatementView(HubView):
    """One statement."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="get_statement",
        summary=_("Read a statement"),
        description=_("One statement; an expired or hidden one is as if it were not there."),
        responses={200: StatementAnswer, **refusals(404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The statement."""
        return Response(self._answer(public_id))

    @extend_schema(
        operation_id="change_statement",
        summary=_("Change a statement"),
        description=_("Send the version that you read and what changes; all else stays."),
        request=StatementChange,
        examples=[OpenApiExample("expiry", request_only=True, value={"version": 1, "expires_on": "2030-12-31"})],
        responses={200: StatementAnswer, **refusals(400, 401, 403, 404, 409)},
    )
    def patch(self, request: Request, public_id: UUID) -> Response:
        """The changed statement."""
        values = self.body(StatementChange)
        version = values.pop("version")
        statement = find_statement(self.viewer, public_id, today=self.today)
        fields = changed_statement(statement, values)
        update_statement(statement, viewer=self.viewer, version=version, fields=fields)
        return Response(self._answer(public_id))

    @extend_schema(
        operation_id="remove_statement",
        summary=_("Remove a statement"),
        description=_("Deletes the text; it leaves search and recommendations too."),
        responses={204: None, **refusals(401, 403, 404)},
    )
    def delete(self, request: Request, public_id: UUID) -> Response:
        """Nothing, when it is gone."""
        remove_statement(find_statement(self.viewer, public_id, today=self.today), viewer=self.viewer)
        return Response(status=204)

    def _answer(self, public_id: UUID) -> Any:
        return self.render(StatementAnswer, find_statement(self.viewer, public_id, today=self.today))
